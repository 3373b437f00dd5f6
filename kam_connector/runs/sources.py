"""What decisions of a workspace are made from."""

from __future__ import annotations

from datetime import UTC, datetime

from kam_connector import writeback
from kam_connector.runs.decisions import Sources
from kam_connector.runs.workspace import Workspace, zones


def sources_of(workspace: Workspace) -> Sources:
    """Mirror, book, policy and zones; whether tasks are records of the ERP is asked of an open session, else of the
    mirror."""
    con = workspace.mirror.ibis
    known_addon = workspace.session is None and not con.table("kam_tier").limit(1).to_pandas().empty
    has_addon = known_addon or (workspace.session is not None and writeback.route_of(workspace.session) == "addon")
    return Sources(con, workspace.ledger, workspace.policy, zones(workspace), has_addon, datetime.now(UTC))
