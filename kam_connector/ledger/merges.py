"""Which customer took over from which: merges of partners in the ERP, each an event, read in the order of writing.

A into B, then B into C: both stand under C. When C is later merged into A (which was made anew from a backup), A is a
customer again and took over all three: the last event about a customer counts, so that a circle cannot arise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from kam_connector.ledger.events import Entry
from kam_connector.ledger.store import Ledger

MERGE = "merge"
_KEY = "res.partner"


class Merge(NamedTuple):
    """`vanished` stands under `survivor` since `moment`, which was the business day `days[company]` there."""

    vanished: int
    survivor: int
    moment: datetime
    days: Mapping[int, date]

    def day_in(self, company: int) -> date:
        """The first day of the company on which the survivor stands for both."""
        return self.days.get(company, self.moment.date())


def read_merges(book: Ledger) -> list[Merge]:
    """Every merge in the book, the earliest first."""
    return [
        Merge(
            payload["vanished_id"],
            payload["survivor_id"],
            datetime.fromisoformat(payload["moment"]),
            {company: date.fromisoformat(day) for company, day in payload["days"]},
        )
        for payload in book.history(MERGE, _KEY)
    ]


def merge_entry(merge: Merge) -> Entry:
    """The merge as an event."""
    payload = {
        "vanished_id": merge.vanished,
        "survivor_id": merge.survivor,
        "moment": merge.moment.isoformat(),
        "days": [[company, day.isoformat()] for company, day in sorted(merge.days.items())],
    }
    return Entry(MERGE, _KEY, payload)


def find_survivors(merges: Sequence[Merge]) -> dict[int, int]:
    """Vanished customer to the one that stands for it now, chains followed to their end."""
    heirs: dict[int, int] = {}
    for merge in merges:
        heirs[merge.vanished] = merge.survivor
        heirs.pop(merge.survivor, None)
    return {vanished: _last(heirs, vanished) for vanished in heirs}


def survivors(book: Ledger) -> dict[int, int]:
    """The same of everything in the book."""
    return find_survivors(read_merges(book))


def _last(heirs: Mapping[int, int], customer: int) -> int:
    while customer in heirs:
        customer = heirs[customer]
    return customer
