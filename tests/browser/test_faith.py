"""The page of a complaint's evidence: a salesperson notes what was seen, a director reads it in Chinese and reviews."""

from __future__ import annotations

import pytest

from tests.addon.cast import Cast
from tests.addon.test_evidence import MODEL, NOTE, record, review
from tests.browser.pages import Person

pytestmark = [pytest.mark.odoo, pytest.mark.browser, pytest.mark.long]
DIALOG = ".modal .o_form_view"
WORDS = "Lot 17 on the label, we never had one."


def open_evidence(person: Person, case: int) -> None:
    person.open(f"kam_connector.kam_complaint_action/{case}")
    person.click(".o_notebook a[name=evidence]")


@pytest.mark.requirement("S4-74")
def test_a_salesperson_notes_what_was_seen_and_a_director_reviews_it(
    anna: Person, director: Person, cast: Cast
) -> None:
    case = record(cast)
    open_evidence(anna, case)
    assert "2 independent kinds of evidence: suspected" in anna.value("evidence_story")
    assert anna.page.query_selector(".o_field_widget[name=review_ids]") is None
    anna.click(".o_field_widget[name=evidence_ids] .o_field_x2many_list_row_add a")
    anna.click(f"{DIALOG} div[name=kind] input")
    anna.click(".o_select_menu_item:has-text('Lot or Document')")
    anna.page.fill(f"{DIALOG} div[name=note] textarea", WORDS)
    anna.picture("evidence-dialog")
    anna.click(".modal-footer button.btn-primary")
    anna.click(".o_form_button_save")
    anna.picture("evidence-page")
    [noted] = cast.admin.search(NOTE, [["complaint_id", "=", case]])
    assert cast.admin.read(NOTE, noted, "note")["note"] == WORDS

    review(cast, case, "li")
    open_evidence(director, case)
    director.picture("evidence-page-zh")
    assert WORDS in director.value("evidence_ids")
    director.click(".o_notebook a[name=learning]")
    director.picture("learning-page-zh")
    assert not cast.admin.read(MODEL, case, "is_malicious")["is_malicious"]
