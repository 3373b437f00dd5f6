"""`kam collections`: whom to ask for money."""

from __future__ import annotations

from datetime import date

import click

from kam_connector.cli.options import answers, dated
from kam_connector.cli.reading import show_answer


@click.group()
def collections() -> None:
    """Collection tasks, and how customers pay."""


@collections.command()
@dated
@answers
def worklist(as_of: date | None, output_format: str) -> int:
    """Print the collection tasks, the most urgent first, each with its reason.

    \b
    Example:
      kam collections worklist
    """
    return show_answer("worklist", as_of, output_format)


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
