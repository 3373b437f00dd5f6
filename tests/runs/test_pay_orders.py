"""Pay by orders that looks at cash: what was paid of their invoices, on books of the ERP."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kam_connector import mirror
from kam_connector.facts import credits, origins
from tests.conftest import first_of
from tests.facts.conftest import mirror_of, rows
from tests.incentives.trying import commission, plan_text
from tests.runs.paid_books import ANN, paid, product, sellers, sold_line
from tests.sync.books import CNY, EUR, Books

FIVE = commission(("0", "0.05"))
ORDERS = '[credit]\nsource = "order"\n'
COUNT = '[cash]\npending = "count"\n'
RATE = '[[gate]]\nfact = "collection_rate"\nbelow = "0.80"\neffect = "hold"\n'
OVERDUE = '[[gate]]\nfact = "overdue_share"\nabove = "0.50"\neffect = "hold"\n'
E28 = """[modifiers]
days_to_pay = [
    { from = 0, points = "0.01" }, { from = 30, points = "0" }, { from = 60, points = "-0.01" },
    { from = 90, points = "-0.02" },
]
"""


@pytest.fixture
def books() -> Books:
    return sellers(Books())


def order(books: Books, name: str, day: str, *lines: tuple[int, float]) -> int:
    """An order of Ann; its lines are product and net amount, without tax."""
    net = sum(amount for _, amount in lines)
    number = books.add(
        "sale.order", name=name, partner_id=1, company_id=1, currency_id=CNY, currency_rate=1.0, state="sale",
        date_order=f"{day} 08:00:00", user_id=ANN, amount_untaxed=net, amount_total=net,
    )  # fmt: skip
    for product_id, amount in lines:
        books.add("sale.order.line", order_id=number, product_id=product_id, product_uom_qty=1.0, purchase_price=0.0,
                  price_subtotal=amount, company_id=1, currency_id=CNY, state="sale")  # fmt: skip
    return number


def bill(books: Books, origin: str, day: str, *lines: tuple[int, float], **more: Any) -> int:
    move = books.invoice(1, sum(amount for _, amount in lines), day, invoice_origin=origin, **more)
    for product_id, amount in lines:
        sold_line(books, move, product_id, amount)
    return move


def pay(books: Books, move: int, amount: float, day: str) -> None:
    payment = books.payment(1, amount, day)
    books.match(books.item(move), books.item(payment), amount)


@pytest.mark.parametrize(
    ("day", "payout"),
    [
        ("2026-01-30", "600.00"), ("2026-01-31", "500.00"), ("2026-03-01", "500.00"), ("2026-03-02", "400.00"),
        ("2026-03-31", "400.00"), ("2026-04-01", "300.00"),
    ],
)  # fmt: skip
def test_e28_days_from_the_order_to_the_payment_of_its_invoice(
    tmp_path: Path, books: Books, day: str, payout: str
) -> None:
    """5 % of 10,000 ordered on 1 January: paid on day 29 600, on days 30 to 59 500, from day 90 on 300."""
    good = product(books, "good")
    order(books, "S1", "2026-01-01", (good, 10_000.0))
    pay(books, bill(books, "S1", "2026-01-05", (good, 10_000.0)), 10_000.0, day)
    found = paid(tmp_path, books, plan_text(FIVE, ORDERS, E28, COUNT), "2026-04-30")
    assert f"{sum(float(amount) for _, _, amount in found):.2f}" == payout


def test_a_payment_of_an_order_waits_for_the_bank_as_an_invoices_does(tmp_path: Path, books: Books) -> None:
    good = product(books, "good")
    order(books, "S1", "2026-01-01", (good, 1000.0))
    pay(books, bill(books, "S1", "2026-01-05", (good, 1000.0)), 1000.0, "2026-01-10")
    findings: list[str] = []
    assert paid(tmp_path, books, plan_text(FIVE, ORDERS, E28), "2026-01-31", findings) == [(ANN, "2026-01", "50.00")]
    assert len(findings) == 1
    assert "wait" in findings[0]


@pytest.mark.requirement("S0-16")
@pytest.mark.parametrize(("amount", "found"), [(79.0, []), (80.0, [(ANN, "2026-03", "50.00")])])
def test_the_gates_look_at_the_invoices_of_the_orders(
    tmp_path: Path, books: Books, amount: float, found: list[tuple[int, str, str]]
) -> None:
    """Of 1,000 ordered 100 are invoiced and due, of which 79 or 80 came in; 100 more are due in April."""
    good = product(books, "good")
    order(books, "S1", "2026-03-01", (good, 1000.0))
    due = bill(books, "S1", "2026-03-05", (good, 100.0), invoice_date_due="2026-03-31")
    bill(books, "S1", "2026-03-06", (good, 100.0), invoice_date_due="2026-04-01")
    pay(books, due, amount, "2026-03-20")
    assert paid(tmp_path, books, plan_text(FIVE, ORDERS, RATE, COUNT), "2026-03-31") == found


@pytest.mark.long
def test_an_order_that_is_not_invoiced_is_neither_due_nor_overdue(tmp_path: Path, books: Books) -> None:
    order(books, "S1", "2026-03-01", (product(books, "good"), 1000.0))
    for gate in (RATE, OVERDUE):
        found = paid(tmp_path, books, plan_text(FIVE, ORDERS, gate, COUNT), "2026-03-31")
        assert found == [(ANN, "2026-03", "50.00")]


@pytest.mark.long
@pytest.mark.parametrize("more", first_of([{"reversed_entry_id": 1}, {}]))
def test_what_is_credited_and_invoiced_again_is_owed_once(tmp_path: Path, books: Books, more: dict[str, int]) -> None:
    """Named by the credit note, or matched with it: the second invoice is paid, nothing is overdue."""
    good = product(books, "good")
    order(books, "S1", "2026-03-01", (good, 100.0))
    wrong = bill(books, "S1", "2026-03-02", (good, 100.0))
    note = bill(books, "S1", "2026-03-03", (good, 100.0), kind="out_refund",
                **({"reversed_entry_id": wrong} if more else {}))  # fmt: skip
    if not more:
        books.match(books.item(wrong), books.item(note), 100.0)
    assert paid(tmp_path, books, plan_text(FIVE, ORDERS, OVERDUE, COUNT), "2026-03-31") == [(ANN, "2026-03", "5.00")]
    right = bill(books, "S1", "2026-03-04", (good, 100.0), **({"reversed_entry_id": note} if more else {}))
    assert paid(tmp_path, books, plan_text(FIVE, ORDERS, OVERDUE, COUNT), "2026-03-31") == []
    pay(books, right, 100.0, "2026-03-20")
    assert paid(tmp_path, books, plan_text(FIVE, ORDERS, OVERDUE, COUNT), "2026-03-31") == [(ANN, "2026-03", "5.00")]


@pytest.mark.long
def test_e21_what_is_written_off_of_an_order_is_forfeited(tmp_path: Path, books: Books) -> None:
    """10 in cash and 90 written off of 100 at 5 %: 0.50 is left; bad_debt = "keep" leaves all."""
    good = product(books, "good")
    order(books, "S1", "2026-03-01", (good, 100.0))
    move = bill(books, "S1", "2026-03-02", (good, 100.0))
    pay(books, move, 10.0, "2026-03-10")
    off = books.entry(1, -90.0, "2026-03-20")
    books.match(books.item(move), books.item(off), 90.0)
    assert paid(tmp_path, books, plan_text(FIVE, ORDERS, COUNT), "2026-03-31") == [(ANN, "2026-03", "0.50")]
    kept = plan_text(FIVE, ORDERS, COUNT + 'bad_debt = "keep"\n')
    assert paid(tmp_path, books, kept, "2026-03-31") == [(ANN, "2026-03", "5.00")]


@pytest.mark.long
def test_an_invoice_of_two_orders_is_divided_by_their_lines(tmp_path: Path, books: Books) -> None:
    """900 of a good of which S1 ordered 200 and S2 400, and 50 of another of S2: 300 of S1, 650 of S2."""
    good, other = product(books, "good"), product(books, "other")
    first, second = (
        order(books, "S1", "2026-01-01", (good, 200.0)),
        order(books, "S2", "2026-01-02", (good, 400.0), (other, 70.0)),
    )
    move = bill(books, "S1, S2", "2026-01-05", (good, 900.0), (other, 50.0))
    order(books, "S3", "2026-01-03", (good, 5.0))
    with mirror.open(mirror_of(books)) as store:
        found = {row["order_id"]: (row["part"], row["whole"]) for row in rows(origins.order_parts(store.ibis))}
    assert found == {first: (300_00, 950_00), second: (650_00, 950_00)}
    pay(books, move, 950.0, "2026-01-10")
    plan = plan_text(commission(("0", "0")), ORDERS, E28, COUNT)
    assert paid(tmp_path, books, plan, "2026-01-31") == [(ANN, "2026-01", "6.70")]


@pytest.mark.long
@pytest.mark.parametrize("by_line", [False, True])
def test_an_order_is_of_the_day_of_its_company(tmp_path: Path, books: Books, by_line: bool) -> None:
    """Ordered on 1 April at 7:30 in Shanghai, which is 31 March of universal time: it is April's."""
    order(books, "S1", "2026-03-31", (product(books, "good"), 1000.0))
    books.row("sale.order", 1)["date_order"] = "2026-03-31 23:30:00"
    zones = {1: ZoneInfo("Asia/Shanghai")}
    read = credits.order_line_credits if by_line else credits.order_credits
    with mirror.open(mirror_of(books)) as store:
        for first, last, found in (
            (date(2026, 3, 1), date(2026, 3, 31), []),
            (date(2026, 3, 1), date(2026, 4, 30), [date(2026, 4, 1)]),
            (date(2026, 4, 1), date(2026, 4, 30), [date(2026, 4, 1)]),
            (date.min, date(2026, 4, 30), [date(2026, 4, 1)]),
        ):
            assert [row["date"] for row in rows(read(store.ibis, first, last, zones))] == found


@pytest.mark.long
def test_an_invoice_in_another_currency_is_left_out_and_told(tmp_path: Path, books: Books) -> None:
    good = product(books, "good")
    order(books, "S1", "2026-03-01", (good, 1000.0))
    books.invoice(1, 100.0, "2026-03-05", invoice_origin="S1", currency_id=EUR, rate=0.125)
    findings: list[str] = []
    found = paid(tmp_path, books, plan_text(FIVE, ORDERS, RATE, COUNT), "2026-03-31", findings)
    assert found == [(ANN, "2026-03", "50.00")]
    assert findings == [
        "Invoices of orders that are in another currency than their order (1): "
        "plan p leaves out what is owed and paid of them."
    ]
