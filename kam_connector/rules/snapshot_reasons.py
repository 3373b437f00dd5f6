"""The reasons of the lines that moved since a day was frozen: which entry, which matches, which day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from kam_connector.rules.reasons import REASONS, reason_args

SHOWN = 10
"""So many ids stand in a reason; all of them are in the decision's detail."""
_OTHER = {"draft": "match_draft", "redated": "match_redated"}
"""The cause is not the item's own entry but the one that it is matched with."""
_BY_MATCH = ("draft", "redated", "unmatched", "late_match")


def with_reasons(frame: pd.DataFrame, lines: pd.DataFrame, detail: pd.DataFrame) -> pd.DataFrame:
    """`frame` with reason_code and reason_args; `lines` and `detail` are what `snapshots.compare` reckons with."""
    matched = detail[detail["cause"].isin(_BY_MATCH)].groupby(["item_id", "cause"])
    ids = matched.agg({"match_id": list, "other_move_id": list}).to_dict("index") if len(detail) else {}
    about = lines.set_index("item_id").to_dict("index")
    pairs = zip(frame["item_id"].tolist(), frame["cause"].tolist(), strict=True)
    reasons = [_reason(item, cause, about[item], ids.get((item, cause))) for item, cause in pairs]
    return frame.assign(reason_code=[code for code, _ in reasons], reason_args=[args for _, args in reasons])


def _reason(
    item: int, cause: str, about: Mapping[Any, Any], by_match: Mapping[Any, Sequence[int]] | None
) -> tuple[str, str]:
    code = f"snapshot.{_OTHER.get(cause, cause) if by_match else cause}"
    figures: dict[str, str | int] = {
        "item": item,
        "move": about["move_id"],
        "date": _day(about["date"]),
        "due_date": _day(about["due_is"]),
        "previous_due": _day(about["due_was"]),
        "customer": about["customer_id_is"],
        "previous_customer": about["customer_id_was"],
        "matches": _listed(by_match["match_id"]) if by_match else "",
        "moves": _listed(by_match["other_move_id"]) if by_match else "",
    }
    return code, reason_args(code, **{name: figures[name] for name in REASONS[code]})


def _listed(ids: Sequence[int]) -> str:
    """The ids in rising order, `17, 18`; of many the first ones and how many more."""
    known = sorted({number for number in ids if number})
    rest = f" (+{len(known) - SHOWN})" if len(known) > SHOWN else ""
    return ", ".join(map(str, known[:SHOWN])) + rest


def _day(number: int) -> str:
    day = str(np.int64(number).astype("datetime64[D]"))
    return "" if day == "NaT" else day
