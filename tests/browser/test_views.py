"""What people see and do in the browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.addon.cast import Cast
from tests.browser.pages import Person

pytestmark = [pytest.mark.odoo, pytest.mark.browser]


def test_the_customer_form_shows_tier_score_reason_and_ageing(anna: Person, cast: Cast) -> None:
    anna.open(f"res.partner/{cast.partners['Alpha']}")
    anna.click(".o_notebook_headers a[name=kam]")
    assert anna.value("kam_tier_id") == "Gold"
    assert "Score 86.50 reaches the 80 points of tier Gold" in anna.value("kam_reason")
    assert anna.value("kam_receivable_total") == "$ 1,500.00"
    assert anna.value("kam_d181_plus") == "$ 20.00"
    anna.picture("customer-form")


def test_the_customer_of_a_colleague_has_no_such_tab(anna: Person, cast: Cast) -> None:
    anna.open(f"res.partner/{cast.partners['Beck']}")
    assert anna.page.query_selector(".o_notebook_headers a[name=kam]") is None


@pytest.mark.long
def test_the_list_of_contacts_has_the_columns_and_groups_by_tier(anna: Person) -> None:
    anna.open("action-contacts.action_contacts?view_type=list")
    head = anna.text(".o_list_table thead")
    assert all(title in head for title in ("Tier", "Score", "Receivable", "Overdue"))
    row = anna.text(".o_data_row:has-text('Alpha')")
    assert "Gold 86.50 $ 1,500.00 $ 500.00" in row
    anna.picture("contact-list")
    anna.click(".o_searchview_dropdown_toggler")
    anna.click(".o_group_by_menu .o_menu_item:text-is('Tier')")
    groups = anna.text(".o_list_table tbody")
    assert "Gold (1)" in groups
    assert "Bronze" not in groups
    anna.page.keyboard.press("Escape")
    anna.picture("contact-list-by-tier")


@pytest.mark.long
def test_key_accounts_as_list_board_and_form(anna: Person) -> None:
    anna.open("kam_connector.kam_customer_action")
    assert "Beta" in anna.text()
    assert "Beck" not in anna.text()
    anna.picture("key-account-list")
    anna.click(".o_switch_view.o_kanban")
    assert "86.50" in anna.text(".o_kanban_group:has-text('Gold')")
    anna.picture("key-account-board")
    anna.click(".o_kanban_record:has-text('Alpha')")
    assert anna.value("current_tier_id") == "Gold"
    anna.picture("key-account-form")


@pytest.mark.long
@pytest.mark.requirement("S2-47")
def test_the_ageing_pivot_opens_with_salespeople_and_buckets(fin: Person) -> None:
    fin.open("kam_connector.kam_ageing_line_action")
    table = fin.text(".o_pivot table")
    assert "Over 180 Days" in table
    assert "Total $ 6,000.00 $ 4,000.00 $ 1,200.00 $ 400.00 $ 200.00 $ 120.00 $ 80.00" in table
    assert "Anna $ 3,000.00" in table
    fin.picture("ageing-pivot")
    fin.click(".o_switch_view.o_list")
    fin.picture("ageing-list")
    fin.click(".o_switch_view.o_graph")
    fin.picture("ageing-graph")


@pytest.mark.long
def test_an_accountant_signs_the_ageing(fin: Person) -> None:
    fin.open("kam_connector.kam_ageing_action")
    fin.click(".o_data_row:has-text('Due Date')")
    assert fin.value("difference") == "$ 0.00"
    fin.picture("ageing-form")
    fin.click("button[name=action_sign]")
    assert fin.value("reviewed_by") == "Fin"
    assert fin.page.query_selector("button[name=action_withdraw]") is not None
    fin.picture("ageing-signed")


@pytest.mark.long
def test_a_salesperson_finishes_a_collection_task(anna: Person) -> None:
    anna.open("kam_connector.kam_collection_task_action_mine")
    assert "Ceta" not in anna.text()
    anna.picture("task-list")
    anna.click(".o_data_row:has-text('Beta') td[name=partner_id]")
    assert anna.value("step_label") == "Call and agree a date"
    assert anna.value("amount") == "$ 500.00"
    assert "Call and agree a date" in anna.text(".o-mail-Activity")
    anna.picture("task-form")
    anna.click("button[name=action_open_done_dialog]")
    anna.picture("task-done-dialog")
    anna.page.click(".modal div[name=cause_code] input")
    anna.click(".o-dropdown-item:has-text('Short of Cash')")
    anna.click(".modal button[name=action_done]")
    anna.page.wait_for_selector(".modal", state="detached")
    anna.page.wait_for_selector(".o-mail-Activity", state="detached")
    assert anna.text(".o_arrow_button_current") == "Done"


@pytest.mark.long
def test_the_board_of_tasks_has_a_column_a_level(
    chromium_people: Callable[[str], Person],
) -> None:
    li = chromium_people("li")
    li.open("kam_connector.kam_collection_task_action?view_type=kanban")
    columns = [each.inner_text().strip() for each in li.page.query_selector_all(".o_kanban_group .o_column_title")]
    assert columns == sorted(columns)
    assert all(title.startswith(("Before", "Level")) for title in columns)
    li.picture("task-board")


@pytest.mark.long
def test_a_salesperson_records_a_complaint(anna: Person, cast: Cast) -> None:
    anna.open("kam_connector.kam_complaint_action/new")
    anna.page.fill("div[name=partner_id] input", "Alpha")
    anna.click(".o-autocomplete--dropdown-item:has-text('Alpha')")
    assert anna.page.input_value("div[name=user_id] input") == "Anna"
    anna.page.fill("div[name=disputed_amount] input", "250")
    anna.click(".o_form_button_save")
    assert anna.value("name").startswith("C")
    assert anna.value("tier_id") == "Gold"
    anna.click("button[name=action_advance] >> visible=true")
    assert anna.text(".o_arrow_button_current") == "Accepted"
    anna.picture("complaint-form")
    anna.open("kam_connector.kam_complaint_action?view_type=kanban")
    anna.picture("complaint-board")


@pytest.mark.long
def test_an_accountant_approves_a_payout(fin: Person) -> None:
    fin.open("kam_connector.kam_payout_action")
    fin.picture("payout-list")
    fin.click(".o_data_row:has-text('Bo') td[name=plan]")
    assert "123.458" in fin.text()
    fin.click("button[name=action_approve] >> visible=true")
    assert fin.text(".o_arrow_button_current") == "Approved"
    assert fin.value("approved_by") == "Fin"
    fin.picture("payout-form")


@pytest.mark.long
def test_a_chinese_user_reads_chinese(director: Person, cast: Cast) -> None:
    director.open(f"res.partner/{cast.partners['Alpha']}")
    director.click(".o_notebook_headers a[name=kam]")
    assert director.text(".o_notebook_headers a[name=kam]") == "大客户"
    assert director.value("kam_tier_id") == "金牌"
    assert director.value("kam_reason").startswith("评分 86.50 达到等级“金牌”的 80 分门槛")
    assert "180 天以上" in director.text()
    director.picture("customer-form-zh")
    director.open("kam_connector.kam_customer_action")
    assert all(word in director.text(".o_main_navbar") for word in ("大客户", "催收", "投诉", "激励提成"))
    director.picture("key-account-list-zh")
    director.open("kam_connector.kam_ageing_action")
    director.click(".o_data_row:has-text('到期日')")
    assert "与总账核对" in director.text()
    director.picture("ageing-form-zh")
    director.open("kam_connector.kam_run_action")
    director.picture("run-list-zh")
