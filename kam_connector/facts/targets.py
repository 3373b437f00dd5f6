"""What people and teams are to reach in a period, as the ERP's addon keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kam_connector.facts.live import live

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


def targets(con: BaseBackend) -> ir.Table:
    """One row a target of a person or a team; none where the ERP has no addon.

    Columns: target_id, company_id, user_id (null: the team's), team_id (beside a user only for information), measure
    (revenue, margin, collection, new_customers), period (2026-03, 2026-Q1, 2026), date_from, date_to, amount_minor
    (company currency; customers count as whole units of it), key. Requirements S2-38, S4-35.
    """
    target = live(con, "kam_target")
    return (
        target.select(
            "company_id",
            "user_id",
            "team_id",
            "date_from",
            "date_to",
            "amount_minor",
            target_id="id",
            measure="kind",
            period=target.period.strip(),
            key="kam_key",
        )
        .relocate("target_id", before="company_id")
        .relocate("measure", "period", after="team_id")
    )
