"""Escalation in the book: which levels of complaints earlier runs have recorded, and what this one adds."""

from __future__ import annotations

from datetime import date

import pandas as pd

from kam_connector.ledger import Entry, Ledger
from kam_connector.rules.decisions import Decisions
from kam_connector.rules.escalations import COLUMNS

ESCALATION = "escalation"
_NUMBERS = frozenset({"company_id", "complaint_id", "level", "percent", "user_id"})


def previous_escalations(book: Ledger, as_of: date) -> pd.DataFrame:
    """The levels in the book as `decide_escalations` takes them: as they stood when that day was decided last."""
    states = book.states(ESCALATION)
    if any(payload["as_of"] > as_of.isoformat() for payload in states.values()):
        known = [event for event in book.events(ESCALATION) if event.payload["as_of"] <= as_of.isoformat()]
        states = {event.key: event.payload for event in known}
    return pd.DataFrame(list(states.values()), columns=list(COLUMNS))


def record_escalations(book: Ledger, decisions: Decisions, as_of: date) -> int:
    """How many events were new: one a complaint, clock and level that was reached, or that is over since.

    The key is the company, the complaint's id, the clock and the level. A past day changes nothing that a later one
    has recorded.
    """
    day, entries = as_of.isoformat(), []
    before = book.states(ESCALATION)
    for row in decisions.frame.to_dict("records"):
        key = ":".join(str(row[name]) for name in ("company_id", "complaint_id", "clock", "level"))
        payload = {name: int(row[name]) if name in _NUMBERS else row[name] for name in COLUMNS}
        known = before.get(key, {"state": "", "as_of": day})
        if known["state"] != payload["state"] and known["as_of"] <= day:
            entries.append(Entry(ESCALATION, key, {**payload, "as_of": day}))
    book.append_many(entries)
    return len(entries)
