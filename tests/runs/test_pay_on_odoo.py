"""A real Odoo 19: down payments of its wizard and a payment that no bank statement shows, as pay reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from kam_connector import mirror, sync
from kam_connector.erp import Session
from kam_connector.facts import advances, costs, credits
from kam_connector.mirror import Mirror
from tests.facts.conftest import rows
from tests.incentives.trying import commission, plan_text
from tests.runs.paid_books import paid_by
from tests.writeback.shop import Shop, opened

pytestmark = [pytest.mark.odoo, pytest.mark.long, pytest.mark.timeout(600)]
DAY = date(2026, 2, 28)


@dataclass(frozen=True, slots=True)
class Sold:
    """E15 in the ERP: the invoices of the down payment and of the rest, both posted, and the mirror of it."""

    first: int
    final: int
    store: Mirror
    company: int


@pytest.fixture(scope="module", params=["odoo19"])
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    yield from opened()


@pytest.fixture(scope="module")
def sold(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sold]:
    session = shop.session
    order = _ordered(shop)
    first = _invoiced(session, order, "2026-01-15", advance_payment_method="fixed", fixed_amount=1500.0)
    _pay_outstanding(session, first)
    final = _invoiced(session, order, "2026-02-20", advance_payment_method="delivered", deduct_down_payments=True)
    with mirror.open(tmp_path_factory.mktemp("sold") / "mirror.duckdb") as store:
        sync.pull(session, store, run="r0")
        yield Sold(first, final, store, shop.company)


def _ordered(shop: Shop) -> int:
    """A confirmed order of ten at 100, that cost 70 each and earn, and ten that do not."""
    session = shop.session
    made = session.create("product.category", [{"name": "earning"}, {"name": "other"}])
    products = session.create("product.product", [
        {"name": f"Good {category}", "categ_id": category, "standard_price": 70.0, "type": "service",
         "invoice_policy": "order", "taxes_id": [[6, 0, []]]}
        for category in made
    ])  # fmt: skip
    lines = [
        {"product_id": each, "product_uom_qty": 10, "price_unit": 100.0, "tax_ids": [[6, 0, []]]} for each in products
    ]
    customer = shop.customers["Ceta"]
    order = {
        "partner_id": customer,
        "order_line": [[0, 0, line] for line in lines],
        "date_order": "2026-01-10 08:00:00",
    }
    made = session.create("sale.order", [order])
    session.call("sale.order", "action_confirm", made)
    session.write("sale.order", made, {"date_order": "2026-01-10 08:00:00"})
    return made[0]


def _invoiced(session: Session, order: int, day: str, **how: object) -> int:
    """The invoice that the wizard makes of the order, posted on that day."""
    known = _invoices(session, order)
    context = {"active_model": "sale.order", "active_ids": [order], "active_id": order}
    wizard = session.create("sale.advance.payment.inv", [{"sale_order_ids": [[6, 0, [order]]], **how}], context=context)
    session.call("sale.advance.payment.inv", "create_invoices", wizard, context=context)
    (made,) = set(_invoices(session, order)) - set(known)
    session.write("account.move", [made], {"invoice_date": day})
    session.call("account.move", "action_post", [made])
    return made


def _invoices(session: Session, order: int) -> list[int]:
    [row] = session.search_read("sale.order", [["id", "=", order]], ["name"])
    found = session.search_read("account.move", [["invoice_origin", "=", row["name"]]], ["id"])
    return [each["id"] for each in found]


def _pay_outstanding(session: Session, invoice: int) -> None:
    """The invoice is paid through an outstanding account, and no statement shows it."""
    account = session.create(
        "account.account",
        [{"name": "Outstanding", "code": "101998", "account_type": "asset_current", "reconcile": True}],
    )
    [journal] = session.search_read("account.journal", [["type", "=", "bank"]], ["id"], limit=1)
    methods = session.search_read(
        "account.payment.method.line", [["journal_id", "=", journal["id"]], ["payment_type", "=", "inbound"]], ["id"]
    )
    session.write("account.payment.method.line", [each["id"] for each in methods], {"payment_account_id": account[0]})
    context = {"active_model": "account.move", "active_ids": [invoice]}
    values = {"payment_date": "2026-01-20", "journal_id": journal["id"], "payment_method_line_id": methods[0]["id"]}
    wizard = session.create("account.payment.register", [values], context=context)
    session.call("account.payment.register", "action_create_payments", wizard, context=context)


def test_the_wizard_s_down_payment_and_its_deduction_are_known_with_their_order(sold: Sold) -> None:
    found = rows(advances.advance_lines(sold.store.ibis))
    assert sorted((row["move_id"], row["amount_minor"]) for row in found) == [
        (sold.first, 150000),
        (sold.final, -150000),
    ]
    assert len({row["order_id"] for row in found}) == 1
    assert None not in {row["order_id"] for row in found}


def test_the_lines_of_the_final_invoice_have_the_costs_of_the_order(sold: Sold) -> None:
    assert [row["cost_minor"] for row in rows(costs.invoice_costs(sold.store.ibis))] == [70000, 70000]


def test_the_payment_is_pending(sold: Sold) -> None:
    found = rows(credits.document_cash(sold.store.ibis, DAY))
    assert [(row["move_id"], row["kind"], row["amount_minor"]) for row in found] == [(sold.first, "pending", 150000)]


@pytest.mark.parametrize(
    ("how", "found"),
    [("proportional", [("2026-01", "75.00"), ("2026-02", "25.00")]), ("final", [("2026-02", "100.00")])],
)
def test_e15_is_paid(tmp_path: Path, sold: Sold, how: str, found: list[tuple[str, str]]) -> None:
    plan = plan_text(
        commission(("0", "0.10")), f'[cash]\ndown_payment = "{how}"\n[filter]\ncategories = ["earning"]\n', head=""
    )
    stated = paid_by(tmp_path, sold.store, plan, "2026-02-28", sold.company)
    assert [(period, amount) for _, period, amount in stated] == found
