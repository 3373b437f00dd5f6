"""What shows that customers who were asked for money have some, read from the mirror."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from kam_connector.facts import cash_signals
from kam_connector.policy.cash_signals import CashSignals
from kam_connector.runs.frames import to_frame
from kam_connector.runs.sources import Sources


def find_signals(sources: Sources, policy: CashSignals, as_of: date, before: pd.DataFrame) -> pd.DataFrame | None:
    """The signals of any company, as `facts.cash_signals`; nobody looks while no task of `before` was acted on."""
    if not (before["state"] != "open").any() or not policy.kinds:
        return None
    first = as_of - timedelta(days=policy.days - 1)
    return to_frame(cash_signals.cash_signals(sources.con, first, as_of, sources.zones))
