"""What `kam focus show` answers: the mix of each company, then its customers with market, relation, focus and lists."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd

from kam_connector.errors import InputError
from kam_connector.findings import Finding
from kam_connector.money import Currency, minor_text, round_ratio
from kam_connector.policy import FocusPolicy
from kam_connector.reports import Names, name_of
from kam_connector.rules.decisions import company_currencies
from kam_connector.rules.focus import FOCUS, find_idle_markets, relation_names
from kam_connector.rules.focus_lists import decide_lists, list_names
from kam_connector.rules.pairs import KEYS
from kam_connector.runs.decisions import Night
from kam_connector.runs.focus import read_places
from kam_connector.runs.result import Result, Row
from kam_connector.runs.seeing import look, result_of
from kam_connector.runs.workspace import Workspace
from kam_connector.texts import Text

Record = Mapping[Hashable, Any]
ON_SCREEN = (
    "company", "name", "relation", "industry", "country", "state", "in_market", "tier", "segment", "currency",
    "revenue", "focus", "focus_share", "focus_share_before", "lists",
)  # fmt: skip
"""The columns of a table; JSON and CSV have all of them."""
_REVENUE = ["revenue_12m_minor", "revenue_prev_12m_minor"]


def show_focus(workspace: Workspace, as_of: date | None, chosen: str | None) -> Result:
    """A row a company (its customer is empty) and below it a row a rated customer, the best score first.

    `chosen`: only customers of that list. Errors: InputError for a list that the policy does not have.
    """
    seen = look(workspace, as_of)
    policy = seen.nights[-1].policy.focus
    if chosen is not None and chosen not in list_names(policy):
        known = ", ".join(list_names(policy)) or "–"
        raise InputError("The policy has no list {list}. It has: {known}.", list=chosen, known=known)
    rows: list[Row] = []
    findings: list[Finding] = []
    for night in seen.nights:
        placed = read_places(workspace.mirror.ibis, night.policy.focus)
        rows += _rows(night, placed, seen.names, chosen)
        findings += _find_unknown(night, placed)
    told = result_of("focus show", seen, rows, None, tuple(dict.fromkeys(findings)))
    names = {**told.names, **own_names(policy, workspace.lang)}
    return replace(told, columns=ON_SCREEN, names=names)


def own_names(policy: FocusPolicy, lang: str) -> dict[str, dict[str, str]]:
    """The company's own names of relations and lists, by family."""
    families = {"relation": relation_names(policy), "focus_list": list_names(policy)}
    return {
        family: {code: label.in_language(lang) for code, label in labels.items()} for family, labels in families.items()
    }


def lists_of(night: Night, placed: pd.DataFrame) -> pd.DataFrame:
    """Who is on which list, as `decide_lists`."""
    policy = night.policy.focus
    return decide_lists(night.rated, night.figures_by(policy), placed, policy, night.as_of)


def _rows(night: Night, placed: pd.DataFrame, names: Names, chosen: str | None) -> Iterator[Row]:
    currencies = company_currencies(night.companies)
    listed = lists_of(night, placed)
    lists = listed.groupby(KEYS)["list"].agg(list).to_dict()
    table = _customers(night, placed)
    for company, currency in currencies.items():
        own = table[table["company_id"] == company]
        yield _mix_row(company, _mix(night, company), currency)
        for row in own.to_dict("records"):
            on = lists.get((row["company_id"], row["customer_id"]), [])
            if chosen is None or chosen in on:
                yield _customer_row(row, currency, names, on)


def _customers(night: Night, placed: pd.DataFrame) -> pd.DataFrame:
    """The rated customers with their figures and places, best score first; what is not known is None."""
    figures = night.figures.reindex(columns=[*KEYS, *_REVENUE, *FOCUS])
    table = night.rated[[*KEYS, "score", "tier", "segment"]].merge(figures, on=KEYS, how="left")
    known = placed if night.policy.focus.market else placed.assign(in_market=None)
    table = table.merge(known, on="customer_id", how="left")
    order = pd.to_numeric(table["score"].astype(object), errors="coerce")
    table = table.assign(order=-order).sort_values(["company_id", "order", "customer_id"], kind="stable")
    return table.astype(object).where(table.notna(), None)


def _mix(night: Night, company: int) -> Record:
    """What the company invoiced in both years, and what of it was in the focus; None without goods in the focus."""
    parts = {**dict.fromkeys(_REVENUE, night.revenue), **dict.fromkeys(FOCUS, night.focus.bought)}
    return {
        name: None if frame is None else int(frame.loc[frame["company_id"] == company, name].sum())
        for name, frame in parts.items()
    }


def _mix_row(company: int, mix: Record, currency: Currency) -> Row:
    """The company's own row: who buys it all has neither market nor tier."""
    blank = ("relation", "industry", "country", "state", "in_market", "tier", "segment")
    return {
        "company": company, "customer": None, "name": Text("All customers"), **dict.fromkeys(blank),
        **_amounts(mix, currency), "lists": [],
    }  # fmt: skip


def _customer_row(row: Record, currency: Currency, names: Names, lists: list[str]) -> Row:
    return {
        "company": int(row["company_id"]),
        "customer": int(row["customer_id"]),
        "name": name_of(names.customers, row["customer_id"]),
        "relation": row["relation"],
        **{name: named(row, name) for name in ("industry", "country", "state")},
        "in_market": row["in_market"],
        "tier": row["tier"],
        "segment": row["segment"],
        **_amounts(row, currency),
        "lists": lists,
    }


def named(row: Record, what: str) -> str | None:
    """The name; `#id` where the service user may not read it, None where there is none."""
    number = row[f"{what}_id"]
    return row[what] or (None if number is None else f"#{int(number)}")


def _amounts(row: Record, currency: Currency) -> Row:
    """Revenue, what of it is in the focus, and the shares of both years."""
    revenue, revenue_before, focus, focus_before = (row[name] for name in (*_REVENUE, *FOCUS))
    return {
        "currency": currency.code,
        "revenue": None if revenue is None else minor_text(int(revenue), currency),
        "focus": None if focus is None else minor_text(int(focus), currency),
        "focus_share": share_text(focus, revenue),
        "focus_share_before": share_text(focus_before, revenue_before),
    }


def share_text(part: Any, whole: Any) -> str | None:
    """The part with four decimals, between 0 and 1; None where one is not known or nothing was sold."""
    if part is None or whole is None or whole <= 0:
        return None
    return str(min(max(round_ratio(int(part), int(whole), 4), Decimal(0)), Decimal(1)))


def _find_unknown(night: Night, placed: pd.DataFrame) -> Iterator[Finding]:
    """What focus.toml names and the ERP does not have, or no customer has."""
    for name in night.focus.goods.unknown:
        text = "The ERP has no product or category {name}, which focus.toml names."
        yield Finding("warning", "focus.product", name, text, {"name": name})
    for line in find_idle_markets(placed, night.policy.focus):
        names = {"name": ", ".join(filter(None, (line.industry, line.country, line.state)))}
        text = "No customer is in the market {name} of focus.toml: are the names those of the ERP?"
        yield Finding("warning", "focus.market", names["name"], text, names)
