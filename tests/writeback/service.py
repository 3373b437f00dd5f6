"""The login that does the nights in a real Odoo: no administrator, only what `kam doctor` asks for."""

from __future__ import annotations

import dataclasses

from kam_connector.erp import ErpAccess
from tests.contract.conftest import Place

LOGIN, KEY = "night@example.com", "night-Key-41"
GROUPS = (
    ("base", "group_user"),
    ("base", "group_partner_manager"),
    ("sales_team", "group_sale_salesman_all_leads"),
    ("account", "group_account_readonly"),
)
CONNECTOR = ("kam_connector", "group_connector")


def service_access(place: Place) -> ErpAccess:
    """The way in for a service user of both companies, made now."""
    session, groups = place.session, []
    for module, name in (*GROUPS, CONNECTOR) if place.has_addon else GROUPS:
        domain = [("module", "=", module), ("name", "=", name)]
        groups.append(session.search_read("ir.model.data", domain, ["res_id"])[0]["res_id"])
    user = {
        "name": "Night",
        "login": LOGIN,
        "password": KEY,
        "company_ids": [[6, 0, list(place.companies)]],
        "group_ids" if session.version >= (19, 0) else "groups_id": [[6, 0, groups]],
    }
    session.create("res.users", [user], context={"no_reset_password": True})
    return dataclasses.replace(place.access, login=LOGIN, key=KEY)
