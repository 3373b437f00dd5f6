"""Two customers merged between two nights: tier, history, explanation and open tasks go on under the survivor."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kam_connector.sandbox import SandboxServer
from tests.runs import nights

pytestmark = pytest.mark.long
POINTING = ("partner_id", "commercial_partner_id", "partner_invoice_id", "parent_id")


def merge(server: SandboxServer, vanished: int, survivor: int) -> None:
    """Odoo's wizard: whatever points at the vanished partner points at the survivor, without a moment of change."""
    store = server.erp.store
    with server.erp.lock:
        for model, rows in store.tables.items():
            for row in list(rows.values()):
                moved = {name: survivor for name in POINTING if row.get(name) == vanished}
                if model == "mail.activity" and (row["res_model"], row["res_id"]) == ("res.partner", vanished):
                    moved = {"res_id": survivor}
                if moved and row["id"] != vanished:
                    store.put(model, {**row, **moved})
        store.drop("res.partner", vanished)
        server.erp.on_commit(store.commit())


class Desk:
    """A home and the sandbox without the addon that its nights write to."""

    def __init__(self, place: nights.Place, server: SandboxServer) -> None:
        self.place, self.server = place, server

    def ask(self, *words: str) -> Any:
        done = self.place.kam(*words, "--format", "json")
        assert done.returncode in (0, 1), done.stderr
        return json.loads(done.stdout)

    def night(self) -> None:
        self.ask("run", "--yes", "--skip", "report")

    def tiers(self) -> dict[int, dict[str, Any]]:
        return {row["customer"]: row for row in self.ask("tiers", "show")["rows"] if row["company"] == 1}

    def tasks(self, customer: int) -> list[str]:
        rows = self.server.rows("mail.activity").values()
        return sorted(row["summary"] for row in rows if (row["res_model"], row["res_id"]) == ("res.partner", customer))


@pytest.fixture(scope="module")
def merged(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, int, int]]:
    """The desk after the night that found the merge of a customer with a tier and tasks into one of the lowest tier."""
    with nights.after_one(shared_folder, tmp_path_factory.mktemp("home"), addon=False) as (place, server):
        desk = Desk(place, server)
        tiers = desk.tiers()
        vanished = next(number for number, row in tiers.items() if row["tier"] == "bronze" and desk.tasks(number))
        survivor = next(number for number, row in tiers.items() if row["tier"] == "standard" and not desk.tasks(number))
        open_tasks = desk.tasks(vanished)
        merge(server, vanished, survivor)
        assert desk.tasks(survivor) == open_tasks
        desk.night()
        yield desk, vanished, survivor


def test_the_survivor_has_the_higher_tier_and_stands_still(merged: tuple[Desk, int, int]) -> None:
    desk, vanished, survivor = merged
    tiers = desk.tiers()
    assert vanished not in tiers
    assert (tiers[survivor]["tier"], tiers[survivor]["status"]) == ("bronze", "frozen")
    assert "another customer was merged into this one" in tiers[survivor]["reasons"]


@pytest.mark.parametrize("asked", ["vanished", "survivor"])
def test_history_explanation_and_card_answer_to_either_number(merged: tuple[Desk, int, int], asked: str) -> None:
    desk, vanished, survivor = merged
    number = str(vanished if asked == "vanished" else survivor)
    rows = desk.ask("tiers", "history", "--customer", number)["rows"]
    assert {row["customer"] for row in rows} == {survivor}
    assert [row["tier"] for row in rows if row["formerly"] is None][-1] == "bronze"
    assert {row["customer"] for row in desk.ask("explain", "customer", number)["totals"]} == {survivor}
    assert {row["customer"] for row in desk.ask("card", "show", number)["rows"]} == {survivor}


def test_open_tasks_are_neither_made_again_nor_taken_away(merged: tuple[Desk, int, int]) -> None:
    desk, _, survivor = merged
    before = desk.tasks(survivor)
    assert before
    desk.night()
    assert desk.tasks(survivor) == before
    assert len(before) == len(set(before))
