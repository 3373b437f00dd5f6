"""Customers: every partner with the customer it belongs to and the group above it.

A customer is the commercial partner (contacts roll up into it); a group is the root of `parent_id`, so that a
subsidiary that is a company of its own still stands under its group (the pull works the roots out). Whoever is in a
circle of parents, or below one, is his own group (R-38), and a finding of the pull.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kam_connector.facts.live import live, remembered, viewed
from kam_connector.facts.people import user_teams

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


@remembered
def customers(con: BaseBackend) -> ir.Table:
    """One row a partner, archived ones included; a customer is a row whose partner_id is its customer_id.

    Columns: partner_id, customer_id, group_id, name, is_company, user_id (its own, else the customer's), team_id
    (of that user), company_id (null: shared by all companies), active, create_date (UTC), zone (its own, else the
    customer's; null: not known).
    """
    partner = partners(con)
    team = user_teams(con).select(seller_id="user_id", team_id="team_id")
    joined = partner.left_join(team, partner.user_id == team.seller_id)
    return joined.select(
        "partner_id",
        "customer_id",
        "group_id",
        "name",
        "is_company",
        "user_id",
        "team_id",
        "company_id",
        "active",
        "create_date",
        "zone",
    )


@viewed
def partners(con: BaseBackend) -> ir.Table:
    """The same without team_id, for whoever looks for the team of another user."""
    partner = _with_customer(con)
    group = con.table("partner_group").select(member_id="partner_id", group_key="group_id")
    joined = partner.left_join(group, partner.partner_id == group.member_id)
    return joined.mutate(group_id=joined.group_key.fill_null(joined.customer_id)).drop("member_id", "group_key")


@remembered
def customer_keys(con: BaseBackend) -> ir.Table:
    """partner_key and customer_key of every partner, for whoever asks nothing else of the customer."""
    partner = live(con, "res_partner")
    return partner.select(partner_key="id", customer_key=partner.commercial_partner_id.fill_null(partner.id))


@remembered
def customer_groups(con: BaseBackend) -> ir.Table:
    """customer_id and group_id of every customer, for whoever asks nothing else of it."""
    partner = live(con, "res_partner")
    customer = partner.filter(partner.commercial_partner_id.fill_null(partner.id) == partner.id).select("id")
    group = con.table("partner_group").select(member_id="partner_id", group_key="group_id")
    joined = customer.left_join(group, customer.id == group.member_id)
    return joined.select(customer_id="id", group_id=joined.group_key.fill_null(joined.id))


def _with_customer(con: BaseBackend) -> ir.Table:
    partner = live(con, "res_partner")
    customer = live(con, "res_partner").select(customer_key="id", customer_user_id="user_id", customer_zone="tz")
    joined = partner.left_join(customer, partner.commercial_partner_id == customer.customer_key)
    return joined.select(
        "name",
        "is_company",
        "company_id",
        "active",
        "create_date",
        partner_id=joined.id,
        customer_id=joined.commercial_partner_id.fill_null(joined.id),
        user_id=joined.user_id.fill_null(joined.customer_user_id),
        zone=joined.tz.fill_null(joined.customer_zone),
    )
