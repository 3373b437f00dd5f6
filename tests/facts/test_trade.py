"""Quotations, margins, settled complaints, and since when a group buys."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kam_connector.facts import companies, complaints, margins, newcomers, orders
from kam_connector.money import Currency
from kam_connector.rules.orders import value_margins, value_quotations
from tests.facts.conftest import Pulled, rows
from tests.sync.books import CNY, EUR, JPY, Books

pytestmark = pytest.mark.long

JUNE = date(2026, 6, 30)
CURRENCIES = {CNY: Currency("CNY", 2), EUR: Currency("EUR", 2), JPY: Currency("JPY", 0)}


@pytest.fixture
def books() -> Books:
    made = Books()
    made.partner("Acme")
    return made


def order(books: Books, day: str, net: float = 100.0, **values: Any) -> int:
    row = {"name": "S", "partner_id": 1, "company_id": 1, "currency_id": CNY, "state": "sale", "currency_rate": 1.0}
    more = {"date_order": f"{day} 08:00:00", "amount_untaxed": net, "amount_total": net, "amount_tax": 0.0}
    return books.add("sale.order", **{**row, **more, **values})


def line(books: Books, of: int, net: float, cost: float | None, quantity: float = 1.0, **values: Any) -> int:
    head = books.row("sale.order", of)
    row = {"order_id": of, "company_id": head["company_id"], "currency_id": head["currency_id"], "state": "sale",
           "price_subtotal": net, "price_total": net, "product_uom_qty": quantity}  # fmt: skip
    known = {} if cost is None else {"purchase_price": cost}
    return books.add("sale.order.line", **{**row, **known, **values})


def pipeline(con: Any, day: date = JUNE) -> dict[tuple[int, int], int]:
    frame = value_quotations(orders.open_quotations(con, day).to_pandas(), companies.companies(con).to_pandas(),
                             CURRENCIES)  # fmt: skip
    return {(row.company_id, row.customer_id): row.pipeline_minor for row in frame.itertuples()}


def margin(con: Any, day: date = JUNE) -> list[dict[str, Any]]:
    frame = value_margins(margins.ordered_margins(con, day).to_pandas(), companies.companies(con).to_pandas(),
                          CURRENCIES)  # fmt: skip
    return list(frame.astype(object).where(frame.notna(), None).to_dict("records"))


@pytest.mark.requirement("S4-81")
def test_w12_a_quotation_counts_at_its_own_rate(books: Books, pulled: Pulled) -> None:
    order(books, "2026-06-01", 10_000.0, state="sent", currency_id=EUR, currency_rate=0.14)
    assert pipeline(pulled(books)) == {(1, 1): 7_142_857}


def test_only_open_quotations_of_the_day_are_in_the_pipeline(books: Books, pulled: Pulled) -> None:
    contact = books.partner("Contact", 1, is_company=False)
    order(books, "2026-06-30", 1.0, state="draft", partner_id=contact)
    order(books, "2026-06-30", 10.0, state="sent")
    order(books, "2026-07-01", 100.0, state="draft")
    order(books, "2026-06-01", 1000.0, state="sale")
    order(books, "2026-06-01", 10000.0, state="cancel")
    assert pipeline(pulled(books)) == {(1, 1): 1100}


def test_quotations_of_currencies_without_cents(books: Books, pulled: Pulled) -> None:
    books.company(2, JPY)
    order(books, "2026-06-01", 1500.0, state="draft", currency_id=JPY, currency_rate=20.0)
    order(books, "2026-06-01", 10.01, state="draft", company_id=2, currency_rate=0.05)
    assert pipeline(pulled(books)) == {(1, 1): 7500, (2, 1): 200}


def test_a_rate_of_one_or_none_leaves_the_amount_but_for_its_digits(books: Books, pulled: Pulled) -> None:
    order(books, "2026-06-01", 1500.0, state="draft", currency_id=JPY)
    order(books, "2026-06-01", 10.01, state="draft", currency_rate=None)
    assert pipeline(pulled(books)) == {(1, 1): 150_000 + 1_001}


@pytest.mark.requirement("S2-15")
def test_the_margin_is_net_less_cost_at_the_orders_own_rate(books: Books, pulled: Pulled) -> None:
    home = order(books, "2026-06-01")
    line(books, home, 100.0, 12.345678, 5.0)
    line(books, home, 50.0, 60.0)
    abroad = order(books, "2026-05-01", currency_id=EUR, currency_rate=0.125)
    line(books, abroad, 10.0, 7.5)
    (row,) = margin(pulled(books))
    assert row["margin_12m_minor"] == 10000 - 6173 + 5000 - 6000 + 2000
    assert row["margin_net_12m_minor"] == 15000 + 8000
    assert row["margin_prev_12m_minor"] is None


@pytest.mark.parametrize(
    ("day", "now", "before"),
    [
        ("2024-06-30", None, None),
        ("2024-07-01", None, 4000),
        ("2025-06-30", None, 4000),
        ("2025-07-01", 4000, None),
        ("2026-06-30", 4000, None),
        ("2026-07-01", None, None),
    ],
)
def test_the_edges_of_both_years(books: Books, pulled: Pulled, day: str, now: int | None, before: int | None) -> None:
    line(books, order(books, day), 100.0, 60.0)
    found = [(row["margin_12m_minor"], row["margin_prev_12m_minor"]) for row in margin(pulled(books))]
    assert found == ([] if now is before is None else [(now, before)])


def test_a_margin_that_is_not_known_is_missing_and_not_zero(books: Books, pulled: Pulled) -> None:
    line(books, order(books, "2026-06-01"), 100.0, None)
    line(books, order(books, "2026-06-01", state="draft"), 100.0, 60.0)
    line(books, order(books, "2026-06-01"), 0.0, 0.0, display_type="line_note")
    assert margin(pulled(books)) == []


def test_lines_with_a_cost_are_not_set_against_the_net_of_others(books: Books, pulled: Pulled) -> None:
    of = order(books, "2026-06-01")
    line(books, of, 100.0, 60.0)
    line(books, of, 900.0, None)
    (row,) = margin(pulled(books))
    assert (row["margin_12m_minor"], row["margin_net_12m_minor"]) == (4000, 10000)


def test_the_cost_is_kept_to_its_last_digit_until_the_one_rounding(books: Books, pulled: Pulled) -> None:
    of = order(books, "2026-06-01")
    for _ in range(3):
        line(books, of, 1.0, 0.0033)
    row = rows(margins.ordered_margins(pulled(books), JUNE))[0]
    assert row["cost_12m"] == Decimal("0.0099")


def complaint(books: Books, received: str, state: str, severity: str = "low", **values: Any) -> None:
    row = {"name": "C", "partner_id": 1, "company_id": 1, "type": "product", "resolved_at": "2026-06-15 08:00:00"}
    books.add("kam.complaint", received_at=received, state=state, severity=severity, **{**row, **values})


def test_settled_complaints_are_those_that_ended_with_a_solution(books: Books, pulled: Pulled) -> None:
    for state in ("confirmed", "closed", "reviewed", "rejected", "investigating"):
        complaint(books, "2026-06-01 08:00:00", state)
    complaint(books, "2026-06-01 08:00:00", "closed", "high")
    complaint(books, "2026-06-01 08:00:00", "closed", resolved_at="2026-07-01 08:00:00")
    complaint(books, "2025-06-30 08:00:00", "closed")
    complaint(books, "2025-07-01 08:00:00", "closed")
    found = {row["severity"]: row["settled"] for row in rows(complaints.settled_complaints(pulled(books), JUNE))}
    assert found == {"low": 4, "high": 1}


@pytest.mark.requirement("S4-81")
def test_w9_new_is_the_group_and_not_its_subsidiary(books: Books, pulled: Pulled) -> None:
    subsidiary = books.partner("Acme North", 1)
    books.invoice(1, 100.0, "2020-03-01")
    books.invoice(1, 100.0, "2021-03-01")
    books.invoice(subsidiary, 100.0, "2022-06-01")
    found = rows(newcomers.group_starts(pulled(books), JUNE))
    starts = {(row["customer_id"], row["group_first_invoice"], row["group_active_since"]) for row in found}
    assert starts == {(each, date(2020, 3, 1), date(2020, 3, 1)) for each in (1, subsidiary)}


@pytest.mark.parametrize(
    ("again", "since"), [("2026-05-31", "2024-05-31"), ("2026-06-01", "2026-06-01"), ("2026-06-30", "2026-06-30")]
)
def test_w9_who_buys_again_after_24_months_has_come_back(books: Books, pulled: Pulled, again: str, since: str) -> None:
    books.invoice(1, 100.0, "2024-05-31")
    books.invoice(1, 100.0, "2025-01-01", kind="out_refund")
    books.invoice(1, 100.0, again)
    (row,) = rows(newcomers.group_starts(pulled(books), JUNE))
    assert (row["group_first_invoice"], row["group_active_since"]) == (date(2024, 5, 31), date.fromisoformat(since))
    assert row["group_reactivated_on"] == (None if since == "2024-05-31" else date.fromisoformat(since))


def test_a_group_starts_in_each_company_of_ours_by_itself(books: Books, pulled: Pulled) -> None:
    books.company(2, EUR)
    books.invoice(1, 100.0, "2020-03-01")
    books.invoice(1, 100.0, "2026-03-01", company=2)
    found = {row["company_id"]: row["group_first_invoice"] for row in rows(newcomers.group_starts(pulled(books), JUNE))}
    assert found == {1: date(2020, 3, 1), 2: date(2026, 3, 1)}
