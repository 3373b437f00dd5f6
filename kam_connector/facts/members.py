"""Who serves a customer beside its salesperson, as people wrote it down in the addon."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from kam_connector.facts.customers import customers
from kam_connector.facts.live import live
from kam_connector.facts.people import writers

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


def members(con: BaseBackend, as_of: date) -> ir.Table:
    """One row a user and role in the service team of a customer on `as_of`; first and last day are both of the span.

    Columns: member_id, company_id, customer_id, user_id, name (the user's), role (deputy, technical, service,
    logistics, finance, sponsor), date_from, date_to (null: until further notice). Requirements S0-5, S2-25.
    """
    member = live(con, "kam_account_member")
    member = member.filter(member.date_from <= as_of, member.date_to.isnull() | (member.date_to >= as_of))
    customer = customers(con).select("customer_id", partner_key="partner_id")
    joined = member.inner_join(customer, member.partner_id == customer.partner_key)
    person = writers(con).rename(name="writer")
    joined = joined.left_join(person, joined.user_id == person.writer_id)
    return joined.select(
        "company_id", "customer_id", "user_id", "name", "role", "date_from", "date_to", member_id="id"
    ).relocate("member_id")
