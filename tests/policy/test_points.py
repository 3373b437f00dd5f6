"""Points by value and points by code: what is refused, at which line."""

from __future__ import annotations

from pathlib import Path

import pytest

from kam_connector import policy

TIERS = """[tiering]
valid_from = 2026-01-01
[[dimension]]
name = "risk"
weight = 100
[[dimension.item]]
fact = "{fact}"
points = {points}
[[tier]]
name = "only"
enter = 0
leave = 0
[tier.service]
visit_days = 180
sla_class = "A"
discount_limit = "0"
credit_factor = "1"
executive_visits = 0
"""
FIVE = "prompt = 100, honest_short = 60, slow = 50, unreliable = 20, bad = 0"


def told(folder: Path, fact: str, points: str) -> list[str]:
    (folder / "tiers.toml").write_text(TIERS.format(fact=fact, points=points), encoding="utf-8")
    return [flaw.sentence for flaw in policy.check(folder) if flaw.file == "tiers.toml"]


@pytest.mark.parametrize("points", [FIVE, f"{FIVE}, new = 50", FIVE.replace("60", '"60.5"')])
def test_each_code_has_its_points_and_new_may_be_left_out(tmp_path: Path, points: str) -> None:
    assert told(tmp_path, "payer_class", f"{{ {points} }}") == []


MISTAKES = [
    ("payer_class", f"{{ {FIVE}, gold = 1 }}", 'Code "gold" of "payer_class" in tiers.toml line 8 is not known. Known '
     "codes: prompt, honest_short, slow, unreliable, bad, new."),
    ("payer_class", "{ prompt = 100, slow = 50, bad = 0 }", 'The points of "payer_class" in tiers.toml line 8 lack the '
     "codes honest_short, unreliable."),
    ("payer_class", '[["0", 100]]', 'The points of "payer_class" in tiers.toml line 8 stand by value, but it is a '
     "class: give each code its points: prompt, honest_short, slow, unreliable, bad, new."),
    ("influence", "{ high = 100 }", 'The points of "influence" in tiers.toml line 8 stand by code, but it is a number: '
     "write a list of [from, points]."),
    ("payer_class", f"{{ {FIVE.replace('60', '101')} }}", 'Value "101" of "honest_short" in tiers.toml line 8 is '
     "wrong: at most 100 is expected."),
    ("payer_class", f"{{ {FIVE.replace('60', '0.5')} }}", 'Value "0.5" of "honest_short" in tiers.toml line 8 is'),
    ("influence", '[\n["1", 0],\n["2", 101],\n]', "in tiers.toml line 10 is wrong: at most 100 is expected."),
    ("influence", '[\n["2", 0],\n["1", 50],\n]', "The value 1 in tiers.toml line 10 does not come after 2"),
    ("influence", '"5"', 'Value "5" of "points" in tiers.toml line 8 is wrong: a list in square brackets is expected.'),
    ("influence", "[]", "at least 1 are expected, there are 0"),
    ("payer_class", "{ }", 'The value of "points" in tiers.toml line 8 is wrong'),
]  # fmt: skip


@pytest.mark.parametrize(("fact", "points", "sentence"), MISTAKES)
def test_a_mistake_is_told_once_with_its_line(tmp_path: Path, fact: str, points: str, sentence: str) -> None:
    (found,) = told(tmp_path, fact, points)
    assert sentence in found


def test_days_that_a_rating_counts_are_above_zero(tmp_path: Path) -> None:
    (tmp_path / "tiers.toml").write_text(
        TIERS.format(fact="influence", points='[["1", 0]]') + "[ratings]\nvalid_days = 0\n", encoding="utf-8"
    )
    (flaw,) = policy.check(tmp_path)
    assert 'Value "0" of "valid_days" in tiers.toml line 20 is wrong: at least 1 is expected.' in flaw.sentence
