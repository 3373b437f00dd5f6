"""A night on the sandbox: segments and privileges stand in the ERP, commands show them, the second night is idle."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kam_connector.sandbox import SandboxServer
from tests.runs import nights

pytestmark = pytest.mark.long


class Desk:
    def __init__(self, place: nights.Place, server: SandboxServer) -> None:
        self.place, self.server = place, server

    def show(self, *words: str) -> list[dict[str, Any]]:
        done = self.place.kam("tiers", "show", *words, "--as-of", nights.ANCHOR, "--format", "json")
        assert done.returncode in (0, 1), done.stderr
        rows: list[dict[str, Any]] = json.loads(done.stdout)["rows"]
        return rows


@pytest.fixture(scope="module")
def desk(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with nights.after_one(shared_folder, tmp_path_factory.mktemp("home")) as after:
        yield Desk(*after)


@pytest.mark.requirement("S2-2", "S0-3")
def test_the_erp_shows_the_segments_that_the_command_shows(desk: Desk) -> None:
    codes = {row["id"]: row["code"] for row in desk.server.rows("kam.segment").values()}
    assert sorted(Counter(codes.values()).items()) == [
        ("general", 2), ("key", 2), ("potential", 2), ("small", 2), ("strategic", 2),
    ]  # fmt: skip
    written = {
        (row["company_id"], row["partner_id"]): codes.get(row["segment_id"])
        for row in desk.server.rows("kam.customer").values()
        if row["status"]
    }
    rows = desk.show()
    assert {(row["company"], row["customer"]): row["segment"] for row in rows} == written
    assert len(set(written.values()) - {None}) >= 3
    newest = {row["partner_id"]: codes.get(row["segment_id"]) for row in desk.server.rows("kam.score").values()}
    assert set(newest.values()) == set(written.values())


def test_one_segment_is_shown_alone_and_one_that_is_not_there_is_refused(desk: Desk) -> None:
    chosen = [row for row in desk.show() if row["segment"] == "key"]
    assert chosen
    shown = desk.show("--segment", "key")
    assert [{name: row[name] for name in chosen[0]} for row in shown] == chosen
    assert {row["segment_reason"].partition("; ")[0] for row in shown} == {
        "Segment “Key account”: its conditions hold (tier Gold or Silver)"
    }
    done = desk.place.kam("tiers", "show", "--segment", "royal", "--as-of", nights.ANCHOR)
    assert done.returncode == 2
    assert "The policy has no segment royal. It has: strategic, key, potential, general, small." in done.stderr


@pytest.mark.requirement("S1-16")
def test_the_erp_shows_what_a_tier_is_owed(desk: Desk) -> None:
    gold = [row for row in desk.server.rows("kam.tier").values() if row["code"] == "gold"]
    owed = [(row["visit_days"], row["sla_class"], row["discount_limit"], row["credit_factor"]) for row in gold]
    assert owed == [(14, "A", 0.15, 3.0)] * 2
    assert [row["executive_visits"] for row in gold] == [4, 4]


def test_a_second_night_writes_nothing_and_a_changed_privilege_only_its_tier(desk: Desk) -> None:
    done = desk.place.kam(*nights.NIGHT, "--skip", "report", "--format", "json")
    assert json.loads(done.stdout)["totals"]["planned"] == 0
    folder = desk.place.home / "policy"
    assert desk.place.kam("policy", "init").returncode == 0
    text = (folder / "tiers.toml").read_text(encoding="utf-8")
    (folder / "tiers.toml").write_text(text.replace('"0.15"', '"0.18"'), encoding="utf-8")
    done = desk.place.kam(*nights.NIGHT, "--skip", "report", "--format", "json")
    assert json.loads(done.stdout)["totals"]["planned"] == 2  # gold, in two companies
