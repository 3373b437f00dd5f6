"""What the ERP has on file of a customer: number, tax id, language, country, who serves it, what it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kam_connector.facts.customers import customers
from kam_connector.facts.live import live

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


def profiles(con: BaseBackend) -> ir.Table:
    """One row a customer (a partner that is its own commercial partner), archived ones included.

    Columns: customer_id, name, number (the company's own of it), vat, lang, country_id, country (its name), parent_id
    (the customer that it stands under; null: none), group_id, user_id, team_id (of that user), active.
    """
    customer = customers(con)
    customer = customer.filter(customer.partner_id == customer.customer_id)
    partner = live(con, "res_partner")
    filed = partner.select("ref", "vat", "lang", "country_id", "parent_id", filed_id="id")
    above = customers(con).select(above_id="partner_id", above_customer_id="customer_id")
    joined = customer.inner_join(filed, customer.customer_id == filed.filed_id)
    joined = joined.left_join(above, joined.parent_id == above.above_id)
    named = live(con, "res_country").select(country_key="id", country="name")
    joined = joined.left_join(named, joined.country_id == named.country_key)
    return joined.select(
        "customer_id",
        "name",
        number=joined.ref,
        vat=joined.vat,
        lang=joined.lang,
        country_id=joined.country_id,
        country=joined.country,
        parent_id=joined.above_customer_id,
        group_id=joined.group_id,
        user_id=joined.user_id,
        team_id=joined.team_id,
        active=joined.active.fill_null(True),
    )
