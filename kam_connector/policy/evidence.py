"""What speaks for and against the good faith of a complaint: how many points each kind of evidence counts.

Points are no likelihood: they say how much speaks against a complaint and what it is, and people decide (W25). A line
with points above zero speaks against, one below zero for the customer. The part is in complaints.toml; without
`[[evidence]]` nothing is weighed.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from pydantic import Field

from kam_connector.policy.values import Positive, Problem, Problems, Share, Table
from kam_connector.texts import Text

Kind = Literal[
    "foreign_lot", "unsupported_order", "rejected_before", "excess_claim", "refuses_inspection", "several_channels",
    "publicity_threat", "after_dunning", "independent_test", "upheld_before", "in_window",
]  # fmt: skip
Key = Literal["count", "months", "times", "days", "share"]
GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "foreign_lot": "papers",
        "unsupported_order": "papers",
        "rejected_before": "history",
        "excess_claim": "amount",
        "refuses_inspection": "conduct",
        "several_channels": "conduct",
        "publicity_threat": "conduct",
        "after_dunning": "timing",
    }
)
"""What each kind that speaks against a complaint rests on; two kinds of one group are not independent."""
NOTED = (
    "foreign_lot", "unsupported_order", "refuses_inspection", "several_channels", "publicity_threat",
    "independent_test",
)  # fmt: skip
"""What people note in the ERP."""
_NEEDS: Mapping[str, tuple[Key, ...]] = MappingProxyType(
    {
        "rejected_before": ("count", "months"),
        "excess_claim": ("times",),
        "refuses_inspection": ("count",),
        "after_dunning": ("days",),
        "upheld_before": ("share", "months"),
        "in_window": ("days",),
    }
)
_KEYS: tuple[Key, ...] = ("count", "months", "times", "days", "share")
_MOST = 100


class Evidence(Table):
    """How many points a kind counts, and from when on it is one."""

    kind: Kind
    points: int = Field(ge=-_MOST, le=_MOST)
    count: int | None = Field(default=None, ge=1, le=100)
    months: int | None = Field(default=None, ge=1, le=60)
    times: Positive | None = None
    days: int | None = Field(default=None, ge=0, le=3650)
    share: Share | None = None


class EvidenceBands(Table):
    """From how many points on people look again, from how many a complaint is suspected, and on how many groups."""

    review: int = Field(default=30, ge=1, le=_MOST)
    suspected: int = Field(default=60, ge=1, le=_MOST)
    kinds: int = Field(default=2, ge=2, le=5)


class EvidencePolicy(Table):
    """The part of complaints.toml about good faith."""

    evidence: tuple[Evidence, ...] = ()
    evidence_bands: EvidenceBands = EvidenceBands()


def find_evidence_problems(policy: EvidencePolicy) -> Problems:
    """A kind that stands twice, on the wrong side of zero, without its limits or with another's; bands upside down."""
    for place, line in enumerate(policy.evidence):
        yield from _find_wrong_line(place, line, [other.kind for other in policy.evidence[:place]])
    bands = policy.evidence_bands
    if bands.suspected <= bands.review:
        why = Text("must be above the {review} points of review.", {"review": bands.review})
        what = Text('Value "{value}" of "{key}"', {"value": bands.suspected, "key": "suspected"})
        yield Problem(("evidence_bands", "suspected"), what, why)


def _find_wrong_line(place: int, line: Evidence, before: list[str]) -> Problems:
    named = Text('The evidence "{kind}"', {"kind": line.kind})
    if line.kind in before:
        yield Problem(("evidence", place, "kind"), named, Text("stands twice."))
    if not line.points or (line.points > 0) != (line.kind in GROUPS):
        against = Text("speaks against a complaint: its points must be above zero.")
        in_favour = Text("speaks for the customer: its points must be below zero.")
        yield Problem(("evidence", place, "points"), named, against if line.kind in GROUPS else in_favour)
    for key in _KEYS:
        is_given, is_needed = getattr(line, key) is not None, key in _NEEDS.get(line.kind, ())
        if is_needed and not is_given:
            yield Problem(("evidence", place), named, Text('needs "{key}".', {"key": key}))
        if is_given and not is_needed:
            yield Problem(("evidence", place, key), named, Text('takes no "{key}".', {"key": key}))


def find_evidence_advice(policy: EvidencePolicy) -> Problems:
    """What is probably not meant: nothing speaks for the customer, or nothing can ever come to a suspicion."""
    against = [line for line in policy.evidence if line.points > 0]
    if policy.evidence and len(against) == len(policy.evidence):
        why = Text(
            "speaks for the customer: give the kinds independent_test, upheld_before or in_window points below 0."
        )
        yield Problem(("evidence", 0), Text("No [[evidence]]"), why)
    bands, groups = policy.evidence_bands, {GROUPS[line.kind] for line in against}
    if against and (sum(line.points for line in against) < bands.suspected or len(groups) < bands.kinds):
        why = Text(
            "can never suspect a complaint: {suspected} points from {kinds} independent kinds are out of reach.",
            {"suspected": bands.suspected, "kinds": bands.kinds},
        )
        yield Problem(("evidence", 0), Text("The [[evidence]]"), why)
