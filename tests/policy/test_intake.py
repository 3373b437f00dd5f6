"""The part of complaints.toml about where complaints come from: what is shipped for answers, what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kam_connector import policy
from kam_connector.policy import DEFAULTS

TEXT = (DEFAULTS / "complaints.toml").read_text(encoding="utf-8")
LINE = 'source = "rating.rating"\nat_most = 2\nwithin_days = 30'
SURVEY = 'source = "survey.user_input"\nat_most = '


@pytest.mark.requirement("S3-17")
def test_ratings_of_one_and_two_are_complaints_as_shipped_and_surveys_are_none() -> None:
    shipped = policy.load().at(date(2026, 6, 30)).complaints
    [line] = [each for each in shipped.intake if each.at_most is not None]
    assert (line.source, line.category, line.at_most, line.days) == ("rating.rating", "*", Decimal(2), 30)


def sentences(folder: Path, line: str) -> list[str]:
    assert TEXT.count(LINE) == 1
    (folder / "complaints.toml").write_text(TEXT.replace(LINE, line), encoding="utf-8")
    return [flaw.sentence for flaw in policy.check(folder)]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('source = "rating.rating"', "must say at_most, from 1 to below 5"),
        ('source = "rating.rating"\nat_most = "0.9"', "must say at_most, from 1 to below 5"),
        ('source = "rating.rating"\nat_most = 5', "must say at_most, from 1 to below 5"),
        (f"{SURVEY}100", "must say at_most, from 0 to below 100"),
        (f"{SURVEY}-1", "must say at_most, from 0 to below 100"),
        ('source = "crm.claim"\nat_most = 2', "only answers that are taken have a score"),
        ('source = "rating.rating"\ntake = false\nwithin_days = 2', "only answers that are taken have a score"),
        ('source = "rating.rating"\nat_most = 2\nwithin_days = 0', "at least 1"),
    ],
)
def test_a_limit_that_says_nothing_is_refused(tmp_path: Path, line: str, words: str) -> None:
    [sentence] = sentences(tmp_path, line)
    assert words in sentence


@pytest.mark.parametrize(
    "line",
    [LINE, 'source = "rating.rating"\nat_most = 1', f"{SURVEY}0", f'{SURVEY}"99.5"',
     'source = "rating.rating"\ntake = false'],
)  # fmt: skip
def test_a_limit_within_the_scale_is_none(tmp_path: Path, line: str) -> None:
    assert sentences(tmp_path, line) == []
