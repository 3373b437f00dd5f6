"""Tickets and claims of the community's modules on a real Odoo 19: pulled, made cases of, read again, people win."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.addon import odoo
from tests.addon.rpc import Login
from tests.runs import nights
from tests.scenarios.desks import CASE, Desk

pytestmark = [pytest.mark.odoo, pytest.mark.long, pytest.mark.timeout(600)]
CASES = ("helpdesk.ticket:complaint", "crm.claim:first")


class TicketDesk(Desk):
    """An Odoo with helpdesk and claims."""

    def case(self, source: str, *fields: str) -> dict[str, Any]:
        """The complaint that came of the ticket or claim."""
        key = f"{source.split(':')[0]},{self.ids[source]}"
        rows: list[dict[str, Any]] = self.admin.call(
            CASE, "search_read", [["kam_key", "=", key]], list(fields), load="", limit=2
        )
        [row] = rows
        return row


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TicketDesk]:
    from rig import community

    for installed in odoo.copied_addon():
        admin = installed.admin
        community.install(admin.database)
        place = nights.at(tmp_path_factory.mktemp("home"), admin.url, admin.database, "admin", "admin")
        yield TicketDesk(admin, place, _write(admin))


def _write(admin: Login) -> dict[str, int]:
    """Acme complains twice by ticket and twice by claim; one claim is about the order of a ticket's twin."""
    seller = admin.create("res.users", name="Sina", login="sina")
    acme = admin.create("res.partner", name="Acme", is_company=True, user_id=seller)
    buyer = admin.create("res.partner", name="Buyer", parent_id=acme)
    order = admin.create("sale.order", partner_id=acme)
    category = admin.create("helpdesk.ticket.category", name="Complaint")
    ticket = {"partner_id": buyer, "description": "<p>The <b>carrier</b> dropped it</p>"}
    claim = {"partner_id": acme, "model_ref_id": f"sale.order,{order}"}
    return {
        "order": order, "acme": acme, "buyer": buyer, "seller": seller,
        "helpdesk.ticket:complaint": admin.create("helpdesk.ticket", name="Bent", category_id=category, **ticket),
        "helpdesk.ticket:question": admin.create("helpdesk.ticket", name="When?", **ticket),
        "crm.claim:first": admin.create("crm.claim", name="Wrong price", **claim),
        "crm.claim:second": admin.create("crm.claim", name="Wrong price again", **claim),
    }  # fmt: skip


@pytest.mark.requirement("S4-73")
def test_tickets_and_claims_become_cases_once_with_deadlines_and_people_keep_what_they_change(desk: TicketDesk) -> None:
    admin, ids = desk.admin, desk.ids
    found = desk.night()
    assert [finding["record"] for finding in found] == [f"crm.claim,{ids['crm.claim:second']}"]

    ticket = desk.case(
        "helpdesk.ticket:complaint", "type", "severity", "partner_id", "contact_id", "user_id", "subject"
    )
    assert (ticket["type"], ticket["severity"], ticket["subject"]) == ("transport", "medium", "Bent")
    assert (ticket["partner_id"], ticket["contact_id"]) == (ids["acme"], ids["buyer"])
    claim = desk.case("crm.claim:first", "type", "order_id", "triage", "kam_version", "response_due")
    assert (claim["type"], claim["order_id"]) == ("contract", ids["order"])
    assert "“price”" in claim["triage"]
    assert admin.search(CASE, [["partner_id", "=", ids["acme"]]], limit=9) == sorted(
        (ticket["id"], claim["id"]), reverse=True
    )

    # a person classifies anew; the next night sets deadlines and touches nothing else
    admin.write(CASE, ticket["id"], severity="critical", type="product", user_id=ids["seller"])
    desk.night()
    after = desk.case("helpdesk.ticket:complaint", "type", "severity", "user_id", "response_due", "resolution_due")
    assert (after["type"], after["severity"], after["user_id"]) == ("product", "critical", ids["seller"])
    assert after["response_due"]
    assert after["resolution_due"] > after["response_due"]
    versions = [
        desk.case(name, "kam_version")["kam_version"] for name in ("helpdesk.ticket:complaint", "crm.claim:first")
    ]
    desk.night()
    again = [desk.case(name, "kam_version")["kam_version"] for name in ("helpdesk.ticket:complaint", "crm.claim:first")]
    assert again == versions


def test_a_ticket_that_was_closed_and_opened_again_is_open_whatever_its_closing_date_says(desk: TicketDesk) -> None:
    admin, ticket = desk.admin, desk.ids["helpdesk.ticket:complaint"]
    done = admin.xml_id("helpdesk_mgmt.helpdesk_ticket_stage_done")
    admin.write("helpdesk.ticket", ticket, stage_id=done)
    assert f"helpdesk.ticket,{ticket}" in [finding["record"] for finding in desk.night()]
    admin.write("helpdesk.ticket", ticket, stage_id=admin.xml_id("helpdesk_mgmt.helpdesk_ticket_stage_in_progress"))
    assert admin.read("helpdesk.ticket", ticket, "closed_date")["closed_date"]
    assert f"helpdesk.ticket,{ticket}" not in [finding["record"] for finding in desk.night()]
