"""`kam run`: the whole night, of one ERP or of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kam_connector import settings
from kam_connector.cli.options import answers, dated, find_settings, finish, home_folder
from kam_connector.cli.speech import language, talk
from kam_connector.settings import ErpSettings

if TYPE_CHECKING:
    from kam_connector.runs.night import Order


@click.command()
@dated
@answers
@click.option("--yes", is_flag=True, help="Write to the ERP without asking; for the scheduler.")
@click.option("--dry-run", is_flag=True, help="Pull, decide, show the plan, write reports, and nothing to the ERP.")
@click.option("--allow-past", is_flag=True, help="Write back for a day that is past.")
@click.option("--full", is_flag=True, help="Read every row anew.")
@click.option("--only", metavar="STEPS", help="Take these steps alone, with commas: sync, decide, write, report.")
@click.option("--skip", metavar="STEPS", help="Leave these steps out, with commas.")
@click.option("--all", "every", is_flag=True, help="Every ERP of kam.toml, one after the other.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the reports.")
def run(
    as_of: date | None,
    output_format: str,
    yes: bool,
    dry_run: bool,
    allow_past: bool,
    full: bool,
    only: str | None,
    skip: str | None,
    every: bool,
    out: Path | None,
) -> int:
    """Pull, decide, write back, report: the night as a whole.

    The plan is shown before anything is written; without --yes a person at the terminal must agree. With --all one
    ERP that fails does not stop the others; the exit code is the gravest of them.

    \b
    Example:
      kam run --yes
    """
    from kam_connector.cli.agreeing import agreement  # what follows needs the libraries that decide
    from kam_connector.runs.night import Order
    from kam_connector.runs.steps import choose_steps

    steps = choose_steps(_words(only), _words(skip))
    order = Order(as_of, allow_past or dry_run, full, agreement(yes=yes, dry_run=dry_run), None, out, steps, yes)
    if every:
        return _run_all(order, output_format)
    return _run_one(find_settings(), order, output_format)


def _words(text: str | None) -> Sequence[str]:
    return [word.strip() for word in text.split(",") if word.strip()] if text else ()


def _run_one(chosen: ErpSettings, order: Order, output_format: str) -> int:
    from kam_connector.cli.agreeing import progress
    from kam_connector.runs.notice import run_and_notify
    from kam_connector.runs.summary import summarize

    with progress() as moved:
        report = run_and_notify(chosen, replace(order, progress=moved), language())
    return finish(summarize(report, language()), output_format)


def _run_all(order: Order, output_format: str) -> int:
    from kam_connector.cli.agreeing import progress
    from kam_connector.runs.several import run_each

    with progress() as moved:
        home = home_folder()
        result, code = run_each(home, settings.erp_names(home), replace(order, progress=moved), language(), talk)
    finish(result, output_format)
    return code
