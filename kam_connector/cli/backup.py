"""`kam backup` and `kam restore`: copies of the book."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from kam_connector.cli.options import answers, confirmed, find_all_settings, find_settings, finish
from kam_connector.runs import backups
from kam_connector.runs.result import Result, Row
from kam_connector.texts import Text


@click.command()
@click.option("--keep", type=click.IntRange(min=1), default=30, show_default=True, help="How many copies stay.")
@click.option("--to", type=click.Path(path_type=Path, file_okay=False), help="Folder of the copies.")
@answers
def backup(keep: int, to: Path | None, output_format: str) -> int:
    """Copy the ledger, verify the copy, and keep the newest ones; also while a run is at work.

    Without --erp that is done for every ERP of kam.toml.

    \b
    Example:
      kam backup --keep 14
    """
    rows: list[Row] = []
    every = find_all_settings()
    for chosen in every:
        folder = to / chosen.name if to and len(every) > 1 else to
        made = backups.make_backup(chosen.places, keep, folder)
        rows.append(
            {
                "erp": chosen.name,
                "file": str(made.path),
                "events": made.head.seq,
                "head": str(made.head),
                "bytes": made.size,
                "removed": made.removed,
            }
        )
    return finish(Result("backup", rows=rows), output_format)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option("--force", is_flag=True, help="Also where events would be lost, or of another book.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@answers
def restore(file: Path | None, force: bool, yes: bool, output_format: str) -> int:
    """Put a copy of the ledger back; without a file, list the copies.

    The ledger that is there now stays beside it. After that, the next run looks up what it may have sent already.

    \b
    Example:
      kam restore
    """
    chosen = find_settings()
    if file is None:
        rows: list[Row] = [
            {"file": str(path), "bytes": path.stat().st_size, "made": _moment(path)}
            for path in backups.find_backups(chosen.places)
        ]
        return finish(Result("restore", rows=rows, totals={"copies": len(rows)}), output_format)
    if not confirmed("Put {file} in the place of {ledger}?", yes, file=file, ledger=chosen.places.ledger):
        return 0
    done = backups.restore(chosen.places, file, force=force)
    row: Row = {
        "ledger": str(chosen.places.ledger),
        "head": str(done.now),
        "head_before": str(done.before) if done.before else None,
        "kept": str(done.kept) if done.kept else None,
        "next_step": Text("`kam verify`, then `kam run`."),
    }
    return finish(Result("restore", rows=[row]), output_format)


def _moment(path: Path) -> str:
    return datetime.fromtimestamp(path.stat().st_mtime).astimezone().isoformat(timespec="seconds")
