"""Where a statement of pay stands: the state of its period and its revision, as the book says.

They are no figures: the ERP is told them of an approved statement too, of which nothing else is ever written again.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from kam_connector.writeback.plans import Desired

PLACE = ("company_id", "plan", "period")
STATEMENT = ("company_id", "payee_id", "plan", "period", "currency_id", "sequence")
OPEN = "open"


@dataclass(frozen=True, slots=True)
class PayPeriods:
    """What the book says: `states` by PLACE (others are open), `revisions` by STATEMENT (others have none: 0).

    `kept`: STATEMENT and kam_key of the statements in the ERP that are approved, paid, or of zero.
    """

    states: Mapping[tuple[Hashable, ...], str] = field(default_factory=dict)
    revisions: Mapping[tuple[Hashable, ...], int] = field(default_factory=dict)
    kept: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=[*STATEMENT, "kam_key"]))


def with_periods(statements: pd.DataFrame, periods: PayPeriods) -> pd.DataFrame:
    """The statements (STATEMENT and more) with period_state and revision."""
    return statements.assign(
        period_state=[periods.states.get(place, OPEN) for place in _rows(statements, PLACE)],
        revision=[periods.revisions.get(each, 0) for each in _rows(statements, STATEMENT)],
    )


def kept_payouts(periods: PayPeriods | None, stated: Desired | None) -> Desired | None:
    """The records of `kept` that are not `stated` anew, with nothing but where they stand."""
    if periods is None or periods.kept.empty:
        return None
    names = ("company_id", "kam_key")
    anew = set(_rows(stated.frame, names)) if stated is not None else set()
    kept = periods.kept[[record not in anew for record in _rows(periods.kept, names)]]
    return Desired("kam.payout", with_periods(kept, periods)[[*names, "period_state", "revision"]])


def _rows(frame: pd.DataFrame, names: Sequence[str]) -> list[tuple[Hashable, ...]]:
    return list(zip(*(frame[name].tolist() for name in names), strict=True))
