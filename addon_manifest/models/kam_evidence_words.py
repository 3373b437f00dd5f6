"""What speaks for and against a complaint, as sentences; `kam_reason` renders them."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

EVIDENCE_SENTENCES = {
    "evidence.foreign_lot": _lt("%(weight)s points: the lot or document is not ours (notes: %(notes)s)."),
    "evidence.unsupported_order": _lt(
        "%(weight)s points: the order that is named does not support the complaint (notes: %(notes)s)."
    ),
    "evidence.other_customer": _lt(
        "%(weight)s points: papers that are named are another customer's or company's: %(record)s."
    ),
    "evidence.rejected_before": _lt(
        "%(weight)s points: complaints of the customer that came in within %(months)s months before this one and were "
        "rejected: %(count)s."
    ),
    "evidence.excess_claim": _lt(
        "%(weight)s points: %(amount)s are claimed, more than %(limit_times)s times the %(worth)s that it was sold for."
    ),
    "evidence.refuses_inspection": _lt("%(weight)s points: the customer refuses an inspection (notes: %(notes)s)."),
    "evidence.several_channels": _lt(
        "%(weight)s points: the same defect is claimed on several channels (notes: %(notes)s)."
    ),
    "evidence.publicity_threat": _lt("%(weight)s points: publicity is threatened for extra money (notes: %(notes)s)."),
    "evidence.after_dunning": _lt(
        "%(weight)s points: it was raised only after payment was asked for on %(date)s; the invoice was due on "
        "%(due_date)s."
    ),
    "evidence.independent_test": _lt("%(weight)s points: an independent test confirms the defect (notes: %(notes)s)."),
    "evidence.upheld_before": _lt(
        "%(weight)s points: of %(decided)s complaints that came in within %(months)s months before this one and were "
        "decided, %(count)s were justified."
    ),
    "evidence.in_window": _lt("%(weight)s points: it came in within %(claim_days)s days of the paper of %(date)s."),
    "evidence.good_faith": _lt(
        "%(total_points)s points, below the %(review_from)s from which people look again: in good faith. Policy in "
        "force since %(valid_from)s."
    ),
    "evidence.review": _lt(
        "%(total_points)s points: from %(review_from)s on people look again, from %(suspected_from)s on a complaint "
        "may be suspected. Policy in force since %(valid_from)s."
    ),
    "evidence.one_kind": _lt(
        "%(total_points)s points, enough for a suspicion (%(suspected_from)s), but from too few independent kinds of "
        "evidence (%(kinds)s; needed: %(kinds_needed)s): people look again. Policy in force since %(valid_from)s."
    ),
    "evidence.suspected": _lt(
        "%(total_points)s points from %(kinds)s independent kinds of evidence: suspected (from %(suspected_from)s on). "
        "Points are no verdict: two reviewers decide. Policy in force since %(valid_from)s."
    ),
}
EVIDENCE_NUMBERS = frozenset({"review_from", "suspected_from", "total_points", "weight"})
