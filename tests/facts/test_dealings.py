"""Orders, revenue by month and by product, contacts, profiles, paid items."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kam_connector.facts.cash import paid_items
from kam_connector.facts.contacts import contacts
from kam_connector.facts.orders import customer_orders
from kam_connector.facts.products import product_revenue
from kam_connector.facts.profiles import profiles
from kam_connector.facts.revenue import monthly_revenue
from tests.facts.conftest import Pulled, rows
from tests.sync.books import CNY, EUR, INCOME, Books

JUNE = date(2026, 6, 30)


@pytest.fixture
def books() -> Books:
    """Acme (1) with a buyer (2)."""
    made = Books()
    made.partner("Acme", ref="K-1", vat="CN123", lang="zh_CN")
    made.partner("Buyer", 1, is_company=False, function="Purchasing")
    return made


def order(books: Books, moment: str, state: str = "sale", **values: Any) -> int:
    row = {"name": f"S{moment[:10]}", "state": state, "partner_id": 2, "company_id": 1, "currency_id": CNY,
           "date_order": moment, "amount_untaxed": 100.0, "amount_total": 113.0}  # fmt: skip
    return books.add("sale.order", **{**row, **values})


def test_orders_and_quotations_are_the_customers_and_cancelled_ones_are_not(books: Books, pulled: Pulled) -> None:
    books.add("resource.calendar", id=5, name="Standard", tz="Asia/Shanghai")
    books.change("res.company", 1, resource_calendar_id=5)
    order(books, "2026-06-30 15:59:59")
    order(books, "2026-06-30 16:00:00")
    order(books, "2025-06-30 16:00:00")
    order(books, "2025-06-30 15:59:59")
    order(books, "2026-05-01 09:00:00", "sent")
    order(books, "2026-05-02 09:00:00", "cancel")
    found = sorted(rows(customer_orders(pulled(books), JUNE)), key=lambda row: row["order_id"])
    assert [(row["order_id"], row["is_confirmed"], row["in_12m"]) for row in found] == [
        (1, True, True), (3, True, True), (4, True, False), (5, False, True),
    ]  # fmt: skip
    assert {(row["customer_id"], row["net_minor"], row["total_minor"]) for row in found} == {(1, 10000, 11300)}


def test_revenue_by_month_counts_credit_notes_and_the_first_and_last_day(books: Books, pulled: Pulled) -> None:
    books.invoice(1, 100.0, "2026-04-30")
    books.invoice(1, 200.0, "2026-05-01")
    books.invoice(1, 50.0, "2026-05-31", kind="out_refund")
    books.invoice(2, 400.0, "2026-06-30")
    books.invoice(1, 800.0, "2026-07-01")
    found = rows(monthly_revenue(pulled(books), date(2026, 5, 1), JUNE))
    assert {row["month"]: row["revenue_minor"] for row in found} == {date(2026, 5, 1): 15000, date(2026, 6, 1): 40000}
    assert {row["customer_id"] for row in found} == {1}


def line(books: Books, move: int, product: int | None, amount: float) -> None:
    """A product line of an invoice: what is sold stands on the credit side."""
    head = books.row("account.move", move)
    books.add("account.move.line", move_id=move, account_id=INCOME, partner_id=1, date=head["date"], balance=-amount,
              debit=0.0, credit=amount, amount_currency=-amount, amount_residual=0.0, amount_residual_currency=0.0,
              reconciled=False, parent_state="posted", display_type="product", product_id=product, company_id=1,
              currency_id=head["currency_id"], price_subtotal=amount, quantity=1.0, price_unit=amount, discount=0.0,
              name="", date_maturity=None)  # fmt: skip


def test_products_are_told_by_year_with_what_has_no_product(books: Books, pulled: Pulled) -> None:
    books.add("product.template", id=1, name="Pump", type="consu", active=True)
    books.add("product.product", id=7, product_tmpl_id=1, default_code="P-1", active=True)
    days = ["2024-06-30", "2024-07-01", "2025-06-30", "2025-07-01", "2026-06-30"]
    for power, day in enumerate(days):
        line(books, books.invoice(1, float(10**power), day), 7, float(10**power))
    line(books, books.invoice(1, 3000.0, "2026-06-01", kind="out_refund"), 7, -3000.0)
    line(books, books.invoice(1, 5.0, "2026-06-02"), None, 5.0)
    found = {row["product_id"]: row for row in rows(product_revenue(pulled(books), JUNE))}
    pump, other = found[7], found[0]
    assert (pump["product"], pump["code"], pump["customer_id"]) == ("Pump", "P-1", 1)
    assert (pump["revenue_12m_minor"], pump["revenue_prev_12m_minor"]) == ((11000 - 3000) * 100, 110 * 100)
    assert (other["product"], other["revenue_12m_minor"], other["revenue_prev_12m_minor"]) == (None, 500, 0)


def test_an_invoice_in_another_currency_counts_in_the_companys(books: Books, pulled: Pulled) -> None:
    move = books.invoice(1, 100.0, "2026-06-01", currency_id=EUR, rate=0.125)
    line(books, move, None, 800.0)
    (row,) = rows(product_revenue(pulled(books), JUNE))
    assert row["revenue_12m_minor"] == 80000


def test_contacts_are_the_people_of_a_customer_and_no_subsidiary(books: Books, pulled: Pulled) -> None:
    books.partner("Acme East", 1)
    books.partner("Gone", 1, is_company=False, active=False)
    found = sorted(rows(contacts(pulled(books))), key=lambda row: row["partner_id"])
    assert [(row["partner_id"], row["customer_id"], row["function"], row["active"]) for row in found] == [
        (2, 1, "Purchasing", True), (4, 1, None, False),
    ]  # fmt: skip


def test_a_profile_names_the_customer_above_and_the_group(books: Books, pulled: Pulled) -> None:
    books.partner("Acme East", 1)
    books.partner("Acme East Trading", 3)
    books.add("res.country", id=44, name="China")
    books.change("res.partner", 1, country_id=44)
    books.change("res.partner", 3, country_id=45)
    found = {row["customer_id"]: row for row in rows(profiles(pulled(books)))}
    assert set(found) == {1, 3, 4}
    assert (found[1]["number"], found[1]["vat"], found[1]["lang"], found[1]["parent_id"]) == (
        "K-1",
        "CN123",
        "zh_CN",
        None,
    )
    assert [(found[id]["parent_id"], found[id]["group_id"]) for id in (3, 4)] == [(1, 1), (3, 1)]
    assert [(found[id]["country_id"], found[id]["country"]) for id in (1, 3)] == [(44, "China"), (45, None)]


def test_paid_items_are_those_with_cash_in_the_year(books: Books, pulled: Pulled) -> None:
    moves = []
    for paid, amount in (("2025-06-30", 100.0), ("2025-07-01", 100.0), ("2026-06-30", 40.0), ("2026-07-01", 100.0)):
        moves.append(books.invoice(1, 100.0, "2025-01-01", due="2025-02-01"))
        books.match(books.item(moves[-1]), books.item(books.payment(1, amount, paid)), amount)
    found = sorted(rows(paid_items(pulled(books), JUNE)), key=lambda row: row["move_id"])
    assert [(row["move_id"], row["paid_on"], row["is_closed"]) for row in found] == [
        (moves[1], date(2025, 7, 1), True), (moves[2], JUNE, False),
    ]  # fmt: skip


def test_an_item_is_not_paid_before_its_own_day(books: Books, pulled: Pulled) -> None:
    early = books.payment(1, 100.0, "2026-05-01")
    invoice = books.invoice(1, 100.0, "2026-05-20", due="2026-06-20")
    books.match(books.item(invoice), books.item(early), 100.0)
    con = pulled(books)
    assert [row["paid_on"] for row in rows(paid_items(con, JUNE))] == [date(2026, 5, 20)]
    assert rows(paid_items(con, date(2026, 5, 19))) == []


def test_what_an_item_gives_to_another_is_not_taken_off_it(books: Books, pulled: Pulled) -> None:
    first, second = (books.invoice(1, amount, "2026-05-20", due="2026-06-20") for amount in (100.0, 30.0))
    books.match(books.item(first), books.item(books.payment(1, 130.0, "2026-06-01")), 130.0)
    books.match(books.item(second), books.item(first), 30.0)
    found = {row["move_id"]: row["is_closed"] for row in rows(paid_items(pulled(books), JUNE))}
    assert found == {first: True}  # the second one was settled without any cash of its own


def test_what_is_no_invoice_is_not_paid_by_cash(books: Books, pulled: Pulled) -> None:
    entry = books.entry(1, 100.0, "2026-05-20")
    books.match(books.item(entry), books.item(books.payment(1, 100.0, "2026-06-01")), 100.0)
    assert rows(paid_items(pulled(books), JUNE)) == []
