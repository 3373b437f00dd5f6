"""`kam writeback`: what would change in the ERP, and changing it."""

from __future__ import annotations

from datetime import date

import click

from kam_connector import writeback as writing
from kam_connector.cli.night import agreement
from kam_connector.cli.options import answers, dated, find_settings, finish, language
from kam_connector.runs.answers import look
from kam_connector.runs.night import new_run_id, plan_writeback, record, recorded, refused
from kam_connector.runs.result import Result
from kam_connector.runs.summary import plan_rows, written_lines
from kam_connector.runs.workspace import open_workspace


@click.group()
def writeback() -> None:
    """What the ERP should show, what it shows, and the way between."""


@writeback.command()
@dated
@answers
def plan(as_of: date | None, output_format: str) -> int:
    """Show what a push would change, from the mirror as it is; writes nothing.

    \b
    Example:
      kam writeback plan --format json
    """
    with open_workspace(find_settings(), lang=language()) as workspace:
        nights, _ = look(workspace, as_of)
        planned = plan_writeback(workspace, nights)
    totals = {"planned": len(planned.changes), "unchanged": planned.unchanged, "held": len(planned.held)}
    return finish(
        Result("writeback plan", rows=plan_rows(planned), totals=totals, as_of=nights[-1].as_of), output_format
    )


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
            findings=tuple(refused(outcome)),
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
