"""The service score on a real Odoo 19 with a warehouse: orders are delivered, one complaint is upheld, a night runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from tests.addon import odoo
from tests.addon.rpc import Login
from tests.runs import nights

pytestmark = [pytest.mark.odoo, pytest.mark.long, pytest.mark.timeout(600)]
CASE, PICKING = "kam.complaint", "stock.picking"
WAY = ("accepted", "investigating", "proposed", "approved", "executing", "confirmed")


@dataclass(frozen=True, slots=True)
class Desk:
    """An Odoo with a warehouse: its administrator, a place for `kam`, the two salespeople, the customer."""

    admin: Login
    place: nights.Place
    sina: int
    tao: int
    acme: int

    def answer(self, *words: str) -> dict[str, Any]:
        done = self.place.kam(*words, "--format", "json")
        assert done.returncode in (0, 1), done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def service(self) -> dict[str, tuple[Any, ...]]:
        """Upheld complaints, deliveries, what was counted, points and score by salesperson."""
        rows = self.answer("complaints", "report")["rows"]
        names = ("count", "of", "kind", "points", "score")
        return {row["code"]: tuple(row[name] for name in names) for row in rows if row["indicator"] == "service_score"}

    def tiers(self) -> list[tuple[Any, ...]]:
        """Customer, tier and score as they would be decided now."""
        rows = self.answer("tiers", "show")["rows"]
        return [tuple(row.get(name) for name in ("customer", "tier", "score")) for row in rows]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    from rig import odoo as server

    for installed in odoo.copied_addon():
        admin = installed.admin
        server.run(19, admin.database, "-i", "sale_stock", what="A warehouse cannot be installed.")
        for calendar in admin.search("resource.calendar", [], limit=9):
            admin.write("resource.calendar", calendar, tz="UTC")  # what is done now is of today by every clock
        place = nights.at(tmp_path_factory.mktemp("home"), admin.url, admin.database, "admin", "admin")
        written = place.kam("policy", "init")
        assert written.returncode == 0, written.stderr
        [policy] = place.home.rglob("complaints.toml")
        text = policy.read_text(encoding="utf-8")
        text = text.replace("score_off = 10 ", 'score_off = "0.1" ', 1)
        policy.write_text(text.replace("least_deliveries = 20 ", "least_deliveries = 1 ", 1), encoding="utf-8")
        people = [admin.create("res.users", name=name, login=name.lower()) for name in ("Sina", "Tao")]
        acme = admin.create("res.partner", name="Acme", is_company=True, user_id=people[0])
        yield Desk(admin, place, *people, acme)


def deliver(desk: Desk, seller: int) -> None:
    """An order of this salesperson is confirmed, and its only transfer done."""
    admin = desk.admin
    product = admin.create("product.product", name="Pump", type="consu", list_price=100.0)
    line = [0, 0, {"product_id": product, "product_uom_qty": 2}]
    order = admin.create("sale.order", partner_id=desk.acme, user_id=seller, order_line=[line])
    admin.call("sale.order", "action_confirm", [order])
    [picking] = admin.search(PICKING, [["sale_id", "=", order]], limit=2)
    for move in admin.search("stock.move", [["picking_id", "=", picking]], limit=9):
        admin.write("stock.move", move, quantity=2.0, picked=True)
    admin.call(PICKING, "button_validate", [picking])
    assert admin.read(PICKING, picking, "state")["state"] == "done"


def invoice(desk: Desk, seller: int) -> None:
    """A posted invoice of this salesperson's makes Acme a customer with a tier."""
    admin, line = desk.admin, [0, 0, {"name": "Pumps", "quantity": 2.0, "price_unit": 100.0}]
    move = admin.create("account.move", move_type="out_invoice", partner_id=desk.acme, invoice_user_id=seller,
                        invoice_date=date.today().isoformat(), invoice_line_ids=[line])  # fmt: skip
    admin.call("account.move", "action_post", [move])


@pytest.mark.requirement("S2-56", "S4-28")
def test_a_complaint_after_a_delivery_counts_for_its_seller_after_the_hand_over_and_moves_no_tier(desk: Desk) -> None:
    """Two deliveries of Sina's and one high complaint: 3 points are 150 in 100; at 0.1 a point the score is 85."""
    admin, sina = desk.admin, str(desk.sina)
    deliver(desk, desk.sina)
    deliver(desk, desk.sina)
    invoice(desk, desk.sina)
    incoming = admin.search("stock.picking.type", [["code", "=", "incoming"]], limit=1)[0]
    admin.create(PICKING, partner_id=desk.acme, picking_type_id=incoming)
    assert desk.place.kam("run", "--yes").returncode in (0, 1)
    assert desk.service() == {sina: (0, 2, "delivery", "0.00", "100.00")}
    before = desk.tiers()
    assert [row[0] for row in before] == [desk.acme]

    admin.write("res.partner", desk.acme, user_id=desk.tao)
    case = admin.create(CASE, partner_id=desk.acme, type="product", severity="high", user_id=desk.tao)
    for state in WAY:
        admin.write(CASE, case, state=state)
    assert desk.place.kam("run", "--yes").returncode in (0, 1)
    assert desk.service() == {sina: (1, 2, "delivery", "3.00", "85.00")}
    assert desk.tiers() == before


def test_the_appraisal_has_the_score_beside_its_target(desk: Desk) -> None:
    rows = desk.answer("incentives", "appraisal")["rows"]
    found = {row["user"]: (row["target"], row["actual"]) for row in rows if row["measure"] == "service_score"}
    assert found == {desk.sina: ("90.00", "85.00")}
