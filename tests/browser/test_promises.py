"""A promise is logged in two clicks, and the calendar shows it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.addon.cast import Cast
from tests.browser.pages import Person

pytestmark = [pytest.mark.odoo, pytest.mark.browser, pytest.mark.long]
DIALOG = ".modal .o_form_view"
SAVE = ".modal-footer button.btn-primary"


def promises(cast: Cast, name: str) -> list[dict[str, object]]:
    fields = ["amount", "made_on", "promised_for", "made_by", "state", "task_id"]
    found: list[dict[str, object]] = cast.admin.call(
        "kam.promise", "search_read", [["partner_id", "=", cast.partners[name]]], fields, load="", order="id"
    )
    return found


@pytest.mark.requirement("S4-52")
def test_a_promise_is_logged_on_the_customer_in_two_clicks(anna: Person, cast: Cast) -> None:
    before = len(promises(cast, "Alpha"))
    anna.open(f"res.partner/{cast.partners['Alpha']}")
    anna.click(".o_notebook_headers a[name=kam]")
    anna.click("button[name=action_open_kam_promise_dialog]")  # the first click
    assert anna.page.input_value(f"{DIALOG} div[name=amount] input") == "500.00"
    anna.picture("promise-dialog")
    anna.click(SAVE)  # the second
    assert anna.page.query_selector(".modal") is None
    made = promises(cast, "Alpha")
    assert len(made) == before + 1
    today, day = date.today(), date.fromisoformat(str(made[-1]["promised_for"]))
    assert (made[-1]["amount"], made[-1]["made_on"], made[-1]["state"]) == (500.0, today.isoformat(), "open")
    assert made[-1]["made_by"] == cast.users["anna"]
    assert (day.weekday(), timedelta(0) < day - today <= timedelta(days=7)) == (4, True)
    assert f"{before + 1} Promises" in anna.text(".o-form-buttonbox")
    assert "Promised to pay $ 500.00" in anna.text(".o-mail-Chatter")
    anna.picture("promise-logged")


def test_a_promise_is_logged_on_the_task_that_it_answers(anna: Person, cast: Cast) -> None:
    anna.open("kam_connector.kam_collection_task_action")
    anna.click(".o_data_row:has-text('Alpha') td[name=partner_id]")
    anna.click("button[name=action_open_promise_dialog]")
    anna.page.fill(f"{DIALOG} div[name=amount] input", "200")
    anna.click(SAVE)
    row = promises(cast, "Alpha")[-1]
    assert (row["amount"], bool(row["task_id"])) == (200.0, True)


def test_a_promise_is_logged_on_the_key_account(anna: Person, cast: Cast) -> None:
    anna.open("kam_connector.kam_customer_action")
    anna.click(".o_data_row:has-text('Beta') td[name=partner_id]")
    before = len(promises(cast, "Beta"))
    anna.click("button[name=action_open_promise_dialog]")
    anna.click(SAVE)
    assert len(promises(cast, "Beta")) == before + 1


def test_promises_stand_in_a_calendar_a_board_and_a_list(anna: Person, cast: Cast) -> None:
    middle = date.today().replace(day=15)
    for name, place, amount, state in (
        ("Alpha", -3, 900.0, "kept"),
        ("Beta", 0, 300.0, "broken"),
        ("Beta", 2, 75.0, "open"),
    ):
        day = (middle + timedelta(days=place)).isoformat()
        values = {"partner_id": cast.partners[name], "amount": amount, "made_on": "2026-01-02", "promised_for": day}
        promise = cast.login("anna").create("kam.promise", **values)
        if state != "open":
            cast.apply("kam.promise", cast.row(f"kam.promise,{promise}", state=state))
    anna.open("kam_connector.kam_promise_action?view_type=calendar")
    shown = anna.text(".o_calendar_container")
    assert all(words in shown for words in ("Alpha · $ 900.00", "Beta · $ 300.00", "Beta · $ 75.00"))
    anna.picture("promise-calendar")
    anna.open("kam_connector.kam_promise_action?view_type=kanban")
    assert "Beta" in anna.text(".o_kanban_group:has-text('Broken')")
    anna.picture("promise-board")
    anna.open("kam_connector.kam_promise_action")
    assert "Kept" in anna.text(".o_data_row:has-text('900.00')")
    anna.picture("promise-list")
    anna.click(".o_data_row:has-text('300.00') td[name=partner_id]")
    assert anna.text(".o_arrow_button_current") == "Broken"
    anna.picture("promise-form")


def test_a_manager_reads_promises_in_chinese(director: Person, cast: Cast) -> None:
    values = {"partner_id": cast.partners["Alpha"], "amount": 120.0, "kind": "extension"}
    promise = cast.login("anna").create("kam.promise", **values)
    director.open(f"action-kam_connector.kam_promise_action/{promise}")
    assert "待审批" in director.text()
    director.click("button[name=action_approve]")
    assert director.value("approved_by") == "Dir"
    director.picture("promise-form-zh")
