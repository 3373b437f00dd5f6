"""Policy of the group: the one currency in which several companies are looked at together."""

from __future__ import annotations

from pydantic import Field

from kam_connector.policy.values import Table


class Group(Table):
    """The currency of the group; without one `kam ageing show --currency group` wants it from `--to`."""

    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
