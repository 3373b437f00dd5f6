"""The part of complaints.toml about good faith: what is shipped, what is refused and where, what is advised."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kam_connector import policy
from kam_connector.policy import DEFAULTS
from kam_connector.policy.evidence import GROUPS

SHIPPED = policy.load().at(date(2026, 6, 30)).complaints
TEXT = (DEFAULTS / "complaints.toml").read_text(encoding="utf-8")
MISTAKES = [
    ('kind = "several_channels"', 'kind = "bad_mood"', 'Value "bad_mood" of "kind"'),
    ('kind = "several_channels"', 'kind = "publicity_threat"', 'The evidence "publicity_threat"'),
    ('kind = "foreign_lot"\npoints = 30', 'kind = "foreign_lot"\npoints = -30', "must be above zero"),
    ('kind = "foreign_lot"\npoints = 30', 'kind = "foreign_lot"\npoints = 0', "must be above zero"),
    ('kind = "foreign_lot"\npoints = 30', 'kind = "foreign_lot"\npoints = 101', "at most 100"),
    ("points = -40", "points = 40", "must be below zero"),
    ("points = -40", "points = 0", "must be below zero"),
    ('times = "3"\n', "", 'needs "times"'),
    ("count = 3\nmonths = 12", "count = 3", 'needs "months"'),
    ('kind = "foreign_lot"\npoints = 30', 'kind = "foreign_lot"\npoints = 30\ndays = 3', 'takes no "days"'),
    ('share = "0.50"', 'share = "1.50"', 'a share between "0" and "1"'),
    ("review = 30", "review = 60", 'Value "60" of "suspected"'),
    ("review = 30", "review = 61", 'Value "60" of "suspected"'),
    ("suspected = 60", "suspected = 101", "at most 100"),
    ("kinds = 2", "kinds = 1", "at least 2"),
]
HEAD, PART = TEXT[: TEXT.index("[evidence_bands]")], TEXT[TEXT.index("[evidence_bands]") :]


def sentences(folder: Path, text: str) -> list[str]:
    (folder / "complaints.toml").write_text(text, encoding="utf-8")
    return [flaw.sentence for flaw in policy.check(folder)]


def advice(folder: Path, text: str) -> list[str]:
    (folder / "complaints.toml").write_text(text, encoding="utf-8")
    return [flaw.sentence for flaw in policy.advise(folder)]


@pytest.mark.requirement("S4-74")
def test_w24_the_shipped_points_and_bands() -> None:
    assert {line.kind: line.points for line in SHIPPED.evidence} == {
        "foreign_lot": 30, "rejected_before": 20, "excess_claim": 15, "refuses_inspection": 15,
        "unsupported_order": 25, "several_channels": 10, "publicity_threat": 10, "after_dunning": 10,
        "independent_test": -40, "upheld_before": -15, "in_window": -10,
    }  # fmt: skip
    bands = SHIPPED.evidence_bands
    assert (bands.review, bands.suspected, bands.kinds) == (30, 60, 2)
    assert {line.kind for line in SHIPPED.evidence if line.points > 0} == set(GROUPS)


@pytest.mark.parametrize(("before", "after", "sentence"), MISTAKES)
def test_a_mistake_is_refused_with_its_place(tmp_path: Path, before: str, after: str, sentence: str) -> None:
    assert PART.count(before) == 1
    found = sentences(tmp_path, HEAD + PART.replace(before, after))
    assert any(sentence in each and "complaints.toml line" in each for each in found), found


def test_a_policy_in_which_nothing_speaks_for_the_customer_is_advised_against(tmp_path: Path) -> None:
    alone = PART[: PART.index("[[evidence]]                   # an independent test")]
    assert sentences(tmp_path, HEAD + alone) == []
    found = advice(tmp_path, HEAD + alone)
    assert [each for each in found if each.startswith("No [[evidence]]") and "speaks for the customer" in each], found
    assert advice(tmp_path, TEXT) == []
    assert advice(tmp_path, HEAD) == []


def test_a_suspicion_out_of_reach_is_told(tmp_path: Path) -> None:
    one = '[[evidence]]\nkind = "foreign_lot"\npoints = 100\n[[evidence]]\nkind = "in_window"\npoints = -1\ndays = 1\n'
    found = advice(tmp_path, HEAD + one)
    assert [each for each in found if "can never suspect a complaint" in each], found
