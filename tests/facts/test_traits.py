"""How customers buy: three largest products, days until an order, discounts on lines, main channels."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kam_connector.facts import assortment, traits
from tests.facts.conftest import Pulled, rows
from tests.facts.test_assortment import HOSE, LOOSE, NOW, PUMP, VALVE, bought, made_books
from tests.sync.books import CNY, EUR, Books

pytestmark = pytest.mark.long

JUNE = date(2026, 6, 30)


@pytest.fixture
def books() -> Books:
    return made_books()


def order(books: Books, day: str, made: str | None = None, **values: Any) -> int:
    """A confirmed order of the first customer, at nine o'clock; quoted at eight on the day `made` (or the same)."""
    head = {"name": "S", "partner_id": 1, "company_id": 1, "currency_id": CNY, "state": "sale", "currency_rate": 1.0}
    moments = {"create_date": f"{made or day} 08:00:00", "date_order": f"{day} 09:00:00"}
    return books.add("sale.order", **{**head, **moments, **values})


def line(books: Books, of: int, price: float, discount: float = 0.0, quantity: float = 1.0, **values: Any) -> None:
    head = books.row("sale.order", of)
    row = {"order_id": of, "company_id": head["company_id"], "currency_id": head["currency_id"], "state": "sale",
           "price_unit": price, "discount": discount, "product_uom_qty": quantity}  # fmt: skip
    books.add("sale.order.line", **{**row, **values})


def one(table: Any) -> dict[str, Any]:
    (row,) = rows(table)
    return row


@pytest.mark.requirement("S0-2")
@pytest.mark.parametrize(
    ("amounts", "count", "share"),
    [
        ((50.0, 30.0, 15.0, 5.0), 4, 0.95),
        ((25.0, 25.0, 25.0, 25.0), 4, 0.75),
        ((60.0, 40.0, 0.0, 0.0), 2, 1.0),
        ((50.0, 30.0, 20.0, -40.0), 3, 1.0),
    ],
)
def test_the_three_largest_products_over_all(
    books: Books, pulled: Pulled, amounts: tuple[float, ...], count: int, share: float
) -> None:
    """What was only credited was not bought: it makes the whole no smaller."""
    for product, amount in zip((PUMP, VALVE, HOSE, LOOSE), amounts, strict=True):
        if amount:
            bought(books, product, NOW, abs(amount), kind="out_refund" if amount < 0 else "out_invoice")
    found = one(assortment.concentration(pulled(books), JUNE))
    assert (found["products_12m"], found["top3_share"]) == (count, pytest.approx(share))


@pytest.mark.parametrize(("day", "count"), [("2025-06-30", 0), ("2025-07-01", 1), ("2026-06-30", 1), ("2026-07-01", 0)])
def test_only_what_was_bought_in_the_twelve_months_is_concentrated(
    books: Books, pulled: Pulled, day: str, count: int
) -> None:
    bought(books, PUMP, day)
    assert len(rows(assortment.concentration(pulled(books), JUNE))) == count


@pytest.mark.requirement("S0-2")
def test_the_days_to_decide_are_the_median_of_the_orders(books: Books, pulled: Pulled) -> None:
    """5, 12 and 40 days: 12. With one of 20 days: (12 + 20) / 2 = 16."""
    for day, made in (("2026-03-10", "2026-03-05"), ("2026-04-13", "2026-04-01"), ("2026-06-20", "2026-05-11")):
        order(books, day, made)
    con = pulled(books)
    assert one(traits.decision_days(con, JUNE)) == {
        "company_id": 1, "customer_id": 1, "decided_orders": 3, "decision_days": 12.0,
    }  # fmt: skip
    order(books, "2026-06-21", "2026-06-01")
    found = one(traits.decision_days(pulled(books), JUNE))
    assert (found["decided_orders"], found["decision_days"]) == (4, 16.0)


@pytest.mark.parametrize(("day", "count"), [("2025-06-30", 0), ("2025-07-01", 1), ("2026-06-30", 1), ("2026-07-01", 0)])
def test_orders_of_the_twelve_months_are_looked_at(books: Books, pulled: Pulled, day: str, count: int) -> None:
    line(books, order(books, day, "2025-01-01", medium_id=1), 100.0, 10.0)
    con = pulled(books)
    for table in (traits.decision_days(con, JUNE), traits.discounts(con, JUNE), traits.main_channels(con, JUNE)):
        assert len(rows(table)) == count


@pytest.mark.parametrize("values", [
    {"state": "sent"}, {"state": "cancel"}, {"create_date": "2026-03-10 09:00:01"}, {"create_date": None},
])  # fmt: skip
def test_offers_and_orders_entered_after_their_day_tell_no_decision(
    books: Books, pulled: Pulled, values: dict[str, Any]
) -> None:
    order(books, "2026-03-10", **values)
    assert rows(traits.decision_days(pulled(books), JUNE)) == []


def test_days_are_those_of_the_companys_zone(books: Books, pulled: Pulled) -> None:
    """Quoted on 1 March at 17:00 UTC, which is 2 March in Shanghai; ordered on 3 March at 09:00 UTC."""
    order(books, "2026-03-03", create_date="2026-03-01 17:00:00")
    con = pulled(books)
    assert one(traits.decision_days(con, JUNE))["decision_days"] == 2.0
    assert one(traits.decision_days(con, JUNE, {1: ZoneInfo("Asia/Shanghai")}))["decision_days"] == 1.0


@pytest.mark.requirement("S2-13")
def test_discounts_are_what_the_lines_take_off_their_prices(books: Books, pulled: Pulled) -> None:
    """Ten at 100.00 less 10 percent and one at 500.00: 100.00 off 1,500.00; headings and down payments are no goods."""
    number = order(books, "2026-03-10")
    line(books, number, 100.0, 10.0, quantity=10.0)
    line(books, number, 500.0)
    line(books, number, 900.0, 50.0, is_downpayment=True)
    line(books, number, 0.0, display_type="line_section")
    foreign = order(books, "2026-03-11", currency_id=EUR, currency_rate=0.125)
    line(books, foreign, 80.0, 25.0)
    found = rows(traits.discounts(pulled(books), JUNE))
    values = ("currency_rate", "list_value", "discount_value")
    assert {row["currency_id"]: tuple(row[name] for name in values) for row in found} == {
        CNY: (1, Decimal(1500), 100.0), EUR: (Decimal("0.125"), Decimal(80), 20.0),
    }  # fmt: skip


def test_a_company_without_any_discount_on_lines_tells_nothing(books: Books, pulled: Pulled) -> None:
    """The first customer of company 1 has none, another one there has; nobody in company 2 has."""
    books.company(2, CNY)
    books.partner("Other")
    line(books, order(books, "2026-03-10"), 100.0)
    line(books, order(books, "2026-03-10", partner_id=2), 100.0, 5.0)
    line(books, order(books, "2026-03-10", company_id=2), 100.0)
    found = rows(traits.discounts(pulled(books), JUNE))
    assert sorted((row["company_id"], row["customer_id"], row["discount_value"]) for row in found) == [
        (1, 1, 0.0), (1, 2, 5.0),
    ]  # fmt: skip


@pytest.mark.requirement("S2-13")
def test_the_main_channel_of_each_kind_is_that_of_most_orders(books: Books, pulled: Pulled) -> None:
    """Four orders: three by e-mail and one by nothing; two of each source, where the older record is taken."""
    books.add("utm.medium", id=4, name="Email")
    for name in ("Fair", "Newsletter"):
        books.add("utm.source", name=name)
    books.add("crm.team", id=7, name="North", active=True)
    for place in range(4):
        order(books, f"2026-03-1{place}", medium_id=4 if place else None, source_id=2 - place % 2, team_id=7)
    order(books, "2026-03-20", state="sent", medium_id=9)
    found = rows(traits.main_channels(pulled(books), JUNE))
    assert {row["kind"]: (row["channel_id"], row["channel"], row["orders"], row["orders_12m"]) for row in found} == {
        "team": (7, "North", 4, 4), "medium": (4, "Email", 3, 4), "source": (1, "Fair", 2, 4),
    }  # fmt: skip


def test_a_channel_whose_name_may_not_be_read_stands_with_its_number(books: Books, pulled: Pulled) -> None:
    order(books, "2026-03-10", medium_id=9)
    found = one(traits.main_channels(pulled(books), JUNE))
    assert (found["kind"], found["channel_id"], found["channel"]) == ("medium", 9, None)
