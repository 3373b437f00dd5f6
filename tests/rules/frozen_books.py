"""A small ledger of receivable items and matches that tests change between two looks at the same day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from kam_connector.rules.decisions import Decisions
from kam_connector.rules.snapshots import (
    ITEM_COLUMNS,
    MATCH_COLUMNS,
    STATE_COLUMNS,
    Position,
    compare,
    items_to_look_at,
)

APRIL = date(2026, 4, 30)


@dataclass
class Ledger:
    """Items and matches by id; `position` is the day as they say it, `moved` what differs from an earlier look."""

    as_of: date = APRIL
    items: dict[int, dict[str, Any]] = field(default_factory=dict)
    matches: dict[int, tuple[int, int, int]] = field(default_factory=dict)

    def item(self, number: int, amount: int, day: str, **more: Any) -> int:
        """An item of entry `number` + 1000, customer 7; its due date is its day unless given."""
        row = {"balance": amount, "date": day, "due": day, "posted": True, "customer": 7, "company": 1}
        self.items[number] = row | more
        return number

    def match(self, number: int, debit: int, credit: int, amount: int) -> None:
        self.matches[number] = (debit, credit, amount)

    def counts(self, number: int) -> bool:
        row = self.items.get(number)
        return bool(row and row["posted"] and row["date"] <= self.as_of.isoformat())

    def residual(self, number: int) -> int:
        """Its open amount on the day; 0 for one that does not count."""
        if not self.counts(number):
            return 0
        left = int(self.items[number]["balance"])
        for debit, credit, amount in self.counted().values():
            left += -amount if debit == number else amount if credit == number else 0
        return left

    def counted(self) -> dict[int, tuple[int, int, int]]:
        return {key: one for key, one in self.matches.items() if self.counts(one[0]) and self.counts(one[1])}

    def position(self) -> Position:
        rows = [
            (number, row["company"], row["customer"], number + 1000, row["due"], self.residual(number))
            for number, row in self.items.items()
            if self.residual(number)
        ]
        items = pd.DataFrame(rows, columns=list(ITEM_COLUMNS))
        matches = pd.DataFrame([(key, *one) for key, one in self.counted().items()], columns=list(MATCH_COLUMNS))
        later = [number for number, row in self.items.items() if row["posted"] and row["date"] > self.as_of.isoformat()]
        whole = {name: np.int64 for name in ITEM_COLUMNS if name != "due_date"}
        return Position(items.astype(whole), matches.astype(np.int64), np.array(later, dtype=np.int64))

    def total(self) -> int:
        return sum(self.residual(number) for number in self.items)

    def moved(self, former: Position) -> Decisions:
        """What `compare` says, told no more of the present than it asks for."""
        present = self.position()
        asked = set(items_to_look_at(former, present).tolist())
        rows = [(key, key + 1000, row["date"], row["posted"]) for key, row in self.items.items() if key in asked]
        return compare(former, present, pd.DataFrame(rows, columns=list(STATE_COLUMNS)), self.as_of)

    def told(self, former: Position) -> list[tuple[int, int, int, str]]:
        """Item, was, is, cause of every row."""
        frame = self.moved(former).frame
        columns = (frame[name].tolist() for name in ("item_id", "was_minor", "is_minor", "cause"))
        return list(zip(*columns, strict=True))
