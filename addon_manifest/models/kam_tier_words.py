"""Why a customer is in its tier, as sentences; `kam_reason` renders them."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

TIER_SENTENCES = {
    "tier.entered": _lt(
        "Score %(score)s reaches the %(enter)s points of tier %(tier)s: rated for the first time. Data known: "
        "%(coverage)s. Policy in force since %(valid_from)s."
    ),
    "tier.promoted": _lt(
        "Score %(score)s reaches the %(enter)s points of tier %(tier)s: promoted from %(previous_tier)s. Data "
        "known: %(coverage)s. Policy in force since %(valid_from)s."
    ),
    "tier.kept": _lt(
        "Score %(score)s is not below the %(leave)s points at which tier %(tier)s is left: tier kept. Data known: "
        "%(coverage)s. Policy in force since %(valid_from)s."
    ),
    "tier.demotion_waits": _lt(
        "Score %(score)s is below the %(leave)s points at which tier %(tier)s is left, in run %(runs_below)s of "
        "the %(runs_needed)s that a demotion needs: tier kept for now. Data known: %(coverage)s. Policy in force "
        "since %(valid_from)s."
    ),
    "tier.demoted": _lt(
        "Score %(score)s is below the %(leave)s points at which tier %(previous_tier)s is left, for "
        "%(runs_below)s runs in a row: moved down to %(tier)s. Data known: %(coverage)s. Policy in force since "
        "%(valid_from)s."
    ),
    "tier.unrated": _lt(
        "Only %(coverage)s of the data is known and %(coverage_min)s are needed: not rated; tier as before: "
        "%(tier)s. Policy in force since %(valid_from)s."
    ),
    "tier.provisional": _lt(
        "Score %(score)s gives tier %(tier)s, provisional until %(until)s because the first invoice is of "
        "%(first_invoice)s. Data known: %(coverage)s. Policy in force since %(valid_from)s."
    ),
    "tier.waiting": _lt(
        "Score %(score)s would give tier %(wanted_tier)s, but its %(capacity)s places are taken: waits in tier "
        "%(tier)s. Data known: %(coverage)s. Policy in force since %(valid_from)s."
    ),
    "tier.frozen_dispute": _lt(
        "Tier %(tier)s is frozen while a dispute is open: score %(score)s does not move it, and the run does "
        "not count. Data known: %(coverage)s. Policy in force since %(valid_from)s."
    ),
    "tier.frozen_merge": _lt(
        "Tier %(tier)s is frozen because another customer was merged into this one of late: score %(score)s does not "
        "move it, and the run does not count. Data known: %(coverage)s. Policy in force since %(valid_from)s."
    ),
    "tier.merged": _lt(
        "Tier %(tier)s was taken over from customer %(customer)s, which was merged into this one and stood higher. "
        "Policy in force since %(valid_from)s."
    ),
    "tier.frozen_data_gap": _lt(
        "Tier %(tier)s is frozen because the figures are older than they should be: score %(score)s does not "
        "move it, and the run does not count. Data known: %(coverage)s. Policy in force since %(valid_from)s."
    ),
    "tier.frozen_complaint": _lt(
        "Tier %(tier)s stays while a severe complaint is open: score %(score)s is too low for it, but the run does "
        "not count. Data known: %(coverage)s. Policy in force since %(valid_from)s."
    ),
    "tier.overridden": _lt(
        "Tier %(tier)s was set by a person and holds until %(until)s; score %(score)s alone would give "
        "%(scored_tier)s. Data known: %(coverage)s. Policy in force since %(valid_from)s."
    ),
}
