"""What people have said of customers in the addon: ratings from 1 to 5, an estimate of their need, who and when."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from kam_connector.facts.live import live
from kam_connector.facts.people import writers

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


def ratings(con: BaseBackend, as_of: date) -> ir.Table:
    """One row a company and customer whom somebody has rated up to `as_of`.

    Columns: rating_id (the `kam.customer` record), company_id, customer_id, influence, strategic_fit, service_demand,
    recommendation, brand_lift, sales_diversity, price_sensitivity, quality_demand, relationship_focus ("1" to "5";
    empty: not rated), wallet_estimate_minor (company currency; 0 or empty: not estimated), rated_on, rated_by_id
    (user), rated_by (that person's name). The ERP keeps the last rating only: for a day before it there is none.
    Requirements S0-1, S0-2, S1-2, S2-10, S2-13, S2-17, S4-79, S4-82.
    """
    customer = live(con, "kam_customer")
    customer = customer.filter(customer.rated_on <= as_of)
    rater = writers(con).rename(rated_by="writer")
    joined = customer.left_join(rater, customer.rated_by_id == rater.writer_id)
    return joined.select(
        "company_id",
        "influence",
        "strategic_fit",
        "service_demand",
        "recommendation",
        "brand_lift",
        "sales_diversity",
        "price_sensitivity",
        "quality_demand",
        "relationship_focus",
        "wallet_estimate_minor",
        "rated_on",
        "rated_by_id",
        "rated_by",
        rating_id="id",
        customer_id="partner_id",
    ).relocate("rating_id", "company_id", "customer_id")
