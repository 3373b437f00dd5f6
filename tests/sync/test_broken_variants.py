"""Four pulls as simple clients make them, each with the scenario in which it loses rows and ours does not.

A bench that no mistake can fail proves nothing: what is put in place of the right part stands in the test.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from kam_connector.erp.lanes import Page, Wish
from kam_connector.erp.lanes.rows import page_of_rows
from kam_connector.errors import SuspectData
from kam_connector.mirror import Mirror, state
from kam_connector.sync import Options, incremental, looks, pulling
from kam_connector.sync.sweep import Swept
from tests.sync.books import Books
from tests.sync.conftest import LARGE, pull
from tests.sync.fake import FakeLanes, FakeSession

pytestmark = [pytest.mark.parametrize("telling", ["totals"], indirect=True), pytest.mark.usefixtures("telling")]
"""As without the addon, whose digests would find most of what these variants lose."""


@pytest.fixture
def books() -> Books:
    made = Books()
    for number in range(9):
        made.partner(f"Customer {number}")
    made.written = "2026-05-01 09:00:00"
    made.change("res.partner", 9)
    return made


def name(store: Mirror, partner: int) -> str | None:
    found = store.db.execute("SELECT name FROM res_partner WHERE NOT _deleted AND id = ?", [partner]).fetchone()
    return found[0] if found else None


def second_row_of_a_second(store: Mirror, books: Books, options: Options = LARGE) -> bool:
    """A row written in the watermark's own second, after that was read; is it found?"""
    pull(books.session(), store, "run 1", options=options)
    books.change("res.partner", 3, name="Same second")
    pull(books.session(), store, "run 2", options=options)
    return name(store, 3) == "Same second"


def late_commit(store: Mirror, books: Books, options: Options = LARGE) -> bool:
    """A transaction that began five minutes before the watermark and ends after it was passed; is it found?"""
    pull(books.session(), store, "run 1", options=options)
    books.change("res.partner", 3, name="Committed late", write_date="2026-05-01 08:55:00")
    pull(books.session(), store, "run 2", options=options)
    return name(store, 3) == "Committed late"


def deletion(store: Mirror, books: Books) -> bool:
    """A deleted partner; is he gone from the mirror?"""
    pull(books.session(), store, "run 1")
    books.remove("res.partner", 3)
    pull(books.session(), store, "run 2")
    return name(store, 3) is None


class Churning(FakeSession):
    """The first partner is deleted after the first page was read."""

    def rows(self, wish: Wish, size: int) -> list[dict[str, Any]]:
        found = super().rows(wish, size)
        if wish.model == "res.partner" and found and found[0]["id"] == 1:
            self.tables["res.partner"] = [row for row in self.tables["res.partner"] if row["id"] != 1]
        return found


class OffsetLanes(FakeLanes):
    """Pages by offset."""

    def pages(self, wish: Wish) -> Iterator[Page]:
        known, offset = self.session.fields(wish.model), 0
        fields = {one: known[one] for one in wish.fields}
        while True:
            rows = self.session.rows(wish, 10**6)[offset : offset + self.session.page_rows]
            if not rows:
                return
            yield page_of_rows(rows, fields, rows[-1]["id"], complete=False)
            offset += len(rows)


def churn(store: Mirror, books: Books, *, lanes: type[FakeLanes] = FakeLanes) -> bool:
    """A row deleted while later pages are still to be read; are all others there after the reading of all pages?"""
    session = Churning(books.tables, page_rows=3)
    session.lanes = lanes(session)
    pull(session, store, "run 1")
    return all(name(store, partner) for partner in range(2, 10))


def without_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulling, "sweep", lambda job, readings, losses: Swept({}, {}))


def greater_than(since: datetime | None) -> list[Any]:
    """`write_date > watermark` in whole seconds, as Odoo 19 compares."""
    return [] if since is None else [("write_date", ">=", state.text(since + timedelta(seconds=1)))]


def test_a_row_of_the_watermarks_second_is_lost_by_greater_than(
    store: Mirror, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_sweep(monkeypatch)
    exact = dataclasses.replace(LARGE, overlap=timedelta(0))
    for module in (incremental, looks):
        monkeypatch.setattr(module, "condition_since", greater_than)
    with pytest.raises(SuspectData, match="older than the mirror"):  # the newest known row does not come back
        second_row_of_a_second(store, books, exact)
    monkeypatch.setattr(pulling, "find_rewound", lambda job, looks: [])
    assert not second_row_of_a_second(store, books, exact)


def test_a_row_of_the_watermarks_second_is_found(store: Mirror, books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    without_sweep(monkeypatch)
    assert second_row_of_a_second(store, books, dataclasses.replace(LARGE, overlap=timedelta(0)))


def test_a_late_commit_is_lost_without_overlap(store: Mirror, books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    without_sweep(monkeypatch)
    assert not late_commit(store, books, dataclasses.replace(LARGE, overlap=timedelta(0)))


def test_a_late_commit_is_found(store: Mirror, books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    without_sweep(monkeypatch)
    assert late_commit(store, books)


def test_a_deletion_is_lost_without_sweep(store: Mirror, books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    without_sweep(monkeypatch)
    assert not deletion(store, books)


def test_a_deletion_is_found(store: Mirror, books: Books) -> None:
    assert deletion(store, books)


def test_rows_are_lost_by_offset_when_others_are_deleted_meanwhile(
    store: Mirror, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_sweep(monkeypatch)
    assert not churn(store, books, lanes=OffsetLanes)


def test_rows_are_found_when_others_are_deleted_meanwhile(
    store: Mirror, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_sweep(monkeypatch)
    assert churn(store, books)
