"""Early warnings in the book: what earlier nights have raised, and what this one adds."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from kam_connector.ledger import Entry, Ledger
from kam_connector.ledger.merges import survivors
from kam_connector.rules.decisions import Decisions
from kam_connector.rules.warnings import BEFORE, MEMORY
from kam_connector.runs.known_merges import under_survivors

WARNING = "warning"
_COLUMNS = ["company_id", "customer_id", "rule", "as_of", *MEMORY, *BEFORE]
_COUNTS = frozenset({"checks", "previous_checks"})


def previous_warnings(book: Ledger, as_of: date) -> pd.DataFrame:
    """The warnings in the book as `decide_warnings` takes them; all events when some are later than `as_of`.

    Those of a customer that was merged into another are that one's, where it has none by the same rule.
    """
    payloads = list(book.states(WARNING).values())
    if any(payload["as_of"] > as_of.isoformat() for payload in payloads):
        payloads = [event.payload for event in book.events(WARNING)]
    rows = pd.DataFrame(payloads, columns=_COLUMNS)
    return under_survivors(rows, survivors(book), ["company_id", "customer_id", "rule"])


def cleared_warnings(book: Ledger, as_of: date) -> pd.DataFrame:
    """The warnings that were over by that day, as `previous_warnings` has them: as_of is the day that cleared them,
    since the one that raised them."""
    rows = previous_warnings(book, as_of)
    over = rows[(rows["as_of"] <= as_of.isoformat()) & (rows["state"] == "cleared")]
    return over.drop_duplicates(["company_id", "customer_id", "rule", "since"], keep="last")


def record_warnings(book: Ledger, decisions: Decisions, as_of: date) -> int:
    """How many events were new: one a customer and rule whose state, first day, checks or reason has changed.

    Raised and open are one state here: a warning that stays open adds nothing.
    """
    before = book.states(WARNING)
    entries = []
    for row in decisions.frame.to_dict("records"):
        key = f"{row['company_id']}:{row['customer_id']}:{row['rule']}"
        payload = {
            "company_id": int(row["company_id"]),
            "customer_id": int(row["customer_id"]),
            "rule": row["rule"],
            **{name: int(row[name]) if name in _COUNTS else row[name] for name in (*MEMORY, *BEFORE)},
        }
        if _memory(payload) != _memory(before.get(key, {})):
            entries.append(Entry(WARNING, key, {**payload, "as_of": as_of.isoformat()}))
    book.append_many(entries)
    return len(entries)


def _memory(payload: dict[str, Any]) -> list[Any]:
    known = [payload.get(name) for name in MEMORY]
    return ["raised" if value == "open" else value for value in known]
