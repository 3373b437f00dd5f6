"""`kam writeback`: what would change in the ERP, and changing it."""

from __future__ import annotations

from datetime import date

import click

from kam_connector import writeback as writing
from kam_connector.cli.agreeing import agreement
from kam_connector.cli.options import answers, confirmed, dated, find_settings, finish
from kam_connector.cli.speech import language
from kam_connector.runs.differences import diff_rows, told_findings
from kam_connector.runs.night import plan_writeback, record, refused
from kam_connector.runs.record import new_run_id, recorded
from kam_connector.runs.result import Result
from kam_connector.runs.seeing import look
from kam_connector.runs.summary import plan_rows, written_lines
from kam_connector.runs.undone import left_findings, undone_lines
from kam_connector.runs.workspace import open_workspace
from kam_connector.texts import Text

_BACK = Text("Take back the changes ({count}) in the ERP?")
DIFF = click.option("--diff", is_flag=True, help="One row a field, with the value before and after.")


@click.group()
def writeback() -> None:
    """What the ERP should show, what it shows, and the way between."""


@writeback.command()
@dated
@DIFF
@answers
def plan(as_of: date | None, diff: bool, output_format: str) -> int:
    """Show what a push would change, from the mirror as it is; writes nothing.

    \b
    Example:
      kam writeback plan --format json
      kam writeback plan --diff
    """
    with open_workspace(find_settings(), lang=language()) as workspace:
        nights, _ = look(workspace, as_of)
        planned = plan_writeback(workspace, nights)
    totals = {"planned": len(planned.changes), "unchanged": planned.unchanged, "held": len(planned.held)}
    rows, told = diff_rows(planned) if diff else plan_rows(planned), tuple(told_findings(planned))
    result = Result("writeback plan", rows=rows, totals=totals, findings=told, as_of=nights[-1].as_of)
    return finish(result, output_format)


@writeback.command()
@dated
@click.option("--yes", is_flag=True, help="Write without asking.")
@answers
def apply(as_of: date | None, yes: bool, output_format: str) -> int:
    """Decide from the mirror as it is, show the plan, and write it to the ERP.

    \b
    Example:
      kam writeback apply --yes
    """
    run = new_run_id()
    with (
        open_workspace(find_settings(), write=True, lang=language()) as workspace,
        recorded(workspace.ledger, run, "writeback"),
    ):
        nights, _ = look(workspace, as_of)
        record(workspace, nights)
        planned = plan_writeback(workspace, nights)
        agreed = bool(planned.changes) and agreement(yes=yes)(planned)
        outcome = writing.push(planned, workspace.connect(), workspace.ledger, run=run) if agreed else None
    totals = {"planned": len(planned.changes), "written": outcome.written if outcome else 0}
    return finish(
        Result(
            "writeback apply",
            rows=plan_rows(planned),
            totals=totals,
            findings=(*told_findings(planned), *refused(outcome)),
            as_of=nights[-1].as_of,
            run=run,
            texts=tuple(written_lines(planned, outcome, language())),
        ),
        output_format,
    )


@writeback.command()
@answers
def status(output_format: str) -> int:
    """Show what waits in the outbox: unknown outcomes, and records that the ERP refused.

    \b
    Example:
      kam writeback status
    """
    with open_workspace(find_settings()) as workspace:
        outbox = writing.read_status(workspace.ledger)
    rows = [
        {
            "state": waiting.state,
            "model": waiting.model,
            "company": waiting.company_id,
            "record": waiting.key,
            "run": waiting.run,
            "message": waiting.message,
        }
        for waiting in outbox.waiting
    ]
    return finish(Result("writeback status", rows=rows, totals=dict(sorted(outbox.counts.items()))), output_format)


@writeback.command()
@click.argument("records", nargs=-1)
@answers
def retry(records: tuple[str, ...], output_format: str) -> int:
    """Release records that the ERP refused, all or the named ones; the next run sends them again.

    \b
    Example:
      kam writeback retry
    """
    with open_workspace(find_settings(), write=True) as workspace:
        released = writing.retry(workspace.ledger, run=new_run_id(), keys=records or None)
    return finish(Result("writeback retry", totals={"released": released}), output_format)


@writeback.command()
@click.option("--run", "undone", help="The run to take back, one of the last five that wrote. Default: the last.")
@click.option("--dry-run", is_flag=True, help="Only show what would be taken back.")
@DIFF
@click.option("--yes", is_flag=True, help="Write without asking.")
@answers
def undo(undone: str | None, dry_run: bool, diff: bool, yes: bool, output_format: str) -> int:
    """Take a push back: former values return, what it made goes, where nobody has been since.

    Records that a later run has written, and those of a customer who was merged into another, stay as they are and
    are named.

    \b
    Example:
      kam writeback undo --dry-run --diff
    """
    run = new_run_id()
    with open_workspace(find_settings(), write=not dry_run, lang=language()) as workspace:
        book = workspace.ledger
        planned = writing.plan_undo(book, run=undone)
        outcome = None
        if not dry_run and planned.changes and agreement(yes=yes, question=_BACK)(planned):
            with recorded(book, run, "undo"):
                outcome = writing.undo(workspace.connect(), book, undone=undone, run=run).outcome
    written = outcome.written if outcome else 0
    totals = {"planned": len(planned.changes), "written": written, "left": len(planned.held)}
    return finish(
        Result(
            "writeback undo",
            rows=diff_rows(planned) if diff else plan_rows(planned),
            totals=totals,
            findings=(*left_findings(planned), *refused(outcome)),
            run=run if outcome else None,
            texts=tuple(undone_lines(planned, outcome, language())),
        ),
        output_format,
    )


@writeback.command()
@click.option("--yes", is_flag=True, help="Take over without asking.")
@answers
def takeover(yes: bool, output_format: str) -> int:
    """Write to this ERP from here although another connector has taken over; that one is refused from then on.

    \b
    Example:
      kam writeback takeover --yes
    """
    run = new_run_id()
    with open_workspace(find_settings(), write=True, lang=language()) as workspace:
        before = ""
        agreed = confirmed("Take the writing over from every other connector?", yes)
        if agreed:
            before = writing.take_over(workspace.connect(), workspace.ledger, run=run)
    return finish(Result("writeback takeover", totals={"taken_over": agreed, "before": before}, run=run), output_format)
