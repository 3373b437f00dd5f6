"""Targets of a file in a real Odoo 19: written once, divided to the cent, and what a manager changes there wins."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kam_connector.erp import Session
from tests.contract.conftest import Place, odoo, reach
from tests.runs import nights

FILE = (
    "company,user,team,period,measure,amount,weight\n"
    "{company},,{team},2026-07,revenue,100000.01,\n"
    "{company},kate@example.com,{team},2026-07,revenue,,2\n"
    "{company},liam@example.com,{team},2026-07,revenue,,1\n"
    "{company},kate@example.com,,2026-Q3,new_customers,4,\n"
)
WRITTEN = {
    "team revenue 2026-07": 100000.01, "kate revenue 2026-07": 66666.67, "liam revenue 2026-07": 33333.34,
    "kate new_customers 2026-Q3": 4.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Office:
    """A real Odoo with a team of two, and a home from which `kam` reaches it."""

    session: Session
    kam: nights.Place
    team: int
    users: dict[int, str]
    file: Path

    def load(self, code: int = 0) -> dict[str, Any]:
        done = self.kam.kam("targets", "import", str(self.file), "--split", "--yes", "--format", "json")
        assert done.returncode == code, (done.stdout, done.stderr)
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def rows(self) -> list[dict[str, Any]]:
        names = ["user_id", "team_id", "kind", "period", "amount", "date_from", "date_to", "kam_version", "kam_key"]
        return self.session.search_read("kam.target", [("team_id", "=", self.team)], names)

    def amounts(self) -> dict[str, float]:
        """Amount by owner, kind and period."""
        return {
            f"{self.users[row['user_id']] if row['user_id'] else 'team'} {row['kind']} {row['period']}":
            row["amount"] for row in self.rows()
        }  # fmt: skip


@pytest.fixture(scope="module")
def odoo19_place() -> Iterator[Place]:
    for ground in odoo(19):
        with reach(ground, "odoo19-xmlrpc") as place:
            yield place


@pytest.fixture
def office(odoo19_place: Place, tmp_path: Path) -> Office:
    session, access, company = odoo19_place.session, odoo19_place.access, odoo19_place.companies[0]
    people = [{"name": name, "login": f"{name}@example.com", "company_id": company, "company_ids": [[6, 0, [company]]]}
              for name in ("kate", "liam")]  # fmt: skip
    users = session.create("res.users", people, context={"no_reset_password": True})
    team = session.create("crm.team", [{"name": "Harbour", "company_id": company}])[0]
    session.create("crm.team.member", [{"crm_team_id": team, "user_id": user} for user in users])
    file = tmp_path / "targets.csv"
    file.write_text(FILE.format(company=company, team=team))
    kam = nights.at(tmp_path, access.url, access.database, access.login, access.key)
    return Office(session, kam, team, dict(zip(users, ("kate", "liam"), strict=True)), file)


@pytest.mark.long
@pytest.mark.odoo
@pytest.mark.timeout(600)
@pytest.mark.requirement("S2-38")
@pytest.mark.requirement("S4-35")
def test_a_file_becomes_targets_once_and_a_managers_change_wins(office: Office) -> None:
    # The file is imported: four records, no cent lost.
    assert office.load()["totals"] == {"planned": 4, "written": 4, "unchanged": 0, "left": 0}
    assert office.amounts() == WRITTEN
    quarter = next(row for row in office.rows() if row["period"] == "2026-Q3")
    assert (quarter["date_from"], quarter["date_to"], quarter["kam_version"]) == ("2026-07-01", "2026-09-30", 1)

    # A second time it writes nothing.
    assert office.load()["totals"] == {"planned": 0, "written": 0, "unchanged": 4, "left": 0}

    # A manager raises one in Odoo: it stays, and is told.
    kate = next(row for row in office.rows() if row["kam_key"].endswith(":revenue:2026-07") and row["user_id"]
                and office.users[row["user_id"]] == "kate")  # fmt: skip
    office.session.write("kam.target", [kate["id"]], {"amount": 70000.0})
    again = office.load(code=1)
    assert again["totals"] == {"planned": 0, "written": 0, "unchanged": 3, "left": 1}
    assert "70000" in again["findings"][0]["message"]
    assert office.amounts() == {**WRITTEN, "kate revenue 2026-07": 70000.0}

    # The others follow a new file; a negative target stops it before anything is written.
    office.file.write_text(office.file.read_text().replace(",4,\n", ",6,\n"))
    assert office.load(code=1)["totals"]["written"] == 1
    office.file.write_text(office.file.read_text().replace(",6,\n", ",-6,\n"))
    done = office.kam.kam("targets", "import", str(office.file), "--split", "--yes")
    assert (done.returncode, "row 5, column amount: a target is zero or more" in done.stderr) == (2, True)
    assert office.amounts()["kate new_customers 2026-Q3"] == 6.0
