"""`kam complaints`: complaints and their deadlines."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import click

from kam_connector.cli.options import FILE, answers, dated, find_settings, finish, own_policy
from kam_connector.cli.reading import show_answer
from kam_connector.cli.speech import language


@click.group()
def complaints() -> None:
    """Complaints and their deadlines."""


@complaints.command()
@dated
@answers
def show(as_of: date | None, output_format: str) -> int:
    """Print the complaints with response and resolution deadlines, the earliest first.

    \b
    Example:
      kam complaints show
    """
    return show_answer("complaints", as_of, output_format)


@complaints.command()
@dated
@click.option(
    "--month", help="The month in which they came in, as 2026-03; without it the last that is over.", metavar="MONTH"
)
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the workbooks.")
@answers
def report(as_of: date | None, month: str | None, out: Path | None, output_format: str) -> int:
    """Print what the complaints of a month teach, and write it as a workbook a company with a Pareto chart.

    Root causes, whether they came again, what they cost, first contact, on time by tier, customers who bought again,
    improvements.

    \b
    Example:
      kam complaints report --month 2026-03
    """
    return show_answer("complaints_report", as_of, output_format, month=month, out=out)


@complaints.command()
@click.option("--calendar", type=FILE, required=True, help="When the team works.", metavar="TOML")
@click.option("--events", type=FILE, required=True, help="What happened to the complaints, and when.", metavar="CSV")
@dated
@answers
def sla(calendar: Path, events: Path, as_of: date | None, output_format: str) -> int:
    """Print both clocks of each complaint of a file, with the hours that count line by line; no ERP is asked.

    The targets are those of the policy. Without --as-of the clocks stand as they are now, with it as at the end of that
    day. A moment without an offset is what the clocks of the calendar's zone showed.

    \b
    Example:
      kam complaints sla --calendar cal.toml --events events.csv --as-of 2025-09-30
    """
    from kam_connector.runs.clock_trial import ClockFiles, try_clocks

    return finish(try_clocks(ClockFiles(calendar, events, own_policy(), as_of, datetime.now(UTC))), output_format)


@complaints.command("import")
@click.argument("path", type=FILE, metavar="CSV")
@dated
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.option("--dry-run", is_flag=True, help="Only show what would be written.")
@answers
def bring(path: Path, as_of: date | None, yes: bool, dry_run: bool, output_format: str) -> int:
    """Make complaints of the ERP of those in a file: type, severity and owner by the policy, each once.

    Columns: number (its own elsewhere), customer (id, number or name), received_at, title; where known text, category,
    company, order, invoice, contact, channel, claimed, disputed, currency, and type, subtype, severity, which otherwise
    follow from the policy. A row that cannot be a complaint is left out and named. Needs the addon.

    \b
    Example:
      kam complaints import complaints.csv --dry-run
    """
    from kam_connector import writeback as writing
    from kam_connector.cli.agreeing import agreement
    from kam_connector.runs.differences import told_findings
    from kam_connector.runs.importing import bring_complaints
    from kam_connector.runs.night import refused
    from kam_connector.runs.record import new_run_id, recorded
    from kam_connector.runs.seeing import result_of
    from kam_connector.runs.workspace import open_workspace

    run, outcome = new_run_id(), None
    with open_workspace(find_settings(), write=not dry_run, lang=language()) as workspace:
        found = bring_complaints(workspace, as_of, path)
        if found.plan.changes and agreement(yes=yes, dry_run=dry_run)(found.plan):
            with recorded(workspace.ledger, run, "import"):
                outcome = writing.push(found.plan, workspace.connect(), workspace.ledger, run=run)
    written = outcome.written if outcome else 0
    told = (*found.findings, *told_findings(found.plan), *refused(outcome))
    totals = [
        {"planned": len(found.plan.changes), "written": written, "known": found.known, "held": len(found.plan.held)}
    ]
    return finish(result_of("complaints import", found.seen, found.rows, totals, told, run if outcome else None),
                  output_format)  # fmt: skip
