"""Logging promises to pay in the book, for an ERP without the addon: what a person heard becomes ids and figures.

"Wang will pay 1,000 of INV/2026/0042 by Friday": the customer by id, number or name, the invoice by its own number,
the amount in the invoice's currency, without one in the company's. The same word read twice is logged once.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from kam_connector.errors import InputError
from kam_connector.facts.receivables import open_papers
from kam_connector.inputs.csvs import read_csv
from kam_connector.inputs.promises import PROMISES
from kam_connector.ledger import Entry, Ledger
from kam_connector.ledger.merges import survivors
from kam_connector.money import Currency, from_minor, to_minor
from kam_connector.reports import Names, name_of
from kam_connector.rules.promises import BROKEN, CANCELLED, KEPT, OPEN, PARTLY
from kam_connector.runs.frames import to_frame
from kam_connector.runs.known import PROMISE
from kam_connector.runs.known_merges import named_by_survivor
from kam_connector.runs.known_promises import GIVEN, PAYLOAD, logged_promises
from kam_connector.runs.lookup import find_customer
from kam_connector.runs.result import Result
from kam_connector.runs.seeing import Seen, result_of
from kam_connector.runs.sources import sources_of
from kam_connector.runs.tables import promise_rows
from kam_connector.runs.workspace import Workspace
from kam_connector.texts import Text, Words

_ENDS = {
    KEPT: Text("kept"), PARTLY: Text("kept in part"), BROKEN: Text("broken"), CANCELLED: Text("cancelled"),
}  # fmt: skip
Said: TypeAlias = tuple[int, str, Decimal, str, str]
"""What makes a word the same one: customer, number of the invoice, amount, promised day, day it was made on."""


@dataclass(frozen=True, slots=True)
class Word:
    """What a customer said: `item` is the number of an invoice (empty: any), `where` the place it was read from."""

    customer: str
    amount: Decimal
    promised_for: date
    made_on: date
    item: str = ""
    where: Words = ""


@dataclass(frozen=True, slots=True)
class Logged:
    """The numbers of the promises that are new in the book, and how many it had already."""

    numbers: tuple[int, ...]
    known: int


def read_words(path: Path) -> list[Word]:
    """The words of promises.csv (CONTRACTS), a row each. Raises InputError."""
    rows = read_csv(path, PROMISES)
    return [
        Word(row["customer"], row["amount"], row["promised_for"].date(), row["made_on"].date(), row["item"],
             Text("{path}, row {row}", {"path": path, "row": place + 2}))
        for place, row in enumerate(rows.to_dict("records"))
    ]  # fmt: skip


def log_promises(workspace: Workspace, seen: Seen, words: Sequence[Word]) -> Logged:
    """The promises stand in the book, all of them or, after an InputError, none.

    One that the book has is known whatever became of it: its invoice may be paid, its customer merged into another.
    """
    _refuse_with_addon(workspace)
    known, items = logged_promises(workspace.ledger), _open_items(workspace, seen)
    heirs, found = survivors(workspace.ledger), dict[str, int]()
    said, payloads = _said(named_by_survivor(known, heirs), seen.names), []
    for word in words:
        if word.customer not in found:
            found[word.customer] = find_customer(workspace.mirror.ibis, word.customer, heirs).id
        customer = found[word.customer]
        own = (customer, word.item, word.amount, word.promised_for.isoformat(), word.made_on.isoformat())
        if own not in said:
            payloads.append(_payload(word, items[items["customer_id"] == customer], seen))
        said.add(own)
    first = int(known["number"].max()) + 1 if len(known) else 1
    numbered = [{"number": number, **payload} for number, payload in enumerate(payloads, start=first)]
    workspace.ledger.append_many(_entry(row) for row in numbered)
    return Logged(tuple(range(first, first + len(numbered))), len(words) - len(numbered))


def take_back(book: Ledger, number: int) -> None:
    """The promise of the book (by its number, above or below zero) is cancelled; a word once judged stays.

    Errors: InputError for one that the book does not have, that is cancelled, or of which a night has found what
    became of it.
    """
    rows = logged_promises(book)
    row = next(iter(rows[rows["number"] == abs(number)].to_dict("records")), None)
    if row is None:
        raise InputError(
            "The book has no promise {number}.",
            next_step="`kam collections promises` shows the numbers; those below zero were logged here.",
            number=number,
        )
    judged = (book.latest(PROMISE, f"{row['company_id']}:{-abs(number)}") or {}).get("state", OPEN)
    state = judged if row["state"] == OPEN else CANCELLED
    if state != OPEN:
        raise InputError(
            "The promise {number} is {state}: it is not taken back.",
            next_step="Only an open promise is; a change of mind is a new promise.",
            number=number,
            state=_ENDS[state],
        )
    book.append_many([_entry(row | {"state": CANCELLED})])


def logged_answer(seen: Seen, lang: str, run: str, logged: Logged) -> Result:
    """The new promises as `kam collections promises` shows them."""
    own = {-number for number in logged.numbers}
    rows = [row for night in seen.nights for row in promise_rows(night, seen.names, lang) if row["promise"] in own]
    totals = [{"logged": len(logged.numbers), "known": logged.known}]
    return result_of("collections promise", seen, rows, totals, (), run)


def _refuse_with_addon(workspace: Workspace) -> None:
    if sources_of(workspace).addon:
        raise InputError(
            "The ERP has the addon: promises are logged there.",
            next_step="Use *Log Promise* on the customer in Odoo, so that all promises stand in one place.",
        )


def _said(known: pd.DataFrame, names: Names) -> set[Said]:
    """The words that the book has, those that were taken back too."""
    columns = ("customer_id", "move_id", "currency_id", "amount_minor", "promised_for", "made_on")
    return {
        (customer, name_of(names.documents, move or None), from_minor(minor, names.currencies[money]), until, since)
        for customer, move, money, minor, until, since in zip(*(known[name].tolist() for name in columns), strict=True)
    }


def _entry(row: Mapping[Hashable, Any]) -> Entry:
    return Entry(GIVEN, f"{row['company_id']}:{row['number']}", {name: row[name] for name in PAYLOAD})


def _open_items(workspace: Workspace, seen: Seen) -> pd.DataFrame:
    """The open items of all companies at their days, with `document`, what each is called on paper."""
    con = workspace.mirror.ibis
    return pd.concat(
        [
            night.receivables.items.merge(to_frame(open_papers(con, night.as_of)), on="item_id", how="left")
            for night in seen.nights
        ],
        ignore_index=True,
    )


def _payload(word: Word, items: pd.DataFrame, seen: Seen) -> dict[Hashable, Any]:
    """What the book keeps of the word; `items` are the customer's. Raises InputError."""
    _check(word, max(night.as_of for night in seen.nights))
    asked = items[items["residual_minor"] > 0]
    asked = asked[asked["document"] == word.item] if word.item else asked
    if asked.empty or asked["company_id"].nunique() > 1:
        raise _unclear(word, is_empty=asked.empty)
    first = asked.iloc[0]
    currency = int(first["currency_id" if word.item else "company_currency_id"])
    return {
        "company_id": int(first["company_id"]),
        "customer_id": int(first["customer_id"]),
        "user_id": 0 if pd.isna(first["user_id"]) else int(first["user_id"]),
        "currency_id": currency,
        "amount_minor": _minor(word, seen.names.currencies[currency]),
        "move_id": int(first["move_id"]) if word.item else 0,
        "promised_for": word.promised_for.isoformat(),
        "made_on": word.made_on.isoformat(),
        "state": OPEN,
    }


def _check(word: Word, today: date) -> None:
    if word.amount <= 0:
        raise _wrong(word, Text("a promise is about an amount above zero."))
    if word.made_on > today:
        raise _wrong(word, Text("the promise was made on {day}, which is to come.", {"day": word.made_on}))
    if word.promised_for < word.made_on:
        raise _wrong(word, Text("the promised day {day} is before it was made.", {"day": word.promised_for}))


def _unclear(word: Word, *, is_empty: bool) -> InputError:
    if not is_empty:
        return _wrong(word, Text("the customer owes several companies: name the invoice that the promise is about."))
    if word.item:
        return _wrong(word, Text("{item} is no open invoice of this customer.", {"item": word.item}))
    return _wrong(word, Text("the customer owes nothing."))


def _minor(word: Word, currency: Currency) -> int:
    try:
        return to_minor(word.amount, currency)
    except ValueError as error:
        text = Text("{amount} has more decimals than {currency}.", {"amount": word.amount, "currency": currency.code})
        raise _wrong(word, text) from error


def _wrong(word: Word, why: Text) -> InputError:
    return InputError(
        "{where}: {why}",
        next_step="Nothing was logged. Correct it, then log it again.",
        where=word.where or Text("Promise of {customer}", {"customer": word.customer}),
        why=why,
    )
