"""Tiers on a real Odoo 19: what a person sets in the form wins in the next run, and tags are what was decided."""

from __future__ import annotations

import json
import xmlrpc.client
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.runs import nights
from tests.scenarios.conftest import Company

pytestmark = [pytest.mark.odoo, pytest.mark.long]

FIRST, SECOND = "2026-06-30", "2026-07-01"
STANDING = """SELECT tier.code AS tier, customer.status, decided.code AS decided
                FROM kam_customer customer JOIN kam_tier tier ON tier.id = customer.current_tier_id
                LEFT JOIN kam_tier decided ON decided.id = customer.tier_id
               WHERE customer.company_id = %s AND customer.partner_id = %s"""
HISTORY = """SELECT score.valid_from::text AS day, score.status, tier.code AS tier
               FROM kam_score score JOIN kam_tier tier ON tier.id = score.tier_id
              WHERE score.company_id = %s AND score.partner_id = %s ORDER BY score.valid_from"""
TAGGED = """SELECT rel.partner_id AS customer, split_part(data.name, '_', 3) AS tier
              FROM res_partner_res_partner_category_rel rel
              JOIN ir_model_data data ON data.model = 'res.partner.category' AND data.res_id = rel.category_id
             WHERE data.module = 'kam_external' AND data.name LIKE %s"""


@dataclass(frozen=True, slots=True)
class Desk:
    """A company on Odoo 19, a home beside it after the first night, and a session of a manager."""

    company: Company
    place: nights.Place

    def night(self, day: str) -> None:
        done = self.place.kam("run", "--yes", "--allow-past", "--as-of", day, "--skip", "report")
        assert done.returncode in (0, 1), done.stderr

    def ask(self, *words: str) -> list[dict[str, Any]]:
        done = self.place.kam(*words, "--format", "json")
        assert done.returncode in (0, 1), done.stderr
        rows: list[dict[str, Any]] = json.loads(done.stdout)["rows"]
        return rows

    def call(self, model: str, method: str, *words: Any) -> Any:
        server = xmlrpc.client.ServerProxy(f"{self.company.url}/xmlrpc/2/object")
        return server.execute_kw(self.company.database, 2, "admin", model, method, list(words))


@pytest.fixture(scope="module")
def desk(odoo19: Company, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    found = Desk(odoo19, odoo19.place(tmp_path_factory.mktemp("home")))
    found.night(FIRST)
    return found


@pytest.mark.requirement("S4-81")
def test_a_tier_set_in_the_form_wins_in_the_next_run_and_the_history_shows_both(desk: Desk) -> None:
    below = next(row for row in desk.ask("tiers", "show", "--as-of", FIRST) if row["tier"] == "standard")
    company, customer = below["company"], below["customer"]
    [gold] = desk.call("kam.tier", "search", [["company_id", "=", company], ["code", "=", "gold"]])
    [figures] = desk.call("kam.customer", "search", [["company_id", "=", company], ["partner_id", "=", customer]])
    said = {"tier_override_id": gold, "override_reason": "The board has known them for twenty years."}
    desk.call("kam.customer", "write", [figures], said)
    desk.night(SECOND)
    [standing] = desk.company.query(STANDING, company, customer)
    assert standing == {"tier": "gold", "status": "overridden", "decided": "gold"}
    history = desk.company.query(HISTORY, company, customer)
    assert [(row["day"], row["tier"]) for row in history] == [(FIRST, "standard"), (SECOND, "gold")]
    assert history[1]["status"] == "overridden"
    told = [
        (row["tier"], row["valid_from"])
        for row in desk.ask("tiers", "history", "--customer", str(customer), "--as-of", SECOND)
        if row["company"] == company
    ]
    assert told == [("standard", FIRST), ("gold", SECOND)]
    kept = desk.call("kam.customer", "read", [figures], ["override_reason"])
    assert kept[0]["override_reason"] == said["override_reason"]


def test_tags_are_the_decided_tiers_and_the_next_night_writes_none(desk: Desk) -> None:
    Path(desk.place.home / "kam.toml").write_text('[erp.main]\ntier_places = ["figures", "tags"]\n', encoding="utf-8")
    prepared = desk.place.kam("erp", "prepare", "--yes")
    assert prepared.returncode == 0, prepared.stderr
    desk.night(SECOND)
    decided = desk.ask("tiers", "show", "--as-of", SECOND)
    for company in {row["company"] for row in decided}:
        due = {(row["customer"], row["tier"]) for row in decided if row["company"] == company and row["tier"]}
        tagged = desk.company.query(TAGGED, f"tag\\_{company}\\_%")
        assert {(row["customer"], row["tier"]) for row in tagged} == due
    planned = desk.ask("writeback", "plan", "--as-of", SECOND)
    assert planned == []
