"""The addon lane: whole pages as one compressed string, the same over every transport, and many questions in one call.

PostgreSQL writes the columns as CSV and Arrow reads them: no row becomes an object on either side. Twenty fields of an
invoice cost about 6 microseconds so; the rows lane needs 150 and more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...errors import AccessRefused, ErpBusy, ErpError, ErpUnreachable, LoginRefused
from ...texts import Text
from ..faults import ModelMissing
from ..fields import ATTRIBUTES, Field
from ..values import Row
from .pace import Limits
from .parcels import Part, Unreadable, open_parcel, parse_numbers, parse_page
from .unfit import LaneUnfit, PageTooLarge
from .wishes import Blocks, LaneName, Page, Sums, Wish

if TYPE_CHECKING:
    from ..session import Session

MODEL = "kam.extract"
FIRST_VERSION = (19, 0)
LIMITS = Limits(start=20_000, most=100_000)

Question = dict[str, Any]


class AddonLane:
    """Questions to the addon's endpoint; `is_open` until it turns out that there is none."""

    name: LaneName = "addon"
    limits = LIMITS

    def __init__(self, session: Session) -> None:
        self._session = session
        self.is_open = session.version >= FIRST_VERSION

    def ask(self, questions: Sequence[Question]) -> list[Part]:
        """The answers, in one call unless they are too much for one. Raises LaneUnfit, ErpUnreachable, ErpBusy."""
        parts = self._ask_once(questions)
        waiting = [place for place, part in enumerate(parts) if part.later]
        while waiting:
            more = self._ask_once([questions[place] for place in waiting])
            for place, part in zip(waiting, more, strict=True):
                parts[place] = part
            left = [place for place in waiting if parts[place].later]
            if len(left) == len(waiting):
                raise LaneUnfit(Text("its answers never end"))
            waiting = left
        return parts

    def page(self, wish: Wish, fields: Mapping[str, Field], limit: int) -> Page:
        """One page of at most `limit` rows. Raises LaneUnfit, PageTooLarge, ErpUnreachable, ErpBusy."""
        [part] = self.ask([page_question(wish, limit)])
        return read_page(part, wish, fields, limit)

    def _ask_once(self, questions: Sequence[Question]) -> list[Part]:
        try:
            answer = self._session.call(MODEL, "pull", list(questions))
        except ModelMissing:
            self.is_open = False
            raise LaneUnfit(None) from None
        except AccessRefused as error:
            self.is_open = False
            raise LaneUnfit(Text("{error}", {"error": error})) from None
        except (ErpUnreachable, ErpBusy, LoginRefused):
            raise
        except ErpError as error:
            raise LaneUnfit(Text("{error}", {"error": error})) from None
        try:
            return open_parcel(answer, len(questions))
        except Unreadable as problem:
            raise LaneUnfit(Text("its answer cannot be read: {problem}", {"problem": str(problem)})) from None


def page_question(wish: Wish, limit: int) -> Question:
    """The question for one page."""
    return {
        "kind": "page",
        "model": wish.model,
        "domain": list(wish.domain),
        "fields": [name for name in wish.fields if name != "id"],
        "after_id": wish.after_id,
        "limit": limit,
        **_companies(wish.companies),
    }


def digest_question(wish: Wish, block_rows: int | None, known: Blocks | None) -> Question:
    """The question for what all rows of a wish come to, by blocks of ids or together, unless it is `known`."""
    return {
        "kind": "digest",
        "model": wish.model,
        "domain": list(wish.domain),
        "block_rows": block_rows or 0,
        **({} if block_rows else {"mark": known.mark if known else ""}),
        **_companies(wish.companies),
    }


def sums_question(sums: Sums, mark: str | None = None) -> Question:
    """The question for sums by groups; with a mark, unless it is still theirs."""
    aggregates = ["__count", *(f"{name}:sum" for name in sums.sums)]
    return {
        "kind": "sums",
        "model": sums.model,
        "domain": list(sums.domain),
        "by": list(sums.by),
        "aggregates": aggregates,
        **({} if mark is None else {"mark": mark}),
        **_companies(sums.companies),
    }


def fields_question(model: str) -> Question:
    """The question for what `fields_get` tells of a model."""
    return {"kind": "fields", "model": model, "attributes": list(ATTRIBUTES)}


def read_page(part: Part, wish: Wish, fields: Mapping[str, Field], limit: int) -> Page:
    """The page that a part holds. Raises LaneUnfit, PageTooLarge."""
    if part.too_large:
        raise PageTooLarge
    try:
        table = parse_page(_body(part), fields)
    except Unreadable as problem:
        raise LaneUnfit(Text("its answer cannot be read: {problem}", {"problem": str(problem)})) from None
    last = table.column("id")[-1].as_py() if table.num_rows else wish.after_id
    return Page(table, last, complete=table.num_rows < limit)


def read_blocks(part: Part, block_rows: int | None, known: Blocks | None) -> Blocks:
    """The blocks that a part holds, or those `known` where it says that they are the same. Raises LaneUnfit."""
    if part.same and known is not None:
        return known
    try:
        return Blocks(parse_numbers(_body(part), ("block", "rows", "ids", "stamps")), block_rows, part.mark)
    except Unreadable as problem:
        raise LaneUnfit(Text("its answer cannot be read: {problem}", {"problem": str(problem)})) from None


def read_sums(part: Part, sums: Sums) -> list[Row]:
    """The groups that a part holds, as `Session.read_group_sum` gives them. Raises LaneUnfit."""
    names = [*sums.by, "__count", *sums.sums]
    periods = [place for place, spec in enumerate(sums.by) if ":" in spec]
    try:
        groups = [_group(group, periods, len(sums.by)) for group in read_json(part)]
        return [dict(zip(names, group, strict=True)) for group in groups]
    except (TypeError, ValueError, IndexError):
        raise LaneUnfit(Text("its answer has another form than known")) from None


def _group(values: list[Any], periods: Sequence[int], by: int) -> list[Any]:
    """The values with days for moments, and 0 for a sum of nothing."""
    for place in periods:
        values[place] = values[place] and values[place][:10]
    return [*values[:by], *(value or 0 for value in values[by:])]


def read_json(part: Part) -> Any:
    """The value that a part holds. Raises LaneUnfit."""
    try:
        return json.loads(bytes(_body(part)))
    except ValueError:
        raise LaneUnfit(Text("its answer cannot be read: it is no JSON")) from None


def _body(part: Part) -> memoryview:
    if part.error:
        raise LaneUnfit(Text("{error}", {"error": part.error}))
    return part.body


def _companies(companies: Sequence[int] | None) -> dict[str, list[int]]:
    return {} if companies is None else {"companies": list(companies)}
