"""What a lock shows in the ERP at once: that the period of the approved statements is locked.

The lock stands in the book whatever becomes of it here; what is not shown now, the next night shows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from kam_connector import writeback
from kam_connector.errors import ErpError, SettingsError
from kam_connector.findings import Finding
from kam_connector.runs.night import refused
from kam_connector.runs.pay_book import Place
from kam_connector.runs.pay_standing import pay_periods
from kam_connector.runs.result import Row
from kam_connector.runs.workspace import Workspace
from kam_connector.texts import Text
from kam_connector.writeback import Plan
from kam_connector.writeback.pay_periods import PLACE, kept_payouts

Agree = Callable[[Plan], bool]
_LATER = Text(
    "The ERP shows {period} as locked after the next night. To show it now, give the same command again with --yes."
)
_AWAY = Text("The period is locked; the ERP shows it after the next night. {error}")


def show_locked(
    workspace: Workspace, places: Collection[Place], period: str, run: str, agree: Agree
) -> tuple[Row, list[Finding]]:
    """How many statements of the places the ERP was to show as locked, and does; what it refused, or why it is later.

    Nothing where the ERP has no addon. An ERP that is away is no error: the lock stands.
    """
    con, book = workspace.mirror.ibis, workspace.ledger
    periods = pay_periods(book, con)
    is_mine = [place in places for place in zip(*(periods.kept[name] for name in PLACE), strict=True)]
    desired = kept_payouts(replace(periods, kept=periods.kept[is_mine]), None)
    if desired is None:
        return {"planned": 0, "written": 0}, []
    try:
        session = workspace.connect()
        plan = writeback.make_plan([desired], con, book, session)
        outcome = writeback.push(plan, session, book, run=run) if plan.changes and agree(plan) else None
    except (ErpError, SettingsError) as error:
        return {"planned": len(desired.frame), "written": 0}, [_finding(period, _AWAY, error=error)]
    later = [_finding(period, _LATER, period=period)] if plan.changes and outcome is None else []
    written = outcome.written if outcome else 0
    return {"planned": len(plan.changes), "written": written}, [*later, *refused(outcome)]


def _finding(record: str, text: Text, **values: object) -> Finding:
    return Finding("info", "pay.lock", record, text, values)
