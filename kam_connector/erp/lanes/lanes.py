"""Rows in bulk by the fastest lane that this ERP has, a model at a time."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import pyarrow as pa

from ...errors import ErpBusy, ErpDefect, ErpUnreachable
from ...texts import Text
from ..fields import Field
from ..values import Row, check_progress
from .addon import (
    AddonLane,
    digest_question,
    fields_question,
    page_question,
    read_blocks,
    read_json,
    read_page,
    read_sums,
    sums_question,
)
from .columns import ColumnLane
from .forms import COLUMN_TYPES, check_types
from .pace import Pace
from .parcels import Part
from .proving import Prover
from .rows import RowsLane
from .unfit import LaneUnfit, PageTooLarge
from .wishes import Blocks, LaneName, Note, Page, Sums, Totals, Wish

if TYPE_CHECKING:
    from ..session import Session

BRIEF_ROWS = 2000
_TIMEOUT_SECONDS = 10.0
AnyLane = AddonLane | ColumnLane | RowsLane
NOTHING_KNOWN: Mapping[str, Blocks] = MappingProxyType({})


class Lanes:
    """The lanes of one session, or `only` some of them (rows are always one).

    A model leaves a lane for good when that fails or differs; `notes` tell why.
    """

    def __init__(self, session: Session, only: Sequence[LaneName] = ("addon", "columns", "rows")) -> None:
        self._session = session
        self._addon, self._columns, self._rows = AddonLane(session), ColumnLane(session), RowsLane(session)
        self._addon.is_open &= "addon" in only
        self._columns.is_open &= "columns" in only
        self._prover = Prover(session, self._rows)
        self._paces: dict[tuple[str, str], Pace] = {}
        self._left: set[tuple[str, str]] = set()
        self.notes: list[Note] = []

    # --- Pages ---------------------------------------------------------------------------------------------------

    def pages(self, wish: Wish) -> Iterator[Page]:
        """The pages of the wish, none of them empty. Raises AccessRefused and the errors of the session."""
        while True:
            page = self._next(wish)
            if page.table.num_rows:
                yield page
            if page.complete:
                return
            check_progress(wish.model, wish.after_id, page.last_id)
            wish = replace(wish, after_id=page.last_id)

    def first_pages(self, wishes: Sequence[Wish]) -> list[Page]:
        """The first page of each wish: one call for all of them with the addon, else a call each."""
        fields = [self._fields(wish) for wish in wishes]
        together = [place for place, wish in enumerate(wishes) if self._lane(wish.model, fields[place]) is self._addon]
        limits = {place: wishes[place].limit or self._pace(self._addon, wishes[place].model).rows for place in together}
        parts = self._ask_addon([page_question(wishes[place], limits[place]) for place in together])
        found: dict[int, Page] = {}
        for place, part in zip(together, parts, strict=False):
            try:
                page = read_page(part, wishes[place], fields[place], limits[place])
                self._prover.prove(self._addon, wishes[place], page, fields[place])
                found[place] = page
            except PageTooLarge:  # asked for again, by smaller pages
                self._pace(self._addon, wishes[place].model).shrink()
            except LaneUnfit as why:
                self._leave(self._addon, wishes[place].model, why)
        return [found[place] if place in found else self._brief(wish) for place, wish in enumerate(wishes)]

    def lane_of(self, model: str) -> LaneName:
        """The lane by which the model's columns come, as far as is known."""
        return self._lane(model, {}).name

    # --- Other questions, all in one call with the addon -------------------------------------------------------------

    def blocks(
        self, wishes: Sequence[Wish], block_rows: int | None, known: Mapping[str, Blocks] = NOTHING_KNOWN
    ) -> list[Blocks | None]:
        """What all rows of each wish come to, archived ones included, by blocks of that many ids or together.

        `known` are earlier answers by model: such a one comes again where the ERP says by its mark that nothing of it
        was written since. None where there is no addon to tell it.
        """
        found: dict[int, Blocks] = {}
        before = [known.get(wish.model) for wish in wishes]
        asked = [digest_question(wish, block_rows, one) for wish, one in zip(wishes, before, strict=True)]
        for place, part in enumerate(self._ask_addon(asked)):
            try:
                found[place] = read_blocks(part, block_rows, before[place])
            except LaneUnfit:  # the plain questions tell what is wrong
                continue
        return [found.get(place) for place in range(len(wishes))]

    def sums(self, wanted: Sequence[Sums]) -> list[list[Row]]:
        """The groups of each, as `Session.read_group_sum` gives them."""
        found: dict[int, list[Row]] = {}
        for place, part in enumerate(self._ask_addon([sums_question(sums) for sums in wanted])):
            try:
                found[place] = read_sums(part, wanted[place])
            except LaneUnfit:  # the plain question tells what is wrong
                continue
        return [found[place] if place in found else self._plain_sums(sums) for place, sums in enumerate(wanted)]

    def marked_sums(self, sums: Sums, mark: str) -> tuple[list[Row] | None, str]:
        """The groups, None where the ERP says by this mark that they are as they were; and their mark, "" without."""
        for part in self._ask_addon([sums_question(sums, mark)]):
            if part.same:
                return None, mark
            try:
                return read_sums(part, sums), part.mark
            except LaneUnfit:  # the plain question tells what is wrong
                continue
        return self._plain_sums(sums), ""

    def learn_fields(self, models: Sequence[str]) -> None:
        """`session.fields` of all these models is known, by one call, where there is the addon."""
        unknown = [model for model in models if not self._session.knows_fields(model)]
        for model, part in zip(unknown, self._ask_addon([fields_question(one) for one in unknown]), strict=False):
            try:
                self._session.keep_fields(model, read_json(part))
            except LaneUnfit:  # the plain question tells what is wrong
                continue

    # --- Questions that every ERP understands ------------------------------------------------------------------------

    def totals(self, wish: Wish) -> Totals | None:
        """What all rows of the wish come to, archived ones included; None when this ERP does not tell."""
        try:
            rows, [mean] = self._session.count_ids(wish.model, wish.domain, ["avg"], companies=wish.companies)
        except ErpDefect:
            return None
        return Totals(rows, mean)

    def ids(self, wish: Wish) -> pa.Array:
        """All ids of the wish, archived ones included, rising, as int64."""
        found = self._session.search_ids(wish.model, wish.domain, companies=wish.companies)
        return pa.array(found, pa.int64())

    # --- What is proven stays proven -----------------------------------------------------------------------------

    @property
    def proven(self) -> frozenset[str]:
        """Marks of what was held against plain rows and found equal; for `trust` of a later session."""
        return frozenset(self._prover.proven)

    def trust(self, marks: Iterable[str]) -> None:
        """What an earlier session proved needs no proof again."""
        self._prover.trust(marks)

    # -----------------------------------------------------------------------------------------------------------------

    def _brief(self, wish: Wish) -> Page:
        """The first page where little is expected: plain rows are one call where columns are two."""
        fields = self._fields(wish)
        if self._lane(wish.model, fields) is self._addon or (wish.limit is not None and wish.limit > BRIEF_ROWS):
            return self._next(wish)
        return self._rows.page(wish, fields, wish.limit or BRIEF_ROWS)

    def _next(self, wish: Wish) -> Page:
        """The next page by the best lane that holds for the model."""
        fields = self._fields(wish)
        left: list[tuple[AnyLane, LaneUnfit]] = []
        while True:
            lane = self._lane(wish.model, fields)
            try:
                page = self._page(lane, wish, fields)
                if lane is not self._rows:
                    self._prover.prove(lane, wish, page, fields)
                break
            except LaneUnfit as why:
                self._left.add((lane.name, wish.model))
                left.append((lane, why))
        for lane_left, reason in left:
            self._note(lane_left, wish.model, reason)
        return page

    def _page(self, lane: AnyLane, wish: Wish, fields: Mapping[str, Field]) -> Page:
        """One page; one that the server does not finish is asked for by halves."""
        pace = self._pace(lane, wish.model)
        while True:
            start = time.monotonic()
            try:
                page = lane.page(wish, fields, wish.limit or pace.rows)
            except PageTooLarge:
                if wish.limit or pace.is_least:
                    raise LaneUnfit(Text("its pages are too large")) from None
                pace.shrink()
                continue
            except (ErpUnreachable, ErpBusy, ErpDefect) as error:
                timed_out = time.monotonic() - start > _TIMEOUT_SECONDS
                if wish.limit or pace.is_least or not (timed_out or isinstance(error, ErpDefect)):
                    raise
                pace.shrink()
                continue
            if wish.limit is None:
                pace.told(page.table.num_rows, time.monotonic() - start)
            return page

    def _lane(self, model: str, fields: Mapping[str, Field]) -> AnyLane:
        if all(field.stored and field.type in COLUMN_TYPES for field in fields.values()):
            for lane in (self._addon, self._columns):
                if lane.is_open and (lane.name, model) not in self._left:
                    return lane
        return self._rows

    def _ask_addon(self, questions: list[dict[str, object]]) -> list[Part]:
        """The addon's answers, or none where it is not there."""
        if not questions or not self._addon.is_open:
            return []
        try:
            return self._addon.ask(questions)
        except LaneUnfit as why:
            self._note(self._addon, "", why)
            return []

    def _leave(self, lane: AnyLane, model: str, why: LaneUnfit) -> None:
        self._left.add((lane.name, model))
        self._note(lane, model, why)

    def _note(self, lane: AnyLane, model: str, why: LaneUnfit) -> None:
        if why.why is not None:
            self.notes.append(Note(model, lane.name, why.why))

    def _pace(self, lane: AnyLane, model: str) -> Pace:
        return self._paces.setdefault((lane.name, model), Pace(lane.limits))

    def _fields(self, wish: Wish) -> Mapping[str, Field]:
        known = self._session.checked_fields(wish.model, wish.fields)
        check_types(wish.model, known)
        return known

    def _plain_sums(self, sums: Sums) -> list[Row]:
        return self._session.read_group_sum(sums.model, sums.domain, sums.sums, sums.by, companies=sums.companies)
