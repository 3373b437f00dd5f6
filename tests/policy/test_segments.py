"""Segments and privileges in tiers.toml: what the shipped ones say, what is refused and on which line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kam_connector import policy
from kam_connector.policy import DEFAULTS, privileges_of
from kam_connector.policy.segments import Segment, segment_names

SHIPPED = policy.load().at(date(2026, 6, 30))
TIERS = (DEFAULTS / "tiers.toml").read_text(encoding="utf-8")
LINES = TIERS.splitlines()


def sentences(folder: Path, tiers: str, complaints: str = "") -> list[str]:
    (folder / "tiers.toml").write_text(tiers, encoding="utf-8")
    if complaints:
        (folder / "complaints.toml").write_text(complaints, encoding="utf-8")
    return [flaw.sentence for flaw in policy.check(folder)]


def line_of(text: str, nth: int = 1) -> int:
    """The line of the nth line of the shipped file that begins with `text`."""
    return [number for number, line in enumerate(LINES, start=1) if line.startswith(text)][nth - 1]


@pytest.mark.requirement("S1-16", "S0-4")
def test_every_shipped_tier_says_what_its_customers_are_owed() -> None:
    owed = privileges_of(SHIPPED.tiers.tier)
    assert list(owed) == ["gold", "silver", "bronze", "standard"]
    gold = owed["gold"]
    assert (gold.visit_days, gold.sla_class, gold.discount_limit) == (14, "A", Decimal("0.15"))
    assert (gold.credit_factor, gold.executive_visits) == (3, 4)


@pytest.mark.requirement("S2-2", "S4-80")
def test_the_shipped_segments_are_those_of_the_requirements_in_order() -> None:
    names = segment_names(SHIPPED.tiers.segment)
    assert list(names) == ["strategic", "key", "potential", "general", "small"]
    assert [label.in_language("zh_CN") for label in names.values()] == [
        "战略客户", "重点客户", "潜力客户", "一般客户", "小客户",
    ]  # fmt: skip


def test_of_a_segment_that_is_defined_twice_the_first_label_counts() -> None:
    ways = [Segment.model_validate({"name": "key", **more}) for more in ({}, {"label": {"en": "Key", "zh": "重点"}})]
    assert segment_names(ways)["key"].en == "Key"
    assert segment_names(ways[:1])["key"].en == "key"


@pytest.mark.requirement("S1-16")
def test_a_tier_without_privileges_is_refused_with_its_line(tmp_path: Path) -> None:
    block = TIERS[TIERS.index("[tier.service]\nvisit_days = 30") : TIERS.index('[[tier]]\nname = "bronze"')]
    (sentence,) = (each for each in sentences(tmp_path, TIERS.replace(block, "")) if "privileges" in each)
    assert sentence == (
        f'Tier "silver" in tiers.toml line {line_of("[[tier]]", 2)} has no privileges: '
        "write them below it, in [tier.service]."
    )


REFUSED = [
    ('sla_class = "A"', "", 'The table tier[1].service in tiers.toml line {service} has no "sla_class".'),
    ('"0.15"', '"15"', 'Value "15" of "discount_limit" in tiers.toml line {discount} is wrong: a share between'),
    ("visit_days = 14", "visit_days = 0", 'Value "0" of "visit_days" in tiers.toml line {visit} is wrong: at least 1'),
    ("visit_days = 14", "visits = 14", 'Key "visits" in tiers.toml line {visit} is not known. Known keys here: visit_'),
    ('"D"', '"E"', 'SLA class "E" in tiers.toml line {last_class} is in no [[target]] of complaints.toml. Known'),
    ('"D"', '"E"', 'SLA class "D" in complaints.toml line 34 is owed to no tier: see [tier.service]. Known classes: A'),
    (
        'name = "small"',
        'name = "small"\ntiers = ["gold"]',
        'Segment "small" in tiers.toml line {small} is the last one',
    ),
    ('tiers = ["bronze"]', "", 'Segment "general" in tiers.toml line {general} is for everybody: what stands below it'),
    ('["bronze"]', '["iron"]', 'Tier "iron" in tiers.toml line {bronze} is not defined. Known tiers: gold, silver'),
    ('"growth", from = 50', '"grwth", from = 50', 'Fact "grwth" in tiers.toml line {when} is not known. Known facts: '),
    ('"growth", from = 50', '"growth"', 'The condition on "growth" in tiers.toml line {when} has no limit: write "fr'),
    ("from = 50 }", "from = 50, below = 50 }", "line {when} fits nobody: it begins at 50 and ends below 50."),
    ("from = 50 }", 'revenue_class = "A" }', 'Key "revenue_class" in tiers.toml line {when} is not known.'),
    ('tiers = ["bronze"]', 'margin_class = ["D"]', 'Value "D" of "margin_class" in tiers.toml line {bronze} is not'),
]
PLACES = {
    "service": line_of("[tier.service]"), "discount": line_of("discount_limit"), "visit": line_of("visit_days"),
    "last_class": line_of("sla_class", 4), "small": line_of("[[segment]]", 5), "general": line_of("[[segment]]", 4),
    "bronze": line_of('tiers = ["bronze"]'), "when": line_of("when"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after", "sentence"), REFUSED)
def test_mistakes_are_named_with_their_place(tmp_path: Path, before: str, after: str, sentence: str) -> None:
    assert before in TIERS
    found = sentences(tmp_path, TIERS.replace(before, after, 1))
    assert any(sentence.format(**PLACES) in each for each in found), found


def test_targets_that_go_by_tiers_need_no_classes(tmp_path: Path) -> None:
    text = (DEFAULTS / "complaints.toml").read_text(encoding="utf-8")
    for tier, name in {"gold": "A", "silver": "B", "bronze": "C", "standard": "D"}.items():
        text = text.replace(f'sla_class = "{name}"', f'tier = "{tier}"')
    assert sentences(tmp_path, TIERS.replace('"D"', '"E"'), text) == []


def test_a_policy_without_segments_is_whole(tmp_path: Path) -> None:
    assert sentences(tmp_path, TIERS[: TIERS.index("[[segment]]")]) == []
