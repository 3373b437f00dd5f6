"""Why a customer is in a segment, in sentences, and what the segments of the shipped policy are called."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SEGMENT_SENTENCES = {
    "segment.fits": _lt(
        "Segment “%(segment)s”: its conditions hold (%(conditions)s); tier %(tier)s. Policy in force since "
        "%(valid_from)s."
    ),
    "segment.rest": _lt(
        "Segment “%(segment)s”: no other segment's conditions hold; tier %(tier)s. Policy in force since "
        "%(valid_from)s."
    ),
    "segment.stays": _lt(
        "Segment “%(segment)s” stays as it was: nothing moves tier %(tier)s at the moment. Policy in force since "
        "%(valid_from)s."
    ),
    "segment.none": _lt(
        "In no segment yet: nothing moves tier %(tier)s at the moment. Policy in force since %(valid_from)s."
    ),
}
SEGMENT_NAMES = {
    "strategic": _lt("Strategic"),
    "key": _lt("Key account"),
    "potential": _lt("Potential"),
    "general": _lt("General"),
    "small": _lt("Small"),
}
