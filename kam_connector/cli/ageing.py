"""`kam ageing`: how old the receivables are."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from kam_connector.cli import frozen
from kam_connector.cli.options import answers, dated, find_settings, finish
from kam_connector.cli.reading import show_answer
from kam_connector.cli.speech import language
from kam_connector.runs.result import Result


@click.group()
def ageing() -> None:
    """Receivables by age, tied out to the ledger."""


@ageing.command()
@dated
@click.option("--by", type=click.Choice(["customer", "salesperson", "team"]), default="customer", show_default=True)
@answers
def show(as_of: date | None, by: str, output_format: str) -> int:
    """Print the ageing of any day from the mirror, with the tie-out to the ledger.

    \b
    Example:
      kam ageing show --as-of 2026-06-30 --by salesperson
    """
    return show_answer("ageing", as_of, output_format, by=by)


@ageing.command()
@dated
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the workbooks.")
@answers
def report(as_of: date | None, out: Path | None, output_format: str) -> int:
    """Write the ageing workbook of each company.

    \b
    Example:
      kam ageing report --as-of 2026-06-30 --out .
    """
    from kam_connector.runs.answers import look
    from kam_connector.runs.files import write_ageing_file
    from kam_connector.runs.workspace import open_workspace

    with open_workspace(find_settings(), lang=language()) as workspace:
        nights, names = look(workspace, as_of)
        folder = out or workspace.settings.places.reports
        files = [
            written
            for night in nights
            for written in write_ageing_file(workspace, night, names, "ageing report", folder)
        ]
    rows = [{"company": written.company_id, "report": str(written.path)} for written in files]
    return finish(Result("ageing report", rows=rows, as_of=nights[-1].as_of), output_format)


for command in (frozen.snapshot, frozen.snapshots, frozen.changes):
    ageing.add_command(command)
