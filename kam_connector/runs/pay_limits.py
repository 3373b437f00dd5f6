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
NO_TARGETS = Text(
    "Plan {plan} is not paid: it measures attainment by targets, which the ERP keeps with the addon only. Install the "
    "addon, write an amount in [quota], or try the plan on a file: kam incentives simulate --credits --targets."
)
NO_DUE = Text(
    "Plan {plan} is not paid: it pays by orders and counts the days to pay from the due date, which each invoice of an "
    "order has for itself. Count them from the date, let it pay by invoices, or try it on a file: kam incentives "
    "simulate --credits."
)


def find_unknown(plan: Plan, *, addon: bool) -> list[Finding]:
    """A finding for each thing that the plan asks and the mirror does not tell; none: it can be paid.

    `addon`: whether the ERP has it, and so complaints and targets.
    """
    gates, modifiers, by_orders = {gate.fact for gate in plan.gate}, plan.modifiers, plan.credit.source == "order"
    unknown = {
        NO_COMPLAINTS: "upheld_complaints" in gates and not addon,
        NO_TARGETS: plan.asks_targets and not addon,
        NO_DUE: by_orders and bool(modifiers.days_to_pay) and modifiers.days_from == "due_date",
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
