"""What a reading command answers: decisions made from the mirror as it is, nothing written anywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from kam_connector.errors import InputError
from kam_connector.findings import Finding
from kam_connector.reports import Names
from kam_connector.runs.aged import How, Receivables, age_receivables
from kam_connector.runs.ageing_tables import ageing_rows, ageing_totals, with_tiers
from kam_connector.runs.appraising import show_appraisal, show_ranking
from kam_connector.runs.archive import find_cards
from kam_connector.runs.card import report_card, show_card
from kam_connector.runs.causes import show_causes
from kam_connector.runs.comparing import signed_rows
from kam_connector.runs.decisions import Night
from kam_connector.runs.document_ageing import age_documents
from kam_connector.runs.explaining import show_explanation
from kam_connector.runs.explaining_complaint import explain_complaint
from kam_connector.runs.focus_answers import show_focus
from kam_connector.runs.group_ageing import group_of, group_rows, group_totals, translate_night
from kam_connector.runs.groups import group_rows as tier_groups
from kam_connector.runs.learning import report_month
from kam_connector.runs.moving import show_move
from kam_connector.runs.pareto import show_pareto
from kam_connector.runs.payers import show_payers
from kam_connector.runs.paying import compute_payouts
from kam_connector.runs.result import Result, Row
from kam_connector.runs.seeing import Seen, look, result_of
from kam_connector.runs.sources import sources_of
from kam_connector.runs.statement import show_statement
from kam_connector.runs.tables import (
    case_rows,
    complaint_rows,
    payout_rows,
    promise_rows,
    sum_by_currency,
    task_rows,
    tier_rows,
    with_segment_reasons,
)
from kam_connector.runs.targets import show_targets
from kam_connector.runs.terms import show_terms
from kam_connector.runs.tier_history import show_history
from kam_connector.runs.turnover import show_metrics, show_provision
from kam_connector.runs.warning_answers import show_warnings
from kam_connector.runs.workspace import Workspace


def show_ageing(workspace: Workspace, as_of: date | None, by: str, how: How) -> Result:
    """Receivables by customer, group, salesperson, team, tier or company, with the tie-out by company."""
    seen = look(workspace, as_of)
    looked = [(night, _looked_at(workspace, night, how, seen.names)) for night in seen.nights]
    tiered = [(night, _with_tiers(owed, night)) for night, owed in looked] if by == "tier" else looked
    findings = tuple(found for night, owed in looked for found in (*owed.findings, *night.oddities))
    if how.currency == "group":
        group = group_of(seen.names, how.to or looked[-1][0].policy.collections.group.currency, how.rate_date)
        parts = [translate_night(workspace.mirror.ibis, night, owed, group, seen.names, by) for night, owed in tiered]
        unrated = tuple(found for part in parts for found in part.findings)
        rows, totals = group_rows(parts, group, seen.names, by), group_totals(parts, group)
        return result_of("ageing show", seen, rows, totals, (*findings, *unrated))
    rows = [row for _, owed in tiered for row in ageing_rows(owed, seen.names, by=by)]
    totals = [row for night, owed in looked for row in _totals(workspace, night, owed, seen.names)]
    return result_of("ageing show", seen, rows, totals, findings)


def _looked_at(workspace: Workspace, night: Night, how: How, names: Names) -> Receivables:
    companies = [int(company) for company in night.companies["company_id"]]
    if how.currency == "document":
        return age_documents(sources_of(workspace), night.as_of, companies, how, names.currencies)
    if how.view == "gross" and how.basis in (None, night.policy.collections.ageing.basis):
        return night.receivables
    return age_receivables(sources_of(workspace), night.as_of, companies, how)


def _with_tiers(owed: Receivables, night: Night) -> Receivables:
    return replace(owed, rows=with_tiers(owed.rows, night.tiers.frame))


def show_tiers(workspace: Workspace, as_of: date | None, by: str = "customer", segment: str | None = None) -> Result:
    """Scores, tiers and segments of all customers, of those in one segment, or of the groups that they make.

    Errors: InputError for a segment that the policy does not have.
    """
    seen = look(workspace, as_of)
    if by == "group":
        rows = [row for night in seen.nights for row in tier_groups(night, seen.names, workspace.lang)]
        return result_of("tiers show", seen, rows, None, ())
    if segment is not None and segment not in seen.names.segments:
        raise InputError(
            "The policy has no segment {segment}. It has: {known}.",
            segment=segment,
            known=", ".join(seen.names.segments) or "–",
        )
    return tiers_of(seen, workspace.lang, segment)


def tiers_of(seen: Seen, lang: str, segment: str | None = None, *, run: str | None = None) -> Result:
    """The scores and tiers of what was seen; with `run` as the answer of the run that recorded them."""
    rated = [night.rated for night in seen.nights]
    more: tuple[str, ...] = ("segment",)
    if segment is not None:
        chosen = (frame[frame["segment"] == segment] for frame in rated)
        rated, more = [with_segment_reasons(frame, seen.names, lang) for frame in chosen], ("segment", "segment_reason")
    rows = [row for frame in rated for row in tier_rows(frame, seen.names, lang, more)]
    findings = tuple(found for night in seen.nights for found in night.tiers.findings)
    return result_of("tiers run" if run else "tiers show", seen, rows, None, findings, run)


def show_worklist(workspace: Workspace, as_of: date | None) -> Result:
    """Whom to ask for money, the most urgent first."""
    seen = look(workspace, as_of)
    rows = [row for night in seen.nights for row in task_rows(night.tasks.frame, seen.names, workspace.lang)]
    rows.sort(key=lambda row: -float(row["priority"]))
    return result_of("collections worklist", seen, rows, sum_by_currency(rows, "amount"), ())


def show_promises(workspace: Workspace, as_of: date | None, state: str | None) -> Result:
    """Promises to pay, the earliest day first; totals by currency."""
    seen = look(workspace, as_of)
    rows = [row for night in seen.nights for row in promise_rows(night, seen.names, workspace.lang, state)]
    rows.sort(key=lambda row: row["promised_for"])
    findings = tuple(found for night in seen.nights for found in night.promises.findings)
    return result_of("collections promises", seen, rows, sum_by_currency(rows, "amount", "received"), findings)


def show_cases(workspace: Workspace, as_of: date | None) -> Result:
    """Bad-debt cases, by company, the largest first; totals by currency."""
    seen = look(workspace, as_of)
    rows = [row for night in seen.nights for row in case_rows(night, seen.names, workspace.lang)]
    return result_of("collections cases", seen, rows, sum_by_currency(rows, "amount"), ())


def show_complaints(workspace: Workspace, as_of: date | None) -> Result:
    """Complaints with their deadlines."""
    seen = look(workspace, as_of)
    rows = [row for night in seen.nights for row in complaint_rows(night, seen.names, workspace.lang)]
    findings = tuple(found for night in seen.nights for found in night.deadlines.findings)
    return result_of("complaints show", seen, rows, None, findings)


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
    return result_of("incentives compute", seen, rows, sum_by_currency(rows, "earned", "payout"), tuple(findings))


ANSWERS: Mapping[str, Callable[..., Result]] = {
    "ageing": show_ageing,
    "tiers": show_tiers,
    "tier_history": show_history,
    "warnings": show_warnings,
    "worklist": show_worklist,
    "promises": show_promises,
    "cases": show_cases,
    "causes": show_causes,
    "terms": show_terms,
    "complaints": show_complaints,
    "complaints_report": report_month,
    "payouts": show_payouts,
    "targets": show_targets,
    "appraisal": show_appraisal,
    "ranking": show_ranking,
    "pareto": show_pareto,
    "payers": show_payers,
    "metrics": show_metrics,
    "provision": show_provision,
    "statement": show_statement,
    "explanation": show_explanation,
    "complaint_explanation": explain_complaint,
    "move": show_move,
    "card": show_card,
    "card_report": report_card,
    "archive": find_cards,
    "focus": show_focus,
}
"""Subject to what answers it: workspace, day, and what only this subject is asked."""


def _totals(workspace: Workspace, night: Night, owed: Receivables, names: Names) -> list[Row]:
    """The totals by company; of what the policy decides by, also who has signed the ageing of this day."""
    if owed is not night.receivables:
        return ageing_totals(owed, names)
    signed = signed_rows(workspace.ledger, workspace.mirror.ibis, night)
    return [{**row, **signed[row["company"]]} for row in ageing_totals(owed, names)]
