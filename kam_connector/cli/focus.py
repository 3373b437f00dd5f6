"""`kam focus`: products, markets and customers that we concentrate on."""

from __future__ import annotations

from datetime import date

import click

from kam_connector.cli.options import answers, dated
from kam_connector.cli.reading import show_answer


@click.group()
def focus() -> None:
    """Products and markets in the focus, and whom to look after now."""


@focus.command()
@dated
@click.option("--list", "chosen", help="Only customers of this list, by its code in focus.toml.", metavar="CODE")
@answers
def show(as_of: date | None, chosen: str | None, output_format: str) -> int:
    """Print what each company and each customer bought of the products in the focus, in which market, on which lists.

    The first row of a company is its mix: the share of its whole revenue of twelve months that products in the focus
    made, and that of the twelve months before.

    \b
    Example:
      kam focus show --list large_and_quiet
    """
    return show_answer("focus", as_of, output_format, chosen=chosen)
