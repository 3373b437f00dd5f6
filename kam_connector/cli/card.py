"""`kam card`: everything about one customer on one page."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from kam_connector.cli.options import answers, dated
from kam_connector.cli.reading import show_answer


@click.group()
def card() -> None:
    """The card of a customer: file, dealings, suggestions, evaluation, receivables, contacts."""


@card.command()
@click.argument("customer", metavar="CUSTOMER")
@dated
@answers
def show(customer: str, as_of: date | None, output_format: str) -> int:
    """Print the card of a customer. CUSTOMER is an id, number or name.

    \b
    Example:
      kam card show 36 --as-of 2026-06-30
    """
    return show_answer("card", as_of, output_format, customer=customer)


@card.command()
@click.argument("customer", metavar="CUSTOMER")
@dated
@click.option("--output", type=click.Path(path_type=Path), help="The workbook; without it in the folder of reports.")
@answers
def report(customer: str, as_of: date | None, output: Path | None, output_format: str) -> int:
    """Write the card of a customer as a workbook with charts, a page to print a company.

    \b
    Example:
      kam card report 36 --as-of 2026-06-30
    """
    return show_answer("card_report", as_of, output_format, customer=customer, output=output)
