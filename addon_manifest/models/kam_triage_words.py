"""Where a complaint came from, and why it has its type, as sentences; `kam_reason` renders them."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

TRIAGE_SENTENCES = {
    "triage.word": _lt(
        "Came in as %(record)s (category “%(category)s”); type and severity follow from the word “%(word)s” in its "
        "text. Policy in force since %(valid_from)s."
    ),
    "triage.line": _lt(
        "Came in as %(record)s (category “%(category)s”); type and severity follow from where it came from, no word of "
        "its text says more. Policy in force since %(valid_from)s."
    ),
    "triage.stated": _lt(
        "Came in as %(record)s (category “%(category)s”); type or severity stand there, what is left open follows from "
        "where it came from and its words. Policy in force since %(valid_from)s."
    ),
    "triage.goods": _lt(
        "Came in as %(record)s (category “%(category)s”) about “%(goods)s”, for which the policy names who is "
        "responsible; type and severity follow from where it came from and its words. Policy in force since "
        "%(valid_from)s."
    ),
    "triage.answer_goods": _lt(
        "Came in as %(record)s (“%(category)s”): a low answer, %(score)s where %(at_most)s or less is a complaint, "
        "about “%(goods)s”, for which the policy names who is responsible; type and severity follow from where it came "
        "from and its words. Policy in force since %(valid_from)s."
    ),
    "triage.answer_word": _lt(
        "Came in as %(record)s (“%(category)s”): a low answer, %(score)s where %(at_most)s or less is a complaint; "
        "type and severity follow from the word “%(word)s” in it. Policy in force since %(valid_from)s."
    ),
    "triage.answer": _lt(
        "Came in as %(record)s (“%(category)s”): a low answer, %(score)s where %(at_most)s or less is a complaint; "
        "type and severity follow from where it came from, no word of it says more. Policy in force since "
        "%(valid_from)s."
    ),
}
