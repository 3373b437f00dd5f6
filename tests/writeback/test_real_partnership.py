"""Partner levels and margins on a real Odoo 19 that has `partnership` and `sale_margin`; one database for all."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from kam_connector import ledger, mirror, sync, writeback
from kam_connector.erp import connect
from kam_connector.facts.companies import companies
from kam_connector.facts.margins import ordered_margins
from kam_connector.ledger import Ledger
from kam_connector.mirror import Mirror
from kam_connector.rules.orders import value_margins
from kam_connector.runs.frames import to_frame
from kam_connector.runs.naming import read_currencies
from kam_connector.tier_places import TierPlaces
from kam_connector.writeback import Plan
from kam_connector.writeback.grades import FIELD, PRICE_LIST
from tests.contract.conftest import Place
from tests.writeback.nights import decided, tier_row
from tests.writeback.service import service_access
from tests.writeback.shop import DAY, Shop, opened

pytestmark = pytest.mark.long

MARGINS = """
    WITH line AS (
        SELECT sale.company_id, partner.commercial_partner_id AS customer_id, sale.currency_rate::numeric AS rate,
               sale.date_order > '2025-07-01' AS recent, line.price_subtotal::numeric AS net,
               line.price_subtotal::numeric - line.purchase_price::numeric * line.product_uom_qty AS margin
          FROM sale_order_line line
          JOIN sale_order sale ON sale.id = line.order_id
          JOIN res_partner partner ON partner.id = sale.partner_id
         WHERE sale.state = 'sale' AND line.purchase_price > 0 AND sale.date_order > '2024-07-01'
    ), part AS (
        SELECT company_id, customer_id, recent,
               round(100 * sum(margin) / rate) AS margin, round(100 * sum(net) / rate) AS net
          FROM line GROUP BY company_id, customer_id, recent, rate
    )
    SELECT company_id, customer_id, sum(margin) FILTER (WHERE recent) AS now,
           sum(margin) FILTER (WHERE NOT recent) AS before, sum(net) FILTER (WHERE recent) AS net
      FROM part GROUP BY company_id, customer_id ORDER BY customer_id
"""  # fmt: skip


@dataclass(slots=True)
class Watched:
    """The session of the login that does the nights; `log`: what was read and written of partners' levels."""

    session: Any
    log: list[tuple[str, list[int]]] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.session, name)

    def search_read(self, model: str, domain: list[Any], fields: list[str], **more: Any) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.session.search_read(model, domain, fields, **more)
        if model == "res.partner" and FIELD in fields:
            self.log.append(("read", [row["id"] for row in rows]))
        return rows

    def write(self, model: str, ids: list[int], values: dict[str, Any], **more: Any) -> None:
        self.session.write(model, ids, values, **more)
        if model == "res.partner":
            self.log.append(("write", ids))


@dataclass(frozen=True, slots=True)
class Desk:
    """The shop, a connector's stores beside it, and the session of its ordinary login."""

    shop: Shop
    session: Watched
    mirror: Mirror
    book: Ledger

    def pull(self, run: str) -> None:
        sync.pull(self.session.session, self.mirror, run=run)

    def plan(self, **tiers: str) -> Plan:
        """What has to change so that these customers have the level of their tier; gold and silver have one."""
        rows = [tier_row(self.shop.company, self.shop.customers[name], tier, "86.5") for name, tier in tiers.items()]
        night = dataclasses.replace(decided(), tiers=pd.DataFrame(rows))
        levels = {"gold": self.shop.levels["Gold"], "silver": self.shop.levels["Friend"]}
        places = TierPlaces(("grades",), levels)
        return writeback.plan_places(
            [night], places, self.mirror.ibis, self.book, session=self.session, route="plain"
        )  # fmt: skip


@pytest.fixture(scope="module", params=["odoo19"])
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    yield from opened()


@pytest.fixture(scope="module")
def desk(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder: Path = tmp_path_factory.mktemp("desk")
    place = Place("odoo19-xmlrpc", shop.access, shop.access, shop.session, False, (shop.company, shop.company))
    with (
        connect(service_access(place)) as session,
        mirror.open(folder / "mirror.duckdb") as cache,
        ledger.open(folder / "ledger.sqlite") as book,
    ):
        made = Desk(shop, Watched(session), cache, book)
        made.pull("r0")
        yield made


@pytest.mark.requirement("S4-81")
def test_the_pulled_margins_are_those_of_odoos_own_lines(desk: Desk) -> None:
    con = desk.mirror.ibis
    found = value_margins(to_frame(ordered_margins(con, DAY)), to_frame(companies(con)), read_currencies(con))
    names = {"margin_12m_minor": "now", "margin_prev_12m_minor": "before", "margin_net_12m_minor": "net"}
    mine = found.rename(columns=names).sort_values("customer_id").astype(object)
    pulled = mine.where(mine.notna(), None).to_dict("records")
    assert pulled == desk.shop.query(MARGINS)
    acme, beck = desk.shop.customers["Acme"], desk.shop.customers["Beck"]
    assert {row["customer_id"]: (row["now"], row["before"]) for row in pulled} == {
        # before: 1000 x (0.50 - 0.4567); Beck paid 20 for what costs 60
        acme: (acme_margin(desk), 43_30), beck: (-40_00, None),
    }  # fmt: skip


def acme_margin(desk: Desk) -> int:
    """By Odoo's own margin of Acme's orders of twelve months, less the line whose cost nobody has entered."""
    sql = """SELECT round(100 * sum(margin / currency_rate::numeric)) AS minor FROM sale_order
              WHERE partner_id = %s AND date_order > '2025-07-01'"""
    [row] = desk.shop.query(sql, desk.shop.customers["Acme"])
    return int(row["minor"]) - 50_00


def test_the_plan_names_the_price_list_that_comes_with_a_level_and_writes_nothing(desk: Desk) -> None:
    shop = desk.shop
    plan = desk.plan(Acme="gold", Beck="gold", Ceta="silver")
    assert [str(text) for text in plan.told] == [
        "Customers get the price list Gold with the partner level Gold level (2); theirs before is kept."
    ]
    told = {change.id: (dict(change.former), dict(change.values)) for change in plan.changes}
    own, gold = shop.lists["Own"], shop.lists["Gold"]
    assert told[shop.customers["Acme"]] == (
        {FIELD: False, PRICE_LIST: own}, {FIELD: shop.levels["Gold"], PRICE_LIST: gold},
    )  # fmt: skip
    assert told[shop.customers["Ceta"]][1][FIELD] == shop.levels["Friend"]
    assert [entry for entry in desk.session.log if entry[0] == "write"] == []
    assert shop.standing("Acme") == (None, own)


def test_levels_are_written_one_by_one_read_again_and_taken_back(desk: Desk) -> None:
    """One story on one database: written, unchanged, taken back, and what a person did since stays."""
    shop, session = desk.shop, desk.session
    before = {name: shop.standing(name) for name in shop.customers}
    session.log.clear()
    outcome = writeback.push(desk.plan(Acme="gold", Beck="gold", Ceta="silver"), session, desk.book, run="r1")
    assert (outcome.is_clean, outcome.written) == (True, 3)
    by_customer = [[entry for entry in session.log[1:] if entry[1] == [number]] for number in shop.customers.values()]
    assert [[verb for verb, _ in log] for log in by_customer] == [["read", "write", "read"]] * 3

    gold, friend, prices = shop.levels["Gold"], shop.levels["Friend"], shop.lists["Gold"]
    assert [shop.standing(name) for name in ("Acme", "Beck", "Ceta")] == [
        (gold, prices), (gold, prices), (friend, before["Ceta"][1]),
    ]  # fmt: skip
    assert desk.plan(Acme="gold", Beck="gold", Ceta="silver").changes == ()

    # a person gives Beck another level: the way back leaves him alone
    shop.session.write("res.partner", [shop.customers["Beck"]], {FIELD: friend})
    outcome = writeback.undo(session, desk.book, undone="r1", run="u1").outcome
    assert {answer.change.id: answer.status for answer in outcome.answers} == {
        shop.customers["Acme"]: "updated", shop.customers["Beck"]: "conflict", shop.customers["Ceta"]: "updated",
    }  # fmt: skip
    assert [shop.standing(name) for name in ("Acme", "Beck", "Ceta")] == [
        before["Acme"], (friend, prices), before["Ceta"],
    ]  # fmt: skip
