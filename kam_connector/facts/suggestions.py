"""What customers have suggested to us, as people wrote it down in the addon: what, on which day, who wrote it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from kam_connector.facts.customers import customers
from kam_connector.facts.live import live
from kam_connector.facts.people import writers

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


def suggestions(con: BaseBackend, as_of: date) -> ir.Table:
    """One row a suggestion of a customer made up to `as_of`, its state as it is today.

    Columns: suggestion_id, company_id, customer_id, suggestion (in one sentence), topic, state (open, accepted, done,
    declined), suggested_on, written_by_id (user), written_by (that person's name). Requirement S4-5.
    """
    said = live(con, "kam_suggestion")
    said = said.filter(said.suggested_on <= as_of)
    partner = customers(con).select("customer_id", partner_key="partner_id")
    joined = said.inner_join(partner, said.partner_id == partner.partner_key)
    writer = writers(con)
    joined = joined.left_join(writer, joined.written_by_id == writer.writer_id)
    return joined.select(
        "company_id",
        "customer_id",
        "topic",
        "state",
        "suggested_on",
        "written_by_id",
        suggestion_id=joined.id,
        suggestion=joined.name,
        written_by=joined.writer,
    ).relocate("suggestion_id", "company_id", "customer_id", "suggestion")
