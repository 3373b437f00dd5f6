"""Why a remedy, an amount and an approver are proposed for a complaint, in sentences."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

COMPENSATION_SENTENCES = {
    "compensation.loss": _lt(
        "%(remedy)s, %(amount)s: the documented loss of %(loss)s is the lowest limit; %(left)s is left of the "
        "customer's budget of %(year)s. %(approver)s approves: together %(within)s for complaints received within "
        "%(cumulative_days)s days. Policy in force since %(valid_from)s."
    ),
    "compensation.value": _lt(
        "%(remedy)s, %(amount)s of a documented loss of %(loss)s: at most %(cap)s of the %(worth)s that it was sold "
        "for, with all complaints about it; %(left)s is left of the customer's budget of %(year)s. %(approver)s "
        "approves: together %(within)s for complaints received within %(cumulative_days)s days. Policy in force since "
        "%(valid_from)s."
    ),
    "compensation.budget": _lt(
        "%(remedy)s, %(amount)s of a documented loss of %(loss)s: no more is left of the customer's budget of "
        "%(budget)s for %(year)s. %(approver)s approves: together %(within)s for complaints received within "
        "%(cumulative_days)s days. Policy in force since %(valid_from)s."
    ),
    "compensation.used_up": _lt(
        "Nothing is left of the customer's budget of %(budget)s for %(year)s: %(approver)s decides what is given for "
        "the documented loss of %(loss)s. Policy in force since %(valid_from)s."
    ),
    "compensation.paper": _lt(
        "A loss of %(loss)s is documented, but no order line, invoice or order of the company: name one, then an "
        "amount is proposed. Policy in force since %(valid_from)s."
    ),
    "compensation.merits": _lt(
        "Nothing is proposed for the documented loss of %(loss)s while the finding of two reviewers stands: "
        "%(approver)s decides on the merits. A defect that an independent test confirms is always made good. Policy in "
        "force since %(valid_from)s."
    ),
}
COMPENSATION_MONEY = frozenset({"budget", "left", "loss", "within", "worth"})
COMPENSATION_WORDS = {
    "remedy": {
        "replace": _lt("Replacement"),
        "repair": _lt("Repair"),
        "return": _lt("Return"),
        "credit": _lt("Credit note"),
        "goodwill": _lt("Goodwill"),
    },
    "approver": {
        "salesperson": _lt("the salesperson"),
        "manager": _lt("the manager"),
        "director": _lt("the director"),
    },
}
