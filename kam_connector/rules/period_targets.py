"""What each owner is to reach in a period: the one target that counts for it.

The target of the period itself goes first; without one that of a quarter is the sum of its months, and that of a year
the sum of its quarters, where each of them has one: 300.00 in each month of a quarter are 900.00 for the quarter, with
March missing the quarter has none. Quarters of 900.00, 900.00, 1,000.00 and three months of 400.00 are a year of
4,000.00.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from kam_connector.errors import InputError
from kam_connector.findings import Finding
from kam_connector.periods import MONTHS, Period, PeriodKind, parse_period, period_of
from kam_connector.rules.appraisal import WHO
from kam_connector.texts import Text

TWICE = Text("There are {count} such targets of one person: none of them counts. Keep one in the ERP.")
TEAM_TWICE = Text("There are {count} such targets of one team: none of them counts. Keep one in the ERP.")
PARTS: Mapping[PeriodKind, int] = {"quarter": 3, "year": 4}
"""Of how many shorter periods one is made: months of a quarter, quarters of a year."""
_LOST = Text("Targets with the period {period} count nowhere, for it is none ({count}). Write 2026-03 or 2026-Q1.")


def targets_of(
    standing: pd.DataFrame, period: Period, twice_text: Text = TWICE
) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """company_id, user_id, measure, target_minor of the period, and what is odd.

    `standing`: company_id, user_id (the owner; 0: nobody, does not count), measure, period (code), amount_minor. Of two
    for the same none counts, for nobody knows which was meant. Requirements S2-38, S4-35.
    """
    mine = standing[standing["user_id"] != 0]
    kinds = {code: parse_period(code) for code in mine["period"].unique() if _is_period(code)}
    chosen = mine[mine["period"].isin([code for code, each in kinds.items() if _is_within(each, period)])]
    keys = [*WHO, "measure"]
    twice = chosen[chosen.duplicated([*keys, "period"], keep=False)]
    chosen = chosen.drop(index=twice.index).assign(start=lambda frame: [kinds[code].start for code in frame["period"]])
    found = _filled_up(chosen, kinds, period)[[*keys, "target_minor"]]
    unread = mine.loc[~mine["period"].isin(list(kinds)), "period"].value_counts()
    findings = [
        Finding("warning", "targets", str(code), _LOST, {"count": int(count), "period": code})
        for code, count in unread.sort_index().items()
    ]
    findings += [
        Finding("warning", "targets", f"{company} {user} {measure} {code}", twice_text, {"count": len(group)})
        for (company, user, measure, code), group in twice.groupby([*keys, "period"])
    ]
    return found.reset_index(drop=True), tuple(findings)


def _is_within(one: Period, period: Period) -> bool:
    return one.start >= period.start and one.end <= period.end


def _filled_up(chosen: pd.DataFrame, kinds: Mapping[str, Period], period: Period) -> pd.DataFrame:
    """WHO, measure, start and target_minor of the period: its own targets, and sums of shorter ones for who has none.

    `chosen`: targets of the period and of parts of it, each once, with the first day of theirs.
    """
    keys = [*WHO, "measure"]
    below = pd.DataFrame(columns=[*keys, "start", "target_minor"])
    for kind in (kind for kind in MONTHS if MONTHS[kind] <= MONTHS[period.kind]):
        own = chosen[chosen["period"].isin([code for code, each in kinds.items() if each.kind == kind])]
        own = own.rename(columns={"amount_minor": "target_minor"})[[*keys, "start", "target_minor"]]
        below = pd.concat([own, _summed(below, kind)]).drop_duplicates([*keys, "start"]) if len(below) else own
    return below


def _summed(parts: pd.DataFrame, kind: PeriodKind) -> pd.DataFrame:
    """The sums of the parts for each period of that kind of which every part is there: months of a quarter, quarters
    of a year."""
    keys = [*WHO, "measure", "start"]
    starts = [period_of(day, kind).start for day in parts["start"]]
    sums = parts.assign(start=starts).groupby(keys)["target_minor"].agg(["sum", "count"]).reset_index()
    return sums[sums["count"] == PARTS[kind]].rename(columns={"sum": "target_minor"})[[*keys, "target_minor"]]


def _is_period(code: str) -> bool:
    try:
        parse_period(code)
    except InputError:
        return False
    return True
