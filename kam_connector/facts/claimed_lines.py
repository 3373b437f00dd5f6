"""What complaints claim for which order line, beside what the line was sold for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.live import live

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

_REJECTED = "rejected"


def claimed_lines(con: BaseBackend) -> ir.Table:
    """One row a line of a complaint that is not rejected (today) and names an order line.

    Columns: complaint_id, number (what people call it by), company_id, order_line_id, claimed_minor (company currency),
    order_company_id, total_minor (what the line was sold for, tax included, in currency_id), currency_id, currency_rate
    (units of it for one of the company's; empty: 1).
    """
    complaint = live(con, "kam_complaint")
    complaint = complaint.filter(complaint.state.fill_null("") != _REJECTED)
    complaint = complaint.select(case_id="id", case_name="name", case_company_id="company_id")
    line = live(con, "kam_complaint_line").select("order_line_id", "claimed_amount_minor", named_id="complaint_id")
    sold = live(con, "sale_order_line").select(
        "order_id", "currency_id", sold_id="id", order_company_id="company_id", total_minor="price_total_minor"
    )
    order = live(con, "sale_order").select("currency_rate", ordered_id="id")
    joined = line.join(complaint, line.named_id == complaint.case_id)
    joined = joined.join(sold, joined.order_line_id == sold.sold_id)
    joined = joined.join(order, joined.order_id == order.ordered_id)
    return joined.select(
        "order_line_id",
        "order_company_id",
        "total_minor",
        "currency_id",
        "currency_rate",
        complaint_id=joined.case_id,
        number=ibis.coalesce(joined.case_name, joined.case_id.cast("string")),
        company_id=joined.case_company_id,
        claimed_minor=joined.claimed_amount_minor,
    )
