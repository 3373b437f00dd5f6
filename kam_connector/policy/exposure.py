"""Policy of exposure: what counts against a customer's credit limit, and when a hold of deliveries is advised.

The limit itself stands in the ERP (by company, 0 = none). Advice only: nothing is blocked in the ERP.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from kam_connector.policy.values import Code, Positive, Problem, Problems, Share, Table
from kam_connector.texts import Text

Part = Literal["receivable", "drafts", "orders"]


class Exposure(Table):
    """What is exposure, when to watch and when to hold; customers of the tiers in `exempt_tiers` are never held."""

    include: tuple[Part, ...] = Field(default=("receivable", "drafts", "orders"), min_length=1)
    watch_share: Share = Decimal("0.90")
    over_share: Positive = Decimal(0)
    overdue_days: int = Field(default=60, ge=0)
    overdue_amount: Positive = Decimal(1000)
    exempt_tiers: tuple[Code, ...] = ()


def find_exposure_problems(exposure: Exposure) -> Problems:
    """Parts of the exposure that are named twice."""
    for place, part in enumerate(exposure.include):
        if part in exposure.include[:place]:
            what = Text('The part "{part}"', {"part": part})
            yield Problem(("exposure", "include", place), what, Text("stands there a second time. Take it out."))
