"""What a reading command answers: decisions made from the mirror as it is, nothing written anywhere."""

from __future__ import annotations

from datetime import date

from kam_connector.errors import InputError
from kam_connector.findings import Finding
from kam_connector.reports import Names
from kam_connector.runs.decisions import Night, compute_payouts
from kam_connector.runs.naming import read_names
from kam_connector.runs.night import decide_nights, sources_of
from kam_connector.runs.result import Result, Row
from kam_connector.runs.tables import (
    ageing_rows,
    ageing_totals,
    complaint_rows,
    payout_rows,
    sum_by_currency,
    task_rows,
    tier_rows,
)
from kam_connector.runs.workspace import Workspace, business_days


def look(workspace: Workspace, as_of: date | None) -> tuple[list[Night], Names]:
    """The nights at that day, from the mirror as it is. InputError while the mirror is empty."""
    days = business_days(workspace, as_of)
    if not days:
        raise InputError("The mirror is empty.", next_step="Pull first: `kam sync run`, or `kam run`.")
    nights = decide_nights(workspace, days)
    return nights, read_names(workspace.mirror.ibis, nights[-1].policy, workspace.lang)


def show_ageing(workspace: Workspace, as_of: date | None, by: str) -> Result:
    """Receivables by customer, salesperson or team, with the tie-out by company."""
    nights, names = look(workspace, as_of)
    rows = [row for night in nights for row in ageing_rows(night.receivables, names, by=by)]
    totals = [row for night in nights for row in ageing_totals(night.receivables, names)]
    findings = tuple(found for night in nights for found in night.receivables.findings)
    return _result("ageing show", nights, rows, totals, findings)


def show_tiers(workspace: Workspace, as_of: date | None) -> Result:
    """Scores and tiers of all customers."""
    nights, names = look(workspace, as_of)
    rows = [row for night in nights for row in tier_rows(night, names, workspace.lang)]
    findings = tuple(found for night in nights for found in night.tiers.findings)
    return _result("tiers show", nights, rows, None, findings)


def show_worklist(workspace: Workspace, as_of: date | None) -> Result:
    """Whom to ask for money, the most urgent first."""
    nights, names = look(workspace, as_of)
    rows = [row for night in nights for row in task_rows(night, names, workspace.lang)]
    rows.sort(key=lambda row: -float(row["priority"]))
    return _result("collections worklist", nights, rows, sum_by_currency(rows, "amount"), ())


def show_complaints(workspace: Workspace, as_of: date | None) -> Result:
    """Complaints with their deadlines."""
    nights, names = look(workspace, as_of)
    rows = [row for night in nights for row in complaint_rows(night, names, workspace.lang)]
    return _result(
        "complaints show", nights, rows, None, tuple(f for night in nights for f in night.deadlines.findings)
    )


def show_payouts(workspace: Workspace, as_of: date | None, period: str | None) -> Result:
    """Payouts of a period, by payee; totals by payee and currency."""
    nights, names = look(workspace, as_of)
    sources = sources_of(workspace)
    rows: list[Row] = []
    findings: list[Finding] = []
    for night in nights:
        companies = [int(company) for company in night.companies["company_id"]]
        decisions = compute_payouts(sources, night.as_of, companies, period) if period else night.payouts
        rows += payout_rows(decisions.frame, names, workspace.lang)
        findings += decisions.findings
    return _result("incentives compute", nights, rows, sum_by_currency(rows, "earned", "payout"), tuple(findings))


def _result(
    command: str, nights: list[Night], rows: list[Row], totals: list[Row] | None, findings: tuple[Finding, ...]
) -> Result:
    return Result(
        command,
        rows=rows,
        totals=totals,
        findings=findings,
        as_of=nights[-1].as_of,
        policy=", ".join(f"{name} {day}" for name, day in nights[-1].policy.versions.items()),
    )
