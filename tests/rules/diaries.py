"""A collector's diary: night after night one customer's worklist, while people act on the tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from kam_connector import policy as policies
from kam_connector.policy.receivables import CollectionsPolicy
from kam_connector.rules.ageing import bucket_items, by_customer
from kam_connector.rules.debtors import Debtors
from kam_connector.rules.decisions import Decisions
from kam_connector.rules.dunning import decide_tasks
from kam_connector.rules.promises import decide_promises
from tests.rules.papers import COMPANIES, NO_TASKS, NO_TIERS
from tests.rules.test_promises import NOTHING, UNMATCHED

SHIPPED = policies.load().at(date(2026, 6, 30)).collections
RANKS = {"gold": 0, "silver": 1, "bronze": 2}


def with_keys(**tables: Mapping[str, Any]) -> CollectionsPolicy:
    """The shipped policy with other keys in these tables."""
    changed = {}
    for name, keys in tables.items():
        table = getattr(SHIPPED, name)
        changed[name] = type(table).model_validate(table.model_dump() | dict(keys))
    return SHIPPED.model_copy(update=changed)


def debtor(payer_class: str = "", zone: str = "", manager: int = 0) -> Debtors:
    """Customer 7 of company 1 and salesperson 5."""
    known: dict[str, pd.DataFrame] = {}
    who = {"company_id": [1], "customer_id": [7]}
    if payer_class:
        known["payers"] = pd.DataFrame(who | {"payer_class": [payer_class]})
    if zone:
        known["zones"] = pd.DataFrame(who | {"zone": [zone]})
    if manager:
        known["leaders"] = pd.DataFrame({"user_id": [5], "manager_id": [manager]})
    return Debtors(**known)


def tier(name: str) -> pd.DataFrame:
    """Customer 7 of company 1 is of this tier."""
    if not name:
        return NO_TIERS
    return pd.DataFrame({"company_id": [1], "customer_id": [7], "tier": [name], "tier_rank": [RANKS[name]]})


def night(
    rows: pd.DataFrame,
    as_of: str,
    tasks: pd.DataFrame = NO_TASKS,
    *,
    known: Debtors | None = None,
    tiers: pd.DataFrame = NO_TIERS,
    said: Sequence[Mapping[str, Any]] = (),
    policy: CollectionsPolicy = SHIPPED,
) -> Decisions:
    """What one night decides; `said` are promises as `test_promises.promise` makes them."""
    day = date.fromisoformat(as_of)
    judged = (
        decide_promises(pd.DataFrame(list(said)), NOTHING, UNMATCHED, policy, day, COMPANIES).frame if said else None
    )
    open_items = bucket_items(rows, policy.ageing, day)
    ageing = by_customer(open_items, policy.ageing).frame
    return decide_tasks(ageing, open_items, tiers, tasks, policy, day, COMPANIES, judged, known)


def diary(
    books: Mapping[str, pd.DataFrame], days: Sequence[str], acts: Mapping[str, str], **how: Any
) -> list[tuple[str, str, str]]:
    """(day, what was decided, the tasks then) for each day of 2026.

    `books`: the open items from that day on; `acts`: what people do with the open task on that evening: done,
    cancelled, or a day to which its deadline is moved.
    """
    tasks, seen = NO_TASKS, []
    for day in days:
        rows = books[max(each for each in books if each <= day)]
        decided = night(rows, f"2026-{day}", tasks, **how)
        codes = [*decided.frame["reason_code"], *decided.rest["reason_code"]]
        steps = [f"{step} {level}" for step, level in zip(decided.frame["step"], decided.frame["level"], strict=True)]
        seen.append((day, " ".join(code.removeprefix("task.") for code in codes), " ".join(steps)))
        tasks = _act(_remember(tasks, decided.frame), acts.get(day, ""), f"2026-{day}")
    return seen


def _remember(tasks: pd.DataFrame, made: pd.DataFrame) -> pd.DataFrame:
    """The tasks of the ERP: the new ones open, and those that lost their subject closed."""
    key = ["oldest_item_id", "step"]
    tasks = pd.concat([tasks, made.assign(state="open", acted_on=None)], ignore_index=True).drop_duplicates(key)
    lost = ~tasks.set_index(key).index.isin(made.set_index(key).index) & (tasks["state"] == "open")
    moved = tasks.get("is_moved", pd.Series(False, index=tasks.index)).eq(True)
    tasks.loc[lost & ~moved, "state"] = "done"
    return tasks


def _act(tasks: pd.DataFrame, act: str, day: str) -> pd.DataFrame:
    is_open = tasks["state"] == "open"
    if act in ("done", "cancelled"):
        return tasks.assign(state=tasks["state"].where(~is_open, act), acted_on=tasks["acted_on"].where(~is_open, day))
    if act:
        moved = tasks["deadline"].where(~is_open, pd.Timestamp(f"2026-{act}"))
        return tasks.assign(deadline=moved, is_moved=is_open)
    return tasks
