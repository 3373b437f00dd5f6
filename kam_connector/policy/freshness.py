"""Policy of the freshness of customer records: how old a sign of life may be, and what each kind of it weighs."""

from __future__ import annotations

from pydantic import Field

from kam_connector.policy.values import Problem, Problems, Table
from kam_connector.texts import Text

SIGNS = ("order", "invoice", "activity", "write")
"""The kinds of signs of life: the last order, invoice, activity, and write of the record."""


class Freshness(Table):
    """A sign of today is worth 100 points, one of `*_days` ago or none at all 0; `*_weight` is its share of the score.

    Below `stale_below` points a customer is stale.
    """

    order_days: int = Field(default=180, ge=1, le=3650)
    order_weight: int = Field(default=30, ge=0, le=100)
    invoice_days: int = Field(default=180, ge=1, le=3650)
    invoice_weight: int = Field(default=30, ge=0, le=100)
    activity_days: int = Field(default=90, ge=1, le=3650)
    activity_weight: int = Field(default=25, ge=0, le=100)
    write_days: int = Field(default=365, ge=1, le=3650)
    write_weight: int = Field(default=15, ge=0, le=100)
    stale_below: int = Field(default=30, ge=0, le=100)

    def limit_of(self, sign: str) -> tuple[int, int]:
        """Days and weight of a kind of sign."""
        return getattr(self, f"{sign}_days"), getattr(self, f"{sign}_weight")


def find_freshness_problems(freshness: Freshness) -> Problems:
    """Weights that do not sum to 100."""
    total = sum(freshness.limit_of(sign)[1] for sign in SIGNS)
    if total != 100:
        what = Text("The weights of [freshness] sum to {total}", {"total": total})
        yield Problem(("freshness",), what, Text("They have to sum to 100."))
