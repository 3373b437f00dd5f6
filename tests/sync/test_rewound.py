"""An ERP older than the mirror: a restored backup stops the run, a lagging replica is waited for (R-21, R-23)."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Sequence

import pytest

from kam_connector.erp.lanes import Page, Wish
from kam_connector.errors import SuspectData
from kam_connector.mirror import Mirror
from tests.conftest import first_of
from tests.sync.books import Books
from tests.sync.conftest import LARGE, pull
from tests.sync.contents import content
from tests.sync.fake import FakeLanes, FakeSession, Tables

pytestmark = pytest.mark.long


@pytest.fixture
def books(telling: str) -> Books:
    made = Books()
    for name in ("Acme", "Best"):
        made.partner(name)
    made.invoice(1, 100.0, "2026-01-10")
    return made


def work_on(books: Books) -> Tables:
    """A day of work; the tables as they were before it."""
    backup = copy.deepcopy(books.tables)
    books.written = "2026-06-05 10:00:00"
    books.change("res.partner", 1, name="Renamed")
    books.invoice(2, 70.0, "2026-06-05")
    return backup


def restored_in(books: Books, backup: Tables, hours: float = 0.0) -> FakeSession:
    """The ERP with the backup's rows, at the time that it is."""
    session = books.session(hours=hours)
    session.tables = backup
    return session


@pytest.mark.parametrize("hours", first_of([0.0, 10.0]))
@pytest.mark.parametrize("small_rows", [0, 500])
def test_a_restored_backup_is_suspect_and_the_mirror_stays(
    store: Mirror, books: Books, small_rows: int, hours: float
) -> None:
    pull(books.session(), store, "run 1")
    backup = work_on(books)
    pull(books.session(hours=hours), store, "run 2")
    before = content(store, runs=True)
    options = dataclasses.replace(LARGE, small_rows=small_rows)
    with pytest.raises(
        SuspectData, match=r"older than the mirror: res\.partner 1 .*Was a backup restored.*kam sync rebuild"
    ):
        pull(restored_in(books, backup, hours), store, "run 3", options=options)
    assert content(store, runs=True) == before


def test_it_is_suspect_too_when_people_have_worked_on_since(store: Mirror, books: Books) -> None:
    pull(books.session(), store, "run 1")
    backup = Books(work_on(books) | {})
    pull(books.session(), store, "run 2")
    restored = restored_in(books, backup.tables)
    for row in restored.tables["account.move"]:
        row.update(ref="worked on", write_date="2026-06-06 09:00:00")
    with pytest.raises(SuspectData, match=r"res\.partner 1"):
        pull(restored, store, "run 3")


def test_the_newest_document_deleted_is_no_backup(store: Mirror, books: Books) -> None:
    pull(books.session(), store, "run 1")
    work_on(books)
    pull(books.session(), store, "run 2")
    books.remove("account.move", 2)
    books.remove("account.move.line", 2)
    assert pull(books.session(), store, "run 3").deleted == 2


class Lagging(FakeLanes):
    """A read replica that is behind at the first look."""

    looks = 1

    def __init__(self, session: FakeSession, stale: Tables) -> None:
        super().__init__(session)
        self.fresh, self.stale = session.tables, stale

    def first_pages(self, wishes: Sequence[Wish]) -> list[Page]:
        if len(wishes) > 2:  # the marks of the database are older than any lag
            self.session.tables = self.stale if self.looks > 0 else self.fresh
            self.looks -= 1
        return super().first_pages(wishes)


def test_a_replica_that_lags_is_waited_for(store: Mirror, books: Books) -> None:
    pull(books.session(), store, "run 1")
    stale = work_on(books)
    pull(books.session(), store, "run 2")
    session = books.session()
    lanes = Lagging(session, stale)
    session.lanes = lanes
    lanes.session = session
    report = pull(session, store, "run 3", options=dataclasses.replace(LARGE, waits=(0.0,)))
    assert (report.rows, report.deleted) == (0, 0)
    assert lanes.looks <= 0


def test_the_newest_row_may_come_on_a_later_page(store: Mirror, books: Books) -> None:
    for number in range(10):
        books.partner(f"Customer {number}")
    pull(books.session(), store, "run 1")
    books.written = "2026-06-05 10:00:00"
    books.change("res.partner", 12)
    pull(books.session(), store, "run 2")
    for number in range(1, 8):
        books.change("res.partner", number, name=f"Renamed {number}")
    report = pull(books.session(page_rows=3), store, "run 3")
    assert {one.model: (one.rows, one.read) for one in report.models}["res.partner"] == (7, 8)
