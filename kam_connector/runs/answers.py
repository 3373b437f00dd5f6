"""What a reading command answers: decisions made from the mirror as it is, nothing written anywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

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
    promise_rows,
    sum_by_currency,
    task_rows,
    tier_rows,
)
from kam_connector.runs.workspace import Workspace, business_days


class Seen(NamedTuple):
    """The decisions at a day, with the names that ids stand for."""

    nights: list[Night]
    names: Names


def look(workspace: Workspace, as_of: date | None) -> Seen:
    """The nights at that day, from the mirror as it is. InputError while the mirror is empty."""
    days = business_days(workspace, as_of)
    if not days:
        raise InputError("The mirror is empty.", next_step="Pull first: `kam sync run`, or `kam run`.")
    nights = decide_nights(workspace, days)
    return Seen(nights, read_names(workspace.mirror.ibis, nights[-1].policy, workspace.lang))


def show_ageing(workspace: Workspace, as_of: date | None, by: str) -> Result:
    """Receivables by customer, salesperson or team, with the tie-out by company."""
    seen = look(workspace, as_of)
    rows = [row for night in seen.nights for row in ageing_rows(night.receivables, seen.names, by=by)]
    totals = [row for night in seen.nights for row in ageing_totals(night.receivables, seen.names)]
    findings = tuple(found for night in seen.nights for found in night.receivables.findings)
    return _result("ageing show", seen, rows, totals, findings)


def show_tiers(workspace: Workspace, as_of: date | None) -> Result:
    """Scores and tiers of all customers."""
    return tiers_of(look(workspace, as_of), workspace.lang)


def tiers_of(seen: Seen, lang: str, run: str | None = None) -> Result:
    """The scores and tiers of what was seen; with `run` as the answer of the run that recorded them."""
    rows = [row for night in seen.nights for row in tier_rows(night, seen.names, lang)]
    findings = tuple(found for night in seen.nights for found in night.tiers.findings)
    return _result("tiers run" if run else "tiers show", seen, rows, None, findings, run)


def show_worklist(workspace: Workspace, as_of: date | None) -> Result:
    """Whom to ask for money, the most urgent first."""
    seen = look(workspace, as_of)
    rows = [row for night in seen.nights for row in task_rows(night, seen.names, workspace.lang)]
    rows.sort(key=lambda row: -float(row["priority"]))
    return _result("collections worklist", seen, rows, sum_by_currency(rows, "amount"), ())


def show_promises(workspace: Workspace, as_of: date | None, state: str | None) -> Result:
    """Promises to pay, the earliest day first; totals by currency."""
    seen = look(workspace, as_of)
    rows = [row for night in seen.nights for row in promise_rows(night, seen.names, workspace.lang, state)]
    rows.sort(key=lambda row: row["promised_for"])
    findings = tuple(found for night in seen.nights for found in night.promises.findings)
    return _result("collections promises", seen, rows, sum_by_currency(rows, "amount", "received"), findings)


def show_complaints(workspace: Workspace, as_of: date | None) -> Result:
    """Complaints with their deadlines."""
    seen = look(workspace, as_of)
    rows = [row for night in seen.nights for row in complaint_rows(night, seen.names, workspace.lang)]
    findings = tuple(found for night in seen.nights for found in night.deadlines.findings)
    return _result("complaints show", seen, rows, None, findings)


def show_payouts(workspace: Workspace, as_of: date | None, period: str | None) -> Result:
    """Payouts of a period, by payee; totals by payee and currency."""
    seen = look(workspace, as_of)
    sources = sources_of(workspace)
    rows: list[Row] = []
    findings: list[Finding] = []
    for night in seen.nights:
        companies = [int(company) for company in night.companies["company_id"]]
        decisions = compute_payouts(sources, night.as_of, companies, period) if period else night.payouts
        rows += payout_rows(decisions.frame, seen.names, workspace.lang)
        findings += decisions.findings
    return _result("incentives compute", seen, rows, sum_by_currency(rows, "earned", "payout"), tuple(findings))


ANSWERS: Mapping[str, Callable[..., Result]] = {
    "ageing": show_ageing,
    "tiers": show_tiers,
    "worklist": show_worklist,
    "promises": show_promises,
    "complaints": show_complaints,
    "payouts": show_payouts,
}
"""Subject to what answers it: workspace, day, and what only this subject is asked."""


def _result(
    command: str,
    seen: Seen,
    rows: list[Row],
    totals: list[Row] | None,
    findings: tuple[Finding, ...],
    run: str | None = None,
) -> Result:
    last = seen.nights[-1]
    policy = ", ".join(f"{name} {day}" for name, day in last.policy.versions.items())
    return Result(
        command,
        rows=rows,
        totals=totals,
        findings=findings,
        as_of=last.as_of,
        policy=policy,
        run=run,
        names={"tier": seen.names.tiers, "step": seen.names.steps},
    )
