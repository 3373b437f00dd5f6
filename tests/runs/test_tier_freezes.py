"""Whose tier stands still: open disputes, and figures that are too old."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from unittest import mock

import pandas as pd
import pytest

from kam_connector.policy.tiering import Stability
from kam_connector.runs.sources import Sources
from kam_connector.runs.tier_freezes import find_freezes

DAY = date(2026, 6, 30)
FIGURES = pd.DataFrame({"company_id": [1, 1, 2], "customer_id": [7, 8, 7]})
DISPUTED = pd.DataFrame({
    "move_id": [11, 12, 13], "customer_id": [7, 7, 9], "company_id": [1, 1, 3], "disputed_minor": [100, 200, 300],
})  # fmt: skip


def freezes(compared: str | None, causes: Sequence[str] = ("dispute", "data_gap"), stale_days: int = 3) -> list[Any]:
    """Company, customer and cause."""
    at = datetime.fromisoformat(compared).replace(tzinfo=UTC) if compared else None
    sources = Sources(None, None, None, {}, False, datetime.now(UTC), at)  # type: ignore[arg-type]
    policy = Stability(freeze=tuple(causes), stale_days=stale_days)  # type: ignore[arg-type]
    with mock.patch("kam_connector.runs.tier_freezes.read_disputed", return_value=DISPUTED):
        found = find_freezes(sources, FIGURES, DAY, policy)
    return sorted(found[["company_id", "customer_id", "cause"]].itertuples(index=False, name=None))


def test_open_disputes_freeze_their_customer_in_their_company_once() -> None:
    assert freezes("2026-06-30T02:00") == [(1, 7, "dispute")]


@pytest.mark.parametrize(
    ("compared", "count"), [("2026-06-26T23:59", 3), ("2026-06-27T00:00", 0), ("2026-07-02T00:00", 0), (None, 3)]
)
def test_figures_that_are_too_old_freeze_everybody(compared: str | None, count: int) -> None:
    assert len(freezes(compared, ["data_gap"])) == count


def test_old_figures_are_the_reason_before_a_dispute() -> None:
    assert freezes("2026-06-01T00:00") == [(1, 7, "data_gap"), (1, 8, "data_gap"), (2, 7, "data_gap")]


def test_a_customer_that_another_was_merged_into_of_late_is_frozen() -> None:
    merged = pd.DataFrame({"company_id": [1, 2], "customer_id": [8, 7]})
    with mock.patch("kam_connector.runs.tier_freezes.merged_customers", return_value=merged) as asked:
        assert freezes("2026-06-30T02:00", ["dispute", "merge"]) == [
            (1, 7, "dispute"),
            (1, 8, "merge"),
            (2, 7, "merge"),
        ]
    asked.assert_called_once_with(None, DAY, 7, [1, 2])


def test_an_open_severe_complaint_freezes_unless_there_is_another_cause() -> None:
    complaining = pd.DataFrame({"company_id": [1, 1, 3], "customer_id": [7, 8, 7]})
    with mock.patch("kam_connector.runs.tier_freezes.read_complaining", return_value=complaining) as asked:
        assert freezes("2026-06-30T02:00", ["dispute", "complaint"]) == [(1, 7, "dispute"), (1, 8, "complaint")]
    assert asked.call_args.args[1:] == (DAY, ("high", "critical"))


def test_the_policy_may_freeze_nothing() -> None:
    assert freezes(None, []) == []
