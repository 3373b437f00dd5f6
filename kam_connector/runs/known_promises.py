"""Promises to pay that were logged here, where no addon is there to take them: the book's own, beside the ERP's.

One event a promise (`promise_given`, key company and number), a second one when it is taken back. Among the ERP's
promises it goes by its number below zero, so that the two never meet.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis
import pandas as pd
from ibis import BaseBackend

from kam_connector.ledger import Ledger
from kam_connector.ledger.merges import survivors
from kam_connector.runs.known_merges import named_by_survivor
from kam_connector.runs.naming import read_currencies

if TYPE_CHECKING:
    import ibis.expr.types as ir

GIVEN = "promise_given"
NUMBERS = ("number", "company_id", "customer_id", "user_id", "currency_id", "amount_minor", "move_id")
DAYS = ("promised_for", "made_on")
PAYLOAD = (*NUMBERS, *DAYS, "state")


def logged_promises(book: Ledger) -> pd.DataFrame:
    """Every promise of the book as it stands: PAYLOAD (days as ISO texts; user_id and move_id 0: none), in order."""
    rows = pd.DataFrame(list(book.states(GIVEN).values()), columns=list(PAYLOAD))
    return rows.astype(dict.fromkeys(NUMBERS, "int64")).sort_values("number", ignore_index=True)


def promises_in_book(con: BaseBackend, book: Ledger, as_of: date) -> pd.DataFrame:
    """The promises logged here and made up to `as_of`, as `facts.promises.promises` gives the ERP's; nobody granted
    a later day. A merged customer's stand under the one that took over."""
    rows = logged_promises(book)
    rows = named_by_survivor(rows[rows["made_on"] <= as_of.isoformat()], survivors(book))
    units = read_currencies(con)
    currency = [units.get(number) for number in rows["currency_id"].tolist()]
    return rows.assign(
        promise_id=-rows["number"],
        currency=pd.Series([each and each.code for each in currency], index=rows.index, dtype=object),
        digits=pd.Series([each.digits if each else 0 for each in currency], index=rows.index, dtype="int64"),
        kind="promise",
        approval="none",
        granted=False,
        **{name: pd.to_datetime(rows[name]).astype("datetime64[s]") for name in DAYS},
    ).drop(columns="number")


def with_logged(said: pd.DataFrame, logged: pd.DataFrame) -> pd.DataFrame:
    """The ERP's promises and those of the book in one frame."""
    if logged.empty:
        return said
    return logged if said.empty else pd.concat([said, logged], ignore_index=True)


def as_table(logged: pd.DataFrame) -> ir.Table | None:
    """What the facts about cash need to know of the book's promises; None where it has none."""
    if logged.empty:
        return None
    return ibis.memtable(logged[["company_id", "customer_id", "move_id", "made_on"]].reset_index(drop=True))
