"""The tables of the collection methods: what is shipped, and which mistakes are named with place and next step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from kam_connector import policy
from kam_connector.inputs import receivables
from kam_connector.policy.payers import PAYER_CLASSES
from kam_connector.policy.receivables import CollectionsPolicy
from kam_connector.rules.payers import CLASSES

LEAST = '[ageing]\nvalid_from = 2026-01-01\n[[step]]\ncode = "remind"\nlevel = 1\nafter_days = 1\n'
NO_CLASS = "is not defined. Known classes: prompt, honest_short, slow, unreliable, bad, new. Write one of them."
NO_TIER = "is not defined. Known tiers: gold, silver, bronze, standard."


def sentences(folder: Path, table: str) -> Iterator[str]:
    (folder / "collections.toml").write_text(LEAST + table, "utf-8")
    return (flaw.sentence for flaw in policy.check(folder))


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ('[before_due]\nclasses = ["slow", "late"]\n', f'Payer class "late" in collections.toml line 8 {NO_CLASS}'),
        ('[contract_day]\nclasses = ["worst"]\n', f'Payer class "worst" in collections.toml line 8 {NO_CLASS}'),
        ("[dunning]\ninterval_by_class = { rude = 3 }\n", f'Payer class "rude" in collections.toml line 8 {NO_CLASS}'),
        ('[tone]\nby_class = { gold = "firm" }\n', f'Payer class "gold" in collections.toml line 8 {NO_CLASS}'),
        ("[priority]\nby_class = { gold = 3 }\n", f'Payer class "gold" in collections.toml line 8 {NO_CLASS}'),
        ('[promises]\nextension_classes = ["poor"]\n', f'Payer class "poor" in collections.toml line 8 {NO_CLASS}'),
        ('[tone]\nby_tier = { bad = "firm" }\n', f'Tier "bad" in collections.toml line 8 {NO_TIER}'),
        ('[letters]\nnever_tiers = ["Gold"]\n', f'Tier "Gold" in collections.toml line 8 {NO_TIER}'),
        ('[tone]\nby_tier = { gold = "rude" }\n', 'Value "rude" of'),
        ("[dunning]\ninterval_by_class = { slow = -1 }\n", "collections.toml line 8"),
        ('[contract_day]\nat = "25:00"\n', 'a time of day such as "09:00" is expected'),
        ('[contract_day]\nat = "24:00"\n', "collections.toml line 8"),
        ('[before_due]\ncode = "remind"\n', 'The step "remind" in collections.toml line 8 stands there a second time.'),
        ('[contract_day]\ncode = "before_due"\n', 'The step "before_due" in collections.toml line 8 stands there a'),
    ],
)
def test_mistakes_are_named_with_their_place(tmp_path: Path, table: str, sentence: str) -> None:
    found = list(sentences(tmp_path, table))
    assert any(sentence in each for each in found), found


@pytest.mark.parametrize("key", ["channel", "tone"])
def test_a_channel_or_a_tone_that_nobody_knows_is_refused_with_those_that_are_known(tmp_path: Path, key: str) -> None:
    (found,) = sentences(tmp_path, f'{key} = "shout"\n')
    assert found.startswith(f'Value "shout" of "{key}" in collections.toml line 7 is not allowed. Allowed: ')


def test_a_policy_without_these_tables_asks_nobody_early_and_everybody_alike() -> None:
    plain = CollectionsPolicy.model_validate({
        "ageing": {"valid_from": date(2026, 1, 1)}, "step": [{"code": "x", "level": 1, "after_days": 1}],
    })  # fmt: skip
    assert plain.before_due.classes == plain.contract_day.classes == plain.letters.never_tiers == ()
    assert (plain.dunning.interval_by_class, plain.dunning.manager_from_level, plain.tone.by_class) == ({}, 0, {})


def test_the_classes_that_a_policy_and_a_file_may_name_are_those_that_the_rule_gives() -> None:
    assert set(PAYER_CLASSES) == set(receivables.PAYER_CLASSES) == set(CLASSES.values())
