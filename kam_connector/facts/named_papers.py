"""Which papers a complaint names: order line, invoice or order, what they were sold for, and whose they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.customers import partners
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

    no_rate = ibis.null(row.currency_rate.type())
    key = _keys("sale.order", row.whole_id)
    paper = of_paper(_keys("sale.order.line", row.sold_id), _keys("account.move", row.moved_id), key)
    total = of_paper(row.sold_minor, row.moved_minor, row.whole_minor)
    billed = row.billed_order.notnull()
    whole = of_paper(
        _keys("sale.order", row.sold_order),
        ibis.ifelse(billed, _keys("sale.order", row.billed_order), _keys("account.move", row.moved_id)),
        key,
    )
    return row.select(
        "loss_minor",
        "case_partner",
        "invoiced_on",
        "due_on",
        complaint_id=row.case_id,
        company_id=row.case_company,
        paper=paper.fill_null(""),
        total_minor=total,
        currency_id=of_paper(row.sold_currency, row.owner_currency, row.whole_currency),
        currency_rate=of_paper(row.currency_rate, no_rate, row.whole_rate),
        whole=whole.fill_null(""),
        whole_minor=ibis.coalesce(of_paper(row.sold_whole, row.billed_minor, row.whole_minor), total),
        whole_currency_id=of_paper(
            row.sold_currency, ibis.ifelse(billed, row.billed_currency, row.owner_currency), row.whole_currency
        ),
        whole_rate=of_paper(row.currency_rate, ibis.ifelse(billed, row.billed_rate, no_rate), row.whole_rate),
        paper_partner=of_paper(row.sold_partner, row.moved_partner, row.whole_partner),
        ordered_at=of_paper(row.sold_at, ibis.null(row.sold_at.type()), row.whole_at),
    )


def foreign_papers(con: BaseBackend) -> ir.Table:
    """One row a complaint and paper that it names and that is another customer's (not of the same group) or company's.

    Columns: complaint_id, paper (as in `facts.losses.losses`). Order line, invoice and order are each looked at, those
    of the complaint itself also where it has lines.
    """
    part = named_parts(con)
    itself = live(con, "kam_complaint").select(
        "order_id", "move_id", case_id="id", case_company="company_id", case_partner="partner_id"
    )
    named = (
        _named(part, "order_line_id", "sale.order.line", _sold_lines(con), "sold"),
        _named(part, "named_move", "account.move", _posted_moves(con), "moved"),
        _named(itself, "move_id", "account.move", _posted_moves(con), "moved"),
        _named(itself, "order_id", "sale.order", _whole_orders(con), "whole"),
    )
    row = ibis.union(*named)
    own = partners(con).select(own_id="partner_id", own_group="group_id")
    other = partners(con).select(other_id="partner_id", other_group="group_id")
    row = row.left_join(own, row.case_partner == own.own_id)
    row = row.left_join(other, row.paper_partner == other.other_id)
    is_foreign = (row.own_group != row.other_group).fill_null(False) | (row.case_company != row.paper_company)
    return row.filter(is_foreign).select("complaint_id", "paper").distinct()


def _named(part: ir.Table, column: str, model: str, papers: ir.Table, prefix: str) -> ir.Table:
    """The papers of one model that complaints name in that column, with whose they are."""
    part = part.filter(part[column].notnull())
    row = part.inner_join(papers, part[column] == papers[f"{prefix}_id"])
    return row.select(
        "case_partner",
        "case_company",
        complaint_id=row.case_id,
        paper=_keys(model, row[f"{prefix}_id"]),
        paper_partner=row[f"{prefix}_partner"],
        paper_company=row[f"{prefix}_company"],
    )


def _keys(model: str, number: ir.Value) -> ir.Value:
    """Model and id as a key: "sale.order,5"."""
    return ibis.literal(f"{model},") + number.cast("string")


def _joined(con: BaseBackend, part: ir.Table) -> ir.Table:
    """The parts beside each paper that they name, where it is one; an invoice beside the order that it bills."""
    sold, move, whole = _sold_lines(con), _posted_moves(con), _whole_orders(con)
    company = live(con, "res_company").select(owner_id="id", owner_currency="currency_id")
    row = part.left_join(sold, [part.order_line_id == sold.sold_id, part.case_company == sold.sold_company])
    row = row.left_join(move, [row.named_move == move.moved_id, row.case_company == move.moved_company])
    row = row.left_join(whole, [row.named_order == whole.whole_id, row.case_company == whole.whole_company])
    billed = _by_name(con)
    row = row.left_join(billed, [row.moved_origin == billed.billed_name, row.case_company == billed.billed_company])
    return row.left_join(company, row.case_company == company.owner_id)


def _confirmed(con: BaseBackend) -> ir.Table:
    order = live(con, "sale_order")
    return order.filter(order.state.isin(CONFIRMED))


def _sold_lines(con: BaseBackend) -> ir.Table:
    order = _confirmed(con).select(
        "currency_rate", ordered_id="id", sold_partner="partner_id", sold_at="date_order",
        sold_whole="amount_total_minor",
    )  # fmt: skip
    sold = live(con, "sale_order_line").select(
        sold_id="id", sold_order="order_id", sold_company="company_id", sold_minor="price_total_minor",
        sold_currency="currency_id",
    )  # fmt: skip
    return sold.inner_join(order, sold.sold_order == order.ordered_id).drop("ordered_id")


def _posted_moves(con: BaseBackend) -> ir.Table:
    move = live(con, "account_move")
    return move.filter(move.state == "posted").select(
        moved_id="id", moved_company="company_id", moved_minor="amount_total_signed_minor", moved_partner="partner_id",
        moved_origin="invoice_origin", invoiced_on="invoice_date", due_on="invoice_date_due",
    )  # fmt: skip


def _whole_orders(con: BaseBackend) -> ir.Table:
    return _confirmed(con).select(
        whole_id="id", whole_company="company_id", whole_minor="amount_total_minor", whole_currency="currency_id",
        whole_rate="currency_rate", whole_partner="partner_id", whole_at="date_order",
    )  # fmt: skip


def _by_name(con: BaseBackend) -> ir.Table:
    """The confirmed orders by company and name, which an invoice names as its origin; none whose name is another's too.

    Columns: billed_company, billed_name, billed_order, billed_minor, billed_currency, billed_rate.
    """
    order = _confirmed(con)
    order = order.filter(order.name.notnull())
    table = order.group_by(billed_company="company_id", billed_name="name").agg(
        orders=order.count(), billed_order=order.id.min(), billed_minor=order.amount_total_minor.min(),
        billed_currency=order.currency_id.min(), billed_rate=order.currency_rate.min(),
    )  # fmt: skip
    return table.filter(table.orders == 1).drop("orders")
