"""The small night of `nights` with the ids of a real ERP in the place of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import pandas as pd

from kam_connector import ledger, mirror, sync, writeback
from kam_connector.erp import Session
from kam_connector.ledger import Ledger
from kam_connector.mirror import Mirror
from kam_connector.writeback import Decided, Outcome, Plan

ROBOT = 1  # the user that every Odoo has beside the first administrator
_CUSTOMERS = ("customer_id", "partner_id")
_USERS = ("user_id", "payee_id")


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a night is tried: an open session, the ids of its companies, customers and currencies."""

    session: Session
    companies: Mapping[int, int]
    customers: Mapping[int, int]
    currencies: Mapping[int, int]

    def with_ids(self, decided: Decided) -> Decided:
        """The same decisions about records that are there."""
        frames = {
            field.name: self._mapped(getattr(decided, field.name))
            for field in fields(decided)
            if isinstance(getattr(decided, field.name), pd.DataFrame)
        }
        return replace(decided, **frames)

    def _mapped(self, frame: pd.DataFrame) -> pd.DataFrame:
        frame = frame.copy()
        for name in frame:
            if name == "company_id":
                frame[name] = frame[name].map(self.companies)
            elif name in _CUSTOMERS:
                frame[name] = frame[name].map(self.customers)
            elif name in _USERS:
                frame[name] = frame[name].map({7: self.session.uid, 8: ROBOT}).fillna(0)
            elif name == "currency_id":
                frame[name] = frame[name].map(self.currencies)
            elif name in ("team_id", "move_id"):
                frame[name] = 0
        return frame


def find_ground(session: Session, companies: tuple[int, int]) -> Ground:
    """Three customers, one of them of the second company, are made; the companies' currencies are looked up."""
    first, second = companies
    rows = [{"name": "Ground A", "company_id": first}, {"name": "Ground B"}, {"name": "Ground C", "company_id": second}]
    made = session.create("res.partner", rows)
    found = {
        row["id"]: row["currency_id"]
        for row in session.search_read("res.company", [("id", "in", companies)], ["currency_id"])
    }
    yen = session.search_read("res.currency", [("name", "=", "JPY")], ["name"], limit=1)
    currencies = {1: found[first], 2: found[second], 3: yen[0]["id"]}
    return Ground(session, {1: first, 2: second}, dict(zip((11, 12, 13), made, strict=True)), currencies)


@dataclass(frozen=True, slots=True)
class Desk:
    """The stores of one connector beside a ground."""

    ground: Ground
    mirror: Mirror
    book: Ledger

    def plan(self, decided: Decided, run: str) -> Plan:
        """Pull, then plan."""
        sync.pull(self.ground.session, self.mirror, run=run)
        con = self.mirror.ibis
        desired = writeback.desired_records(self.ground.with_ids(decided), con)
        return writeback.make_plan(desired, con, self.book, self.ground.session)

    def night(self, decided: Decided, run: str) -> tuple[Plan, Outcome]:
        """Pull, plan, push."""
        plan = self.plan(decided, run)
        return plan, writeback.push(plan, self.ground.session, self.book, run=run)

    def rows(self, model: str, *names: str) -> list[dict[str, Any]]:
        """The records of our customers in the ERP."""
        companies = list(self.ground.companies.values())
        return self.ground.session.search_read(model, [("company_id", "in", companies)], ["kam_key", *names])


@contextmanager
def desk(ground: Ground, folder: Path) -> Iterator[Desk]:
    """Fresh stores in the folder."""
    with mirror.open(folder / "mirror.duckdb") as cache, ledger.open(folder / "ledger.sqlite") as book:
        yield Desk(ground, cache, book)
