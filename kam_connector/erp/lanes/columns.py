"""The column lane: the public group API asked for whole columns, on JSON transports (XML-RPC carries no nulls).

One group without a criterion, `array_agg` of each field: the arrays are the columns of one page. From 17 on they come
ordered by id, on 14 in the order of the scan, which is the same for all of them. It is not documented as a way to
export, so that every model's first page is held against plain rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...errors import ErpBusy, ErpError, ErpUnreachable, LoginRefused
from ...texts import Text
from ..fields import Field
from ..versions import Dialect
from .forms import page_of_values
from .pace import Limits
from .unfit import LaneUnfit
from .wishes import LaneName, Page, Wish

if TYPE_CHECKING:
    from ..session import Session

LIMITS = Limits(start=10_000, most=20_000)


@dataclass(frozen=True, slots=True)
class _Extent:
    """From which id to which the rows of a wish lie, and how many they are."""

    first: int
    last: int
    rows: int

    def end_of_page(self, first: int, limit: int) -> int:
        """The last id of a page from `first` on that has about `limit` rows; all of them if they are no more."""
        ids = -(-limit * (self.last - self.first + 1) // self.rows)
        return min(self.last, first + ids - 1)


class ColumnLane:
    """Pages of columns through the session's JSON transport.

    A page is a range of ids: from where to where the rows lie is asked once a wish, so that each page is one call.
    Where ids are closer together in one part than in another, pages have more or fewer rows than their limit.
    """

    name: LaneName = "columns"
    limits = LIMITS

    def __init__(self, session: Session) -> None:
        self._session = session
        self._extents: dict[str, _Extent] = {}
        self.is_open = session.transport != "xmlrpc"

    def page(self, wish: Wish, fields: Mapping[str, Field], limit: int) -> Page:
        """One page of about `limit` rows. Raises LaneUnfit, ErpUnreachable, ErpBusy."""
        try:
            extent = self._extent(wish)
            first = max(extent.first, wish.after_id + 1)
            last = extent.end_of_page(first, limit) if extent.rows else 0
            columns = self._columns(wish, list(fields), first, last)
        except (ErpUnreachable, ErpBusy, LoginRefused):
            raise
        except ErpError as error:
            raise LaneUnfit(Text("{error}", {"error": error})) from None
        if last >= extent.last:
            del self._extents[_key(wish)]
        table, bad = page_of_values(columns["id"], columns, fields)
        return Page(table.sort_by("id"), max(last, wish.after_id), last >= extent.last, bad)

    def _extent(self, wish: Wish) -> _Extent:
        """Asked when the wish begins; rows that come later are not in it."""
        key = _key(wish)
        if not wish.after_id or key not in self._extents:
            domain = [*wish.domain, ["id", ">", wish.after_id]]
            rows, (first, last) = self._session.count_ids(wish.model, domain, ["min", "max"], companies=wish.companies)
            self._extents[key] = _Extent(int(first), int(last), rows)
        return self._extents[key]

    def _columns(self, wish: Wish, names: Sequence[str], first: int, last: int) -> dict[str, Sequence[Any]]:
        """The values by field, `id` among them; all sequences equally long."""
        if last < first:
            return {"id": (), **dict.fromkeys(names, ())}
        domain = [*wish.domain, ["id", ">=", first], ["id", "<=", last]]
        method, args, keywords, keys = arrays_call(self._session.dialect, domain, ["id", *names])
        answer = self._session.call(wish.model, method, *args, **keywords, context=self._context(wish.companies))
        try:
            columns = {name: answer[0][key] or () if answer else () for name, key in keys.items()}
            lengths = {len(values) for values in columns.values()}
        except (KeyError, IndexError, TypeError):
            raise LaneUnfit(Text("its answer has another form than known")) from None
        if len(lengths) != 1 or None in columns["id"]:
            raise LaneUnfit(Text("its columns are not equally long"))
        return columns

    def _context(self, companies: Sequence[int] | None) -> dict[str, Any]:
        return {"active_test": False, **({} if companies is None else {"allowed_company_ids": list(companies)})}


def _key(wish: Wish) -> str:
    """The same for all pages of a wish."""
    return repr((wish.model, wish.domain, wish.companies))


def arrays_call(
    dialect: Dialect, domain: Sequence[Any], names: Sequence[str]
) -> tuple[str, list[Any], dict[str, Any], dict[str, str]]:
    """Method, arguments and keywords of the call for whole columns, and under which key each column comes."""
    if dialect.group_method == "formatted_read_group":
        keys = {name: f"{name}:array_agg" for name in names}
        return "formatted_read_group", [list(domain), [], list(keys.values())], {}, keys
    keys = {name: f"column_{place}" for place, name in enumerate(names)}
    return (
        "read_group",
        [list(domain), [f"{key}:array_agg({name})" for name, key in keys.items()], []],
        {"lazy": False},
        keys,
    )
