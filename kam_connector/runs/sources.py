"""What decisions are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from ibis import BaseBackend

from kam_connector import writeback
from kam_connector.ledger import Ledger
from kam_connector.policy import Policy
from kam_connector.runs.extraction import last_pull
from kam_connector.runs.workspace import Workspace, zones


@dataclass(frozen=True, slots=True)
class Sources:
    """What decisions are made from: the mirror's connection, the book, the policy, the zones by company id.

    `addon`: whether collection tasks are records of the ERP; `now`: the moment by which an open complaint is late;
    `compared_at`: when a pull last compared all journal items with the ERP (None: never).
    """

    con: BaseBackend
    book: Ledger
    policy: Policy
    zones: Mapping[int, ZoneInfo]
    addon: bool
    now: datetime
    compared_at: datetime | None = None


def sources_of(workspace: Workspace) -> Sources:
    """Mirror, book, policy and zones of a workspace.

    Whether tasks are records of the ERP is asked of an open session, else of the mirror.
    """
    con = workspace.mirror.ibis
    known_addon = workspace.session is None and not con.table("kam_tier").limit(1).to_pandas().empty
    has_addon = known_addon or (workspace.session is not None and writeback.route_of(workspace.session) == "addon")
    now, compared_at = datetime.now(UTC), last_pull(workspace.mirror)
    return Sources(con, workspace.ledger, workspace.policy, zones(workspace), has_addon, now, compared_at)
