"""An Odoo where complaints come in, and the place from which `kam` looks at them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.addon.rpc import Login
from tests.runs import nights

CASE = "kam.complaint"


@dataclass(frozen=True)
class Desk:
    """Its administrator, a place for `kam`, ids by what they are."""

    admin: Login
    place: nights.Place
    ids: dict[str, int]

    def night(self) -> list[dict[str, Any]]:
        """The findings of a night about what comes in."""
        done = self.place.kam("run", "--yes", "--format", "json")
        assert done.returncode in (0, 1), done.stderr
        found = json.loads(done.stdout)["findings"]
        return [finding for finding in found if finding["source"] == "rules.intake"]
