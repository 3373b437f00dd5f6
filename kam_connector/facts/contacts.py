"""Who the people at a customer are. The mirror has neither their addresses nor numbers (docs/security.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kam_connector.facts.live import live

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


def contacts(con: BaseBackend) -> ir.Table:
    """One row a partner that belongs to a customer and is not the customer itself, archived ones included.

    Columns: partner_id, customer_id, name, function (the job, as the ERP has it), active.
    """
    partner = live(con, "res_partner")
    partner = partner.filter(partner.commercial_partner_id.notnull(), partner.commercial_partner_id != partner.id)
    return partner.select(
        "name",
        "function",
        partner_id=partner.id,
        customer_id=partner.commercial_partner_id,
        active=partner.active.fill_null(True),
    ).relocate("partner_id", "customer_id")
