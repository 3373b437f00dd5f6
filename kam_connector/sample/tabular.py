"""How rows of an Odoo 19 are written: what all table files share.

Rows read like Odoo's own answers with `load=''`: ids for many2one fields, False for what is empty, floats for money,
UTC texts for moments, ISO texts for days.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from kam_connector.sample.books import Books
from kam_connector.sample.matching import Matches
from kam_connector.sample.papers import Documents

Row = dict[str, Any]
Tables = dict[str, list[Row]]

ADMIN_USER = 2


@dataclass(slots=True)
class Ids:
    """Ids of keys, per model, given in the order of asking; `first` holds where a model begins."""

    first: Mapping[str, int] = field(default_factory=dict)
    _known: dict[str, dict[str, int]] = field(default_factory=dict)

    def of(self, model: str, key: str) -> int:
        """The id of a key; a new one when it was never asked for."""
        ids = self._known.setdefault(model, {})
        return ids.setdefault(key, self.first.get(model, 1) + len(ids))

    def maybe(self, model: str, key: str) -> int | bool:
        """The id of a key, False for an empty key."""
        return self.of(model, key) if key else False

    def reserve(self, model: str, keys: Iterable[str]) -> None:
        """The keys have ids in this order."""
        for key in keys:
            self.of(model, key)


@dataclass(frozen=True, slots=True)
class Sources:
    """What the rows are made of."""

    documents: Documents
    books: Books
    matches: Matches
    ids: Ids


def moment(day: date) -> str:
    """Ten o'clock UTC of the day, as Odoo writes it."""
    return f"{day.isoformat()} 10:00:00"


def stamp(at: datetime | None) -> str | bool:
    """A moment as Odoo writes it; False for none."""
    return at.strftime("%Y-%m-%d %H:%M:%S") if at else False


def iso(day: date | None) -> str | bool:
    """A day as Odoo writes it; False for none."""
    return day.isoformat() if day else False
