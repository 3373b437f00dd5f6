"""What was delivered to customers, by whose sale, and whose the complaints were that turned out justified.

Both count for whoever sold at that time: who takes a customer over later takes over neither (case W28).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.complaints import lately_settled
from kam_connector.facts.customers import customer_keys, customers
from kam_connector.facts.days import Zones, day_end, local_day, twelve_months, year_before
from kam_connector.facts.invoices import posted_invoices
from kam_connector.facts.live import live

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

_BETWEEN = ","
_COLUMNS = ("delivery_id", "company_id", "customer_id", "user_id", "delivered_on", "kind", "number", "in_12m")


def deliveries(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """One row a delivery up to the end of `as_of` in its company's zone, or one for each salesperson where its origin
    names orders of several; of a company without any in twelve months, one row an invoice.

    Columns: delivery_id (of the transfer or the invoice), company_id, customer_id (0: no partner), user_id (salesperson
    of the order, of one that the origin names, or of the invoice, else the customer's of today; null: nobody),
    delivered_on, kind (delivery, invoice), number, in_12m (within twelve months).
    """
    shipped = _shipped(con, as_of, zones)
    stocked = shipped.filter(shipped.in_12m).select("company_id").distinct()
    return shipped.semi_join(stocked, "company_id").union(_invoiced(con, as_of).anti_join(stocked, "company_id"))


def seller_deliveries(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """company_id, user_id, kind, deliveries: how many of the twelve months up to `as_of` were by whose sale."""
    delivery = deliveries(con, as_of, zones)
    delivery = delivery.filter(delivery.in_12m, delivery.user_id.notnull())
    return delivery.group_by("company_id", "user_id", "kind").agg(deliveries=delivery.count())


def seller_complaints(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """One row a complaint that was received and settled within twelve months up to `as_of` (`lately_settled`).

    Columns: complaint_id, company_id, customer_id (0: no partner), severity, user_id: who sold what it is about, from
    the delivery, the order or the invoice that it names, else from the customer's last delivery before it came in, else
    the customer's salesperson of today; null: nobody. A delivery with goods of several people does not tell it.
    """
    complaint = _named(con, lately_settled(con, as_of, zones))
    window = (year_before(as_of), as_of)
    received = local_day(con, complaint.company_id, complaint.received_at, window, zones)
    complaint = complaint.mutate(received_on=received)
    delivery = deliveries(con, as_of, zones)
    named = _named_deliveries(complaint, delivery)
    sellers = [
        _only_seller(named, named.delivery_id.desc()),
        _of_paper(complaint, live(con, "sale_order").select(paper_id="id", seller="user_id"), "order_id"),
        _of_paper(complaint, live(con, "account_move").select(paper_id="id", seller="invoice_user_id"), "move_id"),
        _of_last(complaint.anti_join(named, "complaint_id"), delivery),
        _of_paper(complaint, customers(con).select(paper_id="partner_id", seller="user_id"), "customer_id"),
    ]
    joined = complaint
    for place, seller in enumerate(sellers):
        found = seller.select(**{f"case_{place}": seller.complaint_id, f"seller_{place}": seller.seller})
        joined = joined.left_join(found, joined.complaint_id == found[f"case_{place}"])
    first = ibis.coalesce(*(joined[f"seller_{place}"] for place in range(len(sellers))))
    return joined.select("complaint_id", "company_id", "customer_id", "severity", user_id=first)


def _shipped(con: BaseBackend, as_of: date, zones: Zones | None) -> ir.Table:
    picking = live(con, "stock_picking")
    picking = picking.filter(picking.date_done < day_end(con, picking.company_id, as_of, zones))
    order = live(con, "sale_order")
    own = order.select(order_key="id", order_seller="user_id", order_partner="partner_id")
    named = _named_sellers(picking, order)
    row = picking.left_join(own, picking.sale_id == own.order_key).left_join(named, picking.id == named.named_picking)
    row = row.mutate(buyer=ibis.coalesce(row.partner_id, row.order_partner))
    partner = customer_keys(con)
    row = row.left_join(partner, row.buyer == partner.partner_key)
    owner = customers(con).select(owner_key="partner_id", owner_id="user_id")
    row = row.left_join(owner, row.buyer == owner.owner_key)
    first, last = twelve_months(as_of)
    day = local_day(con, row.company_id, row.date_done, (first, last), zones)
    return row.select(
        "company_id", delivery_id=row.id, customer_id=ibis.coalesce(row.customer_key, row.buyer, 0),
        user_id=ibis.coalesce(row.order_seller, row.named_seller, row.owner_id), delivered_on=day,
        kind=ibis.literal("delivery"), number=row.name, in_12m=day >= first,
    ).select(*_COLUMNS)  # fmt: skip


def _named_sellers(picking: ir.Table, order: ir.Table) -> ir.Table:
    """named_picking, named_seller: who sold what a transfer without an order of its own names as origin ("S1, S2"),
    each once."""
    said = picking.filter(picking.sale_id.isnull(), picking.origin.notnull())
    said = said.select(named_picking="id", said_company="company_id", said=said.origin.split(_BETWEEN).unnest())
    sold = order.group_by(order_company="company_id", order_name="name").agg(
        named_seller=order.user_id.argmax(order.id)
    )
    both = said.mutate(said=said.said.strip()).inner_join(
        sold, [("said_company", "order_company"), ("said", "order_name")]
    )
    return both.filter(both.named_seller.notnull()).select("named_picking", "named_seller").distinct()


def _invoiced(con: BaseBackend, as_of: date) -> ir.Table:
    invoice = posted_invoices(con)
    invoice = invoice.filter(invoice.kind == "invoice", invoice.date <= as_of)
    owner = customers(con).select(owner_key="partner_id", owner_id="user_id")
    row = invoice.left_join(owner, invoice.customer_id == owner.owner_key)
    first, _last = twelve_months(as_of)
    return row.select(
        "company_id", "customer_id", "kind", delivery_id=row.move_id, user_id=ibis.coalesce(row.user_id, row.owner_id),
        delivered_on=row.date, number=row.document, in_12m=row.date >= first,
    ).select(*_COLUMNS)  # fmt: skip


def _named(con: BaseBackend, complaint: ir.Table) -> ir.Table:
    """The complaints with what they name beside their invoice: order_id, delivery_ref."""
    said = live(con, "kam_complaint").select("order_id", "delivery_ref", said_id="id")
    return complaint.inner_join(said, complaint.complaint_id == said.said_id)


def _of_paper(complaint: ir.Table, paper: ir.Table, column: str) -> ir.Table:
    """complaint_id, seller: the seller of the row that `column` of the complaint points at."""
    asked = complaint.select("complaint_id", key=complaint[column])
    return asked.inner_join(paper, asked.key == paper.paper_id).select("complaint_id", "seller")


def _named_deliveries(complaint: ir.Table, delivery: ir.Table) -> ir.Table:
    """complaint_id, delivery_id, user_id: the deliveries to this customer that have the number a complaint names."""
    asked = complaint.select("complaint_id", "company_id", "customer_id", number=complaint.delivery_ref.strip())
    return asked.inner_join(delivery, ["company_id", "customer_id", "number"]).select(
        "complaint_id", "delivery_id", "user_id"
    )


def _of_last(complaint: ir.Table, delivery: ir.Table) -> ir.Table:
    """complaint_id, seller: of the customer's last delivery up to the day on which the complaint came in; that of one
    with goods of several is not known."""
    asked = complaint.filter(complaint.customer_id > 0).select(
        "complaint_id", "company_id", "customer_id", "received_on"
    )
    sold = delivery.filter(delivery.user_id.notnull())
    both = asked.inner_join(sold, ["company_id", "customer_id"])
    both = both.filter(both.delivered_on <= both.received_on)
    return _only_seller(both, both.delivered_on.desc(), both.delivery_id.desc())


def _only_seller(both: ir.Table, *order: ir.Column) -> ir.Table:
    """complaint_id, seller: who sold the first of the complaint's deliveries in this order, where it was one person."""
    placed = both.mutate(place=ibis.dense_rank().over(group_by="complaint_id", order_by=order))
    first = placed.filter(placed.place == 0)
    found = first.group_by("complaint_id").agg(seller=first.user_id.min(), sellers=first.user_id.nunique())
    return found.filter(found.sellers == 1).select("complaint_id", "seller")
