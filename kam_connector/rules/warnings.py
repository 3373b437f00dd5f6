"""Which customers are in danger of being lost: warnings raised, kept open and cleared, one a customer and rule.

A warning is raised after so many checks in a row at or above the upper limit and cleared below the lower one
(`policy/warnings.py` has a worked series). A check is a day: a run repeated on the same day is the same check, so
`previous` rows of the same `as_of` are stepped back to what was before them. A figure that is not known changes
nothing; a customer whom the rule does not watch any more (another tier, gone) has his warning withdrawn. An open
warning keeps the reason that raised it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from kam_connector.findings import Finding
from kam_connector.money import Currency
from kam_connector.policy.warnings import WarningPolicy, WarningRule
from kam_connector.rules.decisions import Decisions, Whole, company_currencies, days_of, ids_of, words_of
from kam_connector.rules.warning_reasons import explain_end, explain_figure
from kam_connector.rules.watching import KEYS
from kam_connector.texts import Text

MEMORY = ("state", "since", "checks", "reason_code", "reason_args")
"""What a later check has to know of an earlier one."""
BEFORE = tuple(f"previous_{name}" for name in MEMORY)
COLUMNS = (*KEYS, "rule", "severity", *MEMORY, "figure", *BEFORE)
OPEN_STATES = ("raised", "open")
_SOURCE = "rules.warnings"


def decide_warnings(
    figures: pd.DataFrame, previous: pd.DataFrame, policy: WarningPolicy, as_of: date, companies: pd.DataFrame
) -> Decisions:
    """A row a company, customer and rule with something to say. Order: company, customer, rule as in the policy.

    `figures` as `watching.measure_watched` gives them. `previous`: company_id, customer_id, rule, as_of, and MEMORY and
    BEFORE as this function gave them. `companies`: company_id, currency_id, currency, digits.

    Columns: COLUMNS. state: pending (at or above raise_at, checks too few yet), raised (today), open (earlier), cleared
    (below clear_at, or withdrawn), passed (pending before, and below raise_at now). since: ISO day of the first of the
    checks (pending) or of the raising. figure: float, NaN = not known. Requirements S2-48, S2-49.
    """
    if figures.duplicated(KEYS).any():
        raise ValueError("The figures frame has a company and customer twice.")
    before, currencies = _before(previous, as_of), company_currencies(companies)
    parts = [_check_rule(rule, figures, before[before["rule"] == rule.code], as_of) for rule in policy.rule]
    codes = [rule.code for rule in policy.rule]
    parts.append(_withdraw(before[~before["rule"].isin(codes)]))
    table = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    place = table["rule"].map({code: number for number, code in enumerate(codes)}).fillna(len(codes))
    table = table.assign(place=place).sort_values([*KEYS, "place", "rule"], kind="stable").reset_index(drop=True)
    frame = _explained(table, policy, currencies)[list(COLUMNS)]
    return Decisions(frame, tuple(_find_raised(frame)))


def _before(previous: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """KEYS, rule and MEMORY of what was pending or raised before the check of the day."""
    days, today = days_of(previous["as_of"]), np.datetime64(as_of, "D")
    rows = previous.assign(day=days.astype("datetime64[s]"), is_today=days == today)[~(days > today)]
    rows = rows.sort_values("day", kind="stable").drop_duplicates([*KEYS, "rule"], keep="last")
    again = rows["is_today"].to_numpy(dtype=bool)
    stepped = {name: rows[name].where(~again, rows[f"previous_{name}"]) for name in MEMORY}
    found = rows[[*KEYS, "rule"]].assign(**stepped)
    return found[found["state"].isin(["pending", *OPEN_STATES])]


def _check_rule(rule: WarningRule, figures: pd.DataFrame, before: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """The rows of one rule with figures, MEMORY and BEFORE; the reasons are those of before."""
    watched = figures[figures["tier"].isin(rule.tiers)] if rule.tiers else figures
    watched = watched[watched["start"].isin(rule.starts)] if rule.starts else watched
    former = before.drop(columns="rule").rename(columns={name: f"previous_{name}" for name in MEMORY})
    both = watched.assign(is_watched=True).merge(former, on=KEYS, how="outer")
    figure = both[rule.measure].to_numpy(dtype=np.float64)
    was, known = both["previous_state"].fillna("").to_numpy(dtype=object), ~np.isnan(figure)
    is_open, is_pending = np.isin(was, OPEN_STATES), was == "pending"
    high, gone = known & (figure >= float(rule.raise_at)), both["is_watched"].isna().to_numpy()
    counted = ids_of(both["previous_checks"])
    checks = np.where(high & ~is_open, counted + 1, counted)
    over = gone | (known & (figure < float(rule.clear_at)))
    conditions = [
        is_open & over, is_open, gone & is_pending, high & (checks >= rule.checks), high,
        is_pending & known, is_pending,
    ]  # fmt: skip
    state = np.select(conditions, ["cleared", "open", "passed", "raised", "pending", "passed", "pending"], "")
    since = both["previous_since"].fillna("").to_numpy(dtype=object)
    fresh = (state == "raised") | ((state == "pending") & ~is_pending)
    rows = both.assign(
        rule=rule.code, severity=rule.severity, figure=figure, state=state, checks=_held(checks, state),
        since=np.where(fresh, as_of.isoformat(), since),
    )  # fmt: skip
    return _blanked(rows[state != ""])


def _held(checks: Whole, state: np.ndarray) -> Whole:
    """The checks in a row; none any more where it is over."""
    return np.where(np.isin(state, ["cleared", "passed"]), 0, checks)


def _withdraw(before: pd.DataFrame) -> pd.DataFrame:
    """What was open or pending of rules that the policy does not have any more."""
    former = before.rename(columns={name: f"previous_{name}" for name in MEMORY})
    state = np.where(former["previous_state"] == "pending", "passed", "cleared")
    return former.assign(
        severity="low", state=state, since=former["previous_since"], checks=0, figure=np.nan, is_watched=None
    )


def _blanked(rows: pd.DataFrame) -> pd.DataFrame:
    """BEFORE without gaps: the text of nothing is "", no check is 0."""
    texts = {name: rows[name].fillna("").astype(object) for name in BEFORE if name != "previous_checks"}
    return rows.assign(**texts, previous_checks=ids_of(rows["previous_checks"]))


def _explained(table: pd.DataFrame, policy: WarningPolicy, currencies: Mapping[int, Currency]) -> pd.DataFrame:
    rules = {rule.code: rule for rule in policy.rule}
    words = [_reason(row, rules.get(row["rule"]), policy, currencies) for row in table.to_dict("records")]
    return table.assign(reason_code=[code for code, _ in words], reason_args=[args for _, args in words])


def _reason(
    row: Mapping[Any, Any], rule: WarningRule | None, policy: WarningPolicy, currencies: Mapping[int, Currency]
) -> tuple[str, str]:
    if rule is None or row["is_watched"] is not True:
        return explain_end("withdrawn", row, rule, policy)
    if row["state"] in ("cleared", "passed"):
        return explain_end(row["state"], row, rule, policy)
    if row["state"] == "open" or row["figure"] != row["figure"]:
        return row["previous_reason_code"], row["previous_reason_args"]
    return explain_figure(row, rule, policy, currencies[int(row["company_id"])])


def _find_raised(frame: pd.DataFrame) -> Iterator[Finding]:
    """A finding for each warning of high severity on the day that raises it."""
    text = Text("The warning “{rule}” was raised: see `kam warnings show --customer {customer}`.")
    raised = frame[(frame["state"] == "raised") & (frame["severity"] == "high")]
    for customer, rule in zip(raised["customer_id"].tolist(), words_of(raised["rule"]), strict=True):
        yield Finding("warning", _SOURCE, str(customer), text, {"rule": rule, "customer": customer})
