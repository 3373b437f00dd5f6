"""What an activity is known by: the mark at the end of its summary, and the fingerprint of what was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from kam_connector.ledger import fingerprint
from kam_connector.writeback.cells import comparable, plain_value
from kam_connector.writeback.channels import Session
from kam_connector.writeback.destinations import ACTIVITY


def mark_of(key: str) -> str:
    """The end of an activity's summary: `task:7:9001:reminder1` is marked `(KAM 9001-reminder1)`."""
    _task, _partner, item, step = key.split(":", 3)
    return f"(KAM {item}-{step})"


def fingerprints_of(rows: pd.DataFrame) -> list[str]:
    """What stands for the content of each activity: customer, owner, summary and day."""
    columns = {field.name: comparable(rows[field.name], field) for field in ACTIVITY.fields}
    fields = {field.name: field for field in ACTIVITY.fields}
    return [
        fingerprint_of({name: plain_value(column[place], fields[name]) for name, column in columns.items()})
        for place in range(len(rows))
    ]


def fingerprint_of(row: Mapping[str, Any]) -> str:
    """The same for one activity whose values are in compared form."""
    return fingerprint({"values": dict(row)})


def open_activities(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """id to fingerprint of those that are still there, as the ERP holds them now."""
    names = [field.name for field in ACTIVITY.fields]
    rows = session.search_read("mail.activity", [("id", "in", list(ids))], names, limit=len(ids))
    if not rows:
        return {}
    frame = pd.DataFrame(rows, columns=["id", *names], dtype=object)
    return dict(zip((int(row["id"]) for row in rows), fingerprints_of(frame), strict=True))
