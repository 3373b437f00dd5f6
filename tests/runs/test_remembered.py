"""Without the addon the book remembers the tasks: the next night decides the same, to the hour and the point."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from kam_connector import ledger
from kam_connector.runs.known import previous_tasks, record_tasks
from tests.facts.conftest import Pulled, pulled
from tests.rules.diaries import debtor, night
from tests.rules.papers import item, items
from tests.sync.books import Books

__all__ = ["pulled"]
KEPT = ["step", "level", "oldest_item_id", "deadline", "call_at", "priority", "priority_args", "days_overdue"]


def test_an_open_task_keeps_its_hour_and_its_points_in_the_book(pulled: Pulled, tmp_path: Path) -> None:
    rows, known = items(item(1, 500000, "2026-06-10")), debtor("slow", "Asia/Shanghai")
    con, frames = pulled(Books()), []
    with ledger.open(tmp_path / "ledger.sqlite") as book:
        for day in ("2026-06-09", "2026-06-10", "2026-06-10"):
            decided = night(rows, day, previous_tasks(con, book, addon=False), known=known)
            frames.append((record_tasks(book, decided), decided.frame))
    eve, contract_day, again = (frame for _, frame in frames)
    assert [count for count, _ in frames] == [1, 1, 0]
    assert eve["call_at"].isna().all()
    assert contract_day["call_at"].tolist() == [pd.Timestamp("2026-06-10T01:00Z")]
    pd.testing.assert_frame_equal(contract_day[KEPT], again[KEPT])
