"""`kam collections promise`: a promise to pay is logged here, where the ERP has no place for it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kam_connector.cli.options import DAY, FILE, answers, dated, find_settings, finish, today
from kam_connector.cli.recording import record_and_answer
from kam_connector.cli.speech import language, told

if TYPE_CHECKING:
    from kam_connector.runs.promising import Logged
    from kam_connector.runs.result import Result
    from kam_connector.runs.seeing import Seen
    from kam_connector.runs.workspace import Workspace


@click.command()
@click.option("--customer", help="Who promised: id in the ERP, number or name.", metavar="CUSTOMER")
@click.option("--amount", help="How much, in the invoice's currency, without one in the company's.", metavar="AMOUNT")
@click.option("--on", "promised_for", type=DAY, help="The day by which it is to be paid.", metavar="DAY")
@click.option("--made-on", type=DAY, help="The day on which it was promised; without it the day reckoned at.")
@click.option("--invoice", default="", help="The invoice that it is about, by its number.", metavar="NUMBER")
@click.option("--file", "path", type=FILE, help="Many promises, a row each.", metavar="CSV")
@click.option("--cancel", type=int, help="Take back the promise with this number, while it is open.", metavar="NUMBER")
@dated
@answers
def promise(
    customer: str | None,
    amount: str | None,
    promised_for: date | None,
    made_on: date | None,
    invoice: str,
    path: Path | None,
    cancel: int | None,
    as_of: date | None,
    output_format: str,
) -> int:
    """Log a promise to pay, where the addon is not installed: the nights hold dunning for it and judge it by the cash.

    One by its options, or many from a file with the columns customer, item, amount, promised_for, made_on. A file read
    twice logs nothing twice. Nothing is written to the ERP.

    \b
    Example:
      kam collections promise --file promises.csv
      kam collections promise --customer C0042 --amount 1000 --on 2026-07-03
    """
    single = (customer, amount, promised_for)
    if sum((path is not None, cancel is not None, any(each is not None for each in single))) != 1:
        raise click.UsageError(told("Give --customer, --amount and --on, or --file, or --cancel."))
    if cancel is not None:
        return _cancel(cancel, output_format)
    from kam_connector.runs.promising import Word, log_promises, logged_answer, read_words

    if path is not None:
        words = read_words(path)
    else:
        if customer is None or amount is None or promised_for is None:
            raise click.UsageError(told("A promise has --customer, --amount and --on."))
        words = [Word(customer, _amount(amount), promised_for, made_on or as_of or today(), invoice)]
    done: list[Logged] = []

    def record(workspace: Workspace, seen: Seen) -> None:
        done.append(log_promises(workspace, seen, words))

    def answer(seen: Seen, lang: str, run: str) -> Result:
        return logged_answer(seen, lang, run, done[0])

    return record_and_answer("promise", as_of, output_format, record, answer)


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        raise click.UsageError(told("{value} is no amount; write it as 1234.50.", value=repr(text)))
    return amount


def _cancel(number: int, output_format: str) -> int:
    from kam_connector.runs.promising import take_back
    from kam_connector.runs.record import new_run_id, recorded
    from kam_connector.runs.result import Result
    from kam_connector.runs.workspace import open_workspace

    name = new_run_id()
    with (
        open_workspace(find_settings(), write=True, lang=language()) as workspace,
        recorded(workspace.ledger, name, "promise"),
    ):
        take_back(workspace.ledger, number)
    return finish(Result("collections promise", totals={"cancelled": 1}, run=name), output_format)
