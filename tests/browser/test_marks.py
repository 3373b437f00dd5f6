"""Marks of an appraisal at a browser: a leader rates and releases, the person reads it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.pages import Person

pytestmark = [pytest.mark.odoo, pytest.mark.browser, pytest.mark.long]
ACTION = "kam_connector.kam_appraisal_mark_action"
GROUNDS = "The tender of May was hers."


def choose(person: Person, name: str, words: str) -> None:
    """A record is chosen by its name."""
    person.page.fill(f"div[name={name}] input", words)
    person.click(f".o-autocomplete--dropdown-item:has-text('{words}')")


@pytest.mark.requirement("S4-28", "S4-31")
def test_a_leader_rates_and_releases_and_the_person_reads_it(
    anna: Person, chromium_people: Callable[[str], Person]
) -> None:
    li = chromium_people("li")
    li.open(f"{ACTION}/new")
    choose(li, "person_id", "Anna")
    choose(li, "item_id", "Results")
    li.page.fill("div[name=period] input", "2026-05")
    li.page.fill("div[name=mark] input", "4.5")
    li.page.fill("div[name=note] textarea", GROUNDS)
    li.click(".o_form_button_save")
    assert "A draft counts nowhere" in li.text()
    li.picture("mark-form")
    anna.open(ACTION)
    assert GROUNDS not in anna.text()
    li.click("button[name=action_release] >> visible=true")
    assert li.text(".o_arrow_button_current") == "Released to Person"
    anna.open(ACTION)
    assert GROUNDS in anna.text(".o_data_row:has-text('4.50')")
    anna.picture("mark-list")
