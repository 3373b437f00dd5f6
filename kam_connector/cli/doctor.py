"""`kam doctor`: what stands in the way of a run."""

from __future__ import annotations

import click

from kam_connector.cli.options import answers, find_settings, finish
from kam_connector.runs.doctor import examine


@click.command()
@answers
@click.pass_context
def doctor(context: click.Context, output_format: str) -> int:
    """Check settings, policy, files, connection, rights and clock; each failure with its next step.

    \b
    Example:
      kam doctor --format json
    """
    result = examine(find_settings())
    finish(result, output_format)
    return 1 if any(not row["ok"] for row in result.rows) else 0
