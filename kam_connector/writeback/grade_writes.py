"""Partner levels on the wire: one record at a time, read before and after, because a level replaces the price list.

The price list is that of the change's company. An undo gives the level back first and then the price list: in one call
Odoo 19 refuses a price list that is not the level's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kam_connector.texts import Text
from kam_connector.writeback.channels import Session
from kam_connector.writeback.field_writes import QUIET
from kam_connector.writeback.grades import FIELD, PRICE_LIST
from kam_connector.writeback.plans import Answer, Change
from kam_connector.writeback.sentences import KEPT

_MODEL = "res.partner"


def write_grade(session: Session, change: Change) -> Answer:
    """What became of the change: `conflict` where somebody gave another level or price list since the plan was made."""
    now = _read(session, change)
    if now is None:
        return Answer(change, "gone", change.id)
    if _holds(now, change.values):
        return Answer(change, "unchanged", change.id, 1)
    if not _holds(now, change.former):
        return Answer(change, "conflict", change.id)
    context = {**QUIET, "allowed_company_ids": [change.company_id]}
    for name in (FIELD, PRICE_LIST):
        if name in change.values and not _holds(now, {name: change.values[name]}):
            session.write(_MODEL, [change.id], {name: change.values[name]}, context=context)
            now = _read(session, change) or {}
    if not _holds(now, change.values):
        return Answer(change, "refused", change.id, message=Text(KEPT.template, {"grade": now.get(FIELD) or "-"}))
    return Answer(change, "updated", change.id, 1)


def _read(session: Session, change: Change) -> dict[str, Any] | None:
    domain = [("id", "=", change.id)]
    rows = session.search_read(_MODEL, domain, list(change.values), limit=1, companies=[change.company_id])
    return rows[0] if rows else None


def _holds(now: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Whether the partner has these values; no level and no price list may be said as False or None."""
    return all((now.get(name) or False) == (value or False) for name, value in values.items())
