"""Policy of what is to be known of the people at a customer: for which tiers the person who decides has to be noted."""

from __future__ import annotations

from collections.abc import Iterator

from kam_connector.policy.values import Table


class Contacts(Table):
    """Of customers of `decider_tiers` `kam doctor --data` tells the one of whom nobody is noted who decides."""

    decider_tiers: tuple[str, ...] = ()

    @property
    def tier_places(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Each tier with the place where the policy names it."""
        yield from ((("contacts", "decider_tiers", place), tier) for place, tier in enumerate(self.decider_tiers))
