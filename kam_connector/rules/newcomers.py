"""Who is new, who has come back, and who has been known for long: how a customer's group started to buy (case W9).

Worked figures for 180 days: a group that was first invoiced on 16 May 2026 is new on 30 June 2026; one that was
invoiced in 2022 and again from 16 May 2026 is reactivated; one that has bought since 2020 is known, and so are the
first two from 12 November 2026 on, 180 days later.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from kam_connector.rules.decisions import Boxed, days_of
from kam_connector.rules.measures import first_invoices

NEW, REACTIVATED, KNOWN = "new", "reactivated", "known"


def kinds_of_start(facts: pd.DataFrame, as_of: date, days: int) -> Boxed:
    """NEW, REACTIVATED or KNOWN for each row, None for who was never invoiced up to `as_of`.

    New is who was first invoiced less than so many `days` ago, reactivated who had a pause of 24 months and came back
    less than so many `days` ago. `facts`: first_invoice, group_first_invoice and group_reactivated_on
    (`facts.newcomers.group_starts`), each where known; the group's days count.
    """
    none = pd.Series(pd.NaT, index=facts.index)
    first, back = first_invoices(facts), days_of(facts.get("group_reactivated_on", none))
    today = np.datetime64(as_of, "D")
    conditions = [~(first <= today), _lately(back, today, days), _lately(first, today, days)]
    return np.select(conditions, np.array([None, REACTIVATED, NEW], dtype=object)[:, None], KNOWN)


def _lately(moment: np.ndarray, today: np.datetime64, days: int) -> np.ndarray:
    """Never for no day at all: NaT is neither before nor after one."""
    return (moment <= today) & (moment > today - np.timedelta64(days, "D"))
