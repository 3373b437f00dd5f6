"""A night proposes what complaints are made good with; people decide; the next night writes nothing again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kam_connector.rules.compensation import PROPOSABLE
from kam_connector.sandbox import SandboxServer
from tests.runs import nights

MODEL = "kam.complaint"
NAMES = ("proposed_remedy", "proposed_amount", "proposed_limit", "approver")


class Desk:
    """A home after one night, and two believed complaints of company 1 about an invoice."""

    def __init__(self, place: nights.Place, server: SandboxServer) -> None:
        self.place, self.server = place, server
        rows = server.rows(MODEL).values()
        believed = (row["id"] for row in rows if row["company_id"] == 1 and row["state"] in PROPOSABLE)
        self.first, self.second = sorted(believed)[:2]

    def worth(self, case: int) -> float:
        """What the complaint's invoice was sold for."""
        move = self.server.rows("account.move")[self.server.rows(MODEL)[case]["move_id"]]
        return abs(float(move["amount_total_signed"]))

    def edit(self, case: int, **values: Any) -> None:
        self.server.edit(MODEL, case, **values)

    def night(self) -> list[int]:
        """A night; which complaints it wrote."""
        before = {row["id"]: row["kam_version"] for row in self.server.rows(MODEL).values()}
        done = self.place.kam(*nights.NIGHT, "--skip", "report")
        assert done.returncode in (0, 1), done.stderr
        return [row["id"] for row in self.server.rows(MODEL).values() if row["kam_version"] != before[row["id"]]]

    def proposed(self, case: int) -> tuple[Any, ...]:
        return tuple(self.server.rows(MODEL)[case][name] for name in NAMES)

    def shown(self, case: int) -> dict[str, Any]:
        done = self.place.kam("complaints", "show", "--as-of", nights.ANCHOR, "--format", "json")
        assert done.returncode in (0, 1), done.stderr
        rows: list[dict[str, Any]] = json.loads(done.stdout)["rows"]
        return next(row for row in rows if row["complaint"] == case)


@pytest.fixture
def desk(shared_folder: Path, tmp_path: Path) -> Iterator[Desk]:
    with nights.after_one(shared_folder, tmp_path / "home") as after:
        yield Desk(*after)


@pytest.mark.long
@pytest.mark.requirement("S4-69")
@pytest.mark.timeout(300)
def test_a_documented_loss_is_proposed_once_withdrawn_with_it_and_what_people_agreed_stays(desk: Desk) -> None:
    # a loss of 12.34 and one as large as the invoice
    desk.edit(desk.first, type="product", severity="critical", loss_amount=12.34)
    worth = desk.worth(desk.second)
    desk.edit(desk.second, type="service", severity="low", loss_amount=worth)
    assert sorted(desk.night()) == sorted([desk.first, desk.second])
    assert desk.proposed(desk.first) == ("replace", 12.34, "loss", "manager")
    remedy, amount, limit, _ = desk.proposed(desk.second)
    assert (remedy, limit in ("value", "budget"), amount <= round(worth / 10, 2)) == ("goodwill", True, True)
    shown = desk.shown(desk.first)
    assert [shown[name] for name in NAMES] == ["replace", "12.34", "loss", "manager"]
    assert shown["compensation"].startswith("Replacement, CNY")

    # a person agrees another amount, the other loss is withdrawn
    desk.edit(desk.first, state="approved", remedy="goodwill", agreed_amount=40.0, agreed_at="2026-06-29 08:00:00",
              loss_amount=90.0)  # fmt: skip
    desk.edit(desk.second, loss_amount=0.0)
    assert desk.night() == [desk.second]
    assert desk.proposed(desk.second) == (False, 0.0, False, False)
    assert desk.proposed(desk.first) == ("replace", 12.34, "loss", "manager")
    record = desk.server.rows(MODEL)[desk.first]
    assert (record["remedy"], record["agreed_amount"]) == ("goodwill", 40.0)

    # nothing has changed
    assert desk.night() == []


@pytest.mark.long
@pytest.mark.requirement("S4-69")
@pytest.mark.timeout(300)
def test_text_and_figures_of_a_proposal_follow_other_complaints_until_people_agree(desk: Desk) -> None:
    customer = desk.server.rows(MODEL)[desk.first]["partner_id"]
    desk.edit(desk.second, partner_id=customer, received_at="2026-06-29 09:00:00")
    desk.edit(desk.first, received_at="2026-06-28 09:00:00", loss_amount=10.0)
    desk.edit(desk.second, loss_amount=5.0)
    desk.night()

    def told() -> dict[str, Any]:
        figures: dict[str, Any] = json.loads(desk.server.rows(MODEL)[desk.second]["proposal_args"])
        return figures

    within = float(told()["within"])
    desk.edit(desk.first, loss_amount=20.0)
    assert sorted(desk.night()) == sorted([desk.first, desk.second])
    assert desk.proposed(desk.second)[1] == 5.0
    assert round(float(told()["within"]) - within, 2) == round(desk.proposed(desk.first)[1] - 10.0, 2)
    assert desk.night() == []

    # what people have agreed keeps the words that they read
    desk.edit(desk.second, state="approved", remedy="goodwill", agreed_amount=5.0, agreed_at="2026-06-29 10:00:00")
    desk.night()
    read = told()
    desk.edit(desk.first, loss_amount=30.0)
    assert desk.night() == [desk.first]
    assert told() == read


@pytest.mark.long
@pytest.mark.requirement("S4-69")
@pytest.mark.timeout(300)
def test_a_policy_without_remedies_takes_back_what_was_proposed_and_not_what_was_agreed(desk: Desk) -> None:
    for case in (desk.first, desk.second):
        desk.edit(case, type="product", severity="critical", loss_amount=12.34)
    desk.night()
    desk.edit(desk.second, state="approved", remedy="goodwill", agreed_amount=5.0, agreed_at="2026-06-29 10:00:00")
    agreed = desk.proposed(desk.second)
    folder = desk.place.home / "policy"
    assert desk.place.kam("policy", "init").returncode == 0
    text = (folder / "complaints.toml").read_text(encoding="utf-8")
    bare = re.sub(r"^\[\[(remedy|budget|approver)\]\].*?(?=^\[|\Z)", "", text, flags=re.MULTILINE | re.DOTALL)
    (folder / "complaints.toml").write_text(bare, encoding="utf-8")
    assert desk.night() == [desk.first]
    assert desk.proposed(desk.first) == (False, 0.0, False, False)
    assert desk.proposed(desk.second) == agreed
