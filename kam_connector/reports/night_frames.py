"""The tables of the night's workbook: one row a customer, a task, a complaint, with names and reasons."""

from __future__ import annotations

from typing import Final

import pandas as pd

from kam_connector.messages import label, render
from kam_connector.reports.heads import Names, ReportHead, name_of

URGENCY: Final = "priority.points"
CLOSED_STATES: Final = ("closed", "reviewed", "rejected")
OPEN_WARNINGS: Final = ("raised", "open")
SEVERITIES: Final = ("high", "medium", "low")
DEADLINES: Final = [
    *("complaint_id", "response_due", "resolution_due", "response_breached", "resolution_breached"),
    *("reason_code", "reason_args"),
]


def tier_rows(tiers: pd.DataFrame, names: Names, lang: str) -> pd.DataFrame:
    """One row a customer, best score first, with names, titles and the reason as a sentence."""
    rows = with_reasons(tiers, names, lang)
    rows["customer"] = [name_of(names.customers, number) for number in rows["customer_id"]]
    for column in ("tier", "previous_tier"):
        rows[column] = [_tier_name(code, names, lang) for code in rows[column]]
    rows["status"] = [label(f"status.{status}", lang) for status in rows["status"]]
    order = pd.to_numeric(rows["score"].astype("object"), errors="coerce").astype("float64")
    ordered = rows.assign(_order=-order).sort_values(["_order", "customer_id"], kind="stable", na_position="last")
    return ordered.drop(columns="_order")


def task_rows(tasks: pd.DataFrame, names: Names, head: ReportHead, lang: str) -> pd.DataFrame:
    """One row a task, most urgent first: names, how to ask and why as sentences, the hour by the company's clock."""
    rows = with_reasons(tasks, names, lang)
    rows["advice"] = _sentences(rows["advice_code"], rows["advice_args"], names, lang)
    rows["urgency"] = [render(URGENCY, args, lang, names.own) for args in rows["priority_args"]]
    rows["customer"] = [name_of(names.customers, number) for number in rows["customer_id"]]
    rows["salesperson"] = [name_of(names.people, number) for number in rows["user_id"]]
    rows["manager"] = [name_of(names.people, number) for number in rows["manager_id"]]
    rows["step"] = [names.steps.get(step) or label(f"step.{step}", lang) for step in rows["step"]]
    rows["channel"] = [label(f"channel.{channel}", lang) for channel in rows["channel"]]
    rows["tone"] = [label(f"tone.{tone}", lang) for tone in rows["tone"]]
    rows["call_at"] = _in_zone(rows["call_at"], head)
    rows["priority"] = pd.to_numeric(rows["priority"].astype("object")).astype("float64")
    return rows.sort_values(["priority", "customer_id"], ascending=[False, True], kind="stable")


def warning_rows(warnings: pd.DataFrame, names: Names, lang: str) -> pd.DataFrame:
    """One row an open warning, the most severe first, then the oldest: names, titles, the reason as a sentence."""
    rows = with_reasons(warnings[warnings["state"].isin(OPEN_WARNINGS)], names, lang)
    rows = rows.assign(
        customer=[name_of(names.customers, number) for number in rows["customer_id"]],
        warning=[names.warnings.get(rule, rule) for rule in rows["rule"]],
        severity_name=[label(f"severity.{severity}", lang) for severity in rows["severity"]],
        state_name=[label(f"state.{state}", lang) for state in rows["state"]],
        since=pd.to_datetime(rows["since"]),
        place=[SEVERITIES.index(severity) for severity in rows["severity"]],
    )
    return rows.sort_values(["place", "since", "customer_id", "rule"], kind="stable")


def complaint_rows(
    complaints: pd.DataFrame, deadlines: pd.DataFrame, names: Names, head: ReportHead, lang: str
) -> pd.DataFrame:
    """One row a complaint, open ones with the next deadline first, moments in the company's zone.

    A complaint for which no deadline could be computed stands last, without reason.
    """
    rows = complaints.merge(deadlines[DEADLINES], on="complaint_id", how="left")
    rows = with_reasons(rows, names, lang)
    rows["customer"] = [name_of(names.customers, number) for number in rows["customer_id"]]
    rows["number"] = [f"#{number}" for number in rows["complaint_id"]]
    rows["is_open"] = ~rows["state"].isin(CLOSED_STATES)
    for column in ("type", "severity", "state"):
        rows[f"{column}_name"] = [_value_name(column, value, lang) for value in rows[column]]
    for column in ("response_breached", "resolution_breached"):
        rows[column] = rows[column].eq(True)
    for column in ("received_at", "response_due", "resolution_due"):
        rows[column] = _in_zone(rows[column], head)
    order = ["is_open", "resolution_due", "complaint_id"]
    return rows.sort_values(order, ascending=[False, True, True], kind="stable")


def with_reasons(frame: pd.DataFrame, names: Names, lang: str) -> pd.DataFrame:
    """A copy with the column `reason`: the sentence of `reason_code` and `reason_args`, empty without a code."""
    return frame.assign(reason=_sentences(frame["reason_code"], frame["reason_args"], names, lang))


def _sentences(codes: pd.Series, args: pd.Series, names: Names, lang: str) -> list[str]:
    pairs = zip(codes, args, strict=True)
    return [render(code, figures, lang, names.own) if isinstance(code, str) else "" for code, figures in pairs]


def _in_zone(moments: pd.Series, head: ReportHead) -> pd.Series:
    """The moments by the company's clock."""
    return pd.to_datetime(moments, utc=True).dt.tz_convert(head.zone or "UTC").dt.tz_localize(None)


def _tier_name(code: object, names: Names, lang: str) -> str:
    if not isinstance(code, str) or not code:
        return ""
    return names.tiers.get(code) or label(f"tier.{code}", lang)


def _value_name(column: str, value: object, lang: str) -> str:
    return label(f"{column}.{value}", lang) if isinstance(value, str) and value else ""
