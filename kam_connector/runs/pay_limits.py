"""What an incentive plan may ask and the mirror does not tell: such a plan is not paid, and the run says why.

A file given to `kam incentives simulate` may tell all of it.
"""

from __future__ import annotations

from kam_connector.findings import Finding
from kam_connector.policy import Plan
from kam_connector.policy.components import EVENTS
from kam_connector.texts import Text

NO_EVENTS = Text(
    "Plan {plan} is not paid: it pays for the event {event}, which nothing in the ERP tells. Known events: {known}. "
    "Take the component out, or try it on a file: kam incentives simulate --credits."
)
NO_COMPLAINTS = Text(
    "Plan {plan} is not paid: a gate asks for upheld complaints, which the ERP keeps with the addon only. Install the "
    "addon, take the gate out, or try the plan on a file: kam incentives simulate --credits."
)
NO_CASH = Text(
    "Plan {plan} is not paid: it pays by orders, and what was received for an order is not known. Let it pay by "
    "invoices, take out the gate or days_to_pay, or try it on a file: kam incentives simulate --credits."
)


def find_unknown(plan: Plan, *, addon: bool) -> list[Finding]:
    """A finding for each thing that the plan asks and the mirror does not tell; none: it can be paid.

    `addon`: whether the ERP has it, and so complaints.
    """
    gates, by_orders = {gate.fact for gate in plan.gate}, plan.credit.source == "order"
    unknown = {
        NO_COMPLAINTS: "upheld_complaints" in gates and not addon,
        NO_CASH: by_orders and bool(gates & {"collection_rate", "overdue_share"} or plan.modifiers.days_to_pay),
    }
    texts = [
        *_odd_events(plan),
        *(Text(text.template, {"plan": plan.code}) for text, asked in unknown.items() if asked),
    ]
    return [Finding("error", "runs.pay_limits", plan.code, text) for text in texts]


def _odd_events(plan: Plan) -> list[Text]:
    """A sentence for each event that the plan pays and nothing in the ERP tells."""
    events = dict.fromkeys(component.event for component in plan.component if component.event is not None)
    known = ", ".join(EVENTS)
    return [
        Text(NO_EVENTS.template, {"plan": plan.code, "event": event, "known": known})
        for event in events
        if event not in EVENTS
    ]
