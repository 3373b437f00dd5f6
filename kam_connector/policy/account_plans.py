"""Policy of account plans: which customers have to have one."""

from __future__ import annotations

from collections.abc import Iterator

from kam_connector.policy.values import Table


class AccountPlans(Table):
    """Of customers of `tiers` `kam doctor --data` tells those without a running plan and those whose plan is late."""

    tiers: tuple[str, ...] = ()

    @property
    def tier_places(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Each tier with the place where the policy names it."""
        yield from ((("plans", "tiers", place), tier) for place, tier in enumerate(self.tiers))
