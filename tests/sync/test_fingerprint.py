"""Changes that leave neither id nor `write_date`: found by each day's first run through sums by group (R-30, R-33)."""

from __future__ import annotations

import dataclasses

import pytest

from kam_connector.mirror import Mirror, state
from kam_connector.sync import PullReport
from tests.sync.books import Books
from tests.sync.conftest import LARGE, pull

VERIFY = dataclasses.replace(LARGE, verify=True)


@pytest.fixture
def books() -> Books:
    made = Books()
    for name in ("Acme", "Best", "Cool"):
        made.partner(name)
    for partner in (1, 2, 3):
        for day in ("2026-01-10", "2026-01-20", "2026-02-10"):
            made.invoice(partner, 100.0, day)
    made.written = "2026-06-01 00:00:00"
    made.change("account.move", 1)
    made.change("account.move.line", 1)
    return made


def read(report: PullReport, model: str) -> int:
    return {one.model: one.read for one in report.models}[model]


def yesterday(store: Mirror) -> None:
    """The daily checks were made the day before."""
    store.db.execute("UPDATE _check SET moment = '2026-01-01 00:00:00'")


def test_an_amount_changed_by_sql_is_found_by_the_first_run_of_the_next_day(store: Mirror, books: Books) -> None:
    pull(books.session(), store, "run 1")
    books.row("account.move", 5).update(amount_total_signed=90.0)
    same_day = pull(books.session(), store, "run 2")
    assert (same_day.checked, same_day.rows) == (False, 0)
    yesterday(store)
    report = pull(books.session(), store, "run 3")
    assert (report.checked, report.rows) == (True, 1)
    assert [one.message for one in report.findings] == []
    assert store.db.execute("SELECT amount_total_signed_minor FROM account_move WHERE id = 5").fetchone() == (9000,)
    assert read(report, "account.move") == 1 + 2  # the newest, and the group: partner 2 in January


def test_a_receivable_that_no_longer_ties_out_is_found_the_same_night(store: Mirror, books: Books) -> None:
    pull(books.session(), store, "run 1")
    books.row("account.move.line", 5).update(balance=90.0, amount_residual=90.0)
    report = pull(books.session(), store, "run 2")
    assert (report.checked, report.rows, report.findings) == (False, 1, ())
    assert store.db.execute("SELECT balance_minor FROM account_move_line WHERE id = 5").fetchone() == (9000,)


def test_verify_does_it_at_once(store: Mirror, books: Books) -> None:
    pull(books.session(), store, "run 1")
    books.row("account.move", 5).update(partner_id=3, commercial_partner_id=3)
    assert pull(books.session(), store, "run 2").rows == 0
    assert pull(books.session(), store, "run 3", options=VERIFY).rows == 1
    assert store.db.execute("SELECT partner_id FROM account_move WHERE id = 5").fetchone() == (3,)


@pytest.mark.parametrize("telling", ["totals"], indirect=True)
@pytest.mark.usefixtures("telling")
def test_a_write_date_older_than_the_overlap_is_found_by_the_daily_look_at_every_row(
    store: Mirror, books: Books
) -> None:
    pull(books.session(), store, "run 1")
    books.change("account.move", 5, ref="committed hours late", write_date="2026-05-31 20:00:00")
    assert pull(books.session(), store, "run 2").rows == 0
    yesterday(store)
    assert pull(books.session(), store, "run 3").rows == 1
    assert store.db.execute("SELECT ref FROM account_move WHERE id = 5").fetchone() == ("committed hours late",)


def test_the_checks_of_a_day_are_remembered(store: Mirror, books: Books) -> None:
    assert pull(books.session(), store, "run 1").checked
    session = books.session()
    assert not pull(session, store, "run 2").checked
    assert session.calls["sums account.move"] == 0
    moments = state.checked(store.db, "sums")
    assert set(moments) == {
        "res.partner",
        "account.move",
        "account.move.line",
        "account.partial.reconcile",
    }
    assert {detail for _, detail in moments.values()} == {"1"}


def test_a_difference_that_reading_again_does_not_mend_is_a_finding(store: Mirror, books: Books) -> None:
    pull(books.session(), store, "run 1")
    session = books.session()
    honest = session.sums
    session.sums = lambda wanted: [  # type: ignore[method-assign]
        {**group, "amount_total_signed": 1.0} if wanted.model == "account.move" else group for group in honest(wanted)
    ]
    report = pull(session, store, "run 2", options=VERIFY)
    assert [(one.severity, one.source) for one in report.findings] == [("error", "sync.account_move")]
    assert "account.move: groups (6, the first: 1, 1, 2026-01-01)" in report.findings[0].message
