"""`kam collections`: whom to ask for money, who has promised to pay, which debts are bad, and why."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from kam_connector.cli.options import FILE, answers, dated, finish, own_policy, today
from kam_connector.cli.promising import promise
from kam_connector.cli.reading import show_answer
from kam_connector.cli.speech import language, told


@click.group()
def collections() -> None:
    """Collection tasks, promises to pay, bad debts, how customers pay and why so late."""


@collections.command()
@dated
@click.option("--input", "items", type=FILE, help="A file of items in place of the mirror.", metavar="CSV")
@click.option("--matches", type=FILE, help="What was matched with what in that file.", metavar="CSV")
@click.option("--tasks", type=FILE, help="What its customers were asked before.", metavar="CSV")
@click.option("--promises", type=FILE, help="What its customers promised to pay.", metavar="CSV")
@answers
def worklist(
    as_of: date | None,
    items: Path | None,
    matches: Path | None,
    tasks: Path | None,
    promises: Path | None,
    output_format: str,
) -> int:
    """Print the collection tasks, the most urgent first, each with its reason: of the mirror, or of a file of your own.

    \b
    Example:
      kam collections worklist
    """
    if items is None:
        if any(each is not None for each in (matches, tasks, promises)):
            raise click.UsageError(told("--matches, --tasks and --promises go with --input."))
        return show_answer("worklist", as_of, output_format)
    from kam_connector.runs.trial_answers import Files, try_worklist

    files = Files(items, matches, tasks, as_of or today(), own_policy(), language(), promises)
    return finish(try_worklist(files), output_format)


@collections.command()
@dated
@click.option("--customer", type=int, help="Only this customer, by its id in the ERP.")
@click.option("--items", is_flag=True, help="A row an open debt: when it is due, and when it is expected.")
@answers
def show(as_of: date | None, customer: int | None, items: bool, output_format: str) -> int:
    """Print how each customer pays, when the next payment is expected, the exposure and the credit advice.

    \b
    Example:
      kam collections show --as-of 2026-06-30 --items
    """
    return show_answer("payers", as_of, output_format, customer=customer, items=items)


@collections.command()
@dated
@click.option("--customer", type=int, required=True, help="The customer, by its id in the ERP.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the statement.")
@click.option(
    "--language", "language_", type=click.Choice(["en", "zh_CN", "zh_TW"]), help="In place of the customer's."
)
@answers
def statement(as_of: date | None, customer: int, out: Path | None, language_: str | None, output_format: str) -> int:
    """Write a customer's statement of account, for the customer himself: open items, payments so far, what is due.

    \b
    Example:
      kam collections statement --customer 36 --as-of 2026-06-30 --out .
    """
    from kam_connector.runs.statement import Wanted

    return show_answer("statement", as_of, output_format, wanted=Wanted(customer, out, language_))


@collections.command()
@click.option("--state", type=click.Choice(["open", "kept", "partly", "broken"]), help="Only promises in this state.")
@dated
@answers
def promises(as_of: date | None, output_format: str, state: str | None) -> int:
    """Print the promises to pay with the cash that came in for each, the earliest day first.

    \b
    Example:
      kam collections promises --state broken
    """
    return show_answer("promises", as_of, output_format, state=state)


@collections.command()
@dated
@answers
def cases(as_of: date | None, output_format: str) -> int:
    """Print the bad-debt cases: who is over the limit, with what, what is advised, and how far people have come.

    \b
    Example:
      kam collections cases --as-of 2026-06-30
    """
    return show_answer("cases", as_of, output_format)


@collections.command()
@click.option("--months", type=click.IntRange(1, 120), default=12, show_default=True, help="Tasks of so many months.")
@click.option(
    "--by",
    type=click.Choice(["cause", "salesperson", "team"]),
    default="cause",
    show_default=True,
    help="A row a cause, or a salesperson or team and cause.",
)
@dated
@answers
def causes(as_of: date | None, months: int, by: str, output_format: str) -> int:
    """Print why customers paid late, as people said when they closed tasks: number, amount, share, and evidence.

    \b
    Example:
      kam collections causes --as-of 2026-06-30 --months 12 --by salesperson
    """
    return show_answer("causes", as_of, output_format, months=months, by=by)


@collections.command()
@dated
@answers
def terms(as_of: date | None, output_format: str) -> int:
    """Print the customers who are overdue or have ordered on credit, and of whom something lacks its payment terms.

    \b
    Example:
      kam collections terms --as-of 2026-06-30
    """
    return show_answer("terms", as_of, output_format)


collections.add_command(promise)
