"""How far a complaint has escalated, as sentences and words; `kam_reason` renders them."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

ESCALATION_SENTENCES = {
    "escalation.told": _lt(
        "%(clock)s, level %(level)s: %(percent)s %% of %(target_hours)s working hours are used up. Told: %(role)s. "
        "Policy in force since %(valid_from)s."
    ),
    "escalation.instead": _lt(
        "%(clock)s, level %(level)s: %(percent)s %% of %(target_hours)s working hours are used up. Told: "
        "%(told_role)s, because nobody is known as %(role)s. Policy in force since %(valid_from)s."
    ),
    "escalation.nobody": _lt(
        "%(clock)s, level %(level)s: %(percent)s %% of %(target_hours)s working hours are used up. Nobody is known as "
        "%(role)s, nor anybody in that place. Policy in force since %(valid_from)s."
    ),
    "escalation.long_ago": _lt(
        "%(clock)s, level %(level)s: %(percent)s %% of %(target_hours)s working hours are used up. %(role)s was not "
        "told, because that was more than %(tell_within_days)s days before. Policy in force since %(valid_from)s."
    ),
    "escalation.passed": _lt(
        "%(clock)s, level %(level)s: %(percent)s %% of %(target_hours)s working hours are used up. %(role)s was not "
        "told, because a higher level was reached by the same run or before. Policy in force since %(valid_from)s."
    ),
}
CLOCK_NAMES = {"response": _lt("Response"), "resolution": _lt("Resolution")}
ROLE_NAMES = {
    "owner": _lt("responsible person"),
    "lead": _lt("team leader"),
    "director": _lt("key-account director"),
    "general_manager": _lt("general manager"),
}
ESCALATION_WORDS = {"clock": CLOCK_NAMES, "role": ROLE_NAMES, "told_role": ROLE_NAMES}
