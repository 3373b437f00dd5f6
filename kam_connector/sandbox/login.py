"""Who is calling, and on which rows: the context of one call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .faults import forbidden, no_right
from .store import Store

Hidden = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Caller:
    """The user and the companies of one call.

    `denied`: (model, verb) pairs that the login has no right to. `hidden`: (model, field) pairs that it may not see.
    `now` is the server's time as Odoo writes it.
    """

    uid: int
    companies: frozenset[int]
    active_test: bool
    now: str
    denied: Hidden = frozenset()
    hidden: Hidden = frozenset()

    def check(self, model: str, verb: str) -> None:
        """Nothing, or the fault of a login without the right."""
        if (model, verb) in self.denied:
            raise no_right(model, verb)


def companies_of(store: Store, uid: int, context: Mapping[str, Any]) -> frozenset[int]:
    """The companies that the call works for. Raises the fault of one that the user does not have."""
    own = frozenset(store.tables["res.users"][uid]["company_ids"])
    wanted = frozenset(context.get("allowed_company_ids") or own)
    if not wanted <= own:
        raise forbidden("Access to unauthorized or invalid companies.")
    return wanted
