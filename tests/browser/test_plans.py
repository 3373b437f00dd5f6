"""An account plan as a salesperson writes, agrees and starts it; the board of plans and the calendar of measures."""

from __future__ import annotations

from datetime import date

import pytest

from tests.addon.cast import Cast
from tests.browser.pages import Person

pytestmark = [pytest.mark.odoo, pytest.mark.browser, pytest.mark.long]


def test_a_salesperson_agrees_a_plan_and_sees_it_on_the_customer_the_board_and_the_calendar(
    anna: Person, cast: Cast
) -> None:
    alpha, year = cast.partners["Alpha"], date.today().year
    span = {"date_from": f"{year}-01-01", "date_to": f"{year}-12-31"}
    step = {"name": "Own label", "kind": "product", "due": date.today().isoformat(), "date_from": f"{year}-01-01"}
    plan = {"partner_id": alpha, "name": "Alpha grows", "aim": "Second supplier", "target_revenue": 1000.0}
    number = cast.login("anna").create("kam.plan", **plan, **span, measure_ids=[[0, 0, step]])
    anna.open(f"action-kam_connector.kam_plan_action/{number}")
    assert "Own label" in anna.text(".o_field_widget[name=measure_ids]")
    assert anna.page.query_selector(".o_field_x2many_list_row_add") is not None
    anna.picture("plan-draft")
    anna.click("button[name=action_agree]")
    assert anna.page.query_selector(".o_field_x2many_list_row_add") is None
    assert anna.value("aim") == "Second supplier"
    anna.click("button[name=action_start]")
    anna.picture("plan-running")
    anna.open(f"res.partner/{alpha}")
    anna.click(".o_notebook_headers a[name=kam]")
    assert "Alpha grows" in anna.text(".o_field_widget[name=kam_plan_ids]")
    anna.page.locator(".o_field_widget[name=kam_plan_ids]").first.scroll_into_view_if_needed()
    anna.picture("customer-plan")
    anna.open("kam_connector.kam_plan_action")
    anna.click(".o_switch_view.o_kanban")
    running = ".o_kanban_group:has-text('Running') .o_kanban_record:has-text('Alpha grows')"
    assert "Open measures: 1" in anna.text(running)
    anna.picture("plan-board")
    anna.open("kam_connector.kam_plan_measure_action")
    assert "Own label" in anna.text(".o_calendar_view")
    anna.picture("plan-measure-calendar")
