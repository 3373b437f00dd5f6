"""Where a tier is shown, as kam.toml says it."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from kam_connector.errors import SettingsError
from kam_connector.tier_places import TierPlaces, parse_places, render_places


def test_without_a_word_only_figures_are_written() -> None:
    assert parse_places({}, "kam.toml") == TierPlaces(("figures",), {})
    assert not parse_places({}, "kam.toml").on_partners


def test_places_are_read_in_their_own_order_and_written_as_they_are_read() -> None:
    places = parse_places({"tier_places": ["grades", "tags", "figures"], "grades": {"gold": 3}}, "kam.toml")
    assert (places.chosen, places.grades, places.on_partners) == (("figures", "tags", "grades"), {"gold": 3}, True)
    own, grades = render_places(places, "main")
    section = tomllib.loads("\n".join(["[erp.main]", *own, *grades]))["erp"]["main"]
    assert parse_places(section, "kam.toml") == places


@pytest.mark.parametrize(
    ("section", "what"),
    [
        ({"tier_places": ["tag"]}, "'tag', which is not known"),
        ({"tier_places": "tags"}, "'tags', which is not known"),
        ({"tier_places": []}, "which is not known"),
        ({"tier_places": ["grades"]}, "go together"),
        ({"grades": {"gold": 3}}, "go together"),
        ({"tier_places": ["grades"], "grades": {"gold": "Gold"}}, "id of the partner level"),
        ({"tier_places": ["grades"], "grades": {"gold": True}}, "id of the partner level"),
    ],
)
def test_what_cannot_be_meant_is_refused(section: dict[str, Any], what: str) -> None:
    with pytest.raises(SettingsError, match=what):
        parse_places(section, "kam.toml")
