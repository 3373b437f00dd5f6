"""Which cash counts for which promise: the oldest promise first, no cash counted twice.

A promise counts what came in from the day on which it was made to its last day. In the company's currency every
payment counts at its booked amount; in another currency payments in that currency count, and for a promise about one
invoice whatever is matched with it. No rate is guessed: euros do not keep a promise of dollars.

Worked figure: promises of 600 made on the 1st and of 500 made on the 3rd, both for the 10th. 800 on the 5th are 600
for the first (kept) and 200 for the second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from kam_connector.rules.decisions import days_of, ids_of

Day = np.datetime64[Any]
NO_DAY: Day = np.datetime64("NaT", "D")
Owner = tuple[int, int]


@dataclass(slots=True)
class Receipt:
    """A payment: what it came to, and what of it (company currency) no promise has counted yet."""

    item_id: int
    day: Day
    currency_id: int
    whole: int
    whole_currency: int
    left: int


@dataclass(slots=True)
class Paid:
    """What of a payment is matched with an invoice: in company currency, and in the invoice's own."""

    currency_id: int
    whole: int
    whole_currency: int
    left: int


@dataclass(frozen=True, slots=True)
class Word:
    """A promise as the cash meets it; `enough` is the amount less the tolerance."""

    owner: Owner
    move_id: int
    currency_id: int
    is_own_currency: bool
    amount: int
    enough: int
    first: Day
    last: Day


@dataclass(frozen=True, slots=True)
class Counted:
    """What came in for a promise, when the last of it, and on which day it was enough (NaT: never)."""

    received: int
    last_on: Day
    enough_on: Day


def share_cash(words: list[Word], receipts: pd.DataFrame, documents: pd.DataFrame) -> list[Counted]:
    """One `Counted` a promise, in the order of `words`: the oldest promise of a customer comes first.

    `receipts` and `documents` as the facts `receipts` and `paid_documents` give them.
    """
    own, paid = _receipts_by_owner(receipts), _paid_by_item(documents)
    return [_count(word, own.get(word.owner, []), paid) for word in words]


def _count(word: Word, receipts: list[Receipt], paid: Mapping[tuple[int, int], Paid]) -> Counted:
    received = 0
    last_on: Day = NO_DAY
    enough_on: Day = NO_DAY
    for receipt in receipts:
        if not word.first <= receipt.day <= word.last or received >= word.amount:
            continue
        taken = _take(word, receipt, paid.get((receipt.item_id, word.move_id)), word.amount - received)
        if taken:
            received, last_on = received + taken, receipt.day
            enough_on = receipt.day if np.isnat(enough_on) and received >= word.enough else enough_on
    return Counted(received, last_on, enough_on)


def _take(word: Word, receipt: Receipt, paid: Paid | None, wanted: int) -> int:
    """How much of the receipt counts for the promise, in its currency; so much is gone from what is left."""
    source = paid if word.move_id else receipt
    if source is None or not (word.is_own_currency or source.currency_id == word.currency_id):
        return 0
    units = source.whole if word.is_own_currency else source.whole_currency
    free = min(source.left, receipt.left)
    if free <= 0 or units <= 0:
        return 0
    available = free * units // source.whole
    used = free if available <= wanted else -(-wanted * source.whole // units)
    receipt.left -= used
    if paid is not None:
        paid.left = max(paid.left - used, 0)
    return min(available, wanted)


def _receipts_by_owner(receipts: pd.DataFrame) -> dict[Owner, list[Receipt]]:
    found: dict[Owner, list[Receipt]] = {}
    for owner, receipt in _read_receipts(receipts):
        found.setdefault(owner, []).append(receipt)
    return found


def _read_receipts(receipts: pd.DataFrame) -> Iterator[tuple[Owner, Receipt]]:
    rows = receipts.assign(day=days_of(receipts["date"])).sort_values(["day", "item_id"], kind="stable")
    names = ("company_id", "customer_id", "item_id", "currency_id", "received_minor", "received_currency_minor")
    whole = [ids_of(rows[name]).tolist() for name in names]
    for company, customer, item, currency, amount, foreign, day in zip(*whole, days_of(rows["day"]), strict=True):
        yield (company, customer), Receipt(item, day, currency, amount, foreign, amount)


def _paid_by_item(documents: pd.DataFrame) -> dict[tuple[int, int], Paid]:
    names = ("item_id", "move_id", "currency_id", "amount_minor", "amount_currency_minor")
    rows = zip(*(ids_of(documents[name]).tolist() for name in names), strict=True)
    return {
        (item, move): Paid(currency, amount, foreign, amount)
        for item, move, currency, amount, foreign in rows
        if amount > 0
    }
