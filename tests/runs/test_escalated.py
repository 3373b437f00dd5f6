"""The ladder of complaints through whole nights: recorded once, written once, over when it is settled."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kam_connector import ledger
from kam_connector.runs.known_escalations import ESCALATION, previous_escalations
from kam_connector.sandbox import SandboxServer
from tests.runs import nights

POLICY = """
[complaints]
valid_from = 2020-01-01

[[target]]
response_hours = 4
resolution_hours = 36

[[week]]
days = ["mon", "tue", "wed", "thu", "fri"]
from = "09:00"
to = "18:00"

[[escalation]]
clock = "resolution"
percent = 75
role = "owner"

[[escalation]]
clock = "resolution"
percent = 100
role = "lead"

[[escalation]]
clock = "resolution"
percent = 150
role = "director"

[[escalation_person]]
role = "director"
login = "nobody@example.com"
"""


class Desk:
    """A home, an ERP with the addon, and one complaint that was received on Monday, 29 June 2026 at 9 in Shanghai."""

    def __init__(self, place: nights.Place, server: SandboxServer) -> None:
        self.place, self.server = place, server
        folder = place.home / "policy"
        folder.mkdir(exist_ok=True)
        (folder / "complaints.toml").write_text(POLICY, encoding="utf-8")
        owners = {row["user_id"] for row in server.rows("crm.team.member").values()}
        rows = server.rows("kam.complaint").values()
        self.id = next(row["id"] for row in rows if row["company_id"] == 1 and row["user_id"] in owners)
        for row in rows:
            server.edit("kam.complaint", row["id"], state="closed", responded_at="2026-06-29 02:00:00",
                        resolved_at="2026-06-29 02:00:00", closed_at="2026-06-29 02:00:00")  # fmt: skip
        server.edit("kam.complaint", self.id, state="investigating", received_at="2026-06-29 01:00:00",
                    resolved_at=False, closed_at=False)  # fmt: skip

    def night(self, day: str) -> tuple[int, list[str]]:
        """How many records the night of that day wrote, and what it found about the ladder."""
        done = self.place.kam("run", "--yes", "--allow-past", "--as-of", day, "--skip", "report", "--format", "json")
        assert done.returncode in (0, 1), done.stderr
        answer = json.loads(done.stdout)
        runs = {row["name"]: row["written_count"] for row in self.server.rows("kam.run").values()}
        return runs[answer["run"]], [
            found["message"] for found in answer["findings"] if found["source"] == "rules.escalations"
        ]

    @property
    def case(self) -> dict[str, Any]:
        return self.server.rows("kam.complaint")[self.id]

    def levels(self) -> list[tuple[int, str, str]]:
        """Level, state, and when it was reached, as the ERP was told."""
        return [(level["level"], level["state"], level["at"]) for level in json.loads(self.case["escalations"] or "[]")]

    def events(self) -> int:
        with ledger.open(next(self.place.home.rglob("ledger.sqlite"))) as book:
            return len(list(book.events(ESCALATION)))


@pytest.fixture
def desk(shared_folder: Path, tmp_path: Path) -> Iterator[Desk]:
    with nights.after_pull(shared_folder, tmp_path) as found:
        yield Desk(*found)


@pytest.mark.long
@pytest.mark.requirement("S4-77")
@pytest.mark.timeout(900)
def test_the_ladder_is_climbed_once_over_nights_settlement_and_reopening(desk: Desk) -> None:
    """36 h of nine a day: 75 % on Wednesday 1 July at 18:00, 100 % on Thursday at 18:00, 150 % on Monday the 6th."""
    desk.night("2026-06-30")
    assert (desk.levels(), desk.events()) == ([], 0)

    # on Wednesday: the owner; the same day again writes nothing
    desk.night("2026-07-01")
    owner = (1, "told", "2026-07-01 10:00:00")
    assert desk.levels() == [owner]
    assert (desk.case["escalation_role"], desk.case["escalation_state"]) == ("owner", "open")
    assert desk.case["escalated_to_id"] == desk.case["user_id"]
    written, found = desk.night("2026-07-01")
    assert (written, desk.events(), len(found)) == (0, 1, 1)
    assert "no user who works here has this login" in found[0]

    # no night until the 7th: all are recorded, the highest tells somebody, who is the leader in the director's place
    _, found = desk.night("2026-07-07")
    lead, director = (2, "passed", "2026-07-02 10:00:00"), (3, "told", "2026-07-06 10:00:00")
    assert desk.levels() == [owner, lead, director]
    assert any('escalate to the role "director"' in sentence for sentence in found)
    assert (desk.case["escalation_level"], desk.case["escalation_role"], desk.events()) == (3, "lead", 3)
    shown = json.loads(desk.place.kam("complaints", "show", "--as-of", "2026-07-07", "--format", "json").stdout)["rows"]
    (row,) = [row for row in shown if row["complaint"] == desk.id]
    assert (row["escalation_level"], row["escalation_role"], row["escalated_at"]) == (
        3, "lead", "2026-07-07T16:00:00+00:00",
    )  # fmt: skip

    # settled: over; opened again: nobody is told a second time
    desk.server.edit("kam.complaint", desk.id, state="closed", resolved_at="2026-07-08 02:00:00",
                     closed_at="2026-07-08 02:00:00")  # fmt: skip
    desk.night("2026-07-08")
    assert [state for _, state, _ in desk.levels()] == ["over", "passed", "over"]
    assert (desk.case["escalation_level"], desk.case["escalation_state"], desk.events()) == (3, "over", 5)
    desk.server.edit("kam.complaint", desk.id, state="investigating", resolved_at=False, closed_at=False)
    desk.night("2026-07-09")
    assert [state for _, state, _ in desk.levels()] == ["over", "passed", "over"]
    assert desk.events() == 5
    with ledger.open(next(desk.place.home.rglob("ledger.sqlite"))) as book:
        assert previous_escalations(book, date(2026, 7, 2))["state"].tolist() == ["told"]
