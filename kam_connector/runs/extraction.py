"""A pull as policy wants it, and what the mirror knows about its pulls."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from kam_connector import sync
from kam_connector.mirror import Mirror, Table, comparing, merging, state
from kam_connector.mirror.schema import stored_side_tables
from kam_connector.mirror.tables import TABLES
from kam_connector.runs.known_merges import record_merges
from kam_connector.runs.progress import Meter
from kam_connector.runs.workspace import Workspace, zones
from kam_connector.sync import Options, Progress, PullReport, remembering


def pull(workspace: Workspace, run: str, *, full: bool, verify: bool, shown: Progress | None) -> PullReport:
    """The mirror of the workspace holds what its ERP holds now; `shown` hears of every page.

    Merges of customers that it found stand in the book.
    """
    session = workspace.connect()
    options = pull_options(workspace, verify=verify)
    meter = Meter(workspace.lock, shown)
    workspace.zones = None
    report = sync.pull(session, workspace.mirror, run=run, full=full, progress=meter, options=options)
    tiers = workspace.policy.at(datetime.now(UTC).date()).tiers
    record_merges(workspace.ledger, merging.found_merges(workspace.mirror.db), zones(workspace), tiers)
    return report


def pull_options(workspace: Workspace, *, verify: bool = False) -> Options:
    """What the policy in force today says about pulls."""
    policy = workspace.policy.at(datetime.now(UTC).date())
    rules = policy.sync.sync
    return Options(
        overlap=timedelta(minutes=rules.overlap_minutes),
        vanish_share=float(rules.vanish_share),
        vanish_rows=rules.vanish_rows,
        erase_after=timedelta(days=rules.erase_after_days),
        custom_fields=rules.custom_fields,
        tags=policy.focus.tags,
        verify=verify,
    )


def pull_states(mirror: Mirror) -> list[dict[str, Any]]:
    """A row for each model and side table: rows, tombstones, watermark, lane, when it was checked, for whom."""
    kinds = (remembering.SWEEP, remembering.SUMS, remembering.STAMPS, remembering.LANE)
    checks = {kind: state.checked(mirror.db, kind) for kind in kinds}
    tables = (*TABLES, *stored_side_tables(mirror.db))
    counts = comparing.live_counts(mirror.db, [table.name for table in tables])
    return [_state(mirror, table, counts[table.name], checks) for table in tables]


def last_pull(mirror: Mirror) -> datetime | None:
    """When the journal items were last compared with the ERP's (the server's time); None before the first pull."""
    return state.checked(mirror.db, remembering.SWEEP).get("account.move.line", (None, ""))[0]


def _state(
    mirror: Mirror,
    table: Table,
    counts: tuple[int, int],
    checks: dict[str, dict[str, tuple[datetime | None, str]]],
) -> dict[str, Any]:
    swept, companies = checks[remembering.SWEEP].get(table.model, (None, ""))
    return {
        "model": table.stream,
        "rows": counts[0],
        "deleted": counts[1],
        "watermark": _shown(state.watermark(mirror.db, table.stream)),
        "lane": checks[remembering.LANE].get(table.model, (None, ""))[1],
        "swept": _shown(swept),
        "every_row": _shown(checks[remembering.STAMPS].get(table.model, (None, ""))[0]),
        "sums": _shown(checks[remembering.SUMS].get(table.model, (None, ""))[0]),
        "companies": companies,
    }


def _shown(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
