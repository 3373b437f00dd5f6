"""What tells how good and how fresh the customer records are. Requirements S4-99 and S4-100.

Everything is as the mirror holds it today; only the days of orders, invoices, activities and writes are cut off at a
day.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.customers import customers
from kam_connector.facts.days import Zones, day_end
from kam_connector.facts.invoices import posted_invoices
from kam_connector.facts.live import live

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

CONTACT_FIELDS = ("email", "phone")
"""In the mirror only where the sync policy asks for them (`custom_fields = ["res.partner.email", ...]`)."""


def partner_records(con: BaseBackend) -> ir.Table:
    """One row a partner, archived ones included.

    Columns: partner_id, customer_id, group_id, name, vat, email and phone (null where not mirrored), country_id,
    company_id, user_id, is_company, active, is_customer (Odoo ranks it as one), cyclic (stands in a
    circle of parents or below one), parent_id, parent_state (present, archived, gone; null without a parent).
    """
    partner = live(con, "res_partner").drop("user_id")
    parent = live(con, "res_partner").select(parent_key="id", parent_active="active")
    group = con.table("partner_group").select("cyclic", member_id="partner_id")
    head = customers(con).select("customer_id", "group_id", "user_id", own_id="partner_id")
    joined = partner.left_join(parent, partner.parent_id == parent.parent_key)
    joined = joined.left_join(group, partner.id == group.member_id).left_join(head, partner.id == head.own_id)
    state = ibis.cases(
        (joined.parent_id.isnull(), ibis.null("string")),
        (joined.parent_key.isnull(), "gone"),
        (joined.parent_active, "present"),
        else_="archived",
    )
    records = joined.select(
        "customer_id", "group_id", "name", "vat", "country_id", "company_id", "user_id", "is_company", "active",
        "parent_id", partner_id=joined.id, cyclic=joined.cyclic.fill_null(False), parent_state=state,
        is_customer=joined.customer_rank.fill_null(0) > 0,
    )  # fmt: skip
    return _with_contacts(con, records)


def last_days(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """One row a customer and kind of sign of life up to `as_of`, in whatever company.

    Columns: customer_id, kind (order, invoice, activity, write), last_on: the day (UTC) of the last confirmed order, of
    the last invoice, of the last change of an activity on the customer or a contact of his, of the last write of any of
    their records.
    """
    return (
        _orders(con, as_of, zones)
        .union(_invoices(con, as_of))
        .union(_activities(con, as_of))
        .union(_writes(con, as_of))
        .group_by("customer_id", "kind")
        .agg(last_on=lambda row: row.last_on.max())
    )


def group_units(con: BaseBackend) -> ir.Table:
    """One row a group, company and currency of invoices: whether a group can be added up.

    Columns: company_id, currency_id, group_id.
    """
    invoice = posted_invoices(con)
    invoice = invoice.filter(invoice.customer_id > 0)
    owner = customers(con).select(owner_id="partner_id", owner_group_id="group_id")
    joined = invoice.inner_join(owner, invoice.customer_id == owner.owner_id)
    return joined.select("company_id", "currency_id", group_id=joined.owner_group_id).distinct()


def _with_contacts(con: BaseBackend, records: ir.Table) -> ir.Table:
    custom = con.table("res_partner_custom") if "res_partner_custom" in con.list_tables() else None
    there = [name for name in CONTACT_FIELDS if custom is not None and name in custom.columns]
    if custom is not None and there:
        own = custom.select(*there, contact_key="id")
        records = records.left_join(own, records.partner_id == own.contact_key).drop("contact_key")
    return records.mutate(**{name: ibis.null("string") for name in CONTACT_FIELDS if name not in there})


def _orders(con: BaseBackend, as_of: date, zones: Zones | None) -> ir.Table:
    order = live(con, "sale_order")
    order = order.filter(
        order.state.isin(["sale", "done"]), order.date_order < day_end(con, order.company_id, as_of, zones)
    )
    return _of_customers(con, order.select("partner_id", last_on=order.date_order.date()), "order")


def _invoices(con: BaseBackend, as_of: date) -> ir.Table:
    invoice = posted_invoices(con)
    invoice = invoice.filter(invoice.kind == "invoice", invoice.date <= as_of, invoice.customer_id > 0)
    return invoice.select("customer_id", kind=ibis.literal("invoice"), last_on=invoice.date)


def _activities(con: BaseBackend, as_of: date) -> ir.Table:
    """Those that are done as well: Odoo deletes or archives them, and their last change stays known for a while."""
    activity = con.table("mail_activity")
    activity = activity.filter(activity.res_model == "res.partner", activity._write_date.date() <= as_of)
    return _of_customers(
        con, activity.select(partner_id=activity.res_id, last_on=activity._write_date.date()), "activity"
    )


def _writes(con: BaseBackend, as_of: date) -> ir.Table:
    partner = live(con, "res_partner")
    partner = partner.filter(partner._write_date.date() <= as_of)
    return _of_customers(con, partner.select(partner_id="id", last_on=partner._write_date.date()), "write")


def _of_customers(con: BaseBackend, rows: ir.Table, kind: str) -> ir.Table:
    """The rows of partners with their customer."""
    owner = customers(con).select("customer_id", owner_id="partner_id")
    joined = rows.inner_join(owner, rows.partner_id == owner.owner_id)
    return joined.select("customer_id", "last_on", kind=ibis.literal(kind)).select("customer_id", "kind", "last_on")
