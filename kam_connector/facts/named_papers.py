"""Which papers a complaint names: order line, invoice or order, and what they were sold for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.live import live
from kam_connector.facts.orders import CONFIRMED

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


def named_parts(con: BaseBackend) -> ir.Table:
    """One row a line of a complaint, or the complaint itself where it has no lines, as it stands today.

    Columns: case_id, case_company, case_partner, order_line_id, named_move, named_order, loss_minor.
    """
    complaint = live(con, "kam_complaint").select(
        "order_id", "move_id", case_id="id", case_company="company_id", case_partner="partner_id",
        own_loss="loss_amount_minor",
    )  # fmt: skip
    line = live(con, "kam_complaint_line").select(
        "order_line_id", line_case="complaint_id", line_move="move_id", line_loss="loss_amount_minor"
    )
    joined = complaint.left_join(line, complaint.case_id == line.line_case)
    has_lines = joined.line_case.notnull()
    return joined.select(
        "case_id",
        "case_company",
        "case_partner",
        "order_line_id",
        loss_minor=ibis.ifelse(has_lines, joined.line_loss, joined.own_loss),
        named_move=ibis.ifelse(has_lines, joined.line_move, joined.move_id),
        named_order=ibis.ifelse(has_lines, ibis.null("int64"), joined.order_id),
    )


def with_papers(con: BaseBackend, part: ir.Table) -> ir.Table:
    """The rows of `named_parts` beside the paper that says most: the order line, else the invoice, else the order.

    What was only offered, drafted or cancelled was not sold, and is no paper; nor is one of another company. Columns
    beside those of `facts.losses.losses`: company_id, case_partner, paper_partner, ordered_at (UTC), invoiced_on,
    due_on (of the invoice; null where none is named).
    """
    row = _joined(con, part)

    def of_paper(line: ir.Value, invoice: ir.Value, ordered: ir.Value) -> ir.Value:
        ways = ((row.sold_id.notnull(), line), (row.moved_id.notnull(), invoice), (row.whole_id.notnull(), ordered))
        return ibis.cases(*ways)

    paper = of_paper(*(
        ibis.literal(f"{model},") + number.cast("string")
        for model, number in (
            ("sale.order.line", row.sold_id), ("account.move", row.moved_id), ("sale.order", row.whole_id)
        )
    ))  # fmt: skip
    return row.select(
        "loss_minor",
        "case_partner",
        "invoiced_on",
        "due_on",
        complaint_id=row.case_id,
        company_id=row.case_company,
        paper=paper.fill_null(""),
        total_minor=of_paper(row.sold_minor, row.moved_minor, row.whole_minor),
        currency_id=of_paper(row.sold_currency, row.owner_currency, row.whole_currency),
        currency_rate=of_paper(row.currency_rate, ibis.null(row.currency_rate.type()), row.whole_rate),
        paper_partner=of_paper(row.sold_partner, row.moved_partner, row.whole_partner),
        ordered_at=of_paper(row.sold_at, ibis.null(row.sold_at.type()), row.whole_at),
    )


def _joined(con: BaseBackend, part: ir.Table) -> ir.Table:
    """The parts beside each paper that they name, where it is one."""
    confirmed = live(con, "sale_order")
    confirmed = confirmed.filter(confirmed.state.isin(CONFIRMED))
    order = confirmed.select("currency_rate", ordered_id="id", sold_partner="partner_id", sold_at="date_order")
    sold = live(con, "sale_order_line").select(
        "order_id", sold_id="id", sold_company="company_id", sold_minor="price_total_minor", sold_currency="currency_id"
    )
    sold = sold.inner_join(order, sold.order_id == order.ordered_id).drop("ordered_id", "order_id")
    posted = live(con, "account_move")
    move = posted.filter(posted.state == "posted").select(
        moved_id="id", moved_company="company_id", moved_minor="amount_total_signed_minor", moved_partner="partner_id",
        invoiced_on="invoice_date", due_on="invoice_date_due",
    )  # fmt: skip
    whole = confirmed.select(
        whole_id="id", whole_company="company_id", whole_minor="amount_total_minor", whole_currency="currency_id",
        whole_rate="currency_rate", whole_partner="partner_id", whole_at="date_order",
    )  # fmt: skip
    company = live(con, "res_company").select(owner_id="id", owner_currency="currency_id")
    row = part.left_join(sold, [part.order_line_id == sold.sold_id, part.case_company == sold.sold_company])
    row = row.left_join(move, [row.named_move == move.moved_id, row.case_company == move.moved_company])
    row = row.left_join(whole, [row.named_order == whole.whole_id, row.case_company == whole.whole_company])
    return row.left_join(company, row.case_company == company.owner_id)
