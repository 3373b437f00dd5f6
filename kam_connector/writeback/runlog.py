"""The run's own record in the ERP: what ran, when, how it ended. The only thing that every night writes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

import pandas as pd

from kam_connector.ledger import Ledger
from kam_connector.writeback.channels import Session
from kam_connector.writeback.comparison import find_differences
from kam_connector.writeback.current import INDEX
from kam_connector.writeback.destinations import RUN
from kam_connector.writeback.digits import Digits
from kam_connector.writeback.plans import Change, Desired, Outcome, Plan
from kam_connector.writeback.pushing import push
from kam_connector.writeback.wanted import in_form


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run: `summary` is text for people, without names of customers; moments are aware."""

    name: str
    kind: str
    started_at: datetime
    state: Literal["running", "ok", "findings", "failed"]
    as_of: date
    ended_at: datetime | None = None
    policy_version: str = ""
    summary: str = ""
    findings_count: int = 0
    written_count: int = 0


def push_run(record: RunRecord, companies: Iterable[int], session: Session, ledger: Ledger) -> Outcome:
    """The run's record stands in every company of the run; only for an ERP that has the addon."""
    frame = pd.DataFrame([{**_columns(record), "company_id": company} for company in sorted(companies)])
    wanted = in_form(Desired("kam.run", frame), RUN)
    changes = [
        Change("kam.run", item.company_id, item.key, "create", item.values, item.fingerprint)
        for item in find_differences(wanted, _nothing(), RUN, Digits({}, {}))
    ]
    return push(Plan("addon", tuple(changes)), session, ledger, run=record.name)


def _columns(record: RunRecord) -> dict[str, object]:
    return {
        "kam_key": record.name,
        "name": record.name,
        "kind": record.kind,
        "started_at": record.started_at.astimezone(UTC),
        "ended_at": record.ended_at.astimezone(UTC) if record.ended_at else None,
        "state": record.state,
        "as_of": record.as_of,
        "policy_version": record.policy_version,
        "summary": record.summary,
        "findings_count": record.findings_count,
        "written_count": record.written_count,
    }


def _nothing() -> pd.DataFrame:
    return pd.DataFrame(columns=[*INDEX, "id", "kam_version"]).set_index(INDEX)
