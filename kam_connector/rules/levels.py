"""At which step a customer is asked next, given what was asked before.

The first task for a debt is the first step, however old the debt is; the level rises by one, and only after the task
before was acted on and the customer was left alone for the minimum interval. An open task stays as it is. What was
asked before counts only while the item that it was about is still open. While a promise to pay runs there is no new
task; one that failed after the last task was acted on raises the level at once, whatever interval and age say.
A signal that the customer has money (`cash_signals.py`) repeats the level at once.

Worked figure: steps at 1, 15 and 31 days, interval 7. A debt 40 days late gets step 1; done on day 42, step 2 comes
on day 49, not before; done on day 50 with a promise for day 52 that is broken on day 55, step 3 comes on day 55.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from kam_connector.policy.receivables import CollectionsPolicy
from kam_connector.rules.decisions import Flags, Whole, column_or, days_of, ids_of
from kam_connector.rules.reasons import reason_args

PAIR = ["company_id", "customer_id"]
OPEN = "open"
KEPT: dict[str, Any] = {
    "days_overdue": np.nan,
    "deadline": pd.NaT,
    "priority": np.nan,
    "priority_args": "",
    "call_at": pd.NaT,
    "occasion": "",
}
"""The figures that an open task keeps, and what stands for one that is not known."""
NOTHING_BEFORE: dict[str, Any] = {"before_item": 0, "before_level": 0, "before_open": False, "acted": pd.NaT} | {
    f"kept_{name}": gap for name, gap in KEPT.items()
}
"""What a customer has who was never asked."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """The steps of the policy as arrays: level 1 stands at place 0."""

    after_days: Whole
    codes: np.ndarray
    within_days: Whole

    def reached(self, days_overdue: Whole) -> Whole:
        """The level that a debt of that age may come to; 0 before the first step."""
        return np.searchsorted(self.after_days, days_overdue, side="right").astype(np.int64)


def ladder_of(policy: CollectionsPolicy) -> Ladder:
    """The policy's steps."""
    return Ladder(
        np.array([step.after_days for step in policy.step], dtype=np.int64),
        np.array([step.code for step in policy.step], dtype=object),
        np.array([step.within_days for step in policy.step], dtype=np.int64),
    )


def choose_levels(cases: pd.DataFrame, policy: CollectionsPolicy, as_of: date) -> pd.DataFrame:
    """The cases with `level` (0 where there is no task), `not_before` and `outcome`: the end of a task's reason code.

    `cases`: days_overdue, oldest_item_id, interval_days, from `last_tasks` (0 or NaT where there was none)
    before_level, before_item, before_open, acted; is_held, urge, urged_on of `promise_effects`, signal of
    `cash_signals`. Each debt is old enough for the first step. An outcome that begins with `none_` is no task.
    not_before: the first day after the interval.
    """
    ladder, before = ladder_of(policy), cases["before_level"].to_numpy(dtype=np.int64)
    reached = ladder.reached(cases["days_overdue"].to_numpy(dtype=np.int64))
    is_open = cases["before_open"].to_numpy(dtype=bool)
    not_before = days_of(cases["acted"]) + cases["interval_days"].to_numpy().astype("timedelta64[D]")
    early = not_before > np.datetime64(as_of, "D")
    rises, first = reached > before, before == 0
    same_item = ids_of(cases["before_item"]) == ids_of(cases["oldest_item_id"])
    urge = cases["urge"].to_numpy(dtype=object)
    signalled = (cases["signal"] != "").to_numpy(dtype=bool) & (early | ~rises)
    urged = (urge != "") & (days_of(cases["urged_on"]) > days_of(cases["acted"])) & (before < len(policy.step))
    outcomes: list[tuple[Flags, str | np.ndarray, Whole | int]] = [
        (is_open, "open", before),
        (cases["is_held"].to_numpy(dtype=bool), "none_promise", 0),
        (first, "opened", 1),
        (urged, urge, before + 1),
        (signalled, "cash_signal", before),
        (early, "none_interval", 0),
        (rises, "raised", before + 1),
        (~same_item, "repeated", reached),
    ]
    flags = [flag for flag, _, _ in outcomes]
    levels = np.select(flags, [level + 0 * before for _, _, level in outcomes], 0)
    names = np.select(flags, [np.full(len(cases), name, dtype=object) for _, name, _ in outcomes], "none_acted")
    return cases.assign(
        level=levels.astype(np.int64), outcome=names.astype(object), not_before=not_before.astype("datetime64[s]")
    )


def last_tasks(previous: pd.DataFrame, items: pd.DataFrame, policy: CollectionsPolicy) -> pd.DataFrame:
    """One row a customer with a task of the ladder about an item that is still open: the open one, else the highest.

    `previous`: company_id, customer_id, level, oldest_item_id, state (open, done, cancelled), and where known acted_on
    (day), days_overdue, deadline, priority, priority_args, call_at,
    occasion. Columns added: before_level, before_item,
    before_open, acted (day), and each of `KEPT` as kept_days_overdue, kept_deadline, ...
    """
    rows = previous[is_owed(previous["oldest_item_id"], items) & (ids_of(previous["level"]) > 0)]
    rows = remembered(rows, policy)
    rows = rows.sort_values(["before_open", "before_level", "acted", "before_item"], kind="stable", na_position="first")
    return rows.drop_duplicates(PAIR, keep="last")


def remembered(rows: pd.DataFrame, policy: CollectionsPolicy) -> pd.DataFrame:
    """Earlier tasks with the columns that `last_tasks` adds, and no others but company and customer."""
    return rows[PAIR].assign(
        before_item=ids_of(rows["oldest_item_id"]),
        before_level=np.minimum(ids_of(rows["level"]), len(policy.step)),
        before_open=(rows["state"] == OPEN).to_numpy(dtype=bool),
        acted=days_of(column_or(rows, "acted_on", pd.NaT)).astype("datetime64[s]"),
        **{f"kept_{name}": column_or(rows, name, gap) for name, gap in KEPT.items()},
    )


def settled_tasks(previous: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """The open tasks whose item is paid: company_id, customer_id, step, level, oldest_item_id and the reason."""
    gone = (previous["state"] == OPEN).to_numpy(dtype=bool) & ~is_owed(previous["oldest_item_id"], items)
    rows = previous[gone]
    pairs = zip(rows["step"].astype(str), ids_of(rows["oldest_item_id"]).tolist(), strict=True)
    args = [reason_args("task.settled", step=step, item=item) for step, item in pairs]
    kept = rows[[*PAIR, "step", "level", "oldest_item_id"]].reset_index(drop=True)
    return kept.assign(reason_code="task.settled", reason_args=args)


def is_owed(keys: pd.Series, items: pd.DataFrame) -> Flags:
    """Whether something is still open of the item of each key."""
    debts = ids_of(items["item_id"])[items["residual_minor"].to_numpy(dtype=np.int64) > 0]
    return np.isin(ids_of(keys), debts)
