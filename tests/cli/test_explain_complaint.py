"""`kam explain complaint`: tier at intake, line of the policy, hours line by line, escalation, compensation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kam_connector.policy import DEFAULTS
from kam_connector.sandbox import SandboxServer
from tests.runs import nights

pytestmark = pytest.mark.long

MODEL, CASE = "kam.complaint", 11
NUMBER = "K2026-0011"


class Desk:
    def __init__(self, place: nights.Place, server: SandboxServer) -> None:
        self.place, self.server = place, server

    def pull(self) -> None:
        assert self.place.kam("sync", "run").returncode in (0, 1)

    def ask(self, number: str = NUMBER, lang: str = "en") -> dict[str, list[dict[str, Any]]]:
        """The rows of the answer by what they are about."""
        done = self.place.kam("--lang", lang, "explain", "complaint", number, "--as-of", nights.ANCHOR, "--format",
                              "json")  # fmt: skip
        assert done.returncode == 0, done.stderr
        found: dict[str, list[dict[str, Any]]] = {}
        for row in json.loads(done.stdout)["rows"]:
            found.setdefault(row["subject"], []).append(row)
        return found


@pytest.fixture
def desk(shared_folder: Path, tmp_path: Path) -> Iterator[Desk]:
    with nights.after_one(shared_folder, tmp_path / "home") as after:
        yield Desk(*after)


@pytest.mark.requirement("S4-75")
@pytest.mark.timeout(300)
def test_a_late_complaint_is_told_from_its_intake_to_each_hour_that_counts(desk: Desk) -> None:
    """Received Tuesday 12:37; 09:00 to 18:00 every working day: 5:23 + 9 days of 9 h + 9 h = 95:23 of 90 h."""
    found = desk.ask()
    [intake], [target], [resolution] = found["intake"], found["target"], found["resolution"]
    assert (intake["at"], intake["detail"][1]) == (
        "2026-06-16T12:37:00+08:00", "The customer had no tier at intake: the targets for everybody count.",
    )  # fmt: skip
    assert (target["file"], target["detail"]) == ("complaints.toml", [
        "The [[target]] number 7 is the first that fits: answered within 9 and settled within 90 working hours."
    ])  # fmt: skip
    lines = (DEFAULTS / "complaints.toml").read_text("utf-8").splitlines()
    assert lines[target["line"] - 1].startswith("[[target]]")
    assert "\n".join(lines[: target["line"]]).count("\n[[target]]") == 7
    assert (resolution["at"], resolution["detail"]) == ("2026-06-30T12:37:00+08:00", [
        "Missed: 95.38 of 90.00 working hours are used up.",
        "The hours that count are those of the company.",
        "2026-06-16 12:37 to 2026-06-16 18:00: 5:23 h counted, working days: 1",
        "2026-06-17 09:00 to 2026-06-29 18:00: 81:00 h counted, working days: 9",
        "2026-06-30 09:00 to 2026-06-30 18:00: 9:00 h counted, working days: 1",
    ])  # fmt: skip
    # 75 % of 90 h are 67:30: 5:23 on the 16th, six days of 9 h, 8:07 on the 25th
    assert [row["at"] for row in found["escalation"]] == ["2026-06-25T17:07:00+08:00", "2026-06-30T12:37:00+08:00"]
    assert "level 1" in found["escalation"][0]["detail"][0]
    assert found["escalation"][1]["detail"][1].startswith("Told: ")
    assert found["compensation"][0]["detail"][0].startswith("Nothing is proposed")
    assert desk.ask(str(CASE)) == found == desk.ask(f"#{CASE}")


@pytest.mark.requirement("S4-69")
@pytest.mark.timeout(300)
def test_the_tier_at_intake_the_remedys_line_and_what_was_agreed_stand_in_both_languages(desk: Desk) -> None:
    tiers = {row["code"]: number for number, row in desk.server.rows("kam.tier").items() if row["company_id"] == 1}
    desk.server.edit(MODEL, CASE, tier_id=tiers["gold"], loss_amount=12.34, type="transport")
    desk.pull()
    found = desk.ask()
    assert found["intake"][0]["detail"][1] == (
        "The customer's tier at intake was Gold; a later change of tier does not count."
    )
    assert found["target"][0]["detail"] != [
        "The [[target]] number 7 is the first that fits: answered within 9 and settled within 90 working hours."
    ]
    [proposed] = found["compensation"]
    lines = (DEFAULTS / "complaints.toml").read_text("utf-8").splitlines()
    assert lines[proposed["line"]] == 'type = "transport"'
    assert proposed["detail"][0].startswith("Credit note, CNY")

    # while a finding stands no line of the policy decides
    desk.server.edit(MODEL, CASE, is_malicious=True)
    desk.pull()
    [withheld] = desk.ask()["compensation"]
    assert (withheld["detail"][0].startswith("Nothing is proposed for the documented loss"), withheld["line"]) == (
        True, None,
    )  # fmt: skip
    desk.server.edit(MODEL, CASE, is_malicious=False)
    desk.pull()

    chinese, taiwan = desk.ask(lang="zh_CN"), desk.ask(lang="zh_TW")
    assert chinese["intake"][0]["detail"][1] == "受理时客户等级为“金牌”，其后等级变动不计。"
    assert taiwan["resolution"][0]["detail"][0].endswith("個。")
    assert {subject: len(rows) for subject, rows in chinese.items()} == {
        subject: len(rows) for subject, rows in found.items()
    }

    desk.server.edit(MODEL, CASE, state="approved", remedy="goodwill", agreed_amount=40.0,
                     agreed_at="2026-06-29 08:00:00", proposal_code="compensation.paper",
                     proposal_args='{"loss":"12.34","currency":"CNY","valid_from":"2026-01-01"}')  # fmt: skip
    desk.pull()
    [agreed] = desk.ask()["compensation"]
    assert (agreed["detail"][1], agreed["line"]) == ("Agreed: Goodwill, 40.00 CNY.", None)

    # agreed without a proposal
    desk.server.edit(MODEL, CASE, loss_amount=0.0, proposal_code=False, proposal_args=False)
    desk.pull()
    assert [row["detail"] for row in desk.ask()["compensation"]] == [["Agreed: Goodwill, 40.00 CNY."]]


@pytest.mark.timeout(300)
def test_a_complaint_that_was_made_more_urgent_says_so_and_an_unknown_one_is_refused(desk: Desk) -> None:
    note = {"complaint_id": 13, "company_id": 1, "user_id": 2, "type": "contract", "old_state": "proposed",
            "new_state": "proposed"}  # fmt: skip
    log = [
        {**note, "id": 901, "at": "2026-06-27 02:46:00", "event": "received", "severity": "low"},
        {**note, "id": 902, "at": "2026-06-29 03:00:00", "event": "changed", "severity": "critical"},
    ]
    with desk.server.erp.lock:
        for row in log:
            stamp = {"write_date": "2026-06-29 03:00:00", "create_date": "2026-06-29 03:00:00"}
            desk.server.erp.store.put("kam.complaint.event", {**row, **stamp})
        desk.server.erp.on_commit(desk.server.erp.store.commit())
    desk.pull()
    [clock] = desk.ask("13")["resolution"]
    assert clock["detail"][1] == "The case was made more urgent on the way, which shortened the target."
    done = desk.place.kam("explain", "complaint", "K-none", "--as-of", nights.ANCHOR)
    assert (done.returncode, "The mirror has no complaint K-none" in done.stderr) == (2, True)
