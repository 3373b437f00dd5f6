"""The terms of a plan: what changes a rate, when pay is held, its bounds, how cash and advances count."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from kam_connector.policy.values import Exact, Positive, Share, Table

GateFact = Literal["collection_rate", "overdue_share", "upheld_complaints", "margin_share"]


class PaymentPoints(Table):
    """Points added to the rate by days until payment."""

    start: int = Field(alias="from", ge=0)
    points: Exact


class Modifiers(Table):
    """What changes the rate; days are counted from the document's date or from its due date."""

    days_to_pay: tuple[PaymentPoints, ...] = ()
    days_from: Literal["date", "due_date"] = "date"
    tier_factor: dict[str, Positive] = Field(default_factory=dict)


class Gate(Table):
    """A fact below or above which pay is held or reduced."""

    fact: GateFact
    below: Exact | None = None
    above: Exact | None = None
    effect: Literal["hold", "reduce"]
    factor: Share | None = None


class Limits(Table):
    """Bounds of what is paid in a period; what is held back is paid `holdback_periods` later, or never by the plan."""

    cap: Positive | None = None
    floor: Positive = Decimal(0)
    holdback: Share = Decimal(0)
    holdback_periods: int | None = Field(default=None, ge=1)


class Cash(Table):
    """How cash, bad debt and down payments count, and at which day's rate a currency is converted."""

    release: Literal["proportional", "full"] = "proportional"
    pending: Literal["wait", "count"] = "wait"
    bad_debt: Literal["forfeit", "keep"] = "forfeit"
    down_payment: Literal["final", "proportional"] = "final"
    rate_date: Literal["invoice", "payment", "period_end"] = "invoice"


class Draw(Table):
    """An advance on pay: periods and recover_from count the plan's periods, from 1."""

    amount: Positive
    recoverable: bool = True
    periods: tuple[int, int] | None = None
    recover_from: int | None = Field(default=None, ge=1)
