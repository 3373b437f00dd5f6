"""What each owner is to reach in a period: the one target that counts for it.

The target of the period itself goes first; without one it is the sum of the period's months, where each of them has
one: 300.00 in each month of a quarter are 900.00 for the quarter, with March missing the quarter has none.
"""

from __future__ import annotations

import pandas as pd

from kam_connector.errors import InputError
from kam_connector.findings import Finding
from kam_connector.periods import Period, parse_period
from kam_connector.rules.appraisal import WHO
from kam_connector.texts import Text

TWICE = Text("There are {count} such targets of one person: none of them counts. Keep one in the ERP.")
TEAM_TWICE = Text("There are {count} such targets of one team: none of them counts. Keep one in the ERP.")
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
    months = [code for code, each in kinds.items() if each.kind == "month" and each.start in period]
    chosen = mine[mine["period"].isin({period.code, *months})]
    keys = [*WHO, "measure"]
    twice = chosen[chosen.duplicated([*keys, "period"], keep=False)]
    chosen = chosen.drop(index=twice.index)
    own = chosen[chosen["period"] == period.code]
    summed = chosen.groupby(keys)["amount_minor"].agg(["sum", "count"]).reset_index()
    length = (period.end.year - period.start.year) * 12 + period.end.month - period.start.month + 1
    whole = summed[summed["count"] == length].rename(columns={"sum": "target_minor"})
    own = own.rename(columns={"amount_minor": "target_minor"})
    found = pd.concat([own, whole])[[*keys, "target_minor"]].drop_duplicates(keys)
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


def _is_period(code: str) -> bool:
    try:
        parse_period(code)
    except InputError:
        return False
    return True
