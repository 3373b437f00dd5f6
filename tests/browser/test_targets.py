"""How far a target is reached, where its person looks."""

from __future__ import annotations

import pytest

from tests.addon.cast import Cast
from tests.browser.pages import Person

pytestmark = [pytest.mark.odoo, pytest.mark.browser, pytest.mark.long]
ACTION = "kam_connector.kam_target_action_mine"
GOALS = (("revenue", 1000.0, 920.0), ("collection", 800.0, 960.0), ("margin", 250.0, None))


@pytest.mark.requirement("S0-11")
def test_a_person_sees_the_own_targets_with_how_far_they_are_reached(anna: Person, cast: Cast) -> None:
    for kind, amount, actual in GOALS:
        given = {"user_id": cast.users["anna"], "period": "2026-06", "kind": kind, "amount": amount,
                 "date_from": "2026-06-01", "date_to": "2026-06-30"}  # fmt: skip
        number = cast.admin.create("kam.target", **given)
        if actual is not None:
            key = cast.admin.read("kam.target", number, "kam_key")["kam_key"]
            row = cast.row(key, actual=actual, is_measured=True, as_of="2026-06-30")
            cast.apply("kam.target", row)
    anna.open(ACTION)
    assert "92 %" in anna.text(".o_data_row:has-text('Revenue')")
    assert "120 %" in anna.text(".o_data_row:has-text('Collection')")
    assert "%" not in anna.text(".o_data_row:has-text('Gross Margin')")
    anna.picture("target-list")
    anna.click(".o_data_row:has-text('Revenue') .o_data_cell[name=period]")
    assert anna.value("actual") == "$ 920.00"
    anna.picture("target-form")
