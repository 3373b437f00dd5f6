"""What a complaint in the ERP says of its escalation: every level with its moment, and the highest one in columns.

The addon makes an activity for whoever a new level tells, and closes those of a clock that has ended.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import pandas as pd

CLOCKS = {"response": 0, "resolution": 1}


def with_escalations(frame: pd.DataFrame, escalations: pd.DataFrame | None) -> pd.DataFrame:
    """The complaints with `escalations` (JSON, by clock and level) and the highest level that told somebody.

    Columns: escalation_level, escalation_role, escalated_at, escalated_to_id, and escalation_state: open while a clock
    of it runs, over later. Empty where no level was reached.
    """
    if escalations is None:
        return frame
    rows = escalations.assign(after=escalations["clock"].map(CLOCKS)).sort_values(["complaint_id", "after", "level"])
    ordered = groupby(rows.to_dict("records"), key=itemgetter("complaint_id"))
    grouped = {key: _columns(list(group)) for key, group in ordered}
    found = [grouped.get(key, _NONE) for key in frame["complaint_id"]]
    columns = {name: pd.Series([each[name] for each in found], index=frame.index, dtype=object) for name in _NONE}
    return frame.assign(**columns)


_NONE: dict[str, Any] = {
    "escalations": "", "escalation_level": 0, "escalation_role": "", "escalated_at": pd.NaT, "escalated_to_id": 0,
    "escalation_state": "",
}  # fmt: skip


def _columns(rows: Sequence[Mapping[Hashable, Any]]) -> dict[str, Any]:
    levels = [
        {
            "clock": row["clock"],
            "level": int(row["level"]),
            "percent": int(row["percent"]),
            "at": row["reached_at"],
            "told_at": row["recorded_at"],
            "user_id": int(row["user_id"]),
            "state": row["state"],
            "reason_code": row["reason_code"],
            "reason_args": row["reason_args"],
        }
        for row in rows
    ]
    recorded = {"escalations": json.dumps(levels, ensure_ascii=False)}
    is_open = any(row["state"] == "told" for row in rows)
    told = [row for row in rows if row["state"] == ("told" if is_open else "over")]
    if not told:  # all of it was long ago
        return _NONE | recorded
    highest = sorted(told, key=itemgetter("level", "recorded_at"))[-1]
    return {
        **recorded,
        "escalation_level": int(highest["level"]),
        "escalation_role": highest["told_role"],
        "escalated_at": pd.Timestamp(highest["recorded_at"], tz="UTC"),
        "escalated_to_id": int(highest["user_id"]),
        "escalation_state": "open" if is_open else "over",
    }
