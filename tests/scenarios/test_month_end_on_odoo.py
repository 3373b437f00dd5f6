"""A month's end in a real Odoo 19: an accountant signs the frozen copy, and what people do afterwards is explained."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from kam_connector.erp import ErpAccess, Session, connect
from kam_connector.errors import UnknownOutcome
from tests.contract.conftest import Place, odoo, reach
from tests.runs import nights

DAY = ("--as-of", "2026-04-30")
NIGHT = ("run", "--yes", "--allow-past", *DAY, "--skip", "report")
ACCOUNTANT = "fin@example.com"


@dataclass(frozen=True, slots=True)
class Office:
    """A fresh company in Odoo, the accountant's session, and a home from which `kam` reaches it."""

    session: Session
    accountant: Session
    kam: nights.Place

    def answer(self, *words: str, code: int = 0) -> dict[str, Any]:
        """The JSON object of a command that ends with that code."""
        done = self.kam.kam(*words, "--format", "json")
        assert done.returncode == code, (words, done.stdout, done.stderr)
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def post(self, kind: str, customer: int, amount: float, day: str, due: str) -> int:
        """A posted document of one line without tax; its id."""
        line = {"name": "Goods", "quantity": 1, "price_unit": amount, "tax_ids": [[6, 0, []]]}
        head = {"move_type": kind, "partner_id": customer, "invoice_date": day, "date": day, "invoice_date_due": due}
        move = self.session.create("account.move", [{**head, "invoice_line_ids": [[0, 0, line]]}])[0]
        self.session.call("account.move", "action_post", [move])
        return move

    def do(self, model: str, method: str, *ids: int) -> None:
        """A button of Odoo's that answers nothing: XML-RPC cannot carry that, the work is done all the same."""
        with suppress(UnknownOutcome):
            self.session.call(model, method, list(ids))

    def item(self, move: int) -> int:
        """The receivable item of a document."""
        domain = [("move_id", "=", move), ("account_id.account_type", "=", "asset_receivable")]
        return int(self.session.search_read("account.move.line", domain, ["id"])[0]["id"])

    def copies(self) -> list[dict[str, Any]]:
        names = ["kam_key", "sequence", "total", "difference", "d1_30", "d31_60", "review_state", "is_superseded"]
        return self.session.search_read("kam.ageing", [("is_snapshot", "=", True)], names)

    def changes(self, code: int = 0) -> list[tuple[int, str, str, str]]:
        """Item, was, is, cause."""
        rows = self.answer("ageing", "changes", *DAY, code=code)["rows"]
        return [(row["item"], row["was"], row["is"], row["cause"]) for row in rows]


@pytest.fixture(scope="module")
def odoo19_place() -> Iterator[Place]:
    for ground in odoo(19):
        with reach(ground, "odoo19-xmlrpc") as place:
            yield place


@pytest.fixture
def office(odoo19_place: Place, tmp_path: Path) -> Iterator[Office]:
    access: ErpAccess = odoo19_place.access
    groups = [("base", "group_user"), ("account", "group_account_user"), ("kam_connector", "group_accountant")]
    ids = [_group(odoo19_place.session, *name) for name in groups]
    user = {"name": "Fin", "login": ACCOUNTANT, "password": "fin-Key-41", "group_ids": [[6, 0, ids]]}
    odoo19_place.session.create("res.users", [user], context={"no_reset_password": True})
    with connect(replace(access, login=ACCOUNTANT, key="fin-Key-41")) as accountant:
        kam = nights.at(tmp_path, access.url, access.database, access.login, access.key)
        yield Office(odoo19_place.session, accountant, kam)


def _group(session: Session, module: str, name: str) -> int:
    rows = session.search_read("ir.model.data", [("module", "=", module), ("name", "=", name)], ["res_id"])
    return int(rows[0]["res_id"])


@pytest.mark.long
@pytest.mark.odoo
@pytest.mark.timeout(600)
@pytest.mark.requirement("S4-39")
def test_cases_c1_and_c2_frozen_signed_and_explained(office: Office) -> None:
    # In April: an invoice of 500, 60 days past due, and a credit note of 120 that nobody has applied.
    customer = office.session.create("res.partner", [{"name": "Snow GmbH", "is_company": True}])[0]
    invoice = office.post("out_invoice", customer, 500.0, "2026-02-01", "2026-03-01")
    credit = office.post("out_refund", customer, 120.0, "2026-04-25", "2026-04-25")
    items = {"invoice": office.item(invoice), "credit": office.item(credit)}
    assert office.kam.kam(*NIGHT).returncode in (0, 1)

    # At the month's end: frozen in the book, copied into Odoo by the next night, once.
    frozen = office.answer("ageing", "snapshot", *DAY)["rows"][0]
    assert (frozen["total"], frozen["ledger"], frozen["items"], frozen["matches"]) == ("380.00", "380.00", 2, 0)
    assert office.kam.kam(*NIGHT).returncode in (0, 1)
    copy = next(row for row in office.copies() if row["total"])
    assert (copy["kam_key"], copy["d1_30"], copy["d31_60"]) == ("snapshot:due:2026-04-30:1", -120.0, 500.0)
    lines = office.session.search_read(
        "kam.ageing.line", [("ageing_id", "=", copy["id"])], ["partner_id", "total", "is_snapshot", "reason"]
    )
    assert [(row["partner_id"], row["total"], row["is_snapshot"]) for row in lines] == [(customer, 380.0, True)]

    # The accountant signs the copy; the signature comes home.
    office.accountant.call("kam.ageing", "action_sign", [copy["id"]])
    assert json.loads(office.kam.kam(*NIGHT, "--format", "json").stdout)["totals"]["written"] == 0
    assert office.answer("ageing", "snapshots")["rows"][0]["reviewed_by"] == "Fin"
    assert office.changes() == []

    # In May somebody applies the credit note: no new document, another history.
    office.do("account.move.line", "reconcile", *items.values())
    assert office.kam.kam("sync", "run").returncode in (0, 1)
    late = [(items["invoice"], "500.00", "380.00", "late_match"), (items["credit"], "-120.00", "0.00", "late_match")]
    assert office.changes(code=1) == late
    shown = office.answer("ageing", "show", *DAY)["totals"][0]
    assert (shown["total"], shown["d1_30"], shown["d31_60"]) == ("380.00", "0.00", "380.00")
    assert (shown["reviewed_by"], shown["changed_since_signed"]) == ("Fin", True)

    # Then the invoice goes back to draft: it does not count any more, and the credit note stands open again.
    office.do("account.move", "button_draft", invoice)
    assert office.kam.kam("sync", "run").returncode in (0, 1)
    assert office.changes(code=1) == [(items["invoice"], "500.00", "0.00", "draft")]

    # The new figures are frozen beside the signed ones, which nobody changes.
    assert office.kam.kam("ageing", "snapshot", *DAY).returncode == 7
    assert office.answer("ageing", "snapshot", *DAY, "--again")["rows"][0]["total"] == "-120.00"
    assert office.kam.kam(*NIGHT).returncode in (0, 1)
    mine = {row["kam_key"]: row for row in office.copies() if row["total"]}
    first, second = mine["snapshot:due:2026-04-30:1"], mine["snapshot:due:2026-04-30:2"]
    assert (first["total"], first["review_state"], first["is_superseded"]) == (380.0, "signed", True)
    assert (second["total"], second["review_state"], second["is_superseded"]) == (-120.0, "open", False)
    assert json.loads(office.kam.kam(*NIGHT, "--format", "json").stdout)["totals"]["planned"] == 0
    assert office.answer("verify")["totals"]["problems"] == 0
