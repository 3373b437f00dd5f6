"""A real Odoo 19 with `partnership` and `sale_margin`: customers with levels and price lists, orders with costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from kam_connector.erp import ErpAccess, Session, connect
from tests.conftest import missing

MODULES = "partnership,sale_margin"
DAY = date(2026, 6, 30)
ORDERS = (
    ("Acme", "2026-06-30", "", (("Pump", 3, 100.0, 10.0), ("Advice", 1, 50.0, 0.0))),
    ("Acme", "2026-05-02", "EUR", (("Pump", 7, 80.0, 0.0), ("Seal", 11, 0.99, 0.0))),
    ("Acme", "2025-06-30", "", (("Seal", 1000, 0.5, 0.0),)),
    ("Acme", "2024-06-30", "", (("Pump", 1, 100.0, 0.0),)),
    ("Beck", "2025-07-01", "", (("Pump", 1, 20.0, 0.0),)),
    ("Ceta", "2026-06-01", "", (("Advice", 2, 50.0, 0.0),)),
)
"""Customer, day, currency ("": the company's), lines: product, quantity, price, discount. Advice has no cost."""
COSTS = {"Pump": 60.0, "Seal": 0.4567, "Advice": 0.0}


@dataclass(frozen=True, slots=True)
class Shop:
    """The database, its administrator's session and way in, and ids by name."""

    database: str
    access: ErpAccess
    session: Session
    company: int
    customers: dict[str, int]
    lists: dict[str, int]
    levels: dict[str, int]

    def query(self, sql: str, *parameters: Any) -> list[dict[str, Any]]:
        from rig import databases

        return databases.query(19, self.database, sql, list(parameters))

    def standing(self, name: str) -> tuple[int | None, int | None]:
        """Level and price list of a customer, as the database has them."""
        sql = """SELECT grade_id, (specific_property_product_pricelist ->> %s)::int AS prices
                   FROM res_partner WHERE id = %s"""
        [row] = self.query(sql, str(self.company), self.customers[name])
        return row["grade_id"], row["prices"]


def opened() -> Iterator[Shop]:
    """The shop in a database of its own, without the KAM addon; dropped afterwards."""
    from rig import checks, databases, odoo, servers, templates
    from rig.errors import RigError

    reason = checks.why_not(19, ask_network=True)
    if reason:
        missing(reason)
    try:
        database = databases.fresh_database(19, templates.base_template(19))
        odoo.run(19, database, "-i", MODULES, what=f"{MODULES} cannot be installed.")
        url = servers.ensure(19).url
    except RigError as error:
        missing(" ".join(str(error).split()))
    access = ErpAccess(url=url, database=database, login="admin", key="admin", timeout_read=240)
    try:
        with connect(access) as session:
            yield _furnished(database, access, session)
    finally:
        databases.drop_database(19, database)


def _furnished(database: str, access: ErpAccess, session: Session) -> Shop:
    company = session.capabilities.companies[0]
    lists = _price_lists(session)
    customers = dict(zip(("Acme", "Beck", "Ceta"), session.create("res.partner", [
        {"name": "Acme", "is_company": True, "specific_property_product_pricelist": lists["Own"]},
        {"name": "Beck", "is_company": True}, {"name": "Ceta", "is_company": True},
    ]), strict=True))  # fmt: skip
    levels = dict(zip(("Gold", "Friend"), session.create("res.partner.grade", [
        {"name": "Gold level", "default_pricelist_id": lists["Gold"]}, {"name": "Friend level"},
    ]), strict=True))  # fmt: skip
    shop = Shop(database, access, session, company, customers, lists, levels)
    _order(shop)
    return shop


def _price_lists(session: Session) -> dict[str, int]:
    """Own and Gold in the company's currency, EUR in another one that has a rate since 2020."""
    [own] = session.search_read("res.company", [], ["currency_id"], limit=1)
    euro = session.call(
        "res.currency", "search", [["name", "=", "EUR"]], context={"active_test": False}
    )[0]  # fmt: skip
    session.write("res.currency", [euro], {"active": True})
    session.create("res.currency.rate", [{"name": "2020-01-01", "currency_id": euro, "rate": 0.875}])
    rows = [
        {"name": name, "currency_id": euro if name == "EUR" else own["currency_id"]} for name in ("Own", "Gold", "EUR")
    ]
    return dict(zip(("Own", "Gold", "EUR"), session.create("product.pricelist", rows), strict=True))


def _order(shop: Shop) -> None:
    """The orders are confirmed, each on its own day."""
    session = shop.session
    products = session.create(
        "product.product", [{"name": name, "standard_price": cost, "type": "service"} for name, cost in COSTS.items()]
    )
    ids = dict(zip(COSTS, products, strict=True))
    for customer, day, currency, lines in ORDERS:
        rows = [
            {"product_id": ids[name], "product_uom_qty": count, "price_unit": price, "discount": off}
            for name, count, price, off in lines
        ]
        order = {"partner_id": shop.customers[customer], "order_line": [[0, 0, row] for row in rows]}
        order |= {"pricelist_id": shop.lists[currency or "Own"], "date_order": f"{day} 12:00:00"}
        made = session.create("sale.order", [order])
        session.call("sale.order", "action_confirm", made)
        session.write("sale.order", made, {"date_order": f"{day} 12:00:00"})
