"""The ladder of complaints.toml: what it says for whom, and what is refused with its place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from kam_connector import policy
from kam_connector.policy.escalation import EscalationPolicy

SHIPPED = resources.files("kam_connector.policy") / "defaults" / "complaints.toml"
RUNG = '[[escalation]]\npercent = {}\nrole = "{}"\n'
SHIFT = '[[escalation_shift]]\nsla_class = "{}"\n{}\n'
PERSON = '[[escalation_person]]\nrole = "director"\nlogin = "{}"\n'


def shipped() -> EscalationPolicy:
    return policy.load().at(date(2026, 6, 30)).complaints


def sentences(folder: Path, more: str) -> Iterator[str]:
    (folder / "complaints.toml").write_text(SHIPPED.read_text(encoding="utf-8") + "\n" + more, encoding="utf-8")
    return (found.sentence for found in policy.check(folder))


@pytest.mark.requirement("S4-77")
def test_the_shipped_ladder_comes_earlier_for_the_first_class() -> None:
    roles = ("owner", "lead", "director", "general_manager")
    for clock in ("response", "resolution"):
        assert shipped().ladder(clock, "silver", "B") == tuple(zip((75, 100, 150, 200), roles, strict=True))
        assert shipped().ladder(clock, "gold", "A") == tuple(zip((50, 75, 125, 175), roles, strict=True))


def test_a_shift_of_roles_ends_at_the_top_and_the_first_that_fits_decides() -> None:
    own = EscalationPolicy.model_validate({
        "escalation": [{"percent": 50, "role": "owner", "clock": "response"}, {"percent": 90, "role": "director"}],
        "escalation_shift": [{"tier": "gold", "roles_up": 2}, {"earlier_percent": 10}],
    })  # fmt: skip
    assert own.ladder("response", "gold", "A") == ((50, "director"), (90, "general_manager"))
    assert own.ladder("response", "", "") == ((40, "owner"), (80, "director"))
    assert own.ladder("resolution", "", "") == ((80, "director"),)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (RUNG.format(200, "general_manager"), "does not rise: the level before it on the response clock is at 200 %."),
        (RUNG.format(250, "lead"), 'stands below "general_manager", who is told before it on the resolution clock.'),
        (RUNG.format(250, "boss"), 'Value "boss" of "role"'),
        (RUNG.format(0, "general_manager"), "percent"),
        (SHIFT.format("B", ""), "The [[escalation_shift]] number 2 in complaints.toml"),
        (SHIFT.format("B", ""), "shifts nothing: give it earlier_percent or roles_up."),
        (SHIFT.format("B", "earlier_percent = 75"), "The shift of 75 points in complaints.toml"),
        (SHIFT.format("B", "earlier_percent = 75"), "the first level is at 75 %, and none can lie at 0 % or below."),
        (SHIFT.format("A", "roles_up = 1"), "never decides: number 1 before it fits whenever it does."),
        (SHIFT.format("Z", "roles_up = 1"), 'SLA class "Z" in complaints.toml line'),
        ('[[escalation_shift]]\ntier = "gold+"\nroles_up = 1\n', 'Tier "gold+" in complaints.toml line'),
        (PERSON.format("dora") + PERSON.format("guo"), "is named already for the same company."),
    ],
)
def test_what_cannot_be_is_named_with_its_place(tmp_path: Path, more: str, sentence: str) -> None:
    found = list(sentences(tmp_path, more))
    assert any(sentence in each for each in found), found


def test_a_point_below_the_first_level_is_still_a_ladder(tmp_path: Path) -> None:
    assert list(sentences(tmp_path, SHIFT.format("B", "earlier_percent = 74") + PERSON.format("dora"))) == []
