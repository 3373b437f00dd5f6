"""A sandbox with customers, the tags of tiers as `kam erp prepare` makes them, and tags that people made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import ibis
import pandas as pd

from kam_connector import writeback
from kam_connector.erp import ErpAccess, Session, connect
from kam_connector.ledger import Ledger
from kam_connector.sandbox import SandboxServer, serve
from kam_connector.tier_places import TierPlaces
from kam_connector.writeback import Outcome, Plan, Route
from kam_connector.writeback.tags import MODULE, tag_name
from tests.contract.conftest import HAND_MADE
from tests.writeback.nights import decided, tier_row

TAGS = TierPlaces(("figures", "tags"))
CUSTOMERS = {11: 1, 12: False, 13: 2}
TIERS = ("gold", "silver")


@dataclass(slots=True)
class Tagged:
    """The server, an open session, and the ids of tags by name: `1 gold`, `2 silver`, `VIP`."""

    server: SandboxServer
    session: Session
    route: Route
    tags: dict[str, int] = field(default_factory=dict)

    def make_tags(self, companies: tuple[int, ...] = (1, 2), tiers: tuple[str, ...] = TIERS) -> None:
        """Each company's tags are there and marked, and one that is nobody's business but people's."""
        for company in companies:
            for tier in tiers:
                self.tags[f"{company} {tier}"] = self.add_tag(tier.title(), tag_name(company, tier))
        self.tags["VIP"] = self.add_tag("VIP", "")

    def add_tag(self, name: str, mark: str) -> int:
        number = self.session.create("res.partner.category", [{"name": name}])[0]
        if mark:
            row = {"module": MODULE, "name": mark, "model": "res.partner.category", "res_id": number}
            self.session.create("ir.model.data", [row])
        return number

    def give(self, customer: int, *names: str) -> None:
        """The customer carries exactly these tags."""
        ids = [self.tags[name] for name in names]
        self.session.write("res.partner", [customer], {"category_id": [[6, 0, ids]]})

    def carried(self, customer: int) -> set[str]:
        row = self.session.read("res.partner", [customer], ["category_id"])[0]
        return {name for name, number in self.tags.items() if number in row["category_id"]}

    def plan(self, book: Ledger, *rows: tuple[int, int, str], places: TierPlaces = TAGS) -> Plan:
        """What the further places want when these (company, customer, tier) are decided."""
        tiers = pd.DataFrame([tier_row(company, customer, tier, "80") for company, customer, tier in rows])
        night = decided(tiers=tiers)
        con = ibis.duckdb.connect()
        homes = pd.DataFrame({"id": list(CUSTOMERS), "company_id": [home or None for home in CUSTOMERS.values()]})
        con.create_table("res_partner", homes.assign(_deleted=False))
        return writeback.plan_places([night], places, con, book, session=self.session, route=self.route)

    def night(self, book: Ledger, run: str, *rows: tuple[int, int, str]) -> Outcome:
        return writeback.push(self.plan(book, *rows), self.session, book, run=run)


@contextmanager
def tagged(*, addon: bool = True) -> Iterator[Tagged]:
    """The sandbox, with the addon or without."""
    partners = [
        {"id": number, "name": f"Customer {number}", "is_company": True, "company_id": home}
        for number, home in CUSTOMERS.items()
    ]
    tables: dict[str, Any] = {**HAND_MADE, "res.partner": [*HAND_MADE["res.partner"], *partners]}
    tables["res.users"] = [{**HAND_MADE["res.users"][0], "company_ids": [1, 2]}]
    with serve(tables, addon=addon) as server:
        access = ErpAccess(server.url, server.database, server.login, server.api_key)
        with connect(access) as session:
            yield Tagged(server, session, "addon" if addon else "plain")
