"""Which customers have a tier in the addon: what is asked of key accounts alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kam_connector.facts.live import live

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


def tiered(con: BaseBackend) -> ir.Table:
    """One row a company and customer with a tier in the addon.

    Columns: company_id, tier (its code; one that a person has set counts), customer_id.
    """
    tier = live(con, "kam_tier").select(tier_key="id", tier="code")
    figures = live(con, "kam_customer")
    rated = figures.inner_join(tier, figures.current_tier_id == tier.tier_key)
    return rated.select("company_id", "tier", customer_id="partner_id")
