"""Salaries on the mirror: people who sell nothing or have left, whose company pays, what is found and not paid."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kam_connector import ledger, mirror, policy
from kam_connector.rules.pay.engine import compute_pay
from kam_connector.rules.pay.given import PAID_COLUMNS, no_rows
from kam_connector.runs.pay_reading import read_given
from kam_connector.runs.sources import Sources
from tests.facts.conftest import mirror_of
from tests.incentives.test_salaries import TEN, only, salary
from tests.incentives.trying import plan_text
from tests.runs.paid_books import ANN, paid, paid_by, read_plan, sellers
from tests.sync.books import CNY, Books

CLERK, GONE = 20, 21
MARCH = "2026-03-31"


@pytest.fixture
def books() -> Books:
    """Ann sold 1,000.00 in March; a clerk sells nothing, a third has left the company."""
    books = sellers(Books())
    books.add("res.users", id=CLERK, login="clerk", active=True, company_id=1)
    books.add("res.users", id=GONE, login="gone", active=False, company_id=1)
    books.invoice(1, 1000.0, "2026-03-05", invoice_user_id=ANN)
    return books


@pytest.mark.requirement("S4-26")
def test_who_sells_nothing_and_who_has_left_is_paid_to_the_last_day(tmp_path: Path, books: Books) -> None:
    started = salary("clerk", "3100.00", from_="2026-03-15")
    left = salary("gone", "3100.00", from_="2026-02-01", to="2026-03-10")
    plan = plan_text(TEN, salary("Ann", "2000.00", from_="2026-03-01"), started, left, head="")
    assert paid(tmp_path, books, plan, MARCH) == [
        (ANN, "2026-03", "2100.00"),
        (CLERK, "2026-03", "1700.00"),
        (GONE, "2026-02", "3100.00"),
        (GONE, "2026-03", "1000.00"),
    ]


def test_a_login_that_nobody_has_is_found_and_the_others_are_paid(tmp_path: Path, books: Books) -> None:
    findings: list[str] = []
    plan = only(salary("clerk", from_="2026-03-01"), salary("clark"), salary("clerk2", from_="2026-04-01"), head="")
    assert paid(tmp_path, books, plan, MARCH, findings) == [(CLERK, "2026-03", "1000.00")]
    assert findings == ["Plan p has a salary of clark, who is nobody that is known: it is not paid."]


@pytest.mark.requirement("S4-26")
def test_in_a_group_the_company_is_named_and_pays_alone(tmp_path: Path, books: Books) -> None:
    books.company(2, CNY)
    plan = only(salary("clerk", from_="2026-03-01", company="2"), salary("Ann", company="3"), salary("gone"), head="")
    findings: list[str] = []
    with mirror.open(mirror_of(books)) as store:
        assert paid_by(tmp_path, store, plan, MARCH, 1, findings) == []
        assert paid_by(tmp_path, store, plan, MARCH, 2) == [(CLERK, "2026-03", "1000.00")]
    assert findings == [
        "Plan p lets company 3 pay the salary of Ann, and there is none of that number.",
        "Plan p does not say which company pays the salary of gone: it is not paid. Write company = 1.",
    ]


def test_months_before_what_was_read_of_an_old_plan_are_advanced_nothing(tmp_path: Path, books: Books) -> None:
    """What Ann sold in 2025 is not read any more: her salary of then stands for no sales, and is advanced nothing."""
    counted = plan_text(TEN, salary("Ann", "300.00", limits='"count"'), '[draw]\namount = "800.00"\n', head="")
    plan = read_plan(tmp_path, counted.replace("2026-01-01", "2025-01-01"))
    books.invoice(1, 50000.0, "2026-03-06", invoice_user_id=ANN)
    with mirror.open(mirror_of(books)) as store, ledger.open(tmp_path / "ledger.db") as book:
        sources = Sources(store.ibis, book, policy.load(), {}, True, datetime.now(UTC))
        for first, advanced in ((date(2026, 1, 1), 2), (date(2025, 1, 1), 14)):
            given = read_given(sources, plan, date(2026, 3, 31), [1], no_rows(PAID_COLUMNS), first)
            statements = compute_pay(plan, given).statements
            assert [each.payout for each in statements] == [800_00] * advanced + [
                5400_00 - min(advanced * 500_00, 4600_00)
            ]
