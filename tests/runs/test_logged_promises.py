"""Promises logged with the command, for an ERP without the addon: they hold dunning and are judged like any other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kam_connector import ledger
from kam_connector.sandbox import SandboxServer
from tests.runs import nights

pytestmark = pytest.mark.long

PROMISE = ("collections", "promise")
NIGHT = ("run", "--yes", "--allow-past", "--skip", "report")


@dataclass(frozen=True)
class Desk:
    """A home after a night with a sandbox that has no addon."""

    place: nights.Place
    server: SandboxServer

    def ask(self, *words: str, day: str = nights.ANCHOR) -> list[dict[str, Any]]:
        return self.answer(*words, day=day)["rows"]  # type: ignore[no-any-return]

    def answer(self, *words: str, day: str = nights.ANCHOR) -> dict[str, Any]:
        done = self.place.kam(*words, "--as-of", day, "--format", "json")
        assert done.returncode in (0, 1), done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def refused(self, *words: str) -> str:
        done = self.place.kam(*PROMISE, *words, "--as-of", nights.ANCHOR)
        assert done.returncode == 2, done.stdout
        return done.stderr

    def task(self) -> dict[str, Any]:
        """The most urgent task of company 1."""
        return next(row for row in self.ask("collections", "worklist") if row["company"] == 1)

    def events(self) -> list[dict[str, Any]]:
        with ledger.open(next(self.place.home.rglob("ledger.sqlite")), read_only=True) as book:
            return [event.payload for event in book.events("promise_given")]


@pytest.fixture
def desk(shared_folder: Path, tmp_path: Path) -> Iterator[Desk]:
    with nights.after_one(shared_folder, tmp_path, addon=False) as (place, server):
        yield Desk(place, server)


@pytest.mark.requirement("S4-52")
def test_a_logged_promise_holds_dunning_and_is_broken_after_its_grace(desk: Desk) -> None:
    task = desk.task()
    said = ("--customer", str(task["customer"]), "--amount", task["amount"], "--on", "2026-07-03")
    (row,) = desk.ask(*PROMISE, *said)
    assert (row["promise"], row["state"], row["holds_dunning"], row["made_on"]) == (-1, "open", True, nights.ANCHOR)
    assert (row["amount"], row["received"], row["currency"]) == (task["amount"], "0.00", task["currency"])
    assert desk.ask("collections", "promises") == [row]
    later = {day: desk.ask("collections", "promises", day=day)[0]["state"] for day in ("2026-07-05", "2026-07-06")}
    assert later == {"2026-07-05": "open", "2026-07-06": "broken"}
    mine = [each["customer"] for each in desk.ask("collections", "worklist", day="2026-07-06")]
    assert task["customer"] in mine


@pytest.mark.requirement("S4-57")
def test_a_file_is_logged_once_and_judged_by_the_cash_since(desk: Desk) -> None:
    paid = next(
        row for row in desk.server.rows("account.payment").values()
        if row["date"] >= "2026-06-01" and row["company_id"] == 1 and row["partner_type"] == "customer"
        and row["partner_id"] in {item["customer"] for item in desk.ask("ageing", "show") if item["company"] == 1}
        and row["currency_id"] == desk.server.rows("res.company")[1]["currency_id"]
    )  # fmt: skip
    file = desk.place.home / "promises.csv"
    file.write_text(
        "customer,item,amount,promised_for,made_on\n"
        f"{paid['partner_id']},,1.00,2026-06-29,{paid['date']}\n{paid['partner_id']},,999999999,2026-06-29,2026-06-30\n"
    )
    assert "row 3: the promised day 2026-06-29 is before it was made." in desk.refused("--file", str(file))
    assert desk.events() == []
    file.write_text(file.read_text().replace("2026-06-29,2026-06-30", "2026-07-29,2026-06-30"))
    first = desk.answer(*PROMISE, "--file", str(file))
    assert first["totals"] == [{"logged": 2, "known": 0}]
    assert [(row["promise"], row["state"], row["received"]) for row in first["rows"]] == [
        (-1, "kept", "1.00"), (-2, "open", "0.00"),
    ]  # fmt: skip
    assert desk.answer(*PROMISE, "--file", str(file))["totals"] == [{"logged": 0, "known": 2}]
    assert len(desk.events()) == 2


def test_a_file_is_read_again_when_its_invoice_is_paid(desk: Desk) -> None:
    """On 30 May the invoice is open, on 30 June it is paid: the word about it is known, not a wrong row."""
    left = {row["item"] for row in desk.ask("collections", "show", "--items")}
    day = "2026-05-30"
    paid = next(row for row in desk.ask("collections", "show", "--items", day=day) if row["item"] not in left)
    invoice = desk.server.rows("account.move")[desk.server.rows("account.move.line")[paid["item"]]["move_id"]]["name"]
    file = desk.place.home / "promises.csv"
    file.write_text(
        f"customer,item,amount,promised_for,made_on\n{paid['customer']},{invoice},10.00,2026-06-05,2026-05-30\n"
    )
    assert desk.answer(*PROMISE, "--file", str(file), day=day)["totals"] == [{"logged": 1, "known": 0}]
    assert desk.answer(*PROMISE, "--file", str(file))["totals"] == [{"logged": 0, "known": 1}]
    file.write_text(f"{file.read_text()}{paid['customer']},{invoice},11.00,2026-06-05,2026-05-30\n")
    assert f"row 3: {invoice} is no open invoice" in desk.refused("--file", str(file))


def test_one_about_an_invoice_is_in_its_currency_and_a_stranger_to_it_is_refused(desk: Desk) -> None:
    customer = desk.task()["customer"]
    row = next(each for each in desk.ask("collections", "show", "--items") if each["customer"] == customer)
    number = desk.server.rows("account.move.line")[row["item"]]["move_id"]
    name = desk.server.rows("account.move")[number]["name"]
    said = ("--amount", "10", "--on", "2026-07-03", "--invoice")
    (logged,) = desk.ask(*PROMISE, "--customer", str(row["customer"]), *said, name)
    (event,) = desk.events()
    currency = desk.server.rows("res.currency")[desk.server.rows("account.move")[number]["currency_id"]]
    minor = 10 * 10 ** currency["decimal_places"]
    assert (event["move_id"], event["amount_minor"], event["currency_id"]) == (number, minor, currency["id"])
    assert (logged["promise"], logged["currency"]) == (-1, currency["name"])
    assert "INV/none is no open invoice of this customer." in desk.refused(
        "--customer", str(row["customer"]), *said, "INV/none"
    )
    assert (
        desk.refused("--customer", str(row["customer"]), "--amount", "0", "--on", "2026-07-03").count("above zero") == 1
    )


def test_a_night_writes_its_judgement_in_the_book_and_nothing_to_the_erp(desk: Desk) -> None:
    task = desk.task()
    desk.ask(*PROMISE, "--customer", str(task["customer"]), "--amount", "1", "--on", nights.ANCHOR)
    desk.ask(*PROMISE, "--customer", str(task["customer"]), "--amount", "2", "--on", nights.ANCHOR)
    assert desk.place.kam(*PROMISE, "--cancel", "-2").returncode == 0
    done = desk.place.kam(*NIGHT, "--as-of", "2026-07-08")
    assert done.returncode in (0, 1), done.stderr
    with ledger.open(next(desk.place.home.rglob("ledger.sqlite")), read_only=True) as book:
        judged = {event.key: event.payload["state"] for event in book.events("promise")}
    assert judged == {"1:-1": "broken"}
    assert "is broken: it is not taken back" in desk.place.kam(*PROMISE, "--cancel", "-1").stderr
    assert "is cancelled: it is not taken back" in desk.place.kam(*PROMISE, "--cancel", "-2").stderr
    assert "-2 的状态为 已取消" in desk.place.kam(*PROMISE, "--cancel", "-2", KAM_LANG="zh_CN").stderr
    assert "has no promise -3" in desk.place.kam(*PROMISE, "--cancel", "-3").stderr


def test_with_the_addon_promises_are_logged_in_odoo(shared_folder: Path, tmp_path: Path) -> None:
    with nights.after_one(shared_folder, tmp_path) as (place, server):
        assert place.kam("sync", "run").returncode in (0, 1)
        said = ("--customer", "1", "--amount", "1", "--on", "2026-07-03")
        assert "*Log Promise*" in Desk(place, server).refused(*said)
        assert "--cancel" in Desk(place, server).refused()
