"""What `kam collections terms` answers: who buys on credit without clear payment terms, beside the credit check."""

from __future__ import annotations

from datetime import date

import pandas as pd

from kam_connector.facts.terms import agreed_terms, credit_papers
from kam_connector.money import minor_text
from kam_connector.reports import Names, name_of
from kam_connector.rules.decisions import Decisions, company_currencies
from kam_connector.rules.netting import PAIR
from kam_connector.rules.terms import check_terms
from kam_connector.runs.decisions import Night
from kam_connector.runs.result import Result, Row
from kam_connector.runs.seeing import look, result_of
from kam_connector.runs.sources import Sources, sources_of
from kam_connector.runs.workspace import Workspace


def show_terms(workspace: Workspace, as_of: date | None) -> Result:
    """A row a customer of whom something lacks payment terms, with a finding each."""
    seen = look(workspace, as_of)
    sources = sources_of(workspace)
    checked = [(night, check_night(sources, night)) for night in seen.nights]
    rows = [row for night, found in checked for row in term_rows(night, found, seen.names)]
    findings = tuple(finding for _, found in checked for finding in found.findings)
    return result_of("collections terms", seen, rows, None, findings)


def check_night(sources: Sources, night: Night) -> Decisions:
    """The check of the night's companies."""
    own = night.companies["company_id"]
    tables = (credit_papers(sources.con, night.as_of, sources.zones), agreed_terms(sources.con))
    papers, agreed = (table.to_pandas() for table in tables)
    return check_terms(
        night.receivables.items, papers[papers["company_id"].isin(own)], agreed[agreed["company_id"].isin(own)]
    )


def term_rows(night: Night, found: Decisions, names: Names) -> list[Row]:
    """Rows by company, the largest overdue amount first: the check list before anything more is delivered on credit."""
    if found.frame.empty:
        return []
    credit = night.credit.frame[[*PAIR, "limit_minor", "advice"]]
    table = found.frame.merge(night.payers.frame[[*PAIR, "payer_class"]], on=PAIR, how="left")
    table = table.merge(credit, on=PAIR, how="left")
    currencies = company_currencies(night.companies)
    return [
        {
            "company": int(row["company_id"]),
            "customer": int(row["customer_id"]),
            "name": name_of(names.customers, row["customer_id"]),
            "salesperson": name_of(names.people, row["user_id"]),
            "terms_agreed": bool(row["agreed"]),
            "invoices_without": int(row["invoices_without"]),
            "orders_without": int(row["orders_without"]),
            "documents": row["documents"],
            "orders": int(row["orders"]),
            "currency": currencies[row["company_id"]].code,
            "overdue": minor_text(row["overdue_minor"], currencies[row["company_id"]]),
            "has_limit": bool(pd.notna(row["limit_minor"])),
            "payer_class": row["payer_class"] if isinstance(row["payer_class"], str) else None,
            "advice": row["advice"] if isinstance(row["advice"], str) else None,
        }
        for row in table.to_dict("records")
    ]
