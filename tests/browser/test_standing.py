"""How a customer pays and whether to deliver on credit, where a salesperson looks."""

from __future__ import annotations

import pytest

from tests.addon.cast import Cast, write_standing
from tests.browser.pages import Person

pytestmark = [pytest.mark.odoo, pytest.mark.browser, pytest.mark.long]


@pytest.mark.requirement("S4-49")
def test_the_key_account_shows_advice_and_class_with_their_reasons(anna: Person, cast: Cast) -> None:
    record = write_standing(cast)
    anna.open(f"kam_connector.kam_customer_action/{record}")
    assert (anna.value("credit_advice"), anna.value("payer_class")) == ("Hold Deliveries", "Slow")
    assert "Hold deliveries on credit: exposure $ 105,000.00" in anna.text()
    assert anna.value("headroom") == "$ -5,000.00"
    anna.picture("key-account-standing")
    anna.open(f"res.partner/{cast.partners['Alpha']}")
    anna.click(".o_notebook_headers a[name=kam]")
    assert (anna.value("kam_credit_advice"), anna.value("kam_payer_class")) == ("Hold Deliveries", "Slow")
    anna.picture("customer-standing")


def test_the_list_filters_by_hold_and_groups_by_class(anna: Person, cast: Cast) -> None:
    write_standing(cast)
    anna.open("kam_connector.kam_customer_action")
    anna.click(".o_searchview_dropdown_toggler")
    anna.click(".o_filter_menu .o_menu_item:text-is('Hold Deliveries')")
    anna.page.keyboard.press("Escape")
    shown = anna.text(".o_list_table tbody")
    assert "Alpha" in shown
    assert "Beta" not in shown
    anna.click(".o_searchview_dropdown_toggler")
    anna.click(".o_group_by_menu .o_menu_item:text-is('Payer')")
    assert "Slow (1)" in anna.text(".o_list_table tbody")
    anna.page.keyboard.press("Escape")
    anna.picture("key-account-by-payer")
