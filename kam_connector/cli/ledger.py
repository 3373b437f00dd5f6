"""`kam verify`: is the book still the one that was written."""

from __future__ import annotations

import click

from kam_connector import ledger
from kam_connector.cli.options import answers, find_settings, finish
from kam_connector.errors import InputError
from kam_connector.runs.result import Result

CONTRADICTION = 7


@click.command()
@answers
@click.option("--head", help="A head noted before (number:hash, as `kam status` prints it): proves the tail is there.")
def verify(output_format: str, head: str | None) -> int:
    """Prove that no event of the ledger was changed, removed or cut off, and that closed statements of pay add up.

    \b
    Example:
      kam verify
    """
    from kam_connector.runs.pay_book import find_problems

    chosen = find_settings()
    if not chosen.places.ledger.exists():
        raise InputError(
            "There is no ledger at {ledger} yet.",
            next_step="The first `kam run` makes it.",
            ledger=chosen.places.ledger,
        )
    with ledger.open(chosen.places.ledger) as book:
        problems = ledger.verify(book, ledger.parse_head(head) if head else None)
        problems += [] if problems else find_problems(book)
        totals = {"events": book.head().seq, "head": str(book.head()), "problems": len(problems)}
    rows = [{"event": problem.seq, "message": problem.text} for problem in problems]
    finish(Result("verify", rows=rows, totals=totals), output_format)
    return CONTRADICTION if problems else 0
