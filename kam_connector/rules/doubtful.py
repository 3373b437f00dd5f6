"""Since which day a debt is doubtful: more than so many days, or more than so many calendar months, past due.

Worked figures (collections.md, case Y): due 2026-03-01 is doubtful from 2026-08-29 by 180 days and from 2026-09-02 by
six months; due 2025-08-31 reaches six months on 2026-02-28. "More than" begins the day after.
"""

from __future__ import annotations

import numpy as np

from kam_connector.rules.decisions import Days, Flags


def is_doubtful(due: Days, as_of: np.datetime64, rule: str) -> Flags:
    """Whether the day is past the last day of grace; False where there is no due date."""
    with np.errstate(invalid="ignore"):
        return np.asarray(as_of > last_day_of_grace(due, rule), dtype=bool)


def last_day_of_grace(due: Days, rule: str) -> Days:
    """The last day on which a debt due then is not doubtful yet; `rule` is "180d" or "6m"."""
    count = int(rule[:-1])
    if rule.endswith("d"):
        return np.asarray(due + np.timedelta64(count, "D"), dtype="datetime64[D]")
    months = due.astype("datetime64[M]") + np.timedelta64(count, "M")
    month_end = (months + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D")
    day_of_month = due - due.astype("datetime64[M]").astype("datetime64[D]")
    return np.asarray(np.minimum(months.astype("datetime64[D]") + day_of_month, month_end))
