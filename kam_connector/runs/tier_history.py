"""What `kam tiers history` answers: since when each customer has been in which tier, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from kam_connector.errors import InputError
from kam_connector.ledger.merges import survivors
from kam_connector.rules.decisions import days_of
from kam_connector.runs.result import Result
from kam_connector.runs.seeing import look, result_of
from kam_connector.runs.tables import span_rows
from kam_connector.runs.tier_spans import MOVES, SCORES, tier_spans
from kam_connector.runs.workspace import Workspace


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
    if asked.customer is not None:
        asked = replace(asked, customer=survivors(workspace.ledger).get(asked.customer, asked.customer))
    spans = tier_spans(workspace.ledger, seen.nights[-1].as_of, SCORES if asked.scores else MOVES)
    spans = _asked_for(spans, asked)
    return result_of("tiers history", seen, span_rows(spans, seen.names, workspace.lang), None, ())


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
