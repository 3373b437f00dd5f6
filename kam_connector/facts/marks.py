"""What managers have marked people with, by the items of the appraisal, as the ERP's addon keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kam_connector.facts.live import live

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


def marks(con: BaseBackend) -> ir.Table:
    """One row a mark; none where the ERP has no addon.

    Columns: mark_id, company_id, user_id (who is rated), period (2026-03, 2026-Q1, 2026), item (its code in the
    policy), mark (0 to the best of the policy), is_released. Requirements S4-28, S4-31.
    """
    mark = live(con, "kam_appraisal_mark")
    return mark.select(
        "company_id",
        "item",
        "mark",
        mark_id="id",
        user_id="person_id",
        period=mark.period.strip(),
        is_released=mark.state == "released",
    ).select("mark_id", "company_id", "user_id", "period", "item", "mark", "is_released")
