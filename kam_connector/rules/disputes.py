"""Which part of which open item is in dispute.

A complaint disputes an amount of an invoice, not one of its instalments: the amount is laid on the invoice's open
items, the earliest due first, and never exceeds what is open. 400 in dispute on instalments of 300 and 700 are 300 on
the first and 100 on the second.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kam_connector.rules.decisions import days_of, ids_of, require_columns


def mark_disputes(items: pd.DataFrame, disputed: pd.DataFrame) -> pd.DataFrame:
    """The items with a column disputed_minor (0 where nothing is in dispute).

    `items`: item_id, move_id, due_date, residual_minor; `disputed`: move_id, disputed_minor (several rows add up).
    """
    require_columns(items, ("item_id", "move_id", "due_date", "residual_minor"), "items")
    by_move = disputed.groupby("move_id")["disputed_minor"].sum() if len(disputed) else pd.Series(dtype=np.int64)
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
