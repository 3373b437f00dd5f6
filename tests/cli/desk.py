"""A customer with everything a card can say of him, and what `kam card` answers of him."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kam_connector.erp import ErpAccess, connect
from kam_connector.sandbox import SandboxServer
from tests.runs import nights

CUSTOMER = 36
HOSTILE = "=HYPERLINK(1) Buyer"
SUGGESTED = "Deliver on Mondays"
KNOWN: tuple[dict[str, Any], ...] = (
    {"kind": "revenue", "amount": 1_250_000.5, "as_of": "2025-12-31", "source": "Annual report"},
    {"kind": "revenue", "amount": 1_000_000.0, "as_of": "2024-12-31", "source": "Annual report"},
    {"kind": "market_share", "share": 0.125, "as_of": "2025-12-31", "source": "Press", "valid_until": "2026-06-29"},
    {"kind": "size", "people_count": 0, "note": "Some hundred", "as_of": "2026-06-30", "source": "Visit"},
    {"kind": "competition", "note": "Two sellers", "as_of": "2026-06-30", "source": HOSTILE},
    {"kind": "competition", "note": "Of tomorrow", "as_of": "2026-07-01", "source": "Fair"},
)


class Desk:
    def __init__(self, place: nights.Place, server: SandboxServer) -> None:
        self.place, self.server = place, server
        self._cards: dict[object, list[dict[str, Any]]] = {}
        self.contact = next(
            id for id, row in server.rows("res.partner").items()
            if row["commercial_partner_id"] == CUSTOMER and id != CUSTOMER
        )  # fmt: skip

    def hear_people(self) -> None:
        """A person has rated the customer a year and two days before the day, and written down two suggestions."""
        figures = self.server.rows("kam.customer")
        record = next(id for id, row in figures.items() if (row["partner_id"], row["company_id"]) == (CUSTOMER, 1))
        rating: dict[str, Any] = {"influence": "4", "brand_lift": "5", "price_sensitivity": "5", "quality_demand": "4"}
        rating |= {"relationship_focus": "2", "wallet_estimate": 800_000.0}
        self.server.edit("kam.customer", record, **rating, rated_on="2025-06-28", rated_by_id=self.writer)
        for day, name in (("2026-06-30", SUGGESTED), ("2026-07-01", "Of tomorrow"), ("2026-05-02", HOSTILE)):
            said = {"partner_id": CUSTOMER, "company_id": 1, "name": name, "topic": "delivery", "suggested_on": day}
            with connect(self.access) as session:
                (number,) = session.create("kam.suggestion", [{**said, "state": "accepted"}])
            self.server.edit("kam.suggestion", number, written_by_id=self.writer)

    def fill_file(self) -> None:
        """The contact decides, another one has left; a person of ours serves the customer; four things are known."""
        mine = {"partner_id": CUSTOMER, "company_id": 1}
        gone = {**mine, "contact_id": self.contact, "role": "uses", "influence": "1", "until": "2026-06-29"}
        decides = {**mine, "contact_id": self.contact, "role": "decides", "influence": "5", "attitude": "supports"}
        span = {"user_id": self.writer, "role": "sponsor", "date_from": "2026-01-01", "date_to": "2026-06-30"}
        euro = next(id for id, row in self.server.rows("res.currency").items() if row["name"] == "EUR")
        with connect(self.access) as session:
            session.create("kam.stakeholder", [gone, decides])
            session.create("kam.account.member", [{**mine, **span}, {**mine, **span, "date_to": "2026-06-29"}])
            session.create("kam.customer.note", [{**mine, "currency_id": euro, **values} for values in KNOWN])

    def plan(self) -> None:
        """A running plan of 2026: three measures in two phases, one done, one late; and a draft that nobody sees."""
        mine = {"partner_id": CUSTOMER, "company_id": 1, "user_id": self.writer, "aim": HOSTILE}
        span = {"date_from": "2026-01-01", "date_to": "2026-12-31"}
        step = {"user_id": self.writer, "date_from": "2026-01-01"}
        steps: tuple[dict[str, Any], ...] = (
            {"name": "Own label", "kind": "product", "due": "2026-03-31", "done_on": "2026-03-20"},
            {"name": "Own prices", "kind": "price", "due": "2026-06-29"},
            {"name": "Stock at its plant", "kind": "service", "due": "2026-12-31", "phase": 2},
        )
        with connect(self.access) as session:
            session.create("kam.plan", [{**mine, **span, "name": "2027"}])
            running = {**mine, **span, "name": "2026", "state": "running", "target_revenue": 400_000.0}
            (number,) = session.create("kam.plan", [{**running, "target_share": 0.3}])
            session.create("kam.plan.measure", [{**step, "plan_id": number, **values} for values in steps])

    @property
    def access(self) -> ErpAccess:
        return ErpAccess(self.server.url, self.server.database, self.server.login, self.server.api_key)

    @property
    def writer(self) -> int:
        return min(self.server.rows("res.users"))

    def ask(self, *words: str, as_of: str = nights.ANCHOR, **more: str) -> dict[str, Any]:
        done = self.place.kam(*words, "--as-of", as_of, "--format", "json", **more)
        assert done.returncode in (0, 1), done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def card(self, customer: object = CUSTOMER) -> list[dict[str, Any]]:
        """The rows of company 1, asked for once: nothing changes any more."""
        if customer not in self._cards:
            rows = self.ask("card", "show", str(customer))["rows"]
            self._cards[customer] = [row for row in rows if row["company"] == 1]
        return self._cards[customer]


@pytest.fixture(scope="module")
def desk(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A home after a night and what people wrote since; a contact of the customer is called like a formula."""
    with nights.after(shared_folder, tmp_path_factory.mktemp("home"), "card", _written) as found:
        yield Desk(*found)


def _written(place: nights.Place, server: SandboxServer) -> None:
    made = Desk(place, server)
    server.edit("res.partner", made.contact, name=HOSTILE)
    made.hear_people()
    made.fill_file()
    made.plan()
    assert place.kam("sync", "run").returncode in (0, 1)


def lines(rows: list[dict[str, Any]], panel: str, *entries: str) -> list[dict[str, Any]]:
    return [row for row in rows if row["panel"] == panel and row["entry"] in entries]
