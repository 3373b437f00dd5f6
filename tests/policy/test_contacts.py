"""For which tiers the person who decides has to be noted, and a plan has to run."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kam_connector import policy
from kam_connector.errors import PolicyError


def test_shipped_are_the_gold_customers_and_without_the_table_none(tmp_path: Path) -> None:
    assert policy.load().at(date(2026, 6, 30)).sync.contacts.decider_tiers == ("gold",)
    (tmp_path / "sync.toml").write_text("[sync]\nvalid_from = 2026-01-01\n")
    assert policy.load(tmp_path).at(date(2026, 6, 30)).sync.contacts.decider_tiers == ()


def test_shipped_the_gold_customers_have_to_have_a_plan_and_without_the_table_none(tmp_path: Path) -> None:
    assert policy.load().at(date(2026, 6, 30)).sync.plans.tiers == ("gold",)
    (tmp_path / "sync.toml").write_text("[sync]\nvalid_from = 2026-01-01\n")
    assert policy.load(tmp_path).at(date(2026, 6, 30)).sync.plans.tiers == ()


def test_a_tier_of_plans_that_nobody_defines_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "sync.toml").write_text('[sync]\nvalid_from = 2026-01-01\n[plans]\ntiers = ["iron"]\n')
    with pytest.raises(PolicyError) as caught:
        policy.load(tmp_path)
    assert 'Tier "iron" in sync.toml line 4 is not defined.' in str(caught.value)


def test_a_tier_that_nobody_defines_is_named_with_its_line(tmp_path: Path) -> None:
    text = '[sync]\nvalid_from = 2026-01-01\n[contacts]\ndecider_tiers = ["gold", "iron"]\n'
    (tmp_path / "sync.toml").write_text(text)
    with pytest.raises(PolicyError) as caught:
        policy.load(tmp_path)
    assert 'Tier "iron" in sync.toml line 4 is not defined. Known tiers: gold, silver, bronze' in str(caught.value)
