"""The rows lane: plain reading with `load=''`, everywhere; what the other lanes are held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..fields import Field
from .forms import page_of_values
from .pace import Limits
from .wishes import LaneName, Page, Wish

if TYPE_CHECKING:
    from ..session import Session

LIMITS = Limits(start=2000, most=4000)


class RowsLane:
    """Pages of rows through the session's transport."""

    name: LaneName = "rows"
    limits = LIMITS

    def __init__(self, session: Session) -> None:
        self._session = session

    def page(self, wish: Wish, fields: Mapping[str, Field], limit: int) -> Page:
        """One page of at most `limit` rows. Raises the errors of the session."""
        rows, found, last = self._session.page_of_rows(
            wish.model, wish.domain, wish.fields, wish.after_id, limit, wish.companies
        )
        return page_of_rows(rows, fields, last, complete=found < limit)


def page_of_rows(
    rows: Sequence[Mapping[str, Any]], fields: Mapping[str, Field], last_id: int, *, complete: bool
) -> Page:
    """The page of rows in the session's form, by rising id."""
    ids = [row["id"] for row in rows]
    table, bad = page_of_values(ids, {name: [row[name] for row in rows] for name in fields}, fields)
    return Page(table, last_id, complete, bad)
