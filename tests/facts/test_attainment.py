"""What salespeople reached: sold, collected, won and left above cost, and what there was to collect (case W33)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kam_connector.facts import attainment, companies, people, targets
from kam_connector.money import Currency
from kam_connector.rules.orders import value_sellers
from tests.facts.conftest import Pulled, rows
from tests.sync.books import CNY, EUR, JPY, Books

ANN, BOB = 7, 8
JUNE = (date(2026, 6, 1), date(2026, 6, 30))
CURRENCIES = {CNY: Currency("CNY", 2), EUR: Currency("EUR", 2), JPY: Currency("JPY", 0)}


@pytest.fixture
def books() -> Books:
    made = Books()
    made.partner("Acme")
    for user in (ANN, BOB):
        made.add("res.users", id=user, login=f"user{user}", partner_id=1, active=True)
    return made


def paid(books: Books, invoice: int, amount: float, day: str) -> None:
    payment = books.payment(1, amount, day)
    books.match(books.item(invoice), books.item(payment), amount)


def one(table: Any) -> dict[str, Any]:
    (row,) = rows(table)
    return row


@pytest.mark.requirement("S4-7")
def test_w33_odoos_three_figures_of_a_team_are_told_apart(books: Books, pulled: Pulled) -> None:
    """Invoices of 100, paid, and 200, of which 150 are paid, and a credit note of 30: invoiced 270, collected 250."""
    first = books.invoice(1, 100.0, "2026-06-02", invoice_user_id=ANN)
    second = books.invoice(1, 200.0, "2026-06-03", invoice_user_id=ANN)
    note = books.invoice(1, 30.0, "2026-06-04", kind="out_refund", invoice_user_id=ANN)
    paid(books, first, 100.0, "2026-06-10")
    paid(books, second, 150.0, "2026-06-11")
    books.match(books.item(second), books.item(note), 30.0)
    con = pulled(books)
    assert one(attainment.sold(con, *JUNE)) == {
        "company_id": 1, "user_id": ANN, "revenue_minor": 270_00, "invoiced_minor": 270_00,
    }  # fmt: skip
    assert one(attainment.collected(con, *JUNE))["collected_minor"] == 250_00


@pytest.mark.requirement("S4-7")
def test_w33_what_was_open_before_and_what_came_in(books: Books, pulled: Pulled) -> None:
    """400 open before June, 900 invoiced in it, 700 collected: 53.8 % of what there was to collect."""
    old = books.invoice(1, 500.0, "2026-05-20", invoice_user_id=ANN)
    paid(books, old, 100.0, "2026-05-31")
    paid(books, old, 400.0, "2026-06-01")
    new = books.invoice(1, 900.0, "2026-06-30", invoice_user_id=ANN)
    paid(books, new, 300.0, "2026-06-30")
    books.invoice(1, 77.0, "2026-07-01", invoice_user_id=ANN)
    books.invoice(1, 5.0, "2026-05-01", invoice_user_id=BOB)
    con = pulled(books)
    opening = {row["user_id"]: row["opening_minor"] for row in rows(attainment.open_before(con, JUNE[0]))}
    assert opening == {ANN: 400_00, BOB: 5_00}
    assert one(attainment.sold(con, *JUNE))["invoiced_minor"] == 900_00
    assert one(attainment.collected(con, *JUNE))["collected_minor"] == 700_00
    assert one(attainment.collected(con, date(2026, 5, 1), date(2026, 5, 31)))["collected_minor"] == 100_00


def test_documents_go_by_their_own_salesperson_and_day(books: Books, pulled: Pulled) -> None:
    books.invoice(1, 10.0, "2026-05-31", invoice_user_id=ANN)
    books.invoice(1, 20.0, "2026-06-01", invoice_user_id=BOB)
    books.invoice(1, 40.0, "2026-06-30")
    books.invoice(1, 80.0, "2026-06-30", invoice_user_id=ANN, state="draft")
    found = {row["user_id"]: row["revenue_minor"] for row in rows(attainment.sold(pulled(books), *JUNE))}
    assert found == {BOB: 20_00, None: 40_00}


def test_a_credit_note_is_no_cash_and_a_payment_without_an_invoice_is_nobodys(books: Books, pulled: Pulled) -> None:
    invoice = books.invoice(1, 100.0, "2026-06-02", invoice_user_id=ANN)
    note = books.invoice(1, 100.0, "2026-06-03", kind="out_refund", invoice_user_id=ANN)
    books.match(books.item(invoice), books.item(note), 100.0)
    books.payment(1, 50.0, "2026-06-04")
    assert rows(attainment.collected(pulled(books), *JUNE)) == []


def test_w9_a_group_is_won_once_by_the_salesperson_of_its_first_invoice(books: Books, pulled: Pulled) -> None:
    sub = books.partner("Acme South", 1)
    other = books.partner("Other")
    old = books.partner("Old")
    books.invoice(old, 1.0, "2026-05-31", invoice_user_id=ANN)
    books.invoice(old, 1.0, "2026-06-05", invoice_user_id=ANN)
    books.invoice(1, 1.0, "2026-06-01", invoice_user_id=BOB)
    books.invoice(sub, 1.0, "2026-06-02", invoice_user_id=ANN)
    books.invoice(other, 1.0, "2026-06-30", kind="out_refund", invoice_user_id=ANN)
    books.invoice(other, 1.0, "2026-07-01", invoice_user_id=ANN)
    con = pulled(books)
    assert rows(attainment.won(con, *JUNE)) == [{"company_id": 1, "user_id": BOB, "new_customers": 1}]
    assert one(attainment.won(con, date(2026, 7, 1), date(2026, 7, 31)))["user_id"] == ANN


def order(books: Books, day: str, lines: list[tuple[float, float]], **values: Any) -> None:
    row = {"name": "S", "partner_id": 1, "company_id": 1, "currency_id": CNY, "state": "sale", "currency_rate": 1.0,
           "date_order": f"{day} 08:00:00", "user_id": ANN}  # fmt: skip
    number = books.add("sale.order", **{**row, **values})
    for net, cost in lines:
        books.add(
            "sale.order.line", order_id=number, company_id=1, currency_id=values.get("currency_id", CNY), state="sale",
            price_subtotal=net, price_total=net, product_uom_qty=2.0, purchase_price=cost,
        )  # fmt: skip


def test_the_margin_is_that_of_lines_with_a_cost_at_the_orders_own_rate(books: Books, pulled: Pulled) -> None:
    order(books, "2026-06-01", [(100.0, 40.0), (55.0, 0.0)])
    order(books, "2026-06-30", [(1000.0, 400.0)], currency_id=JPY, currency_rate=20.0)
    order(books, "2026-05-31", [(9.0, 1.0)])
    order(books, "2026-06-15", [(9.0, 1.0)], state="draft")
    con = pulled(books)
    costed = attainment.costed_orders(con, *JUNE).to_pandas()
    found = value_sellers(costed, companies.companies(con).to_pandas(), CURRENCIES)
    assert found.to_dict("records") == [
        {"company_id": 1, "user_id": ANN, "margin_minor": 20_00 + 10_00, "margin_net_minor": 100_00 + 50_00}
    ]


def test_targets_and_teams_stand_as_the_erp_has_them(books: Books, pulled: Pulled) -> None:
    books.add("crm.team", id=3, name="East", company_id=1, user_id=ANN, active=True)
    books.add("crm.team", id=4, name="Gone", company_id=1, user_id=ANN, active=False)
    books.add("kam.target", company_id=1, user_id=ANN, team_id=3, period="2026-06", kind="margin", amount=12.5,
              date_from="2026-06-01", date_to="2026-06-30", kam_key="target:user:7:margin:2026-06")  # fmt: skip
    con = pulled(books)
    assert one(targets.targets(con)) == {
        "target_id": 1, "company_id": 1, "user_id": ANN, "team_id": 3, "measure": "margin", "period": "2026-06",
        "date_from": JUNE[0], "date_to": JUNE[1], "amount_minor": 12_50, "key": "target:user:7:margin:2026-06",
    }  # fmt: skip
    assert one(people.team_companies(con)) == {"team_id": 3, "team": "East", "company_id": 1, "leader_id": ANN}
