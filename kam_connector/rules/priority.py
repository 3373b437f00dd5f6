"""How urgent a task is, and what makes it so: the worklist is sorted by a sum whose every part can be read.

Points for the level, for the size of the amount (a digit each), for the tier, the payer class, broken promises and for
money that is agreed for this very day or known to be there; each weight is a key of `[priority]`. An open task keeps
the points that it was made with, so that an unchanged night writes nothing; on its contract day they are counted anew.

Worked figure: level 2, 5 000 owed, gold, bad, two broken promises: 20 + 4 + 0.9 + 5 + 2 = 31.90.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd

from kam_connector.money import Currency
from kam_connector.policy.methods import Priority
from kam_connector.policy.receivables import CollectionsPolicy
from kam_connector.rules.decisions import Whole, ids_of, words_of
from kam_connector.rules.reasons import reason_args

CODE = "priority.points"
"""The reason code of every priority; a task stores its figures alone."""
PARTS = ("level_points", "amount_points", "tier_points", "class_points", "broken_points", "day_points")


def with_priority(
    tasks: pd.DataFrame, policy: CollectionsPolicy, currencies: dict[int, Currency], keeps: np.ndarray
) -> pd.DataFrame:
    """The tasks with priority and priority_args; where `keeps`, those that they had, if both are known.

    `tasks`: company_id, level, amount_minor, tier, tier_rank (-1 = none), payer_class, broken, is_due_today, occasion
    ("" = no cash signal), kept_priority, kept_priority_args.
    """
    parts = _parts(tasks, policy.priority, currencies)
    total: Whole = np.stack(list(parts.values())).sum(axis=0)
    args = _explained(tasks, parts, total, policy)
    before, kept_args = tasks["kept_priority"].to_numpy(dtype=np.float64), words_of(tasks["kept_priority_args"])
    use = keeps & ~np.isnan(before) & (np.array(kept_args, dtype=object) != "")
    return tasks.assign(
        priority=np.where(use, before, total / 100),
        priority_args=[old if same else new for same, old, new in zip(use.tolist(), kept_args, args, strict=True)],
    )


def _parts(tasks: pd.DataFrame, weights: Priority, currencies: dict[int, Currency]) -> dict[str, Whole]:
    """The points of each part in hundredths."""
    digits = [currencies[company].digits for company in tasks["company_id"].tolist()]
    major = [amount // 10**digit for amount, digit in zip(ids_of(tasks["amount_minor"]).tolist(), digits, strict=True)]
    size = np.array([min(len(str(amount)), 9) for amount in major], dtype=np.int64)
    rank, top = tasks["tier_rank"].to_numpy(dtype=np.int64), _hundredths(weights.top_tier)
    by_class = {name: _hundredths(points) for name, points in weights.by_class.items()}
    broken = np.minimum(ids_of(tasks["broken"]), weights.broken_most)
    is_shown = np.array([occasion != "" for occasion in words_of(tasks["occasion"])], dtype=np.int64)
    due = tasks["is_due_today"].to_numpy(dtype=np.int64) * _hundredths(weights.contract_day)
    return {
        "level_points": tasks["level"].to_numpy(dtype=np.int64) * _hundredths(weights.level),
        "amount_points": size * _hundredths(weights.amount_digit),
        "tier_points": np.where(rank < 0, 0, (2 * top + rank + 1) // (2 * (np.maximum(rank, 0) + 1))),
        "class_points": np.array([by_class.get(name, 0) for name in words_of(tasks["payer_class"])], dtype=np.int64),
        "broken_points": broken * _hundredths(weights.broken_promise),
        "day_points": due + is_shown * _hundredths(weights.cash_signal),
    }


def _explained(tasks: pd.DataFrame, parts: dict[str, Whole], total: Whole, policy: CollectionsPolicy) -> list[str]:
    columns = [[_text(points) for points in parts[name].tolist()] for name in PARTS]
    known = zip(
        ids_of(tasks["level"]).tolist(), words_of(tasks["tier"]), words_of(tasks["payer_class"]),
        ids_of(tasks["broken"]).tolist(), strict=True,
    )  # fmt: skip
    return [
        reason_args(
            CODE, points=_text(whole), level=level, tier=tier, payer_class=payer_class, broken=broken,
            valid_from=policy.valid_from.isoformat(), **dict(zip(PARTS, points, strict=True)),
        )
        for whole, (level, tier, payer_class, broken), *points in zip(total.tolist(), known, *columns, strict=True)
    ]  # fmt: skip


def _hundredths(points: Decimal) -> int:
    return int(points.scaleb(2).to_integral_value())


def _text(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02d}"
