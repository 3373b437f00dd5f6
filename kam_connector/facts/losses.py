"""What customers can prove to have lost, on which paper, and what complaints have got for it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.days import Zones, local_day, year_before
from kam_connector.facts.live import live
from kam_connector.facts.orders import CONFIRMED

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

PROPOSED = ("proposed_remedy", "proposed_limit", "approver", "proposal_code", "proposal_args")


def losses(con: BaseBackend) -> ir.Table:
    """One row a documented loss of a complaint, as it stands today: its lines', or its own where it has no lines.

    Columns: complaint_id, loss_minor (company currency, above zero), paper ("sale.order.line,7", "account.move,3",
    "sale.order,5"; "" where no confirmed or posted one of the complaint's own company is named), total_minor (what the
    paper was sold for, tax included, in currency_id; null without paper), currency_id, currency_rate (units of it for
    one of the company's; null: 1). An invoice's total is in the company's currency.
    """
    complaint = live(con, "kam_complaint").select(
        "order_id", "move_id", case_id="id", case_company="company_id", own_loss="loss_amount_minor"
    )
    line = live(con, "kam_complaint_line").select(
        "order_line_id", line_case="complaint_id", line_move="move_id", line_loss="loss_amount_minor"
    )
    joined = complaint.left_join(line, complaint.case_id == line.line_case)
    has_lines = joined.line_case.notnull()
    part = joined.select(
        "case_id",
        "case_company",
        "order_line_id",
        loss_minor=ibis.ifelse(has_lines, joined.line_loss, joined.own_loss),
        named_move=ibis.ifelse(has_lines, joined.line_move, joined.move_id),
        named_order=ibis.ifelse(has_lines, ibis.null("int64"), joined.order_id),
    )
    return _with_papers(con, part.filter(part.loss_minor > 0))


def _with_papers(con: BaseBackend, part: ir.Table) -> ir.Table:
    """The parts beside the paper that says most: the order line, else the invoice, else the order.

    What was only offered, drafted or cancelled was not sold, and caps nothing.
    """
    confirmed = live(con, "sale_order")
    confirmed = confirmed.filter(confirmed.state.isin(CONFIRMED))
    order = confirmed.select("currency_rate", ordered_id="id")
    sold = live(con, "sale_order_line").select(
        "order_id", sold_id="id", sold_company="company_id", sold_minor="price_total_minor", sold_currency="currency_id"
    )
    sold = sold.inner_join(order, sold.order_id == order.ordered_id).drop("ordered_id", "order_id")
    posted = live(con, "account_move")
    move = posted.filter(posted.state == "posted").select(
        moved_id="id", moved_company="company_id", moved_minor="amount_total_signed_minor"
    )
    whole = confirmed.select(
        whole_id="id", whole_company="company_id", whole_minor="amount_total_minor", whole_currency="currency_id",
        whole_rate="currency_rate",
    )  # fmt: skip
    company = live(con, "res_company").select(owner_id="id", owner_currency="currency_id")
    row = part.left_join(sold, [part.order_line_id == sold.sold_id, part.case_company == sold.sold_company])
    row = row.left_join(move, [row.named_move == move.moved_id, row.case_company == move.moved_company])
    row = row.left_join(whole, [row.named_order == whole.whole_id, row.case_company == whole.whole_company])
    row = row.left_join(company, row.case_company == company.owner_id)

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
        complaint_id=row.case_id,
        paper=paper.fill_null(""),
        total_minor=of_paper(row.sold_minor, row.moved_minor, row.whole_minor),
        currency_id=of_paper(row.sold_currency, row.owner_currency, row.whole_currency),
        currency_rate=of_paper(row.currency_rate, ibis.null(row.currency_rate.type()), row.whole_rate),
    )


def compensations(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """One row a complaint, as it stands today: what people decided, and what was proposed to them.

    Columns: complaint_id, received_on (the company's day), loss_minor, remedy ("" while nobody has chosen one),
    agreed_minor, is_agreed (approved, and not taken back), PROPOSED ("" where empty), proposed_amount_minor.
    """
    complaint = live(con, "kam_complaint")
    window = (year_before(as_of), as_of)
    return complaint.select(
        complaint_id="id",
        received_on=local_day(con, complaint.company_id, complaint.received_at, window, zones),
        loss_minor=complaint.loss_amount_minor.fill_null(0),
        remedy=complaint.remedy.fill_null(""),
        agreed_minor=complaint.agreed_amount_minor.fill_null(0),
        is_agreed=complaint.agreed_at.notnull(),
        proposed_amount_minor=complaint.proposed_amount_minor.fill_null(0),
        **{name: complaint[name].fill_null("") for name in PROPOSED},
    )
