"""A company of three salespeople in the sandbox, whose June is the worked cases W32 and W33 of the appraisal."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kam_connector import mirror, sync
from kam_connector.sandbox import SandboxServer, serve
from kam_connector.sandbox.models_base import BASE
from kam_connector.sandbox.models_trade import TRADE
from kam_connector.sandbox.schema import Schema
from tests.runs import nights
from tests.sync.books import CNY, Books
from tests.sync.empty import empty_mirror
from tests.sync.fake import Tables

ANN, BOB, CAT, EAST = 7, 8, 9, 1
HEAD = "user,team,period,measure,amount,currency,weight\n"
W32 = (
    "ann,,2026-06,revenue,1000,CNY,\nann,,2026-06,margin,250,,\nann,,2026-06,collection,800,,\n"
    "ann,,2026-06,new_customers,5,,\n"
)


@dataclass(frozen=True, slots=True)
class Staff:
    """The home and the sandbox."""

    place: nights.Place
    sandbox: SandboxServer | None = None

    @property
    def server(self) -> SandboxServer:
        assert self.sandbox is not None
        return self.sandbox

    def answer(self, *words: str, codes: tuple[int, ...] = (0,), day: str = nights.ANCHOR) -> dict[str, Any]:
        dated = () if words[:2] == ("targets", "import") else ("--as-of", day)
        done = self.place.kam(*words, *dated, "--format", "json")
        assert done.returncode in codes, (done.returncode, done.stdout, done.stderr)
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def file(self, text: str, name: str = "targets.csv") -> str:
        (self.place.home / name).write_text(text, "utf-8")
        return str(self.place.home / name)

    def load(self, text: str, *words: str, codes: tuple[int, ...] = (0,)) -> dict[str, Any]:
        """The totals of an import of these rows."""
        given = ("targets", "import", self.file(HEAD + text), "--yes", *words)
        totals: dict[str, Any] = self.answer(*given, codes=codes)["totals"]
        return totals

    def refused(self, text: str, *words: str) -> str:
        done = self.place.kam("targets", "import", self.file(HEAD + text), "--yes", *words)
        assert done.returncode == 2, (done.stdout, done.stderr)
        return done.stderr

    def targets(self) -> dict[str, float]:
        """What the ERP holds: amount by key."""
        return {row["kam_key"]: row["amount"] for row in self.server.rows("kam.target").values()}


@contextmanager
def staff(home: Path, *, addon: bool = True) -> Iterator[Staff]:
    """The company, nothing pulled yet."""
    with _served(home, addon=addon) as found:
        yield Staff(*found)


@contextmanager
def staff_with(shared: Path, home: Path, targets: str) -> Iterator[Staff]:
    """The company after these targets were imported, once for all tests of the run that want them."""
    made = shared / f"staff-{hashlib.sha256(targets.encode()).hexdigest()[:8]}"
    with nights.copied(made, home, _served, lambda *found: Staff(*found).load(targets)) as found:
        yield Staff(*found)


@contextmanager
def _served(home: Path, *, addon: bool = True) -> Iterator[nights.Found]:
    with serve(_known(books_of_staff().tables), addon=addon, state=home / nights.STATE) as server:
        yield nights.at_sandbox(home, server), server


def on_mirror(books: Books, home: Path) -> Staff:
    """A home whose mirror holds the books, for commands that only read: with costs, which the sandbox does not have."""
    place = Staff(nights.at(home, "http://127.0.0.1:9", "books", "admin", "none"))
    (home / "main").mkdir()
    with mirror.open(empty_mirror(home / "main" / "mirror.duckdb")) as store:
        sync.pull(books.session(), store, run="test")
    return place


def _known(tables: Tables) -> Tables:
    """The rows without fields that the sandbox does not have."""
    schema = Schema()
    schema.add({**BASE, **TRADE})
    return {
        model: [{name: row[name] for name in row if name in schema.models[model] or name == "id"} for row in rows]
        for model, rows in tables.items()
    }


def books_of_staff() -> Books:
    """Ann sold 920, collected 700 (of 400 open before and 900 invoiced), won 3 customers, left 184 above cost."""
    books = Books(written="2026-06-30 08:00:00")
    books.change("res.company", 1, partner_id=books.partner("Our company"))
    books.add("res.users", id=2, login="admin", partner_id=books.partner("Admin", is_company=False), company_id=1,
              active=True)  # fmt: skip
    old = books.partner("Old customer", user_id=ANN)
    for user, login in ((ANN, "ann"), (BOB, "bob"), (CAT, "cat")):
        person = books.partner(login.capitalize(), is_company=False)
        books.add("res.users", id=user, login=login, partner_id=person, company_id=1, active=True)
        books.add("crm.team.member", user_id=user, crm_team_id=EAST, active=True)
    books.add("crm.team", id=EAST, name="East", user_id=ANN, active=True)  # of all companies, as Odoo makes it
    before = books.invoice(old, 400.0, "2026-05-20", invoice_user_id=ANN)
    _paid(books, old, before, 400.0, "2026-06-05")
    for number, amount in enumerate((300.0, 300.0, 300.0)):
        new = books.partner(f"New {number}", user_id=ANN)
        invoice = books.invoice(new, amount, "2026-06-10", invoice_user_id=ANN)
        if number == 0:
            _paid(books, new, invoice, 300.0, "2026-06-20")
    books.invoice(old, 20.0, "2026-06-30", date="2026-07-01", invoice_user_id=ANN)  # sold in June, booked in July
    books.invoice(old, 500.0, "2026-06-12", invoice_user_id=BOB)
    _order(books, old)
    return books


def _paid(books: Books, partner: int, invoice: int, amount: float, day: str) -> None:
    books.match(books.item(invoice), books.item(books.payment(partner, amount, day)), amount)


def _order(books: Books, customer: int) -> None:
    order = books.add(
        "sale.order", name="S1", partner_id=customer, company_id=1, currency_id=CNY, state="sale", user_id=ANN,
        date_order="2026-06-15 08:00:00", currency_rate=1.0, amount_untaxed=1000.0, amount_total=1000.0, amount_tax=0.0,
    )  # fmt: skip
    books.add("sale.order.line", order_id=order, company_id=1, currency_id=CNY, state="sale", name="Pump",
              price_subtotal=1000.0, price_total=1000.0, product_uom_qty=2.0, purchase_price=408.0)  # fmt: skip
