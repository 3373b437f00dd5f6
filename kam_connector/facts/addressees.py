"""How a customer is written to: his name, number and language. The mirror has no addresses (docs/security.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kam_connector.facts.live import live

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


def addressees(con: BaseBackend) -> ir.Table:
    """One row a partner.

    Columns: partner_id, customer_id (its commercial partner), name, vat, lang, number (the company's own of it).
    """
    partner = live(con, "res_partner")
    return partner.select(
        "name",
        "vat",
        "lang",
        partner_id=partner.id,
        customer_id=partner.commercial_partner_id.fill_null(partner.id),
        number=partner.ref,
    ).relocate("partner_id", "customer_id")
