"""`kam sync`: the pull alone."""

from __future__ import annotations

import click

from kam_connector import mirror
from kam_connector import sync as syncing
from kam_connector.cli.night import progress
from kam_connector.cli.options import answers, confirmed, find_settings, finish
from kam_connector.cli.speech import talk
from kam_connector.runs import lock
from kam_connector.runs.night import new_run_id, recorded
from kam_connector.runs.result import Result
from kam_connector.runs.workspace import open_workspace
from kam_connector.sync import PullReport


@click.group()
def sync() -> None:
    """Pull from the ERP into the mirror."""


@sync.command()
@click.option("--full", is_flag=True, help="Read every row anew.")
@answers
def run(full: bool, output_format: str) -> int:
    """Pull what changed since the last run, and notice what was deleted.

    \b
    Example:
      kam sync run
    """
    with open_workspace(find_settings(), write=True) as workspace, progress() as moved:
        name = new_run_id()
        with recorded(workspace.ledger, name, "sync"):
            report = syncing.pull(workspace.connect(), workspace.mirror, full=full, run=name, progress=moved)
    return finish(_result(report, name), output_format)


@sync.command()
@answers
def status(output_format: str) -> int:
    """Show how many rows the mirror holds of each model.

    \b
    Example:
      kam sync status
    """
    with open_workspace(find_settings()) as workspace:
        rows = []
        for entry in syncing.CATALOGUE:
            table = workspace.mirror.ibis.table(entry.model.replace(".", "_"))
            mark = workspace.mirror.watermark(entry.model)
            counted = table.group_by("_deleted").agg(rows=table.count()).to_pandas().set_index("_deleted")["rows"]
            rows.append(
                {
                    "model": entry.model,
                    "rows": int(counted.get(False, 0)),
                    "deleted": int(counted.get(True, 0)),
                    "watermark": mark.isoformat() if mark else None,
                }
            )
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
    if not confirmed(f"Delete the mirror {chosen.places.mirror} and pull everything anew?", yes):
        return 0
    chosen.places.make()
    with lock.hold(chosen.places.lock):
        mirror.discard(chosen.places.mirror)
        talk("The mirror is gone; pulling.")
    with open_workspace(chosen, write=True) as workspace, progress() as moved:
        name = new_run_id()
        with recorded(workspace.ledger, name, "sync"):
            report = syncing.pull(workspace.connect(), workspace.mirror, full=True, run=name, progress=moved)
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
