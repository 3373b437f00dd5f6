"""How a customer is asked and why a task is urgent, as sentences and words; `kam_reason` renders them."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

TASK_SENTENCES = {
    "task.before_due": _lt(
        "%(amount)s falls due on %(due_date)s: customers of payer class “%(payer_class)s” are asked up to "
        "%(ahead_days)s days before, step “%(step)s”. Policy in force since %(valid_from)s."
    ),
    "task.contract_day": _lt(
        "%(amount)s falls due on this day, %(due_date)s: customers of payer class “%(payer_class)s” are asked early "
        "on the contract day, step “%(step)s”. Policy in force since %(valid_from)s."
    ),
    "task.open_early": _lt(
        "%(amount)s with the due date %(due_date)s may still be asked for: step “%(step)s” stays open. Policy in "
        "force since %(valid_from)s."
    ),
    "manner.usual": _lt(
        "%(channel)s, in a %(tone)s tone; payer class: %(payer_class)s. Policy in force since %(valid_from)s."
    ),
    "manner.no_letter": _lt(
        "%(channel)s, in a %(tone)s tone; payer class: %(payer_class)s. Customers of tier %(tier)s get a call by the "
        "person responsible in place of this: %(replaced)s. Policy in force since %(valid_from)s."
    ),
    "manner.extension": _lt(
        "%(channel)s, in a %(tone)s tone; payer class: %(payer_class)s. Offer a later day, up to %(max_days)s days "
        "ahead; one further away needs a manager’s approval. Policy in force since %(valid_from)s."
    ),
    "manner.extension_no_letter": _lt(
        "%(channel)s, in a %(tone)s tone; payer class: %(payer_class)s. Customers of tier %(tier)s get a call by the "
        "person responsible in place of this: %(replaced)s. Offer a later day, up to %(max_days)s days ahead; one "
        "further away needs a manager’s approval. Policy in force since %(valid_from)s."
    ),
    "priority.points": _lt(
        "%(points)s points: %(level_points)s for level %(level)s, %(amount_points)s for the size of the amount, "
        "%(tier_points)s for tier %(tier)s, %(class_points)s for payer class %(payer_class)s, %(broken_points)s for "
        "promises broken within twelve months (%(broken)s), %(day_points)s for money that is due on this very day "
        "or known to be there. Policy in force since %(valid_from)s."
    ),
}
POINTS = frozenset(
    {"points", "level_points", "amount_points", "tier_points", "class_points", "broken_points", "day_points"}
)
CHANNEL_NAMES = {
    "call": _lt("Call"),
    "email": _lt("E-mail"),
    "letter": _lt("Letter"),
    "visit": _lt("Visit"),
    "manager": _lt("Talk with the manager"),
}
TONE_NAMES = {
    "friendly": _lt("friendly"),
    "neutral": _lt("neutral"),
    "firm": _lt("firm"),
    "straight": _lt("straightforward"),
}
CLASS_NAMES = {
    "prompt": _lt("Prompt"),
    "honest_short": _lt("Honest, short of cash"),
    "slow": _lt("Slow"),
    "unreliable": _lt("Unreliable"),
    "bad": _lt("Bad"),
    "new": _lt("New"),
}
TASK_WORDS = {"channel": CHANNEL_NAMES, "replaced": CHANNEL_NAMES, "tone": TONE_NAMES, "payer_class": CLASS_NAMES}
