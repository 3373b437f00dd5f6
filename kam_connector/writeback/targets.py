"""Targets of people and teams as wanted records of the addon, and how far each is reached."""

from __future__ import annotations

import pandas as pd

from kam_connector.writeback.decided import Decided
from kam_connector.writeback.keys import key_of, whole_numbers
from kam_connector.writeback.plans import Desired


def wanted_targets(targets: pd.DataFrame) -> Desired:
    """`targets`: company_id, user_id and team_id (0: none), period, measure, date_from, date_to, amount_minor.

    The key is `target:user:12:revenue:2026-07`, of a team's own `target:team:3:...`.
    """
    whose = targets["user_id"].map(lambda user: "user" if user else "team")
    owner = targets["user_id"].where(targets["user_id"] != 0, targets["team_id"])
    frame = pd.DataFrame(
        {
            "company_id": whole_numbers(targets["company_id"]),
            "kam_key": key_of("target", whose, owner, targets["measure"], targets["period"]),
            "user_id": whole_numbers(targets["user_id"]),
            "team_id": whole_numbers(targets["team_id"]),
            "kind": targets["measure"],
            **{name: targets[name] for name in ("period", "date_from", "date_to", "amount_minor")},
        }
    )
    return Desired("kam.target", frame)


def reached_targets(decided: Decided) -> Desired | None:
    """What was reached of targets that stand in the ERP; what people or a file say of them is left as it is."""
    return None if decided.reached is None else Desired("kam.target", decided.reached)
