"""The ERP's exchange rates of a day: the newest on or before it, a company's own before a shared one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kam_connector.facts.rates import all_rates, rates_on
from tests.facts.conftest import Pulled, rows
from tests.sync.books import CNY, EUR, JPY, Books


@pytest.fixture
def books() -> Books:
    made = Books()
    made.company(2, EUR)
    return made


def rate(books: Books, currency: int, day: str, units: float, company: int | None = 1) -> None:
    books.add("res.currency.rate", name=day, rate=units, currency_id=currency, company_id=company)


def known(con: Any, day: str) -> dict[tuple[int, int], tuple[Decimal | None, str | None]]:
    """Rate and its day by company and currency."""
    return {
        (row["company_id"], row["currency_id"]): (row["rate"], row["rate_date"] and row["rate_date"].isoformat())
        for row in rows(rates_on(con, date.fromisoformat(day)))
    }


@pytest.mark.requirement("S4-41")
def test_the_newest_rate_counts_from_its_own_day_on(books: Books, pulled: Pulled) -> None:
    rate(books, EUR, "2026-04-01", 0.125)
    rate(books, EUR, "2026-06-30", 0.15)
    con = pulled(books)
    assert known(con, "2026-06-29")[1, EUR] == (Decimal("0.125"), "2026-04-01")
    assert known(con, "2026-06-30")[1, EUR] == (Decimal("0.15"), "2026-06-30")
    assert known(con, "2026-07-01")[1, EUR] == (Decimal("0.15"), "2026-06-30")


def test_before_the_first_rate_there_is_none(books: Books, pulled: Pulled) -> None:
    rate(books, EUR, "2026-04-01", 0.125)
    assert known(pulled(books), "2026-03-31") == {(1, EUR): (None, None)}


def test_a_companys_own_rate_goes_before_a_shared_one_that_is_newer(books: Books, pulled: Pulled) -> None:
    rate(books, JPY, "2026-06-01", 150, company=None)
    rate(books, JPY, "2026-01-01", 20, company=1)
    assert known(pulled(books), "2026-06-30") == {
        (1, JPY): (Decimal(20), "2026-01-01"),
        (2, JPY): (Decimal(150), "2026-06-01"),
    }


def test_rates_of_companies_stand_apart_and_one_of_zero_is_none(books: Books, pulled: Pulled) -> None:
    rate(books, CNY, "2026-01-01", 8, company=2)
    rate(books, CNY, "2026-05-01", 0, company=2)
    assert known(pulled(books), "2026-06-30") == {(2, CNY): (Decimal(8), "2026-01-01")}


def test_a_branch_has_the_rates_of_its_root_and_a_former_parent_means_nothing(books: Books, pulled: Pulled) -> None:
    for number, path in ((3, "1/3/"), (4, "1/3/4/"), (5, None)):
        books.change("res.company", books.company(number, CNY), parent_path=path)
    rate(books, EUR, "2026-01-01", 0.125)
    rate(books, EUR, "2026-01-01", 9, company=3)
    con = pulled(books)
    own = (Decimal("0.125"), "2026-01-01")
    assert known(con, "2026-06-30") == {(1, EUR): own, (3, EUR): own, (4, EUR): own}
    found = {(row["company_id"], row["rate"]) for row in rows(all_rates(con))}
    assert found == {(company, own[0]) for company in (1, 3, 4)}


def test_a_shared_rate_stands_for_no_company_in_the_list(books: Books, pulled: Pulled) -> None:
    rate(books, JPY, "2026-06-01", 150, company=None)
    assert [(row["company_id"], row["rate"]) for row in rows(all_rates(pulled(books)))] == [(None, Decimal(150))]
