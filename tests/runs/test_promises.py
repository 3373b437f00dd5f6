"""Promises to pay through whole nights against the sandbox: judged, written back once, dunning held, people obeyed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kam_connector import ledger
from kam_connector.erp import ErpAccess, connect
from kam_connector.sample.company import SampleCompany
from kam_connector.sandbox import SandboxServer, serve
from tests.runs import nights

JUNE = ("2026-06-01", "2026-06-20")


@dataclass(frozen=True)
class Desk:
    """A home, a sandbox, and a salesperson's hand in it."""

    place: nights.Place
    server: SandboxServer

    def log(self, partner: int, amount: float, made: str, due: str, **more: Any) -> int:
        """A person logs a promise in company 1; its id."""
        currency = self.server.rows("res.company")[1]["currency_id"]
        said = {"partner_id": partner, "amount": amount, "made_on": made, "promised_for": due}
        with connect(self.access) as session:
            return session.create("kam.promise", [{**said, "company_id": 1, "currency_id": currency, **more}])[0]

    def write(self, number: int, **values: Any) -> None:
        with connect(self.access) as session:
            session.write("kam.promise", [number], values)

    def night(self) -> dict[str, Any]:
        done = self.place.kam(*nights.NIGHT, "--skip", "report", "--format", "json")
        assert done.returncode in (0, 1), done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def ask(self, *words: str) -> list[dict[str, Any]]:
        done = self.place.kam(*words, "--as-of", nights.ANCHOR, "--format", "json")
        assert done.returncode in (0, 1), done.stderr
        rows: list[dict[str, Any]] = json.loads(done.stdout)["rows"]
        return rows

    def kept(self, number: int) -> tuple[str, float, str | bool]:
        row = self.server.rows("kam.promise")[number]
        return row["state"], row["received"], row["state_on"]

    @property
    def access(self) -> ErpAccess:
        server = self.server
        return ErpAccess(server.url, server.database, server.login, server.api_key)

    def payer(self) -> dict[str, Any]:
        """A payment of a customer of company 1 who paid once in June."""
        paid = [row for row in self.server.rows("account.payment").values() if JUNE[0] <= row["date"] <= JUNE[1]]
        own = [row for row in paid if row["company_id"] == 1 and row["partner_type"] == "customer"]
        partners = [row["partner_id"] for row in own]
        return next(row for row in own if partners.count(row["partner_id"]) == 1)


@pytest.fixture
def desk(shared_folder: Path, tmp_path: Path) -> Iterator[Desk]:
    """A home that has pulled once."""
    with nights.after_pull(shared_folder, tmp_path) as found:
        yield Desk(*found)


def overdue(desk: Desk) -> dict[str, Any]:
    """The most urgent task of company 1."""
    return next(row for row in desk.ask("collections", "worklist") if row["company"] == 1)


@pytest.mark.long
@pytest.mark.requirement("S4-52")
@pytest.mark.requirement("S4-57")
def test_a_night_judges_the_promises_and_the_next_one_has_nothing_to_do(desk: Desk) -> None:
    task, payment = overdue(desk), desk.payer()
    running = desk.log(task["customer"], float(task["amount"]), "2026-06-29", "2026-07-03")
    paid = {"currency_id": payment["currency_id"]}
    kept = desk.log(payment["partner_id"], payment["amount"], payment["date"], "2026-06-25", **paid)
    broken = desk.log(task["customer"], 1.0, "2026-06-26", "2026-06-27")
    desk.night()
    assert desk.kept(running) == ("open", 0.0, False)
    assert desk.kept(kept) == ("kept", payment["amount"], payment["date"])
    assert desk.kept(broken) == ("broken", 0.0, "2026-06-30")
    assert desk.server.rows("kam.promise")[kept]["reason_code"] == "promise.kept"
    assert task["customer"] not in {row["customer"] for row in desk.ask("collections", "worklist")}
    assert desk.night()["totals"]["planned"] == 0


@pytest.mark.long
def test_the_book_has_each_change_of_a_promise_once(desk: Desk) -> None:
    task = overdue(desk)
    number = desk.log(task["customer"], 1.0, "2026-06-26", "2026-06-27")
    desk.night()
    desk.night()
    with ledger.open(desk.place.home / "main" / "ledger.sqlite", read_only=True) as book:
        payloads = [event.payload for event in book.events("promise")]
    assert [(row["promise_id"], row["state"], row["reason_code"]) for row in payloads] == [
        (number, "broken", "promise.broken")
    ]


@pytest.mark.long
def test_a_promise_that_a_person_cancels_stays_cancelled(desk: Desk) -> None:
    task = overdue(desk)
    number = desk.log(task["customer"], float(task["amount"]), "2026-06-29", "2026-07-03")
    desk.night()
    desk.write(number, state="cancelled")
    assert desk.night()["totals"]["refused"] == 0
    assert desk.kept(number)[0] == "cancelled"
    assert task["customer"] in {row["customer"] for row in desk.ask("collections", "worklist")}


@pytest.mark.long
def test_a_promise_cancelled_after_the_pull_is_left_to_the_person(desk: Desk) -> None:
    task = overdue(desk)
    number = desk.log(task["customer"], float(task["amount"]), "2026-06-29", "2026-07-03")
    desk.place.kam("sync", "run")
    desk.write(number, state="cancelled")
    done = desk.place.kam(*nights.NIGHT, "--skip", "sync", "--skip", "report")
    assert done.returncode in (0, 1), done.stderr
    assert desk.kept(number)[0] == "cancelled"


@pytest.mark.long
def test_the_command_prints_the_promises_by_state(desk: Desk) -> None:
    task = overdue(desk)
    running = desk.log(task["customer"], float(task["amount"]), "2026-06-29", "2026-07-03")
    desk.log(task["customer"], 1.0, "2026-06-26", "2026-06-27")
    desk.place.kam("sync", "run")
    rows = desk.ask("collections", "promises")
    assert [(row["promised_for"], row["state"], row["holds_dunning"]) for row in rows] == [
        ("2026-06-27", "broken", False),
        ("2026-07-03", "open", True),
    ]
    (row,) = desk.ask("collections", "promises", "--state", "open")
    assert (row["promise"], row["amount"], row["received"]) == (running, task["amount"], "0.00")
    assert desk.ask("collections", "promises", "--state", "kept") == []
    table = desk.place.kam("collections", "promises", "--as-of", nights.ANCHOR, KAM_LANG="zh_CN").stdout
    assert "已违约" in table
    assert "承诺付款日" in table


@pytest.mark.long
@pytest.mark.requirement("S4-52")
def test_an_extension_waits_for_its_approval(desk: Desk) -> None:
    task = overdue(desk)
    number = desk.log(
        task["customer"], float(task["amount"]), "2026-06-29", "2026-07-20", kind="extension", approval="requested"
    )
    desk.night()
    assert desk.server.rows("kam.promise")[number]["reason_code"] == "promise.waiting"
    assert task["customer"] in {row["customer"] for row in desk.ask("collections", "worklist")}
    desk.write(number, approval="approved", approved_on="2026-06-30 08:00:00")
    desk.night()
    assert desk.server.rows("kam.promise")[number]["reason_code"] == "promise.open"


@pytest.mark.long
def test_an_older_addon_that_knows_no_promises_is_worked_with(small_company: SampleCompany, tmp_path: Path) -> None:
    with serve(small_company) as server:
        del server.erp.store.schema.models["kam.promise"]
        desk = Desk(nights.at_sandbox(tmp_path, server), server)
        first = desk.night()
        assert first["totals"]["written"] == first["totals"]["planned"] > 100
        assert first["totals"]["refused"] == 0
        assert len(server.rows("kam.payout")) > 0
        assert desk.ask("collections", "promises") == []
        assert desk.night()["totals"]["planned"] == 0
        checks = json.loads(desk.place.kam("erp", "check", "--format", "json").stdout)["rows"]
        (row,) = [row for row in checks if row["check"] == "right kam.promise"]
        assert row["ok"] is True
