"""Where a customer stands in the market: industry, country, state, company or person, whether it sells to us, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kam_connector.facts.customers import customer_keys
from kam_connector.facts.live import live

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


def markets(con: BaseBackend) -> ir.Table:
    """One row a customer (a partner that is its own commercial partner), archived ones included.

    Columns: customer_id, is_company, is_supplier (a vendor bill was booked), industry_id, industry (its name),
    country_id, country (its name), country_code, state_id, state (its name), state_code; empty: not on file.
    Requirements S2-4, S2-6, S4-96.
    """
    partner = live(con, "res_partner")
    partner = partner.filter(partner.commercial_partner_id.fill_null(partner.id) == partner.id)
    partner = partner.select(
        "industry_id", "country_id", "state_id", customer_id="id", is_company=partner.is_company.fill_null(False),
        is_supplier=partner.supplier_rank.fill_null(0) > 0,
    )  # fmt: skip
    industry = live(con, "res_partner_industry").select(industry_key="id", industry="name")
    country = live(con, "res_country").select(country_key="id", country="name", country_code="code")
    state = live(con, "res_country_state").select(state_key="id", state="name", state_code="code")
    joined = partner.left_join(industry, partner.industry_id == industry.industry_key)
    joined = joined.left_join(country, joined.country_id == country.country_key)
    joined = joined.left_join(state, joined.state_id == state.state_key)
    return joined.select(
        "customer_id", "is_company", "is_supplier", "industry_id", "industry", "country_id", "country",
        "country_code", "state_id", "state", "state_code",
    )  # fmt: skip


def carried_tags(con: BaseBackend) -> ir.Table:
    """One row a customer and tag of its record that focus.toml asks for. Columns: customer_id, tag (its name).

    Tags of a customer's contacts are not the customer's.
    """
    tag = con.table("partner_tag")
    customer = customer_keys(con)
    customer = customer.filter(customer.partner_key == customer.customer_key).select("customer_key")
    joined = tag.inner_join(customer, tag.partner_id == customer.customer_key)
    return joined.select("tag", customer_id="partner_id").distinct().relocate("customer_id")
