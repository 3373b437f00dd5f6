"""Pay by margin, and by the lines of orders, on books of the ERP."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kam_connector import mirror
from kam_connector.facts import costs, credits
from tests.facts.conftest import mirror_of, rows
from tests.incentives.trying import commission, plan_text
from tests.runs.paid_books import ANN, paid, product, sellers, sold_line
from tests.sync.books import CNY, EUR, Books

TEN = commission(("0", "0.10"))
ORDERS = '[credit]\nsource = "order"\n'
MARGIN = '[credit]\nbase = "margin"\n'
COUNT = MARGIN + 'loss = "count"\n'
MARCH = "2026-03-31"
FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)


@pytest.fixture
def books() -> Books:
    return sellers(Books())


def order(books: Books, day: str, *lines: tuple[int, float, float, float], currency: int = CNY, rate: float = 1) -> int:
    """An order of Ann; its lines are product, quantity, net amount and cost of a unit."""
    net = sum(amount for _, _, amount, _ in lines)
    number = books.add(
        "sale.order", name=f"S{day}", partner_id=1, company_id=1, currency_id=currency, currency_rate=rate,
        state="sale", date_order=f"{day} 08:00:00", user_id=ANN, amount_untaxed=net, amount_total=net,
    )  # fmt: skip
    for product_id, quantity, amount, cost in lines:
        books.add(
            "sale.order.line", order_id=number, product_id=product_id, product_uom_qty=quantity, price_subtotal=amount,
            purchase_price=cost, company_id=1, currency_id=currency, state="sale",
        )  # fmt: skip
    return number


def invoiced(books: Books, ordered: int, day: str, *lines: tuple[int, float, float], **more: Any) -> int:
    """An invoice from the order; its lines are product, quantity and net amount."""
    net = sum(amount for _, _, amount in lines)
    origin = books.row("sale.order", ordered)["name"]
    move = books.invoice(1, net, day, invoice_user_id=ANN, **{"invoice_origin": origin, **more})
    for product_id, quantity, amount in lines:
        sold_line(books, move, product_id, amount, quantity)
    return move


def test_e11_margins_of_invoices_and_of_a_return(tmp_path: Path, books: Books) -> None:
    """Ten at 70 sold for 1,000 bring 30, for 650 nothing (or -5), three of them back for 300 take 9."""
    good = product(books, "good")
    dear, cheap = (
        order(books, day, (good, 10, amount, 70)) for day, amount in (("2026-03-01", 1000), ("2026-03-02", 650))
    )
    first = invoiced(books, dear, "2026-03-03", (good, 10, 1000))
    assert paid(tmp_path, books, plan_text(TEN, MARGIN), MARCH) == [(ANN, "2026-03", "30.00")]
    invoiced(books, cheap, "2026-03-04", (good, 10, 650))
    assert paid(tmp_path, books, plan_text(TEN, MARGIN), MARCH) == [(ANN, "2026-03", "30.00")]
    assert paid(tmp_path, books, plan_text(TEN, COUNT), MARCH) == [(ANN, "2026-03", "25.00")]
    invoiced(books, dear, "2026-03-20", (good, 3, 300), kind="out_refund", reversed_entry_id=first, invoice_origin=None)
    assert paid(tmp_path, books, plan_text(TEN, MARGIN), MARCH) == [(ANN, "2026-03", "21.00")]


@pytest.mark.long
def test_e11_the_same_by_orders(tmp_path: Path, books: Books) -> None:
    good = product(books, "good")
    order(books, "2026-03-01", (good, 10, 1000, 70))
    order(books, "2026-03-02", (good, 10, 650, 70))
    by_orders = 'source = "order"\n'
    assert paid(tmp_path, books, plan_text(TEN, MARGIN + by_orders), MARCH) == [(ANN, "2026-03", "30.00")]
    assert paid(tmp_path, books, plan_text(TEN, COUNT + by_orders), MARCH) == [(ANN, "2026-03", "25.00")]


def test_a_return_without_a_cost_takes_back_the_margin_of_what_it_reverses(tmp_path: Path, books: Books) -> None:
    """Ten at 70 sold for 1,000 earn 30; 300 credited for another product take back three tenths of it."""
    good, other = product(books, "good"), product(books, "other")
    ordered = order(books, "2026-03-01", (good, 10, 1000, 70))
    first = invoiced(books, ordered, "2026-03-03", (good, 10, 1000))
    invoiced(books, ordered, "2026-03-20", (other, 1, 300), kind="out_refund", reversed_entry_id=first)
    findings: list[str] = []
    assert paid(tmp_path, books, plan_text(TEN, MARGIN), MARCH, findings) == [(ANN, "2026-03", "21.00")]
    assert findings == []


@pytest.mark.long
def test_a_return_of_what_earned_nothing_takes_back_nothing(tmp_path: Path, books: Books) -> None:
    good, free = product(books, "good"), product(books, "free")
    ordered = order(books, "2026-03-01", (good, 10, 1000, 70), (free, 1, 300, 0))
    invoiced(books, ordered, "2026-03-03", (good, 10, 1000))
    second = invoiced(books, ordered, "2026-03-04", (free, 1, 300))
    invoiced(books, ordered, "2026-03-20", (free, 1, 300), kind="out_refund", reversed_entry_id=second)
    assert paid(tmp_path, books, plan_text(TEN, MARGIN), MARCH) == [(ANN, "2026-03", "30.00")]


@pytest.mark.long
def test_an_invoice_of_two_orders_has_the_costs_of_both(tmp_path: Path, books: Books) -> None:
    """Ten at 70 and ten at 80: fifteen sold for 1,500 have cost 75.00 each, and 375.00 are left."""
    good = product(books, "good")
    first = order(books, "2026-03-01", (good, 10, 1000, 70))
    order(books, "2026-03-02", (good, 10, 1000, 80))
    invoiced(books, first, "2026-03-03", (good, 15, 1500), invoice_origin="S2026-03-01, S2026-03-02")
    with mirror.open(mirror_of(books)) as store:
        assert [row["cost_minor"] for row in rows(costs.invoice_costs(store.ibis))] == [112500]
    assert paid(tmp_path, books, plan_text(TEN, MARGIN), MARCH) == [(ANN, "2026-03", "37.50")]


@pytest.mark.long
@pytest.mark.parametrize("spoiled", ["no cost", "no origin", "one without", "another currency", "no product"])
def test_a_line_whose_cost_is_not_known_earns_nothing(tmp_path: Path, books: Books, spoiled: str) -> None:
    good, other = product(books, "good"), product(books, "other")
    money = EUR if spoiled == "another currency" else CNY
    ordered = order(
        books, "2026-03-01", (good, 10, 1000, 0 if spoiled == "no cost" else 70), currency=money, rate=0.125
    )
    order(books, "2026-03-02", (good, 10, 1000, 0))
    origins: dict[str, str | None] = {"no origin": None, "one without": "S2026-03-01, S2026-03-02"}
    origin = {"invoice_origin": origins[spoiled]} if spoiled in origins else {}
    sold = other if spoiled == "no product" else good
    invoiced(books, ordered, "2026-03-03", (sold, 10, 1000), **origin)
    known = order(books, "2026-03-05", (good, 1, 100, 60))
    invoiced(books, known, "2026-03-06", (good, 1, 100))
    findings: list[str] = []
    assert paid(tmp_path, books, plan_text(TEN, MARGIN), MARCH, findings) == [(ANN, "2026-03", "4.00")]
    assert findings == ["Credits whose cost is not known have no margin (1): plan p pays nothing for them."]


@pytest.mark.long
@pytest.mark.parametrize(("below", "found"), [("0.31", []), ("0.30", [(ANN, "2026-03", "110.00")])])
def test_the_gate_looks_at_the_margins_that_are_known(
    tmp_path: Path, books: Books, below: str, found: list[tuple[int, str, str]]
) -> None:
    """300 of 1,000 are 30 %; 100 without a cost are paid all the same."""
    good, free = product(books, "good"), product(books, "free")
    ordered = order(books, "2026-03-01", (good, 10, 1000, 70), (free, 1, 100, 0))
    invoiced(books, ordered, "2026-03-03", (good, 10, 1000), (free, 1, 100))
    gate = f'[[gate]]\nfact = "margin_share"\nbelow = "{below}"\neffect = "hold"\n'
    assert paid(tmp_path, books, plan_text(TEN, gate), MARCH) == found


@pytest.mark.long
def test_costs_are_in_the_currency_of_the_order_and_by_quantity(books: Books) -> None:
    """3 of 10 EUR units at 1.234 each, of two lines at different costs: 3 x 14.34 / 15 = 2.868."""
    good = product(books, "good")
    ordered = order(books, "2026-03-01", (good, 10, 100, 1.234), (good, 5, 50, 0.4), currency=EUR, rate=0.125)
    move = invoiced(books, ordered, "2026-03-03", (good, 3, 30), currency_id=EUR, rate=0.125)
    with mirror.open(mirror_of(books)) as store:
        assert sorted(row["cost_minor"] for row in rows(costs.order_costs(store.ibis))) == [200, 1234]
        assert [row["cost_minor"] for row in rows(costs.invoice_costs(store.ibis))] == [287]
        (line,) = rows(credits.line_credits(store.ibis, FIRST, LAST))
        lines = rows(credits.order_line_credits(store.ibis, FIRST, LAST))
    assert (line["move_id"], line["margin_minor"]) == (move, 2713)
    assert [
        (row["net_minor"], row["net_company_minor"], row["margin_minor"])
        for row in sorted(lines, key=lambda one: one["credit_id"])
    ] == [
        (10000, 80000, 8766),
        (5000, 40000, 4800),
    ]


@pytest.mark.long
def test_orders_are_paid_by_the_categories_of_their_lines(tmp_path: Path, books: Books) -> None:
    """1,000 of food at 10 %, 500 of tools at nothing; by the line 5 % to 600 and 10 % above."""
    food, tools = product(books, "food"), product(books, "tools")
    number = order(books, "2026-03-01", (food, 10, 1000, 0), (tools, 1, 500, 0))
    books.add("sale.order.line", order_id=number, display_type="line_note", product_uom_qty=0.0, price_subtotal=0.0,
              company_id=1, currency_id=CNY)  # fmt: skip
    by_food = plan_text(TEN, ORDERS, '[filter]\ncategories = ["food"]\n')
    assert paid(tmp_path, books, by_food, MARCH) == [(ANN, "2026-03", "100.00")]
    by_line = plan_text(commission(("0", "0.05"), ("600", "0.10"), more='mode = "whole"\nbasis = "line"'), ORDERS)
    assert paid(tmp_path, books, by_line, MARCH) == [(ANN, "2026-03", "125.00")]
