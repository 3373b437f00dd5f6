"""focus.toml: what is shipped, what is refused and on which line, what segments and tiers it may name."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kam_connector import policy
from kam_connector.policy.focus import FocusPolicy, find_focus_problems
from kam_connector.rules.focus import relation_names

HEAD = "[focus]\nvalid_from = 2026-01-01\n"


def problems(**tables: Any) -> list[str]:
    made = FocusPolicy.model_validate({"focus": {"valid_from": date(2026, 1, 1)}, **tables})
    return [f"{problem.what} {problem.why}" for problem in find_focus_problems(made)]


def sentences(folder: Path, text: str) -> list[str]:
    (folder / "focus.toml").write_text(HEAD + text, encoding="utf-8")
    return [flaw.sentence for flaw in policy.check(folder)]


@pytest.mark.requirement("S4-96")
def test_as_shipped_nothing_is_in_the_focus_and_the_relations_are_those_of_the_requirement() -> None:
    shipped = policy.load().at(date(2026, 6, 30)).focus
    assert (shipped.product, shipped.market, shipped.tags) == ((), (), ())
    names = {code: (label.en, label.zh) for code, label in relation_names(shipped).items()}
    assert names == {
        "consumer": ("Consumer", "消费者"),
        "distributor": ("Distributor", "经销商"),
        "service_firm": ("Service firm", "服务商"),
        "supplier": ("Supplier", "供应商"),
    }


def test_a_line_of_products_names_one_thing() -> None:
    sentence = 'The line of [[product]] must name either a "category" or a "product".'
    assert problems(product=[{}]) == [sentence]
    assert problems(product=[{"category": "Parts", "product": "P1"}]) == [sentence]
    assert problems(product=[{"category": "Parts"}, {"product": "P1"}]) == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ({}, ['The line of [[market]] names nothing: write "industry", "country", or "country" and "state".']),
        ({"state": "BY"}, ['The line of [[market]] names a state without its country: write "country", too.']),
        ({"industry": "Mining", "state": "BY"},
         ['The line of [[market]] names a state without its country: write "country", too.']),
        ({"industry": "Mining"}, []),
        ({"country": "DE", "state": "BY"}, []),
    ],
)  # fmt: skip
def test_a_line_of_markets_says_where(line: dict[str, str], told: list[str]) -> None:
    assert problems(market=[line]) == told


def test_a_relation_for_everybody_is_the_last() -> None:
    everybody = {"name": "other"}
    assert problems(relation=[{"name": "consumer", "kind": "person"}, everybody]) == []
    assert problems(relation=[everybody, {"name": "consumer", "kind": "person"}]) == [
        'Relation "other" is for everybody: what stands below it never decides.'
    ]


def test_a_list_needs_a_condition_known_relations_and_known_figures() -> None:
    assert problems(list=[{"name": "all"}]) == ['List "all" has no condition: everybody would be on it.']
    assert problems(list=[{"name": "some", "relations": ["dealer"]}]) == [
        'Relation "dealer" is not defined. Known relations: –.'
    ]
    (sentence,) = problems(list=[{"name": "some", "when": [{"fact": "contribution", "from": 50}]}])
    assert sentence.startswith('Fact "contribution" is not known. Known facts: score, ')
    assert problems(list=[{"name": "some", "when": [{"fact": "focus_share", "from": "0.2", "below": "0.1"}]}]) == [
        'The condition on "focus_share" fits nobody: it begins at 0.2 and ends below 0.1.'
    ]


def test_tiers_and_segments_of_a_list_are_those_of_the_tiers_policy(tmp_path: Path) -> None:
    wrong = '[[list]]\nname = "now"\ntiers = ["gold", "royal"]\nsegments = ["key", "noble"]\n'
    assert sentences(tmp_path, wrong) == [
        'Tier "royal" in focus.toml line 5 is not defined. Known tiers: gold, silver, bronze, standard.',
        'Segment "noble" in focus.toml line 6 is not defined. '
        "Known segments: strategic, key, potential, general, small.",
    ]
    assert sentences(tmp_path, wrong.replace(', "royal"', "").replace(', "noble"', "")) == []


def test_tags_are_asked_for_once(tmp_path: Path) -> None:
    ways = [{"name": "distributor", "tags": ["Dealer", "Shop"]}, {"name": "partner", "tags": ["Shop", "Friend"]}]
    made = FocusPolicy.model_validate({"focus": {"valid_from": date(2026, 1, 1)}, "relation": ways})
    assert made.tags == ("Dealer", "Shop", "Friend")


def test_a_later_version_takes_over_on_its_day(tmp_path: Path) -> None:
    (tmp_path / "focus.toml").write_text(HEAD + '[[product]]\ncategory = "Parts"\n', encoding="utf-8")
    later = "[focus]\nvalid_from = 2026-04-01\n"
    (tmp_path / "focus-2026-04.toml").write_text(later + '[[product]]\ncategory = "Tools"\n', encoding="utf-8")
    loaded = policy.load(tmp_path)
    in_force = [loaded.at(day).focus.product[0].category for day in (date(2026, 3, 31), date(2026, 4, 1))]
    assert in_force == ["Parts", "Tools"]
    assert loaded.at(date(2026, 4, 1)).versions["focus"] == "2026-04-01"
