"""`kam doctor --data`, and tiers as tags, from the command line to the sandbox and back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kam_connector import mirror
from kam_connector.erp import ErpAccess, connect
from kam_connector.mirror import state
from kam_connector.sandbox import SandboxServer
from kam_connector.writeback.tags import MODULE, tag_name
from tests.runs import nights

pytestmark = pytest.mark.long

TIERS = ("gold", "silver", "bronze", "standard")


@pytest.fixture(scope="module")
def desk(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[nights.Found]:
    with nights.after_one(shared_folder, tmp_path_factory.mktemp("home")) as found:
        yield found


@pytest.fixture(scope="module")
def server(desk: nights.Found) -> SandboxServer:
    return desk[1]


@pytest.fixture(scope="module")
def place(desk: nights.Found) -> nights.Place:
    """A home after one night."""
    return desk[0]


def ask(place: nights.Place, *words: str) -> tuple[int, dict[str, Any]]:
    answer = place.kam(*words, "--format", "json")
    assert answer.returncode in (0, 1), answer.stderr
    return answer.returncode, json.loads(answer.stdout)


@pytest.mark.requirement("S4-99")
@pytest.mark.requirement("S4-100")
def test_doctor_data_finds_what_wants_work_and_says_how_fresh_customers_are(place: nights.Place) -> None:
    code, answer = ask(place, "doctor", "--data", "--as-of", nights.ANCHOR)
    assert code == (1 if answer["findings"] else 0)
    _, everybody = ask(place, "doctor", "--data", "--all", "--as-of", nights.ANCHOR)
    scored = [row for row in everybody["rows"] if row["freshness"] is not None]
    assert len(scored) == sum(row["customers"] for row in everybody["totals"])
    assert all(0 <= row["freshness"] <= 100 for row in scored)
    assert [row["freshness"] for row in scored] == sorted(row["freshness"] for row in scored)
    assert {row["customer"] for row in answer["rows"]} < {row["customer"] for row in everybody["rows"]}
    assert answer["totals"] == everybody["totals"]
    flawed = {finding["record"] for finding in answer["findings"]}
    assert flawed <= {str(row["customer"]) for row in answer["rows"] if row["flaws"]}


def test_doctor_data_speaks_chinese(place: nights.Place) -> None:
    told = place.kam("--lang", "zh_CN", "doctor", "--data", "--all", "--as-of", nights.ANCHOR).stdout
    assert "资料新鲜度" in told


def test_the_other_options_of_data_are_refused_without_it(place: nights.Place) -> None:
    assert place.kam("doctor", "--all").returncode == 2


def test_tiers_become_tags_the_plan_shows_them_and_the_way_back_is_there(
    place: nights.Place, server: SandboxServer
) -> None:
    (place.home / "kam.toml").write_text('[erp.main]\ntier_places = ["figures", "tags"]\n')
    access = ErpAccess(server.url, server.database, server.login, server.api_key)
    with connect(access) as session:
        _, before = ask(place, "writeback", "plan", "--diff", "--as-of", nights.ANCHOR)
        assert [row for row in before["rows"] if row["field"] == "category_id"] == []
        for company in session.login.companies:
            for tier in TIERS:
                tag = session.create("res.partner.category", [{"name": tier}])[0]
                row = {
                    "module": MODULE,
                    "name": tag_name(company, tier),
                    "model": "res.partner.category",
                    "res_id": tag,
                }
                session.create("ir.model.data", [row])
        _, planned = ask(place, "writeback", "plan", "--diff", "--as-of", nights.ANCHOR)
        tagged = [row for row in planned["rows"] if row["field"] == "category_id"]
        assert tagged
        assert {row["before"] for row in tagged} == {""}
        assert place.kam("writeback", "apply", "--as-of", nights.ANCHOR, "--yes").returncode in (0, 1)
        carried = session.search_ids("res.partner", [("category_id", "!=", False)])
        assert carried == sorted({int(row["record"].removeprefix("tag:")) for row in tagged})
        _, again = ask(place, "writeback", "plan", "--diff", "--as-of", nights.ANCHOR)
        assert [row for row in again["rows"] if row["field"] == "category_id"] == []
        _, back = ask(place, "writeback", "undo", "--dry-run", "--diff")
        undone = {(row["record"], row["before"], row["after"]) for row in back["rows"] if row["field"] == "category_id"}
        assert undone == {(row["record"], row["after"], row["before"]) for row in tagged}
        assert place.kam("writeback", "undo", "--yes").returncode in (0, 1)
        assert session.search_ids("res.partner", [("category_id", "!=", False)]) == []


@pytest.mark.requirement("S2-8")
def test_who_decides_is_asked_only_where_the_addon_has_a_place_for_it(place: nights.Place) -> None:
    """An addon of before has no `kam.stakeholder`: it was never read, and nobody can note there who decides."""

    def undecided() -> int:
        _, answer = ask(place, "doctor", "--data", "--as-of", nights.ANCHOR)
        return sum("nobody decides" in row["flaws"] for row in answer["rows"])

    assert place.kam("sync", "run").returncode in (0, 1)  # the tiers of that night
    assert undecided() > 0
    with mirror.open(place.home / "main" / "mirror.duckdb") as store, store.transaction():
        state.forget(store.db, "kam.stakeholder")
    assert undecided() == 0


@pytest.mark.requirement("S4-85")
def test_a_key_account_wants_a_running_plan_that_is_not_late(place: nights.Place, server: SandboxServer) -> None:
    """A gold customer: no plan; then one that runs; then one that is past its last day."""

    def told() -> dict[int, str]:
        _, answer = ask(place, "doctor", "--data", "--as-of", nights.ANCHOR)
        return {row["customer"]: row["flaws"] for row in answer["rows"] if "plan" in row["flaws"]}

    assert place.kam("sync", "run").returncode in (0, 1)
    before = told()
    assert before
    assert all("no running plan" in flaws for flaws in before.values())
    customer = min(before)
    plan = {"partner_id": customer, "company_id": 1, "user_id": min(server.rows("res.users")), "name": "2026"}
    span = {"aim": "Grow", "state": "running", "date_from": "2026-01-01", "date_to": "2026-12-31"}
    with connect(ErpAccess(server.url, server.database, server.login, server.api_key)) as session:
        (number,) = session.create("kam.plan", [{**plan, **span}])
        assert place.kam("sync", "run").returncode in (0, 1)
        assert told() == {id: flaws for id, flaws in before.items() if id != customer}
        server.edit("kam.plan", number, date_to="2026-06-29")
    assert place.kam("sync", "run").returncode in (0, 1)
    assert "plan is late" in told()[customer]
    _, answer = ask(place, "doctor", "--data", "--as-of", nights.ANCHOR)
    assert f"The plan of customer {customer} is past its last day" in json.dumps(answer["findings"])
