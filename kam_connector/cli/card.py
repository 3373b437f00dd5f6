"""`kam card`: everything about one customer on one page."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from kam_connector.cli.options import answers, dated
from kam_connector.cli.reading import show_answer


@click.group()
def card() -> None:
    """The card of a customer: file, dealings, suggestions, evaluation, traits, receivables, contacts, service team."""


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
@click.argument("text", metavar="TEXT")
@dated
@click.option("--limit", type=click.IntRange(1, 10000), default=50, show_default=True, help="So many customers.")
@answers
def find(text: str, as_of: date | None, limit: int, output_format: str) -> int:
    """Look through the customers' records: id, number, tax id, name, contacts, city, e-mail, telephone, products.

    The closest hit of each customer is shown with its place, the closest customer first. Cities, e-mail addresses and
    telephones are looked through where `custom_fields` mirrors them.

    \b
    Example:
      kam card find pump
    """
    return show_answer("archive", as_of, output_format, text=text, limit=limit)


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
