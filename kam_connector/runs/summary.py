"""What `kam run` says at its end: customers by tier, receivables with the tie-out, tasks, payouts, what was written."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from kam_connector.messages import label, render, tell
from kam_connector.reports import Names
from kam_connector.reports.night_frames import CLOSED_STATES
from kam_connector.runs.ageing_tables import ageing_totals, bucket_columns
from kam_connector.runs.decisions import Night
from kam_connector.runs.night import NightReport
from kam_connector.runs.result import Result, Row
from kam_connector.runs.tables import (
    payout_rows,
    sum_by_currency,
    task_rows,
)
from kam_connector.texts import SEMICOLON, Lines
from kam_connector.writeback import Outcome, Plan


def summarize(report: NightReport, lang: str) -> Result:
    """Rows: one a company with its receivables; texts: the sentences; totals: counts of what was done.

    What a run left out (`--only`, `--skip`) is absent, not zero.
    """
    names = report.names
    rows = [row for night in report.nights for row in ageing_totals(night.receivables, names)] if names else []
    return Result(
        "run",
        rows=rows,
        totals=_totals(report),
        findings=report.findings,
        as_of=report.as_of,
        run=report.run,
        policy=report.nights[-1].policy.versions["tiers"] if report.nights else None,
        texts=tuple(_lines(report, lang)),
    )


def _totals(report: NightReport) -> Row:
    outcome = report.outcome
    pulled = {"pulled": report.pull.rows} if report.pull else {}
    written = {
        "planned": report.planned,
        "written": outcome.written if outcome else 0,
        "refused": len(outcome.of("refused", "conflict")) if outcome else 0,
        "unknown": len(outcome.of("unknown", "postponed")) if outcome else 0,
        "unchanged": report.plan.unchanged if report.plan else 0,
    }
    return {
        **pulled,
        **(written if report.plan else {}),
        "reports": [str(written.path) for written in report.files],
        "seconds": round(report.seconds, 1),
    }


def _lines(report: NightReport, lang: str) -> Iterator[str]:
    yield render("summary.headline", {"run": report.run, "as_of": report.as_of.isoformat()}, lang)
    if report.pull is not None:
        seconds = sum(model.seconds for model in report.pull.models)
        pulled = {"rows": report.pull.rows, "models": len(report.pull.models), "seconds": f"{seconds:.1f}"}
        yield render("summary.pulled", pulled, lang)
    if report.names is not None:
        for part in (_tiers, _receivables, _work):
            yield ""
            yield from part(report, report.names, lang)
    if report.plan is not None:
        yield ""
        yield from written_lines(report.plan, report.outcome, lang)
    for written in report.files:
        yield render("summary.report", {"path": str(written.path)}, lang)
    if report.findings:
        yield render("summary.findings", {"count": len(report.findings)}, lang)


def _tiers(report: NightReport, names: Names, lang: str) -> Iterator[str]:
    yield render("summary.tiers", {}, lang) + label("sign.colon", lang).rstrip()
    for night in report.nights:
        frame = night.tiers.frame
        for company, name in zip(night.companies["company_id"], night.companies["name"], strict=True):
            mine = frame.loc[frame["company_id"] == company, "tier"]
            counts = mine.fillna("").value_counts()
            codes = [*night.policy.tiers.codes, ""]
            parts = [
                f"{names.tiers.get(code) or label('tier.none', lang)} {counts[code]}"
                for code in codes
                if code in counts
            ]
            yield f"  {name}{label('sign.colon', lang)}{label('sign.comma', lang).join(parts)}"


def _receivables(report: NightReport, names: Names, lang: str) -> Iterator[str]:
    yield render("summary.receivables", {}, lang) + label("sign.colon", lang).rstrip()
    companies = {
        int(company): name
        for night in report.nights
        for company, name in zip(night.companies["company_id"], night.companies["name"], strict=True)
    }
    buckets = bucket_columns(report.nights[0].receivables.rows)
    for row in (row for night in report.nights for row in ageing_totals(night.receivables, names)):
        parts = [f"{label(f'bucket.{bucket}', lang)} {_thousands(row[bucket])}" for bucket in buckets]
        yield f"  {companies[row['company']]} ({row['currency']}){label('sign.colon', lang)}{' · '.join(parts)}"
        yield "  " + _tie_line(row, companies[row["company"]], lang)


def _tie_line(row: Row, company: str, lang: str) -> str:
    tied = row["tie_out"]
    agrees = tied["ageing"] == tied["ledger"]
    code = "summary.tie_out_agrees" if agrees else "summary.tie_out_differs"
    return render(code, {**tied, "company": company, "currency": row["currency"]}, lang)


def _work(report: NightReport, names: Names, lang: str) -> Iterator[str]:
    yield render("summary.warnings", _warning_counts(report), lang)
    for night in report.nights:
        for company, name in zip(night.companies["company_id"], night.companies["name"], strict=True):
            yield render("summary.complaints", {"company": name, **_complaint_counts(night, company)}, lang)
            yield from _task_lines(night, company, name, names, lang)
    payouts = [row for night in report.nights for row in payout_rows(night.payouts.frame, names, lang)]
    for period in sorted({row["period"] for row in payouts}):
        mine = [row for row in payouts if row["period"] == period]
        for total in sum_by_currency(mine, "payout"):
            count = sum(row["currency"] == total["currency"] for row in mine)
            args = {"period": period, "count": count, "amount": total["payout"], "currency": total["currency"]}
            yield render("summary.payouts", args, lang)


def _task_lines(night: Night, company: int, name: str, names: Names, lang: str) -> Iterator[str]:
    """A line a currency in which the company asks for something."""
    frame = night.tasks.frame
    tasks = task_rows(frame[frame["company_id"] == company], names, lang)
    for total in sum_by_currency(tasks, "amount"):
        count = sum(row["currency"] == total["currency"] for row in tasks)
        yield render("summary.tasks", {**total, "company": name, "count": count}, lang)


def _warning_counts(report: NightReport) -> dict[str, int]:
    states = [state for night in report.nights for state in night.warnings.frame["state"]]
    return {state: states.count(state) for state in ("raised", "open", "cleared")}


def _complaint_counts(night: Night, company: int) -> dict[str, int]:
    """The company's open complaints, and how many of them are late."""
    own = night.complaints[night.complaints["company_id"] == company]
    still = own.loc[~own["state"].isin(CLOSED_STATES), "complaint_id"]
    deadlines = night.deadlines.frame
    mine = deadlines[deadlines["complaint_id"].isin(still)] if len(deadlines) else deadlines
    late = {name: int(mine[f"{name}_breached"].sum()) if len(mine) else 0 for name in ("response", "resolution")}
    return {"open": len(still), **{f"{name}_late": count for name, count in late.items()}}


def written_lines(plan: Plan, outcome: Outcome | None, lang: str) -> Iterator[str]:
    """What was written, or why nothing was."""
    if outcome is not None and plan.changes:
        counts = {name: len(outcome.of(name)) for name in ("created", "updated", "unchanged", "refused", "unknown")}
        counts["refused"] += len(outcome.of("conflict", "postponed"))
        counts["updated"] += len(outcome.of("removed"))
        counts["unchanged"] += plan.unchanged
        yield render("summary.written", counts, lang)
    elif plan.changes:
        yield render("summary.not_agreed", {"count": len(plan.changes)}, lang)
    else:
        yield render("summary.nothing_written", {}, lang)
    if plan.local:
        code = "summary.local_older" if plan.route == "addon" else "summary.local_only"
        yield render(code, {"what": tell(Lines(plan.local, SEMICOLON), lang)}, lang)


def plan_rows(plan: Plan) -> list[Row]:
    """One row a model and action with its count, in the order of sending."""
    return [{"model": model, "action": action, "rows": count} for (model, action), count in plan.counts().items()]


def _thousands(amount: str) -> str:
    return f"{Decimal(amount):,f}"
