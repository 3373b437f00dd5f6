"""What there is to learn from complaints: their causes, what they cost, what they were about, who bought again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.complaints import SETTLED, complaints
from kam_connector.facts.days import Zones, day_end, local_day
from kam_connector.facts.invoices import posted_invoices
from kam_connector.facts.live import live
from kam_connector.facts.orders import confirmed_orders
from kam_connector.periods import add_months

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

_MONTHS = 25
"""Over so many months up to the day summer time is followed; before them no report looks."""


def learned_cases(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """One row a complaint received up to the end of `as_of` in its company's zone, in no order.

    Columns: complaint_id, number, company_id, customer_id (0: no partner), tier (code, at intake), type, severity,
    state, received_on and ended_on (days of the company; ended_on null while it is neither resolved nor closed),
    is_settled (resolved with a solution), is_rejected (rejected, or closed without a solution), cause_id (0: nobody has
    said), first_contact ("yes", "no", "": nobody has said), improvement (the idea's text, or ""), improver_id (0:
    nobody), cost_minor (company currency; what was agreed by then and is not withdrawn, else what was given by then: a
    posted credit note, or what the customer has confirmed; 0 without any).
    """
    complaint = complaints(con, as_of, zones)
    said = live(con, "kam_complaint").select(
        "cause_id", "first_contact", "improvement", "improvement_user_id", "agreed_amount_minor", "agreed_at",
        "credit_move_id", said_id="id",
    )  # fmt: skip
    joined = complaint.inner_join(said, complaint.complaint_id == said.said_id)
    joined = _with_given(con, joined, as_of, zones)
    window = (add_months(as_of, -_MONTHS), as_of)
    ended = ibis.coalesce(joined.closed_at, joined.resolved_at)
    is_agreed = (joined.agreed_at < day_end(con, joined.company_id, as_of, zones)).fill_null(False)
    stands = is_agreed & (joined.state != "rejected")
    is_resolved = joined.resolved_at.notnull()
    is_dropped = joined.state.isin(SETTLED) & joined.closed_at.notnull() & ~is_resolved
    return joined.select(
        *("complaint_id", "number", "company_id", "customer_id", "tier", "type", "severity", "state"),
        received_on=local_day(con, joined.company_id, joined.received_at, window, zones),
        ended_on=local_day(con, joined.company_id, ended, window, zones),
        is_settled=is_resolved & joined.state.isin(SETTLED),
        is_rejected=(joined.state == "rejected") | is_dropped,
        cause_id=joined.cause_id.fill_null(0),
        first_contact=joined.first_contact.fill_null(""),
        improvement=joined.improvement.fill_null(""),
        improver_id=joined.improvement_user_id.fill_null(0),
        cost_minor=ibis.ifelse(stands, joined.agreed_amount_minor, joined.given_minor).fill_null(0),
    )


def _with_given(con: BaseBackend, case: ir.Table, as_of: date, zones: Zones | None) -> ir.Table:
    """The complaints with given_minor: what their customers have, whatever was decided later; null: nothing.

    A credit note that is posted, dated up to `as_of` and not reversed; else the agreed amount where the customer had
    confirmed by then.
    """
    move = live(con, "account_move")
    given = move.filter(
        move.state == "posted", move.date <= as_of, (move.payment_state != "reversed").fill_null(True)
    ).select(given_id="id", credited=-move.amount_total_signed_minor)
    log = live(con, "kam_complaint_event")
    log = log.filter(log.new_state == "confirmed", log["at"] < day_end(con, log.company_id, as_of, zones))
    confirmed = log.select(confirmed_id="complaint_id").distinct()
    row = case.left_join(given, case.credit_move_id == given.given_id)
    row = row.left_join(confirmed, row.complaint_id == confirmed.confirmed_id)
    kept = ibis.ifelse(row.confirmed_id.notnull(), row.agreed_amount_minor, ibis.null("int64"))
    return row.mutate(given_minor=ibis.coalesce(row.credited, kept))


def claimed_products(con: BaseBackend) -> ir.Table:
    """One row a complaint and product that its lines name, as they stand today: complaint_id, product_id."""
    line = live(con, "kam_complaint_line").select("complaint_id", "order_line_id")
    sold = live(con, "sale_order_line").select("product_id", sold_id="id")
    joined = line.inner_join(sold, line.order_line_id == sold.sold_id)
    return joined.filter(joined.product_id.notnull()).select("complaint_id", "product_id").distinct()


def purchases(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """One row a company, customer and day up to `as_of` on which the customer bought: bought_on.

    Columns: company_id, customer_id, bought_on. Bought is a posted invoice (no credit note) or an order that is
    confirmed (today's) and dated on that day of the company.
    """
    invoice = posted_invoices(con)
    invoice = invoice.filter(invoice.kind == "invoice", invoice.date <= as_of)
    order = confirmed_orders(con, as_of, zones)
    window = (add_months(as_of, -_MONTHS), as_of)
    ordered = order.select(
        "company_id", "customer_id", bought_on=local_day(con, order.company_id, order.placed_at, window, zones)
    )
    bought = invoice.select("company_id", "customer_id", bought_on=invoice.date).union(ordered)
    return bought.filter(bought.customer_id > 0).distinct()


def causes(con: BaseBackend) -> ir.Table:
    """One row a root cause, archived ones included: cause_id, code, name (in the language of the pull)."""
    return live(con, "kam_complaint_cause").select("code", "name", cause_id="id")
