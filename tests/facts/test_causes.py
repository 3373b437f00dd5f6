"""Closed collection tasks with the cause that a person gave, and the evidence beside it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kam_connector import mirror
from kam_connector.facts.causes import closed_tasks
from tests.facts.conftest import Pulled, rows
from tests.sync.books import CNY, Books
from tests.sync.conftest import pull
from tests.sync.empty import empty_mirror
from tests.sync.fake import ByCompany
from tests.sync.test_side_tables import DEPENDENT

pytestmark = pytest.mark.long

JUNE = (date(2026, 6, 1), date(2026, 6, 30))


@pytest.fixture
def books() -> Books:
    """Acme (1) with a contact of its own (2) and an invoice (1) of 30 April with 30 days of terms."""
    made = Books()
    made.partner("Acme")
    made.partner("Buyer", parent=1, is_company=False)
    made.invoice(1, 300.0, "2026-04-30")
    made.change("account.move", 1, invoice_date="2026-04-30", invoice_date_due="2026-05-30")
    return made


def task(books: Books, written: str, **values: Any) -> int:
    row = {
        "partner_id": 2, "company_id": 1, "user_id": 5, "amount": 300.0, "overdue_days": 12, "oldest_item": 1,
        "move_id": 1, "date_deadline": "2026-06-10", "state": "done", "cause_code": "cash", "write_date": written,
        "kam_key": f"task:2:1:{written}",
    }  # fmt: skip
    return books.add("kam.collection.task", **{**row, **values})


@pytest.mark.requirement("S4-46")
def test_a_closed_task_carries_its_cause_and_the_evidence(books: Books, pulled: Pulled) -> None:
    task(books, "2026-06-10 08:00:00")
    (row,) = rows(closed_tasks(pulled(books), *JUNE))
    assert row == {
        "task_id": 1, "company_id": 1, "customer_id": 1, "user_id": 5, "team_id": row["team_id"], "currency_id": CNY,
        "amount_minor": 30000, "terms_days": 30, "item_id": 1, "cause": "cash", "days_overdue": 12, "is_late": False,
        "over_limit": False, "corrected": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("2026-05-31 15:59:59", False),
        ("2026-05-31 16:00:00", True),
        ("2026-06-30 15:59:59", True),
        ("2026-06-30 16:00:00", False),
    ],
)
def test_the_days_are_those_of_the_company(books: Books, pulled: Pulled, written: str, found: bool) -> None:
    """In Shanghai 1 June begins at 16:00 of 31 May in universal time."""
    task(books, written)
    table = closed_tasks(pulled(books), *JUNE, {1: ZoneInfo("Asia/Shanghai")})
    assert len(rows(table)) == found


@pytest.mark.parametrize("state", ["open", "cancelled"])
def test_only_done_tasks_count(books: Books, pulled: Pulled, state: str) -> None:
    task(books, "2026-06-10 08:00:00", state=state)
    assert rows(closed_tasks(pulled(books), *JUNE)) == []


def test_a_task_that_the_connector_closed_has_no_cause(books: Books, pulled: Pulled) -> None:
    task(books, "2026-06-10 08:00:00", cause_code=None)
    assert [row["cause"] for row in rows(closed_tasks(pulled(books), *JUNE))] == [""]


@pytest.mark.requirement("S4-43")
@pytest.mark.parametrize(("day", "is_late"), [("09", False), ("10", False), ("11", True)])
def test_a_task_closed_after_its_deadline_is_late(books: Books, pulled: Pulled, day: str, is_late: bool) -> None:
    task(books, f"2026-06-{day} 08:00:00")
    assert [row["is_late"] for row in rows(closed_tasks(pulled(books), *JUNE))] == [is_late]


@pytest.mark.requirement("S4-44")
@pytest.mark.parametrize(("limit", "is_over"), [(0.0, False), (299.99, True), (300.0, False)])
def test_more_than_the_limit_says_that_an_order_was_let_through(
    books: Books, tmp_path: Path, limit: float, is_over: bool
) -> None:
    books.change("res.partner", 1, credit_limit=ByCompany({1: limit}))
    task(books, "2026-06-10 08:00:00")
    with mirror.open(empty_mirror(tmp_path / "mirror.duckdb")) as store:
        pull(books.session(types=DEPENDENT), store)
        assert [row["over_limit"] for row in rows(closed_tasks(store.ibis, *JUNE))] == [is_over]


def test_a_task_without_an_invoice_has_no_terms(books: Books, pulled: Pulled) -> None:
    task(books, "2026-06-10 08:00:00", move_id=None)
    (row,) = rows(closed_tasks(pulled(books), *JUNE))
    assert row["terms_days"] is None or row["terms_days"] != row["terms_days"]


@pytest.mark.requirement("S4-45")
@pytest.mark.parametrize(("day", "state", "corrected"), [
    ("2026-06-30", "posted", True), ("2026-07-01", "posted", False), ("2026-06-30", "draft", False),
])  # fmt: skip
def test_an_invoice_that_had_to_be_corrected_says_so(
    books: Books, pulled: Pulled, day: str, state: str, corrected: bool
) -> None:
    task(books, "2026-06-10 08:00:00")
    note = books.invoice(1, 50.0, day, kind="out_refund")
    books.change("account.move", note, reversed_entry_id=1, invoice_date=day, state=state)
    assert [row["corrected"] for row in rows(closed_tasks(pulled(books), *JUNE))] == [corrected]
