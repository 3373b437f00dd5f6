"""Which part of which open item is in dispute.

A complaint disputes an amount of an invoice, not one of its instalments: the amount is laid on the invoice's open
items, the earliest due first, and never exceeds what is open. 400 in dispute on instalments of 300 and 700 are 300 on
the first and 100 on the second.

What is disputed is not dunned, and nobody should profit from a case that nobody settles: after some days people are
asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from kam_connector.findings import Finding
from kam_connector.money import Currency, minor_text
from kam_connector.rules.decisions import days_of, ids_of, require_columns
from kam_connector.texts import Text


def mark_disputes(items: pd.DataFrame, disputed: pd.DataFrame) -> pd.DataFrame:
    """The items with a column disputed_minor (0 where nothing is in dispute).

    `items`: item_id, move_id, due_date, residual_minor; `disputed`: move_id, disputed_minor (several rows add up).
    """
    require_columns(items, ("item_id", "move_id", "due_date", "residual_minor"), "items")
    if disputed.empty:
        return items.assign(disputed_minor=np.int64(0))
    by_move = disputed.groupby("move_id")["disputed_minor"].sum()
    moves = pd.Series(ids_of(items["move_id"]), index=items.index)
    on_move = moves.map(by_move).fillna(0).to_numpy(dtype=np.int64)
    if not on_move.any():
        return items.assign(disputed_minor=np.int64(0))
    owed = np.maximum(items["residual_minor"].to_numpy(dtype=np.int64), 0)
    order = np.lexsort((ids_of(items["item_id"]), days_of(items["due_date"]), moves.to_numpy()))
    before = np.empty(len(items), dtype=np.int64)
    sorted_owed = pd.Series(owed[order])
    before[order] = (sorted_owed.groupby(moves.to_numpy()[order]).cumsum() - sorted_owed).to_numpy()
    return items.assign(disputed_minor=np.clip(on_move - before, 0, owed))


def ask_about_disputes(
    disputing: pd.DataFrame,
    open_moves: Mapping[int, int],
    currencies: Mapping[int, Currency],
    ask_days: int,
    as_of: date,
) -> list[Finding]:
    """A finding a complaint that was received more than `ask_days` days ago and still keeps money out of dunning.

    `disputing`: complaint_id, number, company_id, move_id, received_on, disputed_minor as
    `facts.disputes.open_disputes` (the parts of one complaint add up); `open_moves`: what is disputed of each invoice's
    open items (`mark_disputes`): an invoice that is paid, or none, keeps nothing out of dunning; `currencies` by
    company. The record is the complaint.
    """
    require_columns(
        disputing, ("complaint_id", "number", "company_id", "move_id", "received_on", "disputed_minor"), "disputing"
    )
    kept_out = pd.Series(ids_of(disputing["move_id"]), index=disputing.index).map(open_moves).fillna(0).astype(np.int64)
    disputing = disputing.assign(disputed_minor=np.minimum(disputing["disputed_minor"], kept_out))
    disputing = disputing[disputing["disputed_minor"] > 0]
    age = (np.datetime64(as_of) - days_of(disputing["received_on"])).astype(np.int64)
    long = disputing.assign(days=age)[age > ask_days]
    rows = long.groupby(["complaint_id", "number", "company_id", "days"], as_index=False)["disputed_minor"].sum()
    text = Text(
        "Complaint {complaint} has kept {amount} {currency} out of dunning for {days} days: settle it, or withdraw the"
        " dispute and ask for the money."
    )
    found = []
    for complaint, number, company, days, minor in rows.itertuples(index=False):
        currency = currencies[company]
        amount = minor_text(minor, currency)
        values = {"complaint": number, "amount": amount, "currency": currency.code, "days": days}
        found.append(Finding("warning", "rules.disputes", str(complaint), text, values))
    return found
