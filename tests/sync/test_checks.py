"""Bad records are findings; the rest goes on. Control totals tell whether all of it is here."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kam_connector.erp.lanes import Sums
from kam_connector.mirror import Mirror, rows
from kam_connector.sync import PullReport
from kam_connector.sync.groups import find_roots
from tests.sync.books import RECEIVABLE, Books
from tests.sync.conftest import pull
from tests.sync.fake import FakeSession, Row


@pytest.fixture
def books() -> Books:
    made = Books()
    made.partner("Acme")
    made.invoice(1, 100.0, "2026-01-10")
    return made


def messages(report: PullReport) -> list[tuple[str, str, str]]:
    return [(finding.source, finding.record, finding.message) for finding in report.findings]


def test_a_row_with_an_unknown_currency_waits_in_quarantine_until_it_is_mended(store: Mirror, books: Books) -> None:
    bad = books.invoice(1, 70.0, "2026-01-11", currency_id=99)
    report = pull(books.session(), store, "run 1")
    assert sorted((source, record) for source, record, _ in messages(report)) == [
        ("sync.account_move", str(bad)),
        ("sync.account_move_line", str(books.item(bad))),
        ("sync.control_total", str(RECEIVABLE)),
    ]
    assert "its field amount_untaxed has no known currency" in report.findings[1].message
    assert rows.live_ids(store.db, "account_move") == [1]
    assert pull(books.session(), store, "run 2").rows == 0
    for model in ("account.move", "account.move.line"):
        for row in books.tables[model]:
            row["currency_id"] = 1
    assert pull(books.session(), store, "run 3").findings == ()
    assert rows.live_ids(store.db, "account_move") == [1, bad]


def test_a_nan_amount_is_set_aside_and_told(store: Mirror, books: Books) -> None:
    books.add("sale.order", name="S1", company_id=1, currency_id=1, amount_untaxed=float("nan"), partner_id=1)
    books.add("sale.order", name="S2", company_id=1, currency_id=1, amount_untaxed=5.0, partner_id=1)
    report = pull(books.session(), store)
    assert messages(report) == [
        (
            "sync.sale_order",
            "1",
            "sale.order 1 is set aside: its field amount_untaxed is not a finite amount. Mend it in the ERP.",
        )
    ]
    assert rows.live_ids(store.db, "sale_order") == [2]
    assert {one.model: one.quarantined for one in report.models}["sale.order"] == 1


def test_a_row_that_turns_bad_no_longer_counts(store: Mirror, books: Books) -> None:
    order = books.add("sale.order", name="S1", company_id=1, currency_id=1, amount_untaxed=5.0, partner_id=1)
    pull(books.session(), store, "run 1")
    books.change("sale.order", order, amount_untaxed=float("inf"))
    pull(books.session(), store, "run 2")
    assert rows.live_ids(store.db, "sale_order") == []


@pytest.mark.usefixtures("telling")
def test_a_bad_row_that_is_deleted_leaves_the_quarantine(store: Mirror, books: Books) -> None:
    order = books.add("sale.order", name="S1", company_id=1, currency_id=1, amount_untaxed=float("nan"), partner_id=1)
    pull(books.session(), store, "run 1")
    books.remove("sale.order", order)
    assert pull(books.session(), store, "run 2").findings == ()


def test_a_circle_of_parents_is_told_and_ends(store: Mirror, books: Books) -> None:
    second = books.partner("Second", 1)
    books.change("res.partner", 1, parent_id=second)
    below = books.partner("Below", second)
    report = pull(books.session(), store)
    assert [(record, message.split(":")[0]) for _, record, message in messages(report)] == [
        (str(one), f"The parents of partner {one} lead in a circle") for one in (1, second, below)
    ]


def test_a_receivable_item_without_partner_is_told(store: Mirror, books: Books) -> None:
    entry = books.entry(None, 30.0, "2026-02-01", name="MISC/1")
    report = pull(books.session(), store)
    assert messages(report) == [
        (
            "sync.account_move_line",
            str(books.item(entry)),
            f"Receivable item {books.item(entry)} of MISC/1 has no partner: it stands under no customer.",
        )
    ]


def test_a_match_of_a_draft_is_told_and_kept(store: Mirror, books: Books) -> None:
    payment = books.payment(1, 100.0, "2026-02-01")
    match = books.match(books.item(1), books.item(payment), 100.0)
    books.draft(1)
    report = pull(books.session(), store)
    assert [(source, record) for source, record, _ in messages(report)] == [
        ("sync.account_partial_reconcile", str(match))
    ]


def test_a_partner_of_a_lost_customer_is_told(store: Mirror, books: Books) -> None:
    books.partner("Orphan", commercial_partner_id=77)
    assert messages(pull(books.session(), store)) == [
        ("sync.res_partner", "2", "Partner 2 belongs to 77, not found."),
    ]


@pytest.mark.parametrize(
    ("parents", "roots"),
    [
        ({}, []),
        ({1: 0}, [1]),
        ({1: 0, 2: 1, 3: 2}, [1, 1, 1]),
        ({4: 9, 7: 4, 9: 0}, [9, 9, 9]),
        ({1: 1}, [0]),
        ({1: 2, 2: 1, 3: 2, 4: 0, 5: 4}, [0, 0, 0, 4, 4]),
        ({1: 2, 2: 3, 3: 1, 4: 1, 5: 4}, [0, 0, 0, 0, 0]),
    ],
)
def test_roots_are_found_and_circles_end(parents: dict[int, int], roots: list[int]) -> None:
    arrays = (np.array(list(ids), dtype=np.int64) for ids in (parents.keys(), parents.values()))
    assert find_roots(*arrays).tolist() == roots


def test_a_chain_of_ten_thousand_parents_is_no_trouble() -> None:
    chain = np.arange(1, 10_001)
    assert set(find_roots(chain, chain - 1)) == {1}


class Posting(FakeSession):
    """Somebody posts an invoice between the rows and the control totals."""

    late: list[tuple[str, Row]]

    def sums(self, wanted: Sums) -> list[Row]:
        for model, row in self.late:
            self.tables[model] = [*self.tables[model], row]
        self.late = []
        return super().sums(wanted)


def test_a_posting_during_the_pull_is_fetched_by_a_second_pass(store: Mirror, books: Books) -> None:
    late = books.invoice(1, 33.0, "2026-01-12")
    taken = [(model, books.row(model, late)) for model in ("account.move", "account.move.line")]
    for model, row in taken:
        books.remove(model, row["id"])
    session = Posting(books.tables)
    session.late = taken
    report = pull(session, store)
    assert report.findings == ()
    assert rows.live_ids(store.db, "account_move_line") == [1, 2]


class Hiding(FakeSession):
    """A record rule hides one item from reading but not from sums."""

    def _found(self, model: str, domain: Any) -> list[Row]:
        found = super()._found(model, domain)
        return [row for row in found if model != "account.move.line" or row["id"] != 1 or self.summing]

    summing = False

    def sums(self, wanted: Sums) -> list[Row]:
        self.summing = True
        try:
            return super().sums(wanted)
        finally:
            self.summing = False


def test_items_that_the_sums_have_and_the_rows_do_not_are_told(store: Mirror, books: Books) -> None:
    books.invoice(1, 0.5, "2026-01-12")
    report = pull(Hiding(books.tables), store)
    assert [(one.severity, one.record, one.message) for one in report.findings] == [
        (
            "error",
            "1, 1, 2026-01-01",
            "account.move.line: groups (1, the first: 1, 1, 2026-01-01) do not add up to the ERP's own sums after "
            "being read again.",
        ),
        (
            "error",
            str(RECEIVABLE),
            f"Account {RECEIVABLE} of company 1: the ERP's receivable balance exceeds the pulled items by "
            "10000 smallest units.",
        ),
    ]
