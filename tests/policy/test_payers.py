"""Payers, provision, exposure, alerts, cost: their defaults, and which mistakes are refused with their place."""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kam_connector import policy
from kam_connector.policy import DEFAULTS
from kam_connector.policy.provision import Provision

TODAY = date(2026, 6, 30)
OLD = """[ageing]
valid_from = 2026-01-01
[[step]]
code = "remind"
level = 1
after_days = 1
"""


def changed(folder: Path, before: str, after: str) -> tuple[int, list[str]]:
    """The line of `before` in the shipped collections.toml, and what is wrong once it is `after`."""
    own = Path(shutil.copytree(DEFAULTS, folder / "policy"))
    text = (own / "collections.toml").read_text(encoding="utf-8")
    assert before in text
    (own / "collections.toml").write_text(text.replace(before, after, 1), encoding="utf-8")
    return text[: text.index(before)].count("\n") + 1, [flaw.sentence for flaw in policy.check(own)]


def test_a_file_from_before_these_tables_is_valid_and_watches_nothing(tmp_path: Path) -> None:
    (tmp_path / "collections.toml").write_text(OLD, encoding="utf-8")
    loaded = policy.load(tmp_path).at(TODAY).collections
    shipped = policy.load().at(TODAY).collections
    assert (loaded.alerts.overdue_share, loaded.alerts.dso_days) == (None, None)
    assert (shipped.alerts.overdue_share, shipped.alerts.dso_days) == (Decimal("0.50"), 120)
    for table in ("payers", "provision", "exposure", "cost"):
        assert getattr(loaded, table) == getattr(shipped, table), table


def test_the_bands_become_days_without_gap_from_the_youngest_to_the_oldest() -> None:
    spans = policy.load().at(TODAY).collections.provision.spans
    assert [(span.name, span.lower, span.upper) for span in spans] == [
        ("d0_365", None, 365), ("d366_730", 366, 730), ("d731_1095", 731, 1095), ("d1096_plus", 1096, None),
    ]  # fmt: skip
    one = Provision.model_validate({"band": [{"rate": "0.02"}]})
    assert [(span.name, span.lower, span.upper) for span in one.spans] == [("all", None, None)]


MISTAKES = [
    ("up_to_days = 730", "up_to_days = 365", "The band limit 365 in collections.toml {line} does not come after 365"),
    ("up_to_days = 730", "up_to_days = 300", "The band limit 300 in collections.toml {line} does not come after 365"),
    ("up_to_days = 730\n", "", "The band 2 in collections.toml {above} has no up_to_days, but others follow"),
    ('rate = "1"', 'up_to_days = 1825\nrate = "1"', "The last band in collections.toml {line} ends"),
    ('rate = "0.30"', 'rate = "1.30"', 'a share between "0" and "1" is expected'),
    ('rate = "0.30"', "rate = 0.30", "a decimal in quotes"),
    ("bad_broken = 4", "bad_broken = 2", 'The limit 2 of "bad_broken" in collections.toml {line} is not above '
     "unreliable_broken = 2"),
    ("bad_days_late = 60", "bad_days_late = 3", 'The limit 3 of "bad_days_late"'),
    ("exempt_tiers = []", 'exempt_tiers = ["platinum"]', 'Tier "platinum" in collections.toml {line} is not defined.'),
    ('"drafts", "orders"]', '"drafts", "drafts"]', 'The part "drafts" in collections.toml {line} stands there'),
    ('"drafts", "orders"]', '"drafts", "leases"]', "is not allowed. Allowed: receivable, drafts, orders"),
    ('margin = "0.10"', 'margin = "0"', 'a share above "0" and up to "1" is expected'),
    ("dso_days = 120", "dso_days = 0", "at least 1 is expected"),
    ("history_months = 12", "history_months = 3", "at least 4 is expected"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "sentence"), MISTAKES)
def test_mistakes_are_named_with_their_place(tmp_path: Path, before: str, after: str, sentence: str) -> None:
    line, found = changed(tmp_path, before, after)
    assert any(sentence.format(line=f"line {line}", above=f"line {line - 1}") in each for each in found), found
