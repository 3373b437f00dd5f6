"""What nobody wrote to is not added up again, and nothing that happened is missed for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kam_connector.errors import SuspectData
from kam_connector.mirror import Mirror, rows
from kam_connector.sync.marks import known_digests
from tests.sync.books import Books
from tests.sync.conftest import LARGE, pull
from tests.sync.fake import FakeSession

TOLD = ("res.partner", "account.move", "account.move.line")


@pytest.fixture
def books() -> Books:
    """Invoices of January; the newest change is of June, so that the last pull's overlap holds no row of theirs."""
    made = Books()
    for number in range(1, 10):
        made.partner(f"Customer {number}")
        made.invoice(number, 10.0, "2026-01-10")
    made.written = "2026-06-01 09:00:00"
    made.add("res.currency", name="USD", symbol="$", decimal_places=2, rounding=0.01, active=True)
    return made


def night(store: Mirror, books: Books, run: str, **more: object) -> tuple[FakeSession, int, int]:
    """A pull a day after the newest change: its session, rows that changed, rows that went."""
    session = books.session(hours=24, **more)
    report = pull(session, store, run)
    return session, report.rows, report.deleted


def test_an_idle_night_adds_up_nothing_and_asks_for_no_changes(store: Mirror, books: Books) -> None:
    first, *_ = night(store, books, "run 1")
    idle, changed, gone = night(store, books, "run 2")
    assert (changed, gone, idle.calls["blocks"], idle.calls["sums account.move.line"]) == (0, 0, 0, 0)
    assert idle.calls["same"] == first.calls["blocks"] + 1  # and the control totals
    assert [idle.calls[f"pages {model}"] for model in TOLD] == [0, 0, 0]


def test_an_addon_without_marks_is_asked_every_night(store: Mirror, books: Books) -> None:
    for run in ("run 1", "run 2", "run 3"):
        old, *_ = night(store, books, run, makes_marks=False)
    assert (old.calls["same"], old.calls["blocks"] > 0, old.calls["sums account.move.line"]) == (0, True, 1)
    assert [old.calls[f"pages {model}"] for model in TOLD] == [0, 0, 0]  # its digests say enough


def test_what_is_deleted_written_or_made_is_found_the_same_night(store: Mirror, books: Books) -> None:
    for run in ("run 1", "run 2"):
        night(store, books, run)
    books.remove("account.move.line", 3)
    assert night(store, books, "run 3")[1:] == (0, 1)
    books.change("res.partner", 4, name="By SQL", write_date="2026-02-01 00:00:00")
    assert night(store, books, "run 4")[1:] == (1, 0)
    books.partner("New")
    assert night(store, books, "run 5")[1:] == (1, 0)
    assert store.db.execute("SELECT name FROM res_partner WHERE id IN (4, 10) ORDER BY id").fetchall() == [
        ("By SQL",),
        ("New",),
    ]


def test_a_row_that_only_the_mirror_lost_comes_back(store: Mirror, books: Books) -> None:
    """The mark says what the ERP has; what the mirror has is counted every night."""
    for run in ("run 1", "run 2"):
        night(store, books, run)
    rows.tombstone(store.db, "account_move", [5], "damage")
    assert night(store, books, "run 3")[1:] == (1, 0)
    assert 5 in rows.live_ids(store.db, "account_move")


def test_a_pull_that_is_refused_has_learnt_nothing(store: Mirror, books: Books) -> None:
    """Eight of nine partners are gone: suspect. The marks stay those of the last good pull; asked again, they serve."""
    for run in ("run 1", "run 2"):
        night(store, books, run)
    before = known_digests(store)
    gone = [row for row in books.tables["res.partner"] if row["id"] > 1]
    books.remove("res.partner", *(row["id"] for row in gone))
    with pytest.raises(SuspectData):
        pull(books.session(hours=24), store, "run 3", options=replace(LARGE, vanish_rows=3))
    after = known_digests(store)
    assert {model: each.mark for model, each in after.items()} == {model: each.mark for model, each in before.items()}
    books.tables["res.partner"] += gone
    session, changed, deleted = night(store, books, "run 4")
    assert (changed, deleted, session.calls["blocks"]) == (0, 0, 0)


def test_a_row_written_again_within_its_second_is_found(store: Mirror, books: Books) -> None:
    """Its `write_date` stays and so does the digest: what the mirror knows as so new is asked for again."""
    books.change("res.partner", 2, name="First")
    session = books.session()
    pull(session, store, "run 1")
    pull(books.session(), store, "run 2")
    books.change("res.partner", 2, name="Second")
    pull(books.session(), store, "run 3")
    assert store.db.execute("SELECT name FROM res_partner WHERE id = 2").fetchall() == [("Second",)]


def test_an_amount_changed_by_sql_is_still_told_the_same_night(store: Mirror, books: Books) -> None:
    for run in ("run 1", "run 2"):
        night(store, books, run)
    books.row("account.move.line", 6)["balance"] += 5.0
    found = pull(books.session(hours=24), store, "run 3", options=replace(LARGE, verify=False))
    assert [one.source for one in found.findings] == []  # read again, because the totals differed
    assert store.db.execute("SELECT balance_minor FROM account_move_line WHERE id = 6").fetchall() == [(1500,)]


def test_totals_counted_in_other_digits_are_asked_for_anew(store: Mirror, books: Books) -> None:
    for run in ("run 1", "run 2"):
        night(store, books, run)
    before = store.db.execute("SELECT sum(balance_minor) FROM control_total").fetchone()
    books.written = "2026-06-03 08:00:00"
    books.change("res.currency", 1, decimal_places=3)
    session, *_ = night(store, books, "run 3")
    assert session.calls["sums account.move.line"] >= 1
    after = store.db.execute("SELECT sum(balance_minor) FROM control_total").fetchone()
    assert (before, after) == ((9000,), (90000,))


def test_totals_that_cannot_be_read_keep_no_mark(store: Mirror, books: Books) -> None:
    books.row("account.move.line", 6)["balance"] = 1e30
    for run in ("run 1", "run 2"):
        report = pull(books.session(hours=24), store, run)
        assert "The ERP's balance is not a number." in [str(one.message) for one in report.findings]


def test_totals_that_only_the_mirror_spoiled_are_asked_for_anew(store: Mirror, books: Books) -> None:
    """The ERP says that they are as they were; what the mirror kept of them is not."""
    for run in ("run 1", "run 2"):
        night(store, books, run)
    store.db.execute("UPDATE control_total SET balance_minor = balance_minor + 1")
    report = pull(books.session(hours=24), store, "run 3")
    assert [one.message for one in report.findings if one.source == "sync.control_total"] == []
    assert store.db.execute("SELECT sum(balance_minor) FROM control_total").fetchone() == (9000,)
