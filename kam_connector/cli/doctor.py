"""`kam doctor`: what stands in the way of a run, and what is wrong with the customers' records."""

from __future__ import annotations

from datetime import date

import click

from kam_connector.cli.options import answers, dated, find_settings, finish
from kam_connector.cli.speech import language, told
from kam_connector.runs.doctor import examine


@click.command()
@click.option("--data", "of_data", is_flag=True, help="Check the customers' records in the mirror instead.")
@click.option("--all", "everybody", is_flag=True, help="With --data: every customer, not only those that want work.")
@dated
@answers
def doctor(of_data: bool, everybody: bool, as_of: date | None, output_format: str) -> int:
    """Check settings, policy, files, connection, rights and clock; each failure with its next step.

    With --data the customers' records as the mirror holds them: duplicates, missing tax ids and salespeople, contacts
    whose parent is gone, groups that cannot be added up; and how fresh each customer is, 0 to 100.

    \b
    Example:
      kam doctor --format json
      kam doctor --data
    """
    if of_data:
        from kam_connector.runs.quality import examine_data
        from kam_connector.runs.workspace import open_workspace

        with open_workspace(find_settings(), lang=language()) as workspace:
            return finish(examine_data(workspace, as_of, everybody=everybody), output_format)
    if everybody or as_of:
        raise click.UsageError(told("--all and --as-of go with --data."))
    result = examine(find_settings())
    finish(result, output_format)
    return 1 if any(not row["ok"] for row in result.rows) else 0
