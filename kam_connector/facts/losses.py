"""What customers can prove to have lost, on which paper, and what complaints have got for it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from kam_connector.facts.days import Zones, local_day, year_before
from kam_connector.facts.evidence import noted_evidence
from kam_connector.facts.live import live
from kam_connector.facts.named_papers import named_parts, with_papers

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

PROPOSED = ("proposed_remedy", "proposed_limit", "approver", "proposal_code", "proposal_args")
PAPER = (
    "paper", "total_minor", "currency_id", "currency_rate", "whole", "whole_minor", "whole_currency_id", "whole_rate",
)  # fmt: skip


def losses(con: BaseBackend) -> ir.Table:
    """One row a documented loss of a complaint, as it stands today: its lines', or its own where it has no lines.

    Columns: complaint_id, loss_minor (company currency, above zero), paper ("sale.order.line,7", "account.move,3",
    "sale.order,5"; "" where no confirmed or posted one of the complaint's own company is named), total_minor (what the
    paper was sold for, tax included, in currency_id; null without paper), currency_id, currency_rate (units of it for
    one of the company's; null: 1), whole, whole_minor, whole_currency_id, whole_rate (the same of the order that the
    paper is a part or the invoice of; else of the paper itself). An invoice's total is in the company's currency.
    """
    part = named_parts(con)
    rows = with_papers(con, part.filter(part.loss_minor > 0))
    return rows.select("loss_minor", "complaint_id", *PAPER)


def compensations(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """One row a complaint, as it stands today: what people decided, and what was proposed to them.

    Columns: complaint_id, received_on (the company's day), loss_minor, remedy ("" while nobody has chosen one),
    agreed_minor, is_agreed (approved, and not taken back), is_withheld (two reviewers agree in their finding, and no
    independent test that confirms the defect is noted), PROPOSED ("" where empty), proposed_amount_minor.
    """
    complaint = live(con, "kam_complaint")
    window = (year_before(as_of), as_of)
    test = noted_evidence(con, as_of, zones)
    tested = test.filter(test.kind == "independent_test").select(tested_id="complaint_id")
    complaint = complaint.left_join(tested, complaint.id == tested.tested_id)
    return complaint.select(
        complaint_id="id",
        received_on=local_day(con, complaint.company_id, complaint.received_at, window, zones),
        loss_minor=complaint.loss_amount_minor.fill_null(0),
        remedy=complaint.remedy.fill_null(""),
        agreed_minor=complaint.agreed_amount_minor.fill_null(0),
        is_agreed=complaint.agreed_at.notnull(),
        is_withheld=complaint.is_malicious.fill_null(False) & complaint.tested_id.isnull(),
        proposed_amount_minor=complaint.proposed_amount_minor.fill_null(0),
        **{name: complaint[name].fill_null("") for name in PROPOSED},
    )
