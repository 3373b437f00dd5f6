"""A real Odoo 19: its own wizard makes one invoice of two orders; what it has cost, whose it is, what it pays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kam_connector import mirror, sync
from kam_connector.erp import Session
from kam_connector.facts import costs, origins
from kam_connector.mirror import Mirror
from tests.facts.conftest import rows
from tests.incentives.trying import commission, plan_text
from tests.runs.paid_books import paid_by
from tests.writeback.shop import Shop, opened

pytestmark = [pytest.mark.odoo, pytest.mark.long, pytest.mark.timeout(600)]
TEN = commission(("0", "0.10"))
COUNT = '[cash]\npending = "count"\n'
POINT = '[modifiers]\ndays_to_pay = [{ from = 0, points = "0.01" }, { from = 30, points = "0" }]\n'


@dataclass(frozen=True, slots=True)
class Sold:
    """4,200 in one invoice of two orders: 1,000 of the first, 3,200 of the second; half of it was paid."""

    orders: list[int]
    store: Mirror
    company: int


@pytest.fixture(scope="module", params=["odoo19"])
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    yield from opened()


@pytest.fixture(scope="module")
def sold(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sold]:
    session = shop.session
    good, other = session.create("product.product", [
        {"name": name, "type": "service", "invoice_policy": "order", "taxes_id": [[6, 0, []]]}
        for name in ("Good", "Other")
    ])  # fmt: skip
    first = _ordered(shop, "2026-01-10", (good, 10, 100.0, 70.0))
    second = _ordered(shop, "2026-01-12", (good, 30, 100.0, 50.0), (other, 5, 40.0, 20.0))
    _pay_half(session, _invoiced(session, [first, second]))
    with mirror.open(tmp_path_factory.mktemp("sold") / "mirror.duckdb") as store:
        sync.pull(session, store, run="r0")
        yield Sold([first, second], store, shop.company)


def _ordered(shop: Shop, day: str, *lines: tuple[int, int, float, float]) -> int:
    """A confirmed order; its lines are product, quantity, price and cost of a unit."""
    session, placed = shop.session, {"date_order": f"{day} 08:00:00"}
    values = [
        {"product_id": product, "product_uom_qty": quantity, "price_unit": price, "purchase_price": cost,
         "tax_ids": [[6, 0, []]]}
        for product, quantity, price, cost in lines
    ]  # fmt: skip
    order = {"partner_id": shop.customers["Ceta"], "order_line": [[0, 0, line] for line in values], **placed}
    made: list[int] = session.create("sale.order", [order])
    session.call("sale.order", "action_confirm", made)
    session.write("sale.order", made, placed)
    return made[0]


def _invoiced(session: Session, orders: list[int]) -> int:
    """The one invoice that the wizard makes of both, posted."""
    context = {"active_model": "sale.order", "active_ids": orders, "active_id": orders[0]}
    values = {"sale_order_ids": [[6, 0, orders]], "advance_payment_method": "delivered", "consolidated_billing": True}
    wizard = session.create("sale.advance.payment.inv", [values], context=context)
    session.call("sale.advance.payment.inv", "create_invoices", wizard, context=context)
    read = session.search_read("sale.order", [["id", "in", orders]], ["invoice_ids"])
    (made,) = {move for row in read for move in row["invoice_ids"]}
    session.write("account.move", [made], {"invoice_date": "2026-01-15"})
    session.call("account.move", "action_post", [made])
    return int(made)


def _pay_half(session: Session, invoice: int) -> None:
    context = {"active_model": "account.move", "active_ids": [invoice]}
    [journal] = session.search_read("account.journal", [["type", "=", "bank"]], ["id"], limit=1)
    values: dict[str, Any] = {"payment_date": "2026-01-20", "journal_id": journal["id"], "amount": 2100.0}
    wizard = session.create("account.payment.register", [values], context=context)
    session.call("account.payment.register", "action_create_payments", wizard, context=context)


def test_each_order_has_the_part_of_its_lines(sold: Sold) -> None:
    found = {row["order_id"]: (row["part"], row["whole"]) for row in rows(origins.order_parts(sold.store.ibis))}
    assert found == {sold.orders[0]: (1000_00, 4200_00), sold.orders[1]: (3200_00, 4200_00)}


def test_the_lines_have_the_costs_of_both_orders(sold: Sold) -> None:
    """Ten at 70 and thirty at 50 have cost 55 each: 550, 1,650, and 100 of the other product."""
    assert sorted(row["cost_minor"] for row in rows(costs.invoice_costs(sold.store.ibis))) == [10000, 55000, 165000]


@pytest.mark.parametrize(
    ("plan", "amount"),
    [
        (plan_text(TEN, head=""), "420.00"),
        (plan_text(TEN, '[credit]\nbase = "margin"\n', head=""), "190.00"),
        (plan_text(TEN, '[credit]\nsource = "cash"\n', COUNT, head=""), "210.00"),
        (plan_text(TEN, '[credit]\nsource = "order"\n', head=""), "420.00"),
        (plan_text(commission(("0", "0")), '[credit]\nsource = "order"\n', POINT, COUNT, head=""), "21.00"),
    ],
    ids=["invoice", "margin", "cash", "order", "days"],
)
def test_it_is_paid_for_once(tmp_path: Path, sold: Sold, plan: str, amount: str) -> None:
    """10 % of 4,200, of the margin of 1,900, of the 2,100 that came in; a point on each order's half: 5 and 16."""
    stated = paid_by(tmp_path, sold.store, plan, "2026-01-31", sold.company)
    assert [(period, paid) for _, period, paid in stated] == [("2026-01", amount)]
