"""What a test wants to go wrong, and when."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["drop", "cut", "gateway_502", "page", "slow", "none", "busy", "hang_up"]
READS = frozenset(
    {
        "check_object_reference",
        "context_get",
        "fields_get",
        "formatted_read_group",
        "get_installed",
        "has_access",
        "info",
        "pull",
        "read",
        "search",
        "search_count",
        "search_read",
    }
)


@dataclass(frozen=True, slots=True)
class Disturbance:
    """`kind` happens at the `nth` call (from 1) that fits.

    `drop`: the call is done and committed, the connection then closed without an answer. `cut`: done, and half the
    answer's bytes sent. `gateway_502`: done, and a gateway's page answered. `page`: not done, an HTML page instead.
    `slow`: done, the answer after `seconds`. `none`: done, and what Odoo answers for a method that returns nothing.
    `busy`: not done, Odoo's fault of a serialization conflict. `hang_up`: not done, the connection closed.
    """

    kind: Kind
    nth: int = 1
    of: Literal["write", "read", "any"] = "write"
    model: str = ""
    method: str = ""
    seconds: float = 1.0


@dataclass(slots=True)
class Plan:
    """The disturbances still to come, and how many fitting calls each has seen."""

    waiting: list[Disturbance] = field(default_factory=list)
    seen: dict[int, int] = field(default_factory=dict)

    def next_for(self, model: str, method: str) -> Disturbance | None:
        """The disturbance of this call, which will not come again, or None."""
        due = None
        for disturbance in list(self.waiting):
            if not _fits(disturbance, model, method):
                continue
            self.seen[id(disturbance)] = self.seen.get(id(disturbance), 0) + 1
            if due is None and self.seen[id(disturbance)] >= disturbance.nth:
                due = disturbance
        if due is not None:
            self.waiting.remove(due)
        return due


def _fits(disturbance: Disturbance, model: str, method: str) -> bool:
    kind = "read" if method in READS else "write"
    return disturbance.of in ("any", kind) and disturbance.model in ("", model) and disturbance.method in ("", method)
