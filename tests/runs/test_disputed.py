"""What is in dispute, asked of the mirror only where it has complaints."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from unittest import mock

from kam_connector import mirror
from kam_connector.runs.disputed import COLUMNS, read_complaining, read_disputed
from kam_connector.runs.sources import Sources

DAY = date(2026, 6, 30)
COMPLAINT = """
INSERT INTO kam_complaint BY NAME SELECT 1 AS id, 1 AS company_id, 7 AS partner_id, 4 AS move_id,
 'investigating' AS state, TIMESTAMPTZ '2026-06-10 08:00:00+00' AS received_at, 10000 AS disputed_amount_minor,
 'test' AS _seen_run, false AS _deleted
"""
SEVERE = """
SELECT *, 1 AS company_id, TIMESTAMPTZ '2026-06-10 08:00:00+00' AS received_at, 'test' AS _seen_run, false AS _deleted
FROM (VALUES
 (1, 7, 'high', 'investigating', NULL), (2, 7, 'high', 'received', NULL), (3, 8, 'low', 'received', NULL),
 (4, 9, 'high', 'rejected', NULL), (5, 9, 'high', 'confirmed', TIMESTAMPTZ '2026-06-20 08:00:00+00')
) AS cases (id, partner_id, severity, state, resolved_at)
"""


def test_without_any_complaint_nobody_is_asked_what_is_in_dispute(tmp_path: Path) -> None:
    with mirror.open(tmp_path / "mirror.duckdb") as store, mock.patch("kam_connector.facts.disputes.disputed") as asked:
        found = read_disputed(sources(store), DAY)
    assert found.empty
    assert found.columns.tolist() == COLUMNS
    asked.assert_not_called()


def test_with_a_complaint_it_is_what_the_facts_say(tmp_path: Path) -> None:
    with mirror.open(tmp_path / "mirror.duckdb") as store:
        store.db.execute(COMPLAINT)
        found = read_disputed(sources(store), DAY)
    assert found[["company_id", "move_id", "disputed_minor"]].to_numpy().tolist() == [[1, 4, 10000]]
    assert sorted(found.columns) == sorted(COLUMNS)


def test_who_complains_severely_is_known_without_a_disputed_amount(tmp_path: Path) -> None:
    with mirror.open(tmp_path / "mirror.duckdb") as store:
        assert read_complaining(sources(store), DAY, ["high"]).empty
        store.db.execute(f"INSERT INTO kam_complaint BY NAME {SEVERE}")
        assert [complaining(store, *severities) for severities in ([], ["low"], ["high"], ["high", "low"])] == [
            [], [[1, 8]], [[1, 7]], [[1, 7], [1, 8]],
        ]  # fmt: skip


def complaining(store: mirror.Mirror, *severities: str) -> list[list[int]]:
    return sorted(read_complaining(sources(store), DAY, severities)[["company_id", "customer_id"]].to_numpy().tolist())


def sources(store: mirror.Mirror) -> Sources:
    return Sources(store.ibis, None, None, {}, False, datetime(2026, 6, 30, tzinfo=UTC))  # type: ignore[arg-type]
