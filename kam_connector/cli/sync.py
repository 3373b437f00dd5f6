"""`kam sync`: the pull alone."""

from __future__ import annotations

import click

from kam_connector import mirror
from kam_connector.cli.agreeing import progress
from kam_connector.cli.options import answers, confirmed, find_settings, finish
from kam_connector.cli.speech import talk
from kam_connector.runs import extraction, lock
from kam_connector.runs.record import new_run_id, recorded
from kam_connector.runs.result import Result
from kam_connector.runs.workspace import open_workspace
from kam_connector.sync import PullReport


@click.group()
def sync() -> None:
    """Pull from the ERP into the mirror."""


@sync.command()
@click.option("--full", is_flag=True, help="Read every row anew.")
@click.option("--verify", is_flag=True, help="Make the daily checks now: every row's write date, sums by month.")
@answers
def run(full: bool, verify: bool, output_format: str) -> int:
    """Pull what changed since the last run, and notice what was deleted.

    \b
    Example:
      kam sync run
    """
    with open_workspace(find_settings(), write=True) as workspace, progress() as moved:
        name = new_run_id()
        with recorded(workspace.ledger, name, "sync"):
            report = extraction.pull(workspace, name, full=full, verify=verify, shown=moved)
    return finish(_result(report, name), output_format)


@sync.command()
@answers
def status(output_format: str) -> int:
    """Show what the mirror holds of each model, up to when, by which lane, and when it was checked.

    `swept` is when deletions were looked for last, `every_row` and `sums` when the daily checks were made, `companies`
    those that the login covered then.

    \b
    Example:
      kam sync status
    """
    with open_workspace(find_settings()) as workspace:
        rows = extraction.pull_states(workspace.mirror)
    return finish(Result("sync status", rows=rows), output_format)


@sync.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@answers
def rebuild(yes: bool, output_format: str) -> int:
    """Throw the mirror away and pull everything anew; the ledger stays.

    \b
    Example:
      kam sync rebuild --yes
    """
    chosen = find_settings()
    if not confirmed("Delete the mirror {mirror} and pull everything anew?", yes, mirror=chosen.places.mirror):
        return 0
    chosen.places.make()
    with lock.hold(chosen.places.lock):
        mirror.discard(chosen.places.mirror)
        talk("The mirror is gone; pulling.")
    with open_workspace(chosen, write=True) as workspace, progress() as moved:
        name = new_run_id()
        with recorded(workspace.ledger, name, "sync"):
            report = extraction.pull(workspace, name, full=True, verify=True, shown=moved)
    return finish(_result(report, name), output_format)


def _result(report: PullReport, name: str) -> Result:
    rows = [
        {
            "model": model.model,
            "rows": model.rows,
            "deleted": model.deleted,
            "quarantined": model.quarantined,
            "seconds": round(model.seconds, 2),
        }
        for model in report.models
    ]
    totals = {"rows": report.rows, "deleted": report.deleted}
    return Result("sync", rows=rows, totals=totals, findings=report.findings, run=name)
