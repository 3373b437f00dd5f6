"""The records behind each figure, from books written out by hand."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from kam_connector.runs.evidence import find_evidence
from kam_connector.runs.papers import Evidence, Papers, read_papers
from tests.facts.conftest import Pulled, pulled
from tests.sync.books import CNY, Books

__all__ = ["pulled"]
JUNE = date(2026, 6, 30)


def owed(**columns: list[object]) -> pd.DataFrame:
    return pd.DataFrame({"company_id": 1, "customer_id": 1, **columns})


@pytest.fixture
def papers(pulled: Pulled) -> Papers:
    """Invoices 1 (2024), 2 (before the year), 3 and 4 (this year), credit note 5, another customer's 6; 3 paid late."""
    books = Books()
    books.partner("Acme")
    books.partner("Other")
    for day in ("2024-06-30", "2025-06-30", "2025-07-01", "2026-06-30"):
        books.invoice(1, 100.0, day, due=day)
    books.invoice(1, 10.0, "2026-01-01", kind="out_refund")
    books.invoice(2, 50.0, "2026-06-01")
    books.match(books.item(3), books.item(books.payment(1, 100.0, "2026-02-01")), 100.0)
    for moment, state in (
        ("2026-05-01 09:00:00", "sale"),
        ("2026-05-02 09:00:00", "sent"),
        ("2025-05-01 09:00:00", "sale"),
    ):
        books.add("sale.order", name="S", state=state, partner_id=1, company_id=1, currency_id=CNY, date_order=moment)
    items = owed(move_id=[1, 2, 4, 5], days_past_due=[730, 365, 0, -5], residual_minor=[100, 100, 100, -10],
                 doubtful=[True, False, False, False])  # fmt: skip
    return read_papers(pulled(books), [1], JUNE, {1: ZoneInfo("UTC")}, items)


@pytest.mark.parametrize(
    ("fact", "model", "ids"),
    [
        ("revenue_12m", "account.move", (3, 4, 5)),
        ("revenue_prev_12m", "account.move", (2,)),
        ("revenue_growth", "account.move", (2, 3, 4, 5)),
        ("invoices_12m", "account.move", (3, 4)),
        ("tenure_days", "account.move", (1,)),
        ("days_since_invoice", "account.move", (4,)),
        ("days_since_reactivation", "account.move", ()),
        ("orders_12m", "sale.order", (1,)),
        ("days_late_mean", "account.move", (3,)),
        ("share_late", "account.move", (3,)),
        ("receivable_total", "account.move", (1, 2, 4, 5)),
        ("overdue_share", "account.move", (1, 2)),
        ("doubtful_share", "account.move", (1,)),
        ("unheard_of", "", ()),
    ],
)
def test_each_figure_names_what_it_was_counted_from(
    papers: Papers, fact: str, model: str, ids: tuple[int, ...]
) -> None:
    assert find_evidence(fact, papers.of_company(1)) == Evidence(model, ids)


def test_another_company_has_none_of_them(papers: Papers) -> None:
    for fact in ("revenue_12m", "orders_12m", "share_late", "overdue", "tenure_days"):
        assert find_evidence(fact, papers.of_company(2)).ids == ()


def test_a_comeback_names_the_first_invoice_after_the_last_pause(pulled: Pulled) -> None:
    books = Books()
    books.partner("Acme")
    for day in ("2019-01-05", "2022-01-05", "2024-01-06", "2024-02-01", "2026-01-01"):
        books.invoice(1, 100.0, day, due=day)
    papers = read_papers(pulled(books), [1], JUNE, {1: ZoneInfo("UTC")}, owed(move_id=[]))
    assert find_evidence("days_since_reactivation", papers) == Evidence("account.move", (3,))
