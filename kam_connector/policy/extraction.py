"""The sync policy: how far a pull looks back, what it refuses to believe, how long it remembers, what it adds.

A row carries the time at which its transaction began and is seen only after its end. A night at 02:00 that has read
everything up to 02:00 still has to read what an import that began at 01:52 commits at 02:03: `overlap_minutes = 10`
looks back to 01:50. What takes longer is found by the daily check.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from kam_connector.policy.account_plans import AccountPlans
from kam_connector.policy.contacts import Contacts
from kam_connector.policy.freshness import Freshness, find_freshness_problems
from kam_connector.policy.values import Day, Expected, Problem, Problems, Share, Table
from kam_connector.texts import Text


def _check_field(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*\.[a-z][a-z0-9_]*", value):
        raise Expected('a model and a field such as "res.partner.x_region" is expected')
    return value


class Sync(Table):
    """What every pull keeps to; shares are of the rows of one model."""

    valid_from: Day
    overlap_minutes: int = Field(default=10, ge=1, le=1440)
    vanish_share: Share = Decimal("0.02")
    vanish_rows: int = Field(default=50, ge=0)
    erase_after_days: int = Field(default=30, ge=0, le=3650)
    custom_fields: tuple[Annotated[str, AfterValidator(_check_field)], ...] = ()


class SyncPolicy(Table):
    """One sync.toml."""

    sync: Sync
    freshness: Freshness = Field(default_factory=Freshness)
    contacts: Contacts = Field(default_factory=Contacts)
    plans: AccountPlans = Field(default_factory=AccountPlans)

    @property
    def valid_from(self) -> date:
        """The first day of this version."""
        return self.sync.valid_from


def find_sync_problems(policy: SyncPolicy) -> Problems:
    """Custom fields that stand there twice, and weights that do not sum."""
    yield from find_freshness_problems(policy.freshness)
    fields = policy.sync.custom_fields
    for place, name in enumerate(fields):
        if name in fields[:place]:
            yield Problem(
                ("sync", "custom_fields", place),
                Text('The field "{name}"', {"name": name}),
                Text("stands there a second time."),
            )
