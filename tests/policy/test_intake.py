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
        ('sources = ["crm.claim", "rating.rating"]\nat_most = 2', "only answers that are taken have a score"),
        ('sources = ["rating.rating", "survey.user_input"]\nat_most = 5', "from 1 to below 5"),
        ('source = "crm.claim"\nsources = ["helpdesk.ticket"]', "either one source or sources, each of them once"),
        ('sources = ["crm.claim", "crm.claim"]', "either one source or sources, each of them once"),
        ("sources = []", "at least 1"),
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


def test_what_is_wrong_with_a_line_of_several_sources_is_told_once(tmp_path: Path) -> None:
    [sentence] = sentences(tmp_path, 'sources = ["crm.claim", "helpdesk.ticket"]\nat_most = 2')
    assert "has a limit: only answers that are taken have a score." in sentence


def test_several_sources_stand_for_one_line_each(tmp_path: Path) -> None:
    assert sentences(tmp_path, 'sources = ["crm.claim", "helpdesk.ticket"]\ncategory = "Fault"') == []
    taken = policy.load(tmp_path).at(date(2026, 6, 30)).complaints.taken
    assert [(line.source, line.category) for line in taken if line.category == "Fault"] == [
        ("crm.claim", "Fault"), ("helpdesk.ticket", "Fault"),
    ]  # fmt: skip


@pytest.mark.parametrize("line", ['tier = "gold"', 'user = "ann"\nlead_of = "Desk"'])
def test_an_owner_is_a_user_or_the_leader_of_a_team(tmp_path: Path, line: str) -> None:
    [sentence] = sentences(tmp_path, f"{LINE}\n\n[[owner]]\n{line}")
    assert "an owner is either a user or lead_of a sales team" in sentence


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        (('team = "Desk"', 'user = "ann"'), 0),
        (('team = "Desk"', 'team = "Desk"\nuser = "ann"'), 1),
        (("", 'team = "Desk"'), 1),
        (('user = "ann"', 'team = "Desk"\nuser = "ann"', 'team = "Desk"'), 1),
    ],
)
def test_a_calendar_that_stands_behind_one_that_fits_whenever_it_does_is_refused(
    tmp_path: Path, lines: tuple[str, ...], wrong: int
) -> None:
    tables = "".join(f'\n\n[[calendar]]\nschedule = "Six days"\n{line}' for line in lines)
    found = sentences(tmp_path, f"{LINE}{tables}")
    assert len(found) == wrong
    assert all("never decides: the [[calendar]] number 1 before it fits" in sentence for sentence in found)
