"""What a customer of a tier is owed: how often he is seen, how fast he is answered, how far a price may go down.

These are promises of the company to its customers and limits of its salespeople at once. They stand with the tier, in
`[tier.service]`, and nowhere else: another rule that needs one of them asks `privileges_of`, by tier, or
`rules.privileges.with_privileges`, customer by customer.

Worked figure: gold may be granted credit for 3 mean months of its sales; 1 200 000 in twelve months are 100 000 a
month, so up to 300 000.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from pydantic import Field

from kam_connector.policy.values import Code, Positive, Problem, Problems, Share, Table
from kam_connector.texts import Text


class Service(Table):
    """The privileges of one tier; `credit_factor` in mean months of the customer's sales, `discount_limit` a share."""

    visit_days: int | None = Field(default=None, ge=1, le=3650)
    sla_class: Code
    discount_limit: Share
    credit_factor: Positive
    executive_visits: int = Field(default=0, ge=0, le=365)


class Privileged(Protocol):
    """A tier, as far as its privileges go."""

    @property
    def name(self) -> str:
        """The tier's code."""
        ...

    @property
    def service(self) -> Service | None:
        """Its privileges; None only in a policy that is refused."""
        ...


def privileges_of(tiers: Iterable[Privileged]) -> Mapping[str, Service]:
    """The privileges by the tier's code, in the order of the policy. Requirement S1-16."""
    return {tier.name: tier.service for tier in tiers if tier.service is not None}


def find_privilege_problems(tiers: Iterable[Privileged]) -> Problems:
    """The tiers of which nobody has said what a customer of them is owed."""
    for place, tier in enumerate(tiers):
        if tier.service is None:
            what = Text('Tier "{name}"', {"name": tier.name})
            yield Problem(("tier", place), what, Text("has no privileges: write them below it, in [tier.service]."))
