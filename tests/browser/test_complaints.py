"""Complaints as people look at them: a board by state with the colour of the deadline, a calendar, pivot and graph."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.addon.cast import Cast
from tests.addon.test_complaints import MODEL, bring
from tests.browser.pages import Person

pytestmark = [pytest.mark.odoo, pytest.mark.browser, pytest.mark.long]
STRIPES = {"late": (-3, "bg-danger"), "soon": (5, "bg-warning"), "fine": (80, "bg-success")}
"""How the deadline stands: hours to it, the stripe of the card."""


@pytest.fixture
def cases(cast: Cast) -> dict[str, str]:
    """Number of a case of Anna's by how its deadline stands; the late one is investigated, the others just came."""
    made = {}
    for stands, (hours, _) in STRIPES.items():
        case = cast.login("anna").create(
            MODEL, partner_id=cast.partners["Alpha"], received_at="2026-06-01 08:00:00", severity="high"
        )
        due = (datetime.now(UTC) + timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M:%S")
        was = cast.admin.read(MODEL, case, "kam_key", "kam_version", "name")
        values = cast.row(was["kam_key"], response_due=due, resolution_due=due)
        [answer] = cast.apply(MODEL, {**values, "version": was["kam_version"]})
        assert answer["status"] == "updated"
        made[stands] = was["name"]
        if stands == "late":
            bring(cast, case, "accepted", "investigating")
    return made


@pytest.mark.requirement("S4-77")
def test_the_board_has_a_column_a_state_and_a_card_the_colour_of_its_deadline(
    anna: Person, cases: dict[str, str]
) -> None:
    anna.open("kam_connector.kam_complaint_action?view_type=kanban")
    anna.picture("complaint-board")
    columns = [each.inner_text() for each in anna.page.query_selector_all(".o_kanban_group .o_column_title")]
    assert columns == ["Received", "Investigating"]
    assert cases["late"] in anna.text(".o_kanban_group:has(.o_column_title:has-text('Investigating'))")
    assert cases["soon"] in anna.text(".o_kanban_group:has(.o_column_title:has-text('Received'))")
    for stands, (_, colour) in STRIPES.items():
        card = anna.page.query_selector(f".o_kanban_record:has-text('{cases[stands]}')")
        found = {each for _, each in STRIPES.values() if card.query_selector(f".rounded.{each}")}
        assert found == {colour}, stands


def test_deadlines_stand_in_a_calendar_and_types_in_pivot_and_graph(anna: Person, cases: dict[str, str]) -> None:
    anna.open("kam_connector.kam_complaint_action?view_type=calendar")
    assert "Alpha" in anna.text(".o_calendar_container .fc-event:not(.o_past_event) >> nth=0")
    anna.picture("complaint-calendar")
    anna.open("kam_connector.kam_complaint_action?view_type=pivot")
    assert "Product or Quality" in anna.text(".o_pivot table")
    anna.picture("complaint-pivot")
    anna.open("kam_connector.kam_complaint_action?view_type=graph")
    assert anna.page.query_selector(".o_graph_renderer canvas")
    anna.picture("complaint-graph")


def test_a_director_reads_the_board_in_chinese(director: Person, cases: dict[str, str]) -> None:
    director.open("kam_connector.kam_complaint_action?view_type=kanban")
    assert cases["late"] in director.text(".o_kanban_group:has(.o_column_title:has-text('调查中'))")
    director.picture("complaint-board-zh")
