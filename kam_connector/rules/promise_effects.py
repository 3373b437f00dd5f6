"""What promises do to dunning: a running one holds it, a broken or short one is a reason to ask at once.

Dunning waits while running promises cover at least the policy's share of what may be asked for. A promise covers its
own invoice, or the oldest debts first, up to what is still to come of it. A promise that failed (S4-57) and a payment
that is less than was agreed (S4-58) count once: until a task was acted on after it. Whoever broke as many promises in
twelve months as the policy names is putting us off: his further promises hold nothing.

Worked figure: 1000 may be asked for. A promise of 1000 holds dunning, one of 999 does not; with `hold = "0.5"` one of
500 does.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from kam_connector.policy.receivables import CollectionsPolicy
from kam_connector.rules.decisions import column_or, ids_of
from kam_connector.rules.levels import PAIR
from kam_connector.rules.promises import BROKEN, count_outcomes

NONE: dict[str, Any] = {
    "held_until": pd.NaT,
    "is_held": False,
    "urge": "",
    "urged_on": pd.NaT,
    "failed_for": pd.NaT,
    "broken": 0,
}
"""What a customer without promises has."""


def with_promises(
    cases: pd.DataFrame, late: pd.DataFrame, promises: pd.DataFrame, policy: CollectionsPolicy, as_of: date
) -> pd.DataFrame:
    """The cases with what the customer's promises do to them.

    `cases`: company_id, customer_id, amount_minor; `late`: the overdue items with their claim, the oldest first;
    `promises` from `decide_promises`. Columns added: is_held, held_until (the last promised day), urge ("" or the
    outcome: promise_broken, short_payment, evasion), urged_on (the day since when), failed_for (the day that was
    promised), broken (within twelve months).
    """
    if promises.empty:
        return cases.assign(**NONE)
    counts = count_outcomes(promises, as_of)[[*PAIR, "broken"]]
    limit = policy.promises.evasion_after
    evading = counts.loc[(counts["broken"] >= limit) & (limit > 0), PAIR].assign(is_evading=True)
    marked = promises.merge(evading, on=PAIR, how="left")
    marked = marked.assign(is_evading=marked["is_evading"].eq(True))
    found = cases.merge(counts, on=PAIR, how="left").merge(_failures(marked), on=PAIR, how="left")
    found = found.merge(_cover(marked[marked["runs"] & ~marked["is_evading"]], late), on=PAIR, how="left")
    covered, amount = (found[name].fillna(0).astype("int64") for name in ("covered_minor", "amount_minor"))
    held = [
        got > 0 and got >= policy.promises.hold * Decimal(asked)
        for got, asked in zip(covered.tolist(), amount.tolist(), strict=True)
    ]
    gaps: dict[str, object] = {"urge": "", "broken": 0}
    return found.assign(
        is_held=np.array(held, dtype=bool), **{name: column_or(found, name, gap) for name, gap in gaps.items()}
    )


def _failures(promises: pd.DataFrame) -> pd.DataFrame:
    """A row a customer: the promise that failed last, what it is called, since when, which day was promised."""
    failed = promises[promises["object_on"].notna()]
    is_broken = (failed["state"] == BROKEN).to_numpy(dtype=bool)
    evading = failed["is_evading"].to_numpy(dtype=bool)
    urge = np.select([is_broken & evading, is_broken], ["evasion", "promise_broken"], "short_payment")
    failed = failed.assign(urge=urge.astype(object), urged_on=failed["object_on"], failed_for=failed["promised_for"])
    failed = failed.sort_values(["object_on", "promise_id"], kind="stable").drop_duplicates(PAIR, keep="last")
    return failed[[*PAIR, "urge", "urged_on", "failed_for"]]


def _cover(running: pd.DataFrame, late: pd.DataFrame) -> pd.DataFrame:
    """A row a customer with running promises: covered_minor (company currency), held_until."""
    theirs = late.merge(running[PAIR].drop_duplicates(), on=PAIR)
    groups = dict(list(theirs.groupby(PAIR)))
    rows = [
        (*pair, _covered(own, groups[pair]) if pair in groups else 0, own["promised_for"].max())
        for pair, own in running.groupby(PAIR)
    ]
    return pd.DataFrame(rows, columns=[*PAIR, "covered_minor", "held_until"]).astype(
        {"company_id": "int64", "customer_id": "int64", "held_until": "datetime64[s]"}
    )


def _covered(promises: pd.DataFrame, late: pd.DataFrame) -> int:
    """How much of one customer's overdue items is promised, in company currency."""
    left, total = late["claim"].to_numpy(dtype=np.int64).copy(), 0
    own = ids_of(column_or(late, "company_currency_id", 0))
    currency = np.where(ids_of(column_or(late, "currency_id", 0)) == 0, own, ids_of(column_or(late, "currency_id", 0)))
    whole, foreign = (ids_of(column_or(late, name, 0)) for name in ("residual_minor", "residual_currency_minor"))
    moves = ids_of(column_or(late, "move_id", 0))
    columns = ("currency_id", "move_id", "amount_minor", "received_minor")
    for wanted_currency, move, amount, received in zip(*(ids_of(promises[c]).tolist() for c in columns), strict=True):
        still = amount - received
        for place in np.flatnonzero(((moves == move) | (move == 0)) & (left > 0)).tolist():
            units = _rate(
                wanted_currency, int(own[place]), int(currency[place]), int(whole[place]), int(foreign[place])
            )
            if still <= 0 or units is None:
                continue
            worth = int(left[place]) * units[0] // units[1]
            used = int(left[place]) if worth <= still else still * units[1] // units[0]
            left[place] -= used
            total, still = total + used, still - min(worth, still)
    return total


def _rate(wanted: int, own: int, currency: int, whole: int, foreign: int) -> tuple[int, int] | None:
    """Units of the promise for units of company currency, as the item has them; None where there is no rate."""
    if wanted == own:
        return 1, 1
    return (foreign, whole) if wanted == currency and foreign > 0 and whole > 0 else None
