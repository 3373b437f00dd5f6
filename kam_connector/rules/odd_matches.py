"""What is odd about matches and open items, in words: which record, what it does to the ageing, what to do next."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from kam_connector.findings import Finding, Severity
from kam_connector.rules.decisions import require_columns, words_of
from kam_connector.texts import Text

_ODDITIES: Mapping[str, tuple[Severity, Text]] = {
    "draft": (
        "warning",
        Text(
            "The match of {debit} with {credit} does not count: one of them is not posted. Post that document again, or"
            " undo the match in the ERP."
        ),
    ),
    "later": (
        "info",
        Text(
            "The match of {debit} with {credit} does not count yet: one of them is dated after the day. Is that date"
            " right?"
        ),
    ),
    "company": (
        "warning",
        Text(
            "The match of {debit} with {credit} joins two companies: each differs from its ledger by this match. Undo"
            " it in the ERP, and book it between the companies."
        ),
    ),
    "customer": (
        "info",
        Text(
            "The match of {debit} with {credit} joins two customers: one has paid the other's debt. Check that this is"
            " meant."
        ),
    ),
}


def concern_open_items(matches: pd.DataFrame, still_open: pd.Series) -> pd.DataFrame:
    """The odd matches without those of two customers of which both items are settled: nothing hangs on these any more.

    `matches`: debit_item_id, credit_item_id, oddity; `still_open`: ids of the items that are open.
    """
    touches = matches["debit_item_id"].isin(still_open) | matches["credit_item_id"].isin(still_open)
    return matches[touches | (matches["oddity"] != "customer")]


def tell_odd_matches(matches: pd.DataFrame, source: str) -> list[Finding]:
    """A finding a match that `facts.odd_matches.judge_matches` found odd; `matches`: record, debit, credit, oddity.

    `debit` and `credit` are what a person calls the two documents.
    """
    require_columns(matches, ("record", "debit", "credit", "oddity"), "matches")
    columns = (words_of(matches[name]) for name in ("record", "debit", "credit", "oddity"))
    findings = []
    for record, debit, credit, oddity in zip(*columns, strict=True):
        severity, text = _ODDITIES[oddity]
        findings.append(Finding(severity, source, record, Text(text.template, {"debit": debit, "credit": credit})))
    return findings


def tell_undated(records: list[str], source: str) -> list[Finding]:
    """A finding an invoice or credit note without a due date."""
    text = Text("The item has no due date: it ages from its own day. Enter one in the document, if another was agreed.")
    return [Finding("warning", source, record, text) for record in records]


def tell_unread(items: pd.DataFrame) -> list[Finding]:
    """A finding a journal item that the pull could not read: item_id, field, reason."""
    text = "The journal item is in no sum: its {field} {reason}. Mend it in the ERP, then pull: `kam sync run`."
    rows = items[["item_id", "field", "reason"]].to_numpy().tolist()
    return [
        Finding("warning", "rules.ageing.unread", str(item), Text(text, {"field": field, "reason": reason}))
        for item, field, reason in rows
    ]
