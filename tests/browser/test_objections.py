"""A payee objects on the payout in two clicks and a sentence; an accountant answers."""

from __future__ import annotations

import pytest

from tests.addon.cast import Cast
from tests.browser.pages import Person

pytestmark = [pytest.mark.odoo, pytest.mark.browser, pytest.mark.long]
DIALOG = ".modal .o_form_view"
SAVE = ".modal-footer button.btn-primary"
TEXT = "INV/7 is mine."
WORDS = "It is: the invoice is put right."


@pytest.mark.requirement("S4-33")
def test_a_payee_objects_and_an_accountant_answers(anna: Person, fin: Person, cast: Cast) -> None:
    anna.open("kam_connector.kam_payout_action")
    anna.click(".o_data_row td[name=plan]")
    assert anna.value("period_state") == "Open"
    anna.click("button[name=action_open_objection_dialog] >> visible=true")
    anna.page.fill(f"{DIALOG} div[name=text] textarea", TEXT)
    anna.picture("objection-dialog")
    anna.click(SAVE)
    assert anna.page.query_selector(".modal") is None
    assert anna.text(".ribbon").casefold() == "objection open"
    assert "1 Objections" in anna.text(".o-form-buttonbox")
    assert f"An objection was raised: {TEXT}" in anna.text(".o-mail-Chatter")
    anna.picture("payout-objected")

    fin.open("kam_connector.kam_payout_objection_action")
    assert TEXT in fin.text(".o_data_row")
    fin.picture("objection-list")
    fin.click(".o_data_row td[name=text]")
    fin.page.fill("div[name=answer] textarea", WORDS)
    fin.click("button[name=action_accept] >> visible=true")
    assert fin.value("answered_by") == "Fin"
    assert fin.text(".o_arrow_button_current") == "Upheld"
    assert fin.page.query_selector("button[name=action_reject]") is None
    fin.picture("objection-answered")
    fields = ("state", "answer", "raised_by")
    [number] = cast.admin.search("kam.payout.objection", [["payee_id", "=", cast.users["anna"]]])
    found = cast.admin.read("kam.payout.objection", number, *fields)
    assert found == {"id": number, "state": "accepted", "answer": WORDS, "raised_by": cast.users["anna"]}


def test_nobody_but_the_payee_has_the_button(fin: Person) -> None:
    fin.open("kam_connector.kam_payout_action")
    fin.click(".o_data_row:has-text('Cara') td[name=plan]")
    assert fin.page.query_selector("button[name=action_open_objection_dialog]") is None
