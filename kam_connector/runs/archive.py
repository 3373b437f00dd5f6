"""What `kam card find` answers: the customers in whose records a text stands, the closest first."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from kam_connector.errors import InputError
from kam_connector.facts.archive import NUMBERS, bare_of, find_text
from kam_connector.findings import Finding
from kam_connector.reports import Names, name_of
from kam_connector.runs.frames import to_frame
from kam_connector.runs.result import Result, Row
from kam_connector.runs.seeing import look, result_of
from kam_connector.runs.workspace import Workspace
from kam_connector.texts import Text

ON_SCREEN = ("customer", "name", "place", "found", "hits")
"""The columns of a table; JSON and CSV have all of them."""
PLACES = ("id", "number", "vat", "name", "contact", "email", "phone", "city", "product")
"""Of two hits that are equally close, the one in the earlier place counts."""
SHOWN = 50


def find_cards(workspace: Workspace, as_of: date | None, text: str, limit: int = SHOWN) -> Result:
    """A row a customer with its closest hit and how many there are; totals: how many customers were found.

    Closest is an id or a text that is the same, then one that begins so, then a word that does, then any other.
    Errors: InputError for a text of blanks only.
    """
    wanted = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    if not wanted:
        raise InputError("There is nothing to look for.", next_step="Give a name, number, product or part of one.")
    seen = look(workspace, as_of)
    hits = to_frame(find_text(workspace.mirror.ibis, wanted, seen.nights[-1].as_of))
    best = rank_hits(hits, wanted)
    rows = [_row(row, seen.names) for row in best.head(limit).to_dict("records")]
    answer = result_of("card find", seen, rows, [{"customers": len(best)}], _left_off(wanted, len(best), limit))
    return replace(answer, columns=ON_SCREEN)


def rank_hits(hits: pd.DataFrame, wanted: str) -> pd.DataFrame:
    """The closest of the `hits` (`facts.archive.find_text`) of each customer, with hits, how many it has; the closest
    customer first, then by place and id.
    """
    looked = wanted.lower()
    bare = bare_of(looked)
    places = {place: number for number, place in enumerate(PLACES)}
    pairs = zip(hits["text"].astype(str).str.lower(), hits["place"], strict=True)
    close = [_distance(text, place, looked, bare) for text, place in pairs]
    ranked = hits.assign(close=close, order=hits["place"].map(places))
    ranked = ranked.sort_values(["close", "order", "customer_id", "record_id", "text"], kind="stable")
    counts = ranked.groupby("customer_id")["text"].transform("size")
    return ranked.assign(hits=counts).drop_duplicates("customer_id").reset_index(drop=True)


def _distance(text: str, place: str, looked: str, bare: str) -> int:
    """0: the same, 1: begins so, 2: one of its words does, 3: somewhere in it."""
    if place in NUMBERS and looked not in text:
        text, looked = bare_of(text), bare or looked
    if text == looked:
        return 0
    if text.startswith(looked):
        return 1
    return 2 if f" {looked}" in text else 3


def _row(row: Mapping[Hashable, Any], names: Names) -> Row:
    return {
        "customer": int(row["customer_id"]),
        "name": name_of(names.customers, row["customer_id"]),
        "place": row["place"],
        "found": row["text"],
        "model": row["model"],
        "record": int(row["record_id"]),
        "hits": int(row["hits"]),
    }


def _left_off(wanted: str, found: int, limit: int) -> tuple[Finding, ...]:
    if found <= limit:
        return ()
    text = Text("{found} customers were found, the first {limit} are shown: look for more of the text.")
    return (Finding("info", "card", wanted, text, {"found": found, "limit": limit}),)
