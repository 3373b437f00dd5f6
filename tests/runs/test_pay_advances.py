"""Down payments on books of the ERP: E15 by what Odoo 19 and 14 mark."""

from __future__ import annotations

from pathlib import Path

import pytest

from kam_connector import mirror
from kam_connector.facts import advances
from tests.facts.conftest import mirror_of, rows
from tests.incentives.trying import commission, plan_text
from tests.runs.paid_books import ANN, paid, product, sellers, sold_line
from tests.sync.books import CNY, Books

TEN = commission(("0", "0.10"))
EARNING = '[filter]\ncategories = ["earning"]\n'
CASH = '[credit]\nsource = "cash"\n'
FEBRUARY = "2026-02-28"
JANUARY, LATER = (ANN, "2026-01"), (ANN, "2026-02")


def counted(how: str) -> str:
    return f'[cash]\ndown_payment = "{how}"\npending = "count"\n'


def business(advance: float = 1500.0, *, marked: bool = True) -> Books:
    """E15: an order of 1,000 that earns and 1,000 that does not, a down payment, the final invoice.

    `marked`: as Odoo 19 does it; else as Odoo 14, by the product of down payments.
    """
    books = sellers(Books())
    earning, other, deposit = (product(books, name) for name in ("earning", "other", "deposit"))
    order = books.add(
        "sale.order", name="S1", partner_id=1, company_id=1, currency_id=CNY, currency_rate=1.0, state="sale",
        date_order="2026-01-10 08:00:00", user_id=ANN, amount_untaxed=2000.0, amount_total=2000.0,
    )  # fmt: skip
    for number, quantity, amount in ((earning, 1, 1000.0), (other, 1, 1000.0), (None if marked else deposit, 0, 0.0)):
        books.add(
            "sale.order.line", order_id=order, product_id=number, product_uom_qty=quantity, price_subtotal=amount,
            company_id=1, currency_id=CNY, state="sale", is_downpayment=quantity == 0,
        )  # fmt: skip
    sold = {"invoice_user_id": ANN, "invoice_origin": "S1"}
    first = books.invoice(1, advance, "2026-01-15", **sold)
    final = books.invoice(1, 2000.0 - advance, "2026-02-20", **sold)
    paper = None if marked else deposit
    sold_line(books, first, paper, advance, is_downpayment=marked)
    sold_line(books, final, earning, 1000.0)
    sold_line(books, final, other, 1000.0)
    sold_line(books, final, paper, -advance, -1.0, is_downpayment=marked)
    return books


@pytest.mark.parametrize("marked", [True, False])
def test_the_lines_are_known_by_their_mark_or_their_product(marked: bool) -> None:
    with mirror.open(mirror_of(business(marked=marked))) as store:
        found = rows(advances.advance_lines(store.ibis))
    assert sorted((row["order_id"], row["amount_minor"], row["balance_minor"]) for row in found) == [
        (1, -150000, 150000),
        (1, 150000, -150000),
    ]


@pytest.mark.parametrize("marked", [True, False])
@pytest.mark.parametrize(
    ("how", "found"),
    [
        ("proportional", [(*JANUARY, "75.00"), (*LATER, "25.00")]),
        ("final", [(*LATER, "100.00")]),
    ],
)
def test_e15_a_down_payment_earns_what_its_order_lines_earn(
    tmp_path: Path, marked: bool, how: str, found: list[tuple[int, str, str]]
) -> None:
    assert paid(tmp_path, business(marked=marked), plan_text(TEN, counted(how), EARNING), FEBRUARY) == found


@pytest.mark.long
def test_before_the_final_invoice_the_lines_of_the_order_say_it(tmp_path: Path) -> None:
    plan = plan_text(TEN, counted("proportional"), EARNING)
    assert paid(tmp_path, business(), plan, "2026-01-31") == [(*JANUARY, "75.00")]


@pytest.mark.long
@pytest.mark.parametrize(
    ("how", "found"),
    [
        ("", [(*LATER, "200.00")]),
        (counted("final"), [(*LATER, "200.00")]),
        (counted("proportional"), [(*JANUARY, "150.00"), (*LATER, "50.00")]),
    ],
)
def test_without_lines_the_final_invoice_earns_all_or_each_its_own(
    tmp_path: Path, how: str, found: list[tuple[int, str, str]]
) -> None:
    assert paid(tmp_path, business(), plan_text(TEN, how), FEBRUARY) == found


@pytest.mark.long
@pytest.mark.parametrize("advance", [1500.0, 2000.0])
def test_the_final_invoice_releases_all_when_its_rest_is_paid_or_nothing_is_left(
    tmp_path: Path, advance: float
) -> None:
    books = business(advance)
    first = books.payment(1, advance, "2026-01-20")
    books.match(books.item(1), books.item(first), advance)
    before = [] if advance < 2000 else [(*LATER, "200.00")]
    assert paid(tmp_path, books, plan_text(TEN, CASH, counted("final")), FEBRUARY) == before
    if advance < 2000:
        rest = books.payment(1, 500.0, "2026-02-25")
        books.match(books.item(2), books.item(rest), 500.0)
    assert paid(tmp_path, books, plan_text(TEN, CASH, counted("final")), FEBRUARY) == [(*LATER, "200.00")]


@pytest.mark.long
def test_of_two_orders_with_one_number_a_down_payment_is_counted_once(tmp_path: Path) -> None:
    books = business()
    books.add("sale.order", **{**books.row("sale.order", 1), "id": 2})
    plan = plan_text(TEN, counted("proportional"), EARNING)
    assert paid(tmp_path, books, plan, FEBRUARY) == [(*JANUARY, "75.00"), (*LATER, "25.00")]


@pytest.mark.long
def test_the_return_of_a_down_payment_takes_back_what_it_earned(tmp_path: Path) -> None:
    books = business()
    back = books.invoice(
        1, 1500.0, "2026-02-25", kind="out_refund", invoice_user_id=ANN, invoice_origin="S1", reversed_entry_id=1
    )
    sold_line(books, back, None, 1500.0, is_downpayment=True)
    lines = plan_text(TEN, counted("proportional"), EARNING)
    assert paid(tmp_path, books, lines, FEBRUARY) == [(*JANUARY, "75.00"), (*LATER, "-50.00")]
    assert paid(tmp_path, books, plan_text(TEN), FEBRUARY) == [(*LATER, "200.00")]
