"""R-92 in a real browser: a name with a script in it is shown as text, wherever a customer's name stands."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.addon.cast import Cast
from tests.browser.pages import Person

pytestmark = [pytest.mark.odoo, pytest.mark.browser, pytest.mark.long]
SCRIPT = '<script>window.kamHit = 1</script><img src=x onerror="window.kamHit = 2"> {{ 7*7 }} Zq'


@pytest.fixture(scope="module")
def customer(odoo19_office: Cast) -> int:
    """A customer of Anna's with such a name, its figures and a task."""
    cast = odoo19_office
    partner = cast.admin.create("res.partner", name=SCRIPT, user_id=cast.users["anna"], customer_rank=1)
    figures = {"partner_id": partner, "score": 50.0, "status": "rated", "user_id": cast.users["anna"]}
    task = {"partner_id": partner, "user_id": cast.users["anna"], "step": SCRIPT, "level": 1, "amount": 5.0}
    cast.apply("kam.customer", cast.row(f"customer:{partner}", **figures))
    cast.apply("kam.collection.task", cast.row(f"task:{partner}:1:call", **task))
    return partner


def test_r92_a_name_with_a_script_is_shown_as_text(
    customer: int, chromium_people: Callable[[str], Person], cast: Cast
) -> None:
    anna = chromium_people("anna")
    [figures] = cast.login("anna").search("kam.customer", [["partner_id", "=", customer]])
    for path in (
        "kam_connector.kam_customer_action",
        f"action-kam_connector.kam_customer_action/{figures}",
        "kam_connector.kam_collection_task_action",
        f"contacts/{customer}",
    ):
        anna.open(path)
        assert anna.page.evaluate("window.kamHit") is None, path
        assert anna.page.query_selector("img[src='x']") is None, path
    assert "<script>window.kamHit" in anna.page.title()
