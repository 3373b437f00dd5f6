"""Policy of the alarm about receivables, and of what they cost.

A firm that sells and is not paid runs out of cash before it runs out of profit (requirement S4-41): two limits, on the
share of receivables past due and on the days that sales stay unpaid, make a finding of the night.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from kam_connector.policy.values import Exact, Expected, Positive, Share, Table


def _refuse_no_margin(value: Decimal) -> Decimal:
    if not 0 < value <= 1:
        raise Expected('a share above "0" and up to "1" is expected')
    return value


class Alerts(Table):
    """From which figures on the night says so; a limit that is left out is not watched."""

    overdue_share: Share | None = None
    dso_days: int | None = Field(default=None, ge=1)
    months: int = Field(default=3, ge=1, le=24)


class Cost(Table):
    """What money costs in a year, and what of a sale is left as profit."""

    yearly_rate: Positive = Decimal("0.06")
    margin: Annotated[Exact, AfterValidator(_refuse_no_margin)] = Decimal("0.10")
