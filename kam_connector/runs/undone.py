"""What `kam writeback undo` says: what it took back, what stays as it is and why."""

from __future__ import annotations

from collections.abc import Iterator

from kam_connector.findings import Finding
from kam_connector.messages import render
from kam_connector.texts import Text
from kam_connector.writeback import Outcome, Plan

_WHY = {
    "rewritten": Text("A later run has written this record since: it stays as it is."),
    "merged": Text("The customer was merged into another one since, and the record is that one's: it stays as it is."),
}


def left_findings(plan: Plan) -> Iterator[Finding]:
    """A finding for each record that the undo leaves as it is."""
    for held in plan.held:
        yield Finding("info", "writeback", f"{held.model} {held.key}", _WHY[held.why])


def undone_lines(plan: Plan, outcome: Outcome | None, lang: str) -> Iterator[str]:
    """What was taken back, or why nothing was; `outcome` None where the person did not agree."""
    if outcome is not None:
        counts = {
            "restored": len(outcome.of("updated")),
            "removed": len(outcome.of("removed")),
            "unchanged": len(outcome.of("unchanged", "gone")),
            "refused": len(outcome.of("conflict", "refused", "postponed")),
            "unknown": len(outcome.of("unknown")),
        }
        yield render("undo.done", counts, lang)
    elif plan.changes:
        yield render("undo.waiting", {"count": len(plan.changes)}, lang)
    else:
        yield render("undo.nothing", {}, lang)
    if plan.held:
        yield render("undo.left", {"count": len(plan.held)}, lang)
