"""`kam ageing`: how old the receivables are."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

import click

from kam_connector.cli import frozen
from kam_connector.cli.options import DAY, FILE, answers, dated, find_settings, finish, own_policy, today
from kam_connector.cli.reading import show_answer
from kam_connector.cli.speech import language, told
from kam_connector.runs.result import Result

SUBJECTS = ("customer", "group", "salesperson", "team", "tier", "company")


@click.group()
def ageing() -> None:
    """Receivables by age, tied out to the ledger."""


@ageing.command()
@dated
@click.option("--by", type=click.Choice(SUBJECTS), default="customer", show_default=True, help="What is added up.")
@click.option(
    "--basis",
    type=click.Choice(["due", "recognition"]),
    help="Days since the due date, or since the receivable arose; without it as the policy says.",
)
@click.option(
    "--view",
    type=click.Choice(["gross", "net"]),
    default="gross",
    show_default=True,
    help="Open credits where they arose, or clearing the oldest debts first.",
)
@click.option(
    "--currency",
    type=click.Choice(["company", "document", "group"]),
    default="company",
    show_default=True,
    help="Each company's own, each document's, or all companies in the group's.",
)
@click.option("--to", help="The group's currency; without it as the policy says.", metavar="CODE")
@click.option("--rate-date", type=DAY, help="The day of the rates; without it the day of the ageing.", metavar="DAY")
@click.option("--input", "items", type=FILE, help="A file of items to age in place of the mirror.", metavar="CSV")
@click.option("--matches", type=FILE, help="What was matched with what in that file.", metavar="CSV")
@answers
def show(
    as_of: date | None,
    by: str,
    basis: Literal["due", "recognition"] | None,
    view: Literal["gross", "net"],
    currency: Literal["company", "document", "group"],
    to: str | None,
    rate_date: date | None,
    items: Path | None,
    matches: Path | None,
    output_format: str,
) -> int:
    """Print the ageing of any day, with the tie-out to the ledger: of the mirror, or of a file of your own.

    \b
    Example:
      kam ageing show --as-of 2026-06-30 --by salesperson
    """
    from kam_connector.runs.aged import How

    if currency != "group" and (to or rate_date):
        raise click.UsageError(told("--to and --rate-date go with --currency group."))
    how = How(basis, view, currency, to, rate_date)
    if items is None:
        if matches is not None:
            raise click.UsageError(told("--matches goes with --input."))
        return show_answer("ageing", as_of, output_format, by=by, how=how)
    if currency == "group":
        raise click.UsageError(told("--currency group needs the ERP's rates: leave --input out."))
    from kam_connector.runs.trial_answers import Files, try_ageing

    files = Files(items, matches, None, as_of or today(), own_policy(), language())
    return finish(try_ageing(files, by=by, how=how), output_format)


@ageing.command()
@dated
@click.option(
    "--months", type=click.IntRange(1, 24), default=3, show_default=True, help="Sales and cash of so many months."
)
@click.option("--by", type=click.Choice(["company", "customer"]), default="company", show_default=True)
@answers
def metrics(as_of: date | None, months: int, by: str, output_format: str) -> int:
    """Print how fast receivables turn into cash: DSO, days delinquent, CEI, collection rate, and what they cost.

    \b
    Example:
      kam ageing metrics --as-of 2026-06-30 --months 3 --by customer
    """
    return show_answer("metrics", as_of, output_format, months=months, by=by)


@ageing.command()
@dated
@answers
def provision(as_of: date | None, output_format: str) -> int:
    """Print what is provided for doubtful debts, by customer and band of age, with totals.

    \b
    Example:
      kam ageing provision --as-of 2026-06-30
    """
    return show_answer("provision", as_of, output_format)


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
    from kam_connector.runs.files import write_ageing_file
    from kam_connector.runs.seeing import look
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
