"""Policy of payer classes: over how long a history, and from which figures on a customer is of which class.

What the classes are for: prompt payers are left in peace, the honest who are short of cash get an extension, slow
ones are asked before the day, unreliable ones often, bad ones without ado (requirements S4-51 to S4-54).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from kam_connector.policy.values import Problem, Problems, Share, Table
from kam_connector.texts import Text

PAYER_CLASSES = ("prompt", "honest_short", "slow", "unreliable", "bad", "new")
"""The classes, as policies and files name them."""


class Payers(Table):
    """The limits of the classes; a figure on the limit of prompt is prompt, on that of a worse class is of that."""

    history_months: int = Field(default=12, ge=4, le=60)
    min_items: int = Field(default=3, ge=1)
    prompt_days_late: int = Field(default=3, ge=0)
    prompt_share_late: Share = Decimal("0.25")
    short_share: Share = Decimal("0.30")
    short_partly_kept: int = Field(default=1, ge=1)
    unreliable_broken: int = Field(default=2, ge=1)
    unreliable_spread_days: int = Field(default=15, ge=1)
    bad_broken: int = Field(default=4, ge=1)
    bad_days_late: int = Field(default=60, ge=1)
    bad_overdue_days: int = Field(default=180, ge=1)
    trend_days: int = Field(default=5, ge=1)
    expected_new: Literal["due", "company"] = "due"


def find_payer_problems(payers: Payers) -> Problems:
    """A limit of a worse class that does not lie beyond that of the better one: nobody could be of one of them."""
    for worse, better in (("bad_broken", "unreliable_broken"), ("bad_days_late", "prompt_days_late")):
        limit, before = getattr(payers, worse), getattr(payers, better)
        if limit <= before:
            why = Text(
                "is not above {key} = {before}: nobody could be of the class between. Write a higher limit.",
                {"key": better, "before": before},
            )
            what = Text('The limit {limit} of "{key}"', {"limit": limit, "key": worse})
            yield Problem(("payers", worse), what, why)
