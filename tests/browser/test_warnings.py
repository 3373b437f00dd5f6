"""A salesperson sees why a customer may be lost, and has the playbook's task on the warning."""

from __future__ import annotations

import json

import pytest

from tests.addon.cast import Cast
from tests.browser.pages import Person

pytestmark = [pytest.mark.odoo, pytest.mark.browser, pytest.mark.long]
GAP = {"gap_days": "75.0", "last_order": "2026-01-31", "limit_times": "2.0", "valid_from": "2026-01-01"}


@pytest.fixture
def warned(cast: Cast) -> Cast:
    """Beta has a warning with a task for Anna, beside the one of the cast."""
    beta, anna = cast.partners["Beta"], cast.users["anna"]
    titles = {"en": "Ask why no order came", "zh_CN": "了解客户未下单的原因", "zh_TW": "了解客戶未下單的原因"}
    row = cast.row(
        "warning:browser", partner_id=beta, user_id=anna, rule="order_gap", measure="order_gap", severity="high",
        rule_names=json.dumps({"en": "No orders", "zh_CN": "久未下单"}), raised_on="2026-07-01", figure=2.1,
        raise_at=2.0, clear_at=1.2, reason_code="warning.order_gap", reason_args=json.dumps(GAP),
        playbook=json.dumps([{"user_id": anna, "deadline": "2026-07-06", "titles": titles}]),
    )  # fmt: skip
    cast.apply("kam.warning", row)
    return cast


def test_a_warning_as_list_board_and_form_with_its_task(anna: Person, warned: Cast) -> None:
    anna.open("kam_connector.kam_warning_action")
    assert "No orders" in anna.text(".o_data_row:has-text('High')")
    assert "Beck" not in anna.text(".o_list_table")
    anna.picture("warning-list")
    anna.click(".o_switch_view.o_kanban")
    assert "Beta" in anna.text(".o_kanban_group:has-text('No Orders')")
    anna.picture("warning-board")
    anna.click(".o_kanban_record:has-text('High')")
    assert "No order since" in anna.value("reason")
    assert "Ask why no order came" in anna.text(".o-mail-Activity")
    anna.picture("warning-form")


def test_the_customer_has_a_button_and_key_accounts_a_filter(anna: Person, warned: Cast) -> None:
    anna.open("kam_connector.kam_customer_action")
    anna.click(".o_searchview_dropdown_toggler")
    anna.click(".o_filter_menu .o_menu_item:text-is('With Warnings')")
    anna.page.keyboard.press("Escape")
    anna.click(".o_data_row:has-text('Beta') td[name=partner_id]")
    anna.click("button[name=action_open_warnings]")
    assert "No orders" in anna.text(".o_list_table")
