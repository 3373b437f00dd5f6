"""What a salesperson sees on the customer of why it is rated so."""

from __future__ import annotations

import pytest

from tests.addon.cast import Cast
from tests.browser.pages import Person

pytestmark = [pytest.mark.odoo, pytest.mark.browser, pytest.mark.long]


@pytest.mark.requirement("S4-4")
def test_the_customer_form_shows_the_points_and_the_last_decisions(anna: Person, cast: Cast) -> None:
    anna.open(f"res.partner/{cast.partners['Alpha']}")
    anna.click(".o_notebook_headers a[name=kam]")
    points = anna.text(".o_notebook_content .tab-pane.active")
    for title, figure in (("Contribution", "90"), ("Loyalty", "80"), ("Growth", "90"), ("Risk", "83")):
        assert title in points
        assert figure in points
    decisions = anna.text("[name=kam_last_score_ids]")
    assert "86.50 Rated" in decisions
    anna.picture("customer-card")
    anna.click(".o_notebook_content button[name=action_open_kam_scores]")
    assert "Alpha" in anna.text(".o_list_table tbody")
