"""Which tier a customer goes on from after another was merged into it: the higher of the two.

A merge only says that two files were one customer all along; what it earned under either stays until its own figures
say otherwise. Gold merged into bronze goes on as gold, bronze merged into gold changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from kam_connector.policy.tiering import TierPolicy
from kam_connector.rules.reasons import reason_args

REASON = "tier.merged"


def take_over(
    vanished: Mapping[str, Any], own: Mapping[str, Any], policy: TierPolicy, day: date
) -> dict[str, Any] | None:
    """The survivor's standing as of the day of the merge, None where its own tier is as high.

    `vanished` and `own` are tier decisions as the book has them (`runs.known`), `own` with at least the
    survivor's customer_id. The tier is also the one before that day, so that a run of the day goes on from it, and
    no run counts as below its exit cut.
    """
    places: dict[str | None, int] = {code: place for place, code in enumerate(policy.codes)}
    if places.get(vanished.get("tier"), len(places)) >= places.get(own.get("tier"), len(places)):
        return None
    tier, since = vanished["tier"], policy.valid_from.isoformat()
    args = reason_args(REASON, tier=tier, customer=vanished["customer_id"], valid_from=since)
    standing = {"previous_tier": tier, "runs_below": 0, "previous_runs_below": 0}
    said = {"reason_code": REASON, "reason_args": args, "as_of": day.isoformat()}
    return {**vanished, **standing, **said, "customer_id": own["customer_id"]}
