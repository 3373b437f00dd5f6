"""In which state a period of a plan is, and which state may follow which.

| state | what is true |
|---|---|
| `open` | its statements are drafts: every night states them anew |
| `computed` | they stand frozen in the book; what comes later goes into the open period |
| `approved` | somebody who did not compute them has approved each in the ERP |
| `locked` | the book says who approved which figures; they are not closed anew any more |
| `paid` | each is marked as paid in the ERP |

Until it is locked an approval may be withdrawn, and a period without an approval may be closed anew. A statement of
zero pays nobody and need not be approved: of ten statements, one of zero, nine approved ones make the period approved.
"""

from __future__ import annotations

from collections.abc import Collection

from kam_connector.texts import Text

STATES = ("open", "computed", "approved", "locked", "paid")
WORDS = {
    "computed": Text("computed"), "approved": Text("approved"), "locked": Text("locked"), "paid": Text("paid"),
}  # fmt: skip
"""How a sentence names the state of a period that was closed."""
TRANSITIONS = frozenset({
    ("open", "computed"), ("computed", "computed"), ("computed", "approved"), ("approved", "computed"),
    ("approved", "locked"), ("locked", "paid"),
})  # fmt: skip
"""The allowed (from, to) pairs."""


def is_allowed(former: str, state: str) -> bool:
    """Whether the one state may follow the other."""
    return (former, state) in TRANSITIONS


def seen_state(former: str, states: Collection[str]) -> str:
    """The state of a period that was `former`, by those of its statements in the ERP (draft, approved, paid)."""
    if former in ("computed", "approved"):
        return "approved" if all(each in ("approved", "paid") for each in states) else "computed"
    if former == "locked" and states and all(each == "paid" for each in states):
        return "paid"
    return former
