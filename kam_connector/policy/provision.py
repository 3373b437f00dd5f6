"""Policy of the provision for doubtful debts: which share of a receivable is expected to be lost, by its age.

By days past due (IFRS 9 B5.5.35) or by age since the receivable arose (账龄). The bands are given by their upper limits
in days, inclusive; the last one is open, so that no debt falls out.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from pydantic import Field

from kam_connector.policy.values import Problem, Problems, Share, Table
from kam_connector.texts import Text

View = Literal["net", "gross"]


class Band(Table):
    """Debts up to so many days old (the last band: all older ones) lose this share."""

    up_to_days: int | None = Field(default=None, ge=0, le=36500)
    rate: Share


@dataclass(frozen=True, slots=True)
class Span:
    """A band as days from `lower` to `upper`, both inside; None = open. `name` reads like a bucket's column."""

    name: str
    lower: int | None
    upper: int | None
    rate: Decimal


_CHINESE_PRACTICE = (
    Band(up_to_days=365, rate=Decimal("0.05")),
    Band(up_to_days=730, rate=Decimal("0.10")),
    Band(up_to_days=1095, rate=Decimal("0.30")),
    Band(rate=Decimal(1)),
)


class Provision(Table):
    """The matrix: clock, whether credits clear the oldest debts before, rates by band."""

    basis: Literal["due", "recognition"] = "recognition"
    view: View = "net"
    band: tuple[Band, ...] = Field(default=_CHINESE_PRACTICE, min_length=1)

    @property
    def spans(self) -> tuple[Span, ...]:
        """The bands from the youngest to the open last one."""
        uppers = [band.up_to_days for band in self.band]
        lowers = [None, *(None if upper is None else upper + 1 for upper in uppers[:-1])]
        return tuple(
            Span(_name_of(lower, upper), lower, upper, band.rate)
            for lower, upper, band in zip(lowers, uppers, self.band, strict=True)
        )


def find_provision_problems(provision: Provision) -> Problems:
    """Bands that overlap, do not rise, end before the oldest debt, or follow an open one."""
    path = ("provision", "band")
    last = len(provision.band) - 1
    for place, band in enumerate(provision.band):
        if band.up_to_days is None and place < last:
            why = Text("has no up_to_days, but others follow: only the last band is open. Give it an upper limit.")
            yield Problem((*path, place), Text("The band {place}", {"place": place + 1}), why)
    for place, (before, band) in enumerate(pairwise(provision.band), start=1):
        if band.up_to_days is not None and before.up_to_days is not None and band.up_to_days <= before.up_to_days:
            why = Text(
                "does not come after {before}: bands overlap. Write the upper limits in rising order.",
                {"before": before.up_to_days},
            )
            what = Text("The band limit {limit}", {"limit": band.up_to_days})
            yield Problem((*path, place, "up_to_days"), what, why)
    if provision.band[last].up_to_days is not None:
        why = Text("ends, so that older debts would have no rate. Leave out up_to_days of the last band.")
        yield Problem((*path, last, "up_to_days"), Text("The last band"), why)


def _name_of(lower: int | None, upper: int | None) -> str:
    if upper is None:
        return "all" if lower is None else f"d{lower}_plus"
    if upper == 0:
        return "not_due"
    return f"d{lower or 0}_{upper}"
