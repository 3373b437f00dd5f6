"""What `kam tiers history` answers: since when each customer has been in which tier, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from kam_connector.errors import InputError
from kam_connector.ledger import Ledger
from kam_connector.rules.decisions import days_of
from kam_connector.rules.measures import KEYS
from kam_connector.runs.known import TIER, TIER_COLUMNS
from kam_connector.runs.result import Result
from kam_connector.runs.seeing import look, result_of
from kam_connector.runs.tables import span_rows
from kam_connector.runs.workspace import Workspace

_MOVES, _ALL = ("tier",), ("tier", "score", "status", "segment")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of the history: of one customer, of these days, with `scores` also where the tier stayed."""

    customer: int | None = None
    first: date | None = None
    last: date | None = None
    scores: bool = False


def show_history(workspace: Workspace, as_of: date | None, asked: Asked) -> Result:
    """A row a company, customer and tier, from its first day to its last, as the ledger knows it on `as_of`."""
    if asked.first and asked.last and asked.first > asked.last:
        raise InputError(
            "The history would end on {last}, before it begins on {first}.",
            next_step="Give --from the earlier day.",
            first=asked.first,
            last=asked.last,
        )
    seen = look(workspace, as_of)
    spans = _asked_for(tier_spans(workspace.ledger, seen.nights[-1].as_of, scores=asked.scores), asked)
    return result_of("tiers history", seen, span_rows(spans, seen.names, workspace.lang), None, ())


def tier_spans(book: Ledger, as_of: date, *, scores: bool = False) -> pd.DataFrame:
    """The columns of `known.tiers_on` and valid_from, valid_to (days; NaT = still): a row a customer and tier.

    Score, status, segment and reason are those of the first day; with `scores` a row ends where one of the first three
    changes, too. Of several decisions for one day the last counts. Order: company, customer, day.
    """
    payloads = (event.payload for event in book.events(TIER))
    rows = pd.DataFrame([row for row in payloads if row["as_of"] <= as_of.isoformat()], columns=TIER_COLUMNS)
    rows = rows.drop_duplicates([*KEYS, "as_of"], keep="last").sort_values([*KEYS, "as_of"], kind="stable")
    kept = rows[_is_change(rows, _ALL if scores else _MOVES)].reset_index(drop=True)
    start = pd.Series(days_of(kept["as_of"]).astype("datetime64[s]"), kept.index)
    end = start.groupby([kept[key] for key in KEYS]).shift(-1) - np.timedelta64(1, "D")
    return kept.assign(valid_from=start, valid_to=end)


def _is_change(rows: pd.DataFrame, columns: tuple[str, ...]) -> pd.Series:
    """Whether a row differs from the customer's row before it."""
    texts = rows[[*columns]].fillna("").astype(str)
    before = texts.groupby([rows[key] for key in KEYS]).shift()
    return (texts != before).any(axis=1)


def _asked_for(spans: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    first, last = (days_of(spans[name]) for name in ("valid_from", "valid_to"))
    chosen = np.full(len(spans), True)
    if asked.customer is not None:
        chosen &= spans["customer_id"].to_numpy() == asked.customer
    if asked.first is not None:
        chosen &= np.isnat(last) | (last >= np.datetime64(asked.first, "D"))
    if asked.last is not None:
        chosen &= first <= np.datetime64(asked.last, "D")
    return spans[chosen]
