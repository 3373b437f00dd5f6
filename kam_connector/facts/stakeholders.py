"""Who has a say in what a customer buys, as people wrote it down in the addon: role, attitude, influence.

What they wrote of a person's background and taste is not in the mirror (docs/security.md).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from kam_connector.facts.customers import customers
from kam_connector.facts.live import live
from kam_connector.facts.people import writers
from kam_connector.facts.tiered import tiered

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


def stakeholders(con: BaseBackend, as_of: date) -> ir.Table:
    """One row a contact and role at a customer that had not begun after `as_of`, as it is noted today.

    Columns: stakeholder_id, company_id, customer_id, contact_id, contact (its name; null: deleted), role (decides,
    influences, buys, uses, advises, gatekeeper), attitude (supports, neutral, against, unknown), influence ("1" to "5";
    null: not rated), since, until, is_gone (the last day lies before `as_of`, or the contact is archived, deleted or
    another customer's today), noted_on, noted_by (the name of who noted it last). Requirements S2-8, S2-14, S3-6.
    """
    noted = live(con, "kam_stakeholder")
    noted = noted.filter(noted.since.isnull() | (noted.since <= as_of))
    customer = customers(con).select("customer_id", partner_key="partner_id")
    joined = noted.inner_join(customer, noted.partner_id == customer.partner_key)
    person = live(con, "res_partner")
    person = person.select(
        person_key="id", contact="name", is_there=person.active.fill_null(True), home_id="commercial_partner_id"
    )
    joined = joined.left_join(person, joined.contact_id == person.person_key)
    writer = writers(con).rename(noted_by="writer")
    joined = joined.left_join(writer, joined.noted_by_id == writer.writer_id)
    is_there = joined.is_there.fill_null(False) & (joined.home_id == joined.customer_id).fill_null(False)
    return joined.select(
        "company_id", "customer_id", "contact_id", "contact", "role", "attitude", "influence", "since", "until",
        "noted_on", "noted_by", stakeholder_id="id", is_gone=~is_there | (joined.until < as_of).fill_null(False),
    ).relocate("stakeholder_id")  # fmt: skip


def undecided(con: BaseBackend, as_of: date) -> ir.Table:
    """One row a company and customer with a tier in the addon of whom nobody is noted there who decides and is present.

    Columns: company_id, customer_id, tier (its code; one that a person has set counts). Requirement S2-8.
    """
    noted = stakeholders(con, as_of)
    deciders = noted.filter(noted.role == "decides", ~noted.is_gone).select("company_id", "customer_id")
    return tiered(con).anti_join(deciders, ["company_id", "customer_id"])
