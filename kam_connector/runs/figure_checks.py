"""Whether the ERP keeps what the tiers policy rates customers by: what `kam doctor` asks it.

A figure that the ERP does not keep is missing for every customer. An item of the policy that is `optional` then counts
as if it were not there; any other one takes its weight off everybody's coverage.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from kam_connector import policy
from kam_connector.erp import Check, Question, Session
from kam_connector.policy import TierPolicy
from kam_connector.policy.measures import RATINGS, WALLET
from kam_connector.settings import ErpSettings
from kam_connector.texts import COMMA, Lines, Text

_COST = ("sale.order.line", "purchase_price")
KEPT_IN: dict[str, tuple[str, str]] = {
    **{fact: ("kam.customer", fact) for fact in RATINGS},
    **dict.fromkeys(WALLET, ("kam.customer", "wallet_estimate")),
    "complaints_per_100_orders": ("kam.complaint", "severity"),
    **dict.fromkeys(("margin_12m", "margin_prev_12m", "margin_growth", "margin_share"), _COST),
}
"""Model and field of figures that not every Odoo keeps: ratings and complaints in the addon, costs in sale_margin."""
STEP = Text("Install what keeps them (`kam addon path`, Odoo's sale_margin), or mark the items `optional = true`.")


def figure_questions(chosen: ErpSettings) -> tuple[Question, ...]:
    """The one question whether the figures of the tiers policy in force can be known."""

    def figures(session: Session) -> Iterator[Check]:
        tiers = policy.load(chosen.policy).at(datetime.now(UTC).date()).tiers
        yield check_figures(tiers, session)

    return (figures,)


def check_figures(tiers: TierPolicy, session: Session) -> Check:
    """Not passed where an item that is not optional has no figures; those that are optional are named."""
    can = session.capabilities.has_field
    items = [item for dimension in tiers.dimension for item in dimension.item if item.fact in KEPT_IN]
    lacking = [item for item in items if not can(*KEPT_IN[item.fact])]
    wanted = [item.fact for item in lacking if not item.optional]
    if wanted:
        told = Text("not kept: {what}", {"what": Lines(wanted, COMMA)})
        return Check("figures", ok=False, detail=told, next_step=STEP)
    if lacking:
        left_out = Lines([item.fact for item in lacking], COMMA)
        return Check("figures", ok=True, detail=Text("rated without {what}, which are optional", {"what": left_out}))
    return Check("figures", ok=True, detail=Text("all that the policy rates is kept"))
