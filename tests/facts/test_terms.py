"""Payment terms of customers, confirmed orders and invoices, as the ERP has them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kam_connector import mirror
from kam_connector.facts.terms import agreed_terms, credit_papers
from tests.facts.conftest import Pulled, rows
from tests.sync.books import CNY, Books
from tests.sync.conftest import pull
from tests.sync.empty import empty_mirror
from tests.sync.fake import ByCompany
from tests.sync.test_side_tables import DEPENDENT

pytestmark = pytest.mark.long

JUNE = date(2026, 6, 30)


@pytest.fixture
def books() -> Books:
    """Acme (1) with a contact of its own (2)."""
    made = Books()
    made.partner("Acme")
    made.partner("Buyer", parent=1, is_company=False)
    return made


def order(books: Books, **values: Any) -> int:
    row = {
        "name": "S7", "state": "sale", "partner_id": 2, "company_id": 1, "currency_id": CNY, "amount_total": 500.0,
        "date_order": "2026-06-30 09:00:00", "invoice_status": "to invoice", "user_id": 5,
    }  # fmt: skip
    return books.add("sale.order", **{**row, **values})


def papers(books: Books, pulled: Pulled, day: date = JUNE) -> list[tuple[str, str, int, bool]]:
    found = rows(credit_papers(pulled(books), day))
    return sorted((row["kind"], row["document"], row["customer_id"], row["has_terms"]) for row in found)


@pytest.mark.requirement("S4-55")
def test_terms_of_the_customer_are_those_of_each_company(books: Books, tmp_path: Path) -> None:
    books.company(2, CNY)
    books.change("res.partner", 1, property_payment_term_id=ByCompany({1: 3, 2: 4}))
    books.add("account.payment.term", id=3, name="30 Days")
    with mirror.open(empty_mirror(tmp_path / "mirror.duckdb")) as store:
        pull(books.session(types=DEPENDENT), store)
        found = sorted(rows(agreed_terms(store.ibis)), key=lambda row: row["company_id"])
        assert found == [
            {"company_id": 1, "customer_id": 1, "term_id": 3, "term": "30 Days"},
            {"company_id": 2, "customer_id": 1, "term_id": 4, "term": None},
        ]


@pytest.mark.requirement("S4-55")
@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({}, [("order", "S7", 1, False)]),
        ({"payment_term_id": 3}, [("order", "S7", 1, True)]),
        ({"invoice_status": "invoiced"}, []),
        ({"state": "draft"}, []),
        ({"date_order": "2026-07-01 09:00:00"}, []),
    ],
)
def test_confirmed_orders_that_are_not_wholly_invoiced_are_looked_at(
    books: Books, pulled: Pulled, values: dict[str, Any], found: list[Any]
) -> None:
    order(books, **values)
    assert papers(books, pulled) == found


@pytest.mark.requirement("S4-55")
@pytest.mark.parametrize(
    ("due", "term", "count"), [("2026-06-01", None, 1), ("2026-06-01", 3, 0), ("2026-06-02", None, 0), (None, None, 1)]
)
def test_an_invoice_without_terms_is_one_that_is_due_at_once(
    books: Books, pulled: Pulled, due: str | None, term: int | None, count: int
) -> None:
    number = books.invoice(1, 100.0, "2026-06-01")
    values = {"invoice_date": "2026-06-01", "invoice_date_due": due, "invoice_payment_term_id": term}
    books.change("account.move", number, **values)
    assert len(papers(books, pulled)) == count


@pytest.mark.parametrize(("kind", "state"), [("out_refund", "posted"), ("out_invoice", "draft")])
def test_credit_notes_and_drafts_need_no_terms(books: Books, pulled: Pulled, kind: str, state: str) -> None:
    books.invoice(1, 100.0, "2026-06-01", kind=kind, state=state)
    assert papers(books, pulled) == []
