"""What the monthly report of complaints looks at: recurrence, recovery, the vital few causes."""

from __future__ import annotations

from decimal import Decimal

from pydantic import Field

from kam_connector.policy.values import Share, Table


class Learning(Table):
    """The `[learning]` of complaints.toml.

    `recurrence_days`: a complaint recurs when the one before it with the same cause of the same customer, or about the
    same product, came in within so many days; `recovery_days`: a customer is won back who buys within so many days
    after the complaint ended; `vital_share`: the causes before which less than so much of the complaints stands are the
    vital few.
    """

    recurrence_days: int = Field(default=90, ge=1, le=365)
    recovery_days: int = Field(default=90, ge=1, le=365)
    vital_share: Share = Decimal("0.80")
