"""Who is asked to pay what, at which step: one task a customer, not one an invoice.

Asked for is what is past due, less what is disputed, paid but not booked, or covered by credits that nobody has
matched yet; credits cover the oldest debts first. A customer of 300 overdue with 300 of open credit is left alone
(collections.md 0.7). How the step is chosen stands in `levels.py`, what promises to pay do to it in
`promise_effects.py`, who is asked before a debt is overdue in `early.py`, how he is asked in `manner.py`, and what
comes first in `priority.py`.

Figures of an open task that move with the calendar alone (days overdue, deadline, priority) stay as they were when
the task was made, so that an unchanged night writes nothing.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from kam_connector.money import Currency
from kam_connector.policy.receivables import CollectionsPolicy
from kam_connector.rules.ageing import is_booked, roll_up
from kam_connector.rules.cash_signals import SIGNAL, with_signals
from kam_connector.rules.debtors import Debtors, are_among, with_classes, with_managers, with_zones
from kam_connector.rules.decisions import (
    Decisions,
    Whole,
    column_or,
    company_currencies,
    days_of,
    ids_of,
    in_minor,
    require_columns,
    values_by,
)
from kam_connector.rules.early import STAYS, early_debts, find_early
from kam_connector.rules.levels import NOTHING_BEFORE, PAIR, choose_levels, ladder_of, last_tasks, settled_tasks
from kam_connector.rules.manner import with_call_at, with_manner
from kam_connector.rules.priority import with_priority
from kam_connector.rules.promise_effects import with_promises
from kam_connector.rules.task_reasons import AMOUNTS, explain_tasks

TASK_COLUMNS = [
    "company_id", "customer_id", "user_id", "step", "level", "oldest_item_id", "move_id", "amount_minor",
    "currency_id", "days_overdue", "due_date", "deadline", "payer_class", "channel", "tone", "call_at", "manager_id",
    "advice_code", "advice_args", "priority", "priority_args", "occasion", "reason_code", "reason_args",
]  # fmt: skip
_ORDER = ["priority", "amount_minor", *PAIR]
REST_COLUMNS = [*PAIR, "amount_minor", "currency_id", "reason_code", "reason_args"]


def decide_tasks(
    ageing_rows: pd.DataFrame,
    items: pd.DataFrame,
    tiers: pd.DataFrame,
    previous_tasks: pd.DataFrame,
    policy: CollectionsPolicy,
    as_of: date,
    companies: pd.DataFrame,
    promises: pd.DataFrame | None = None,
    known: Debtors | None = None,
) -> Decisions:
    """The collection tasks, the most urgent first.

    `rest` has the overdue customers without a task, and why (REST_COLUMNS); `detail` the open tasks whose item is paid
    (columns as `levels.settled_tasks`): they may be closed.

    `ageing_rows` from `ageing.by_customer`, `items` from `ageing.bucket_items` (with move_id and user_id where known),
    `tiers` from `tiers.decide_tiers` (company_id, customer_id, tier, tier_rank; may be empty), `previous_tasks`
    as `levels.last_tasks` takes them, `companies` with company_id, currency_id, currency, digits, `promises` from
    `promises.decide_promises` (None: there are none), `known`: what else is known of the customers.

    Columns: company_id, customer_id, user_id (salesperson of the oldest item, 0 = none), step, level (0: before the
    debt is overdue), oldest_item_id, move_id, amount_minor, currency_id, days_overdue, due_date, deadline,
    payer_class, channel, tone, call_at (UTC; NaT: any time), manager_id (0 = none), advice_code, advice_args,
    priority (float), priority_args (of `priority.CODE`), occasion (ISO day of the cash signal that the task is made
    for, "" without), reason_code, reason_args.
    Order: priority, then amount, both falling, then company and customer. Requirements S4-50 to S4-54, S4-56 to S4-59.
    """
    currencies = company_currencies(companies)
    known = known or Debtors()
    judged = pd.DataFrame() if promises is None else promises
    cases = with_classes(_find_cases(ageing_rows, items, policy, currencies), known, policy)
    if len(previous_tasks):
        cases = cases.merge(last_tasks(previous_tasks, items, policy), on=PAIR, how="left")
    cases = with_promises(cases, _late_items(items, cases), judged, policy, as_of)
    cases = with_signals(_without_gaps(cases), known.signals, policy.cash_signals, as_of)
    cases = choose_levels(cases, policy, as_of)
    cases["outcome"] = np.where(cases["refused"] != "", cases["refused"], cases["outcome"])
    debts = early_debts(items, known, policy, currencies)
    early = find_early(debts, cases[cases["refused"] == ""], previous_tasks, judged, policy, as_of)
    cases = _dress(_keep_item(_joined(cases, early, companies), items), policy, as_of)
    cases = with_managers(with_manner(_with_tiers(cases, tiers), policy), known, policy)
    cases = _rank(with_call_at(with_zones(cases, known), judged, policy, as_of), policy, currencies)
    cases = cases.assign(reason_code="task." + cases["outcome"], reason_args=explain_tasks(cases, policy, currencies))
    tasks = cases[cases["is_asked"]].sort_values(_ORDER, ascending=[False, False, True, True], kind="stable")
    settled = settled_tasks(previous_tasks, items) if len(previous_tasks) else pd.DataFrame()
    rest = cases.loc[~cases["is_asked"], REST_COLUMNS].reset_index(drop=True)
    return Decisions(tasks[TASK_COLUMNS].reset_index(drop=True), detail=settled, rest=rest)


def _find_cases(
    ageing_rows: pd.DataFrame, items: pd.DataFrame, policy: CollectionsPolicy, currencies: dict[int, Currency]
) -> pd.DataFrame:
    """A row a customer with something past due: amounts, the oldest item not covered by credits, why it is left out."""
    totals = roll_up(ageing_rows, PAIR)
    totals = totals[(totals["overdue_minor"] > 0) & (totals["customer_id"] > 0)]
    amount = np.maximum(totals["claim_minor"] - totals["unapplied_minor"], 0)
    tolerance = in_minor(policy.dunning.tolerance, totals["company_id"], currencies)
    refused = np.select(
        [(totals["claim_minor"] == 0) & (totals["pending_minor"] == 0), amount == 0, amount <= tolerance],
        ["none_disputed", "none_covered", "none_tolerance"], "",
    )  # fmt: skip
    cases = totals.assign(amount_minor=amount, refused=refused.astype(object))
    cases = cases.merge(_oldest_items(items, cases), on=PAIR)
    young = cases.index[cases["days_overdue"] < policy.step[0].after_days]
    old_enough: pd.DataFrame = cases.drop(index=young).reset_index(drop=True)
    return old_enough


def _oldest_items(items: pd.DataFrame, cases: pd.DataFrame) -> pd.DataFrame:
    """For each customer the earliest overdue item that credits do not cover, else the earliest overdue one."""
    late = _late_items(items, cases)
    uncovered = (late["claim"] > 0) & (late.groupby(PAIR)["claim"].cumsum() > late["unapplied_minor"])
    late = late.assign(covered=~uncovered).sort_values([*PAIR, "covered"], kind="stable").drop_duplicates(PAIR)
    oldest: pd.DataFrame = late[PAIR].assign(
        oldest_item_id=ids_of(late["item_id"]), move_id=ids_of(column_or(late, "move_id", 0)),
        user_id=ids_of(column_or(late, "user_id", 0)), due_date=late["due_date"], days_overdue=late["days_past_due"],
    )  # fmt: skip
    return oldest


def _late_items(items: pd.DataFrame, cases: pd.DataFrame) -> pd.DataFrame:
    """The overdue items of these customers with `claim` (neither disputed nor pending), the earliest due first."""
    require_columns(items, ("item_id", "due_date", "residual_minor", "days_past_due"), "items")
    owed = items["residual_minor"].to_numpy(dtype=np.int64)
    is_late = (owed > 0) & (items["days_past_due"].to_numpy() > 0) & is_booked(items)
    late: pd.DataFrame = items[is_late].merge(cases[[*PAIR, "unapplied_minor"]], on=PAIR)
    return late.assign(claim=_claims(late)).sort_values([*PAIR, "due_date", "item_id"], kind="stable")


def _claims(items: pd.DataFrame) -> Whole:
    owed = items["residual_minor"].to_numpy(dtype=np.int64)
    disputed = np.clip(column_or(items, "disputed_minor", 0).to_numpy(dtype=np.int64), 0, owed)
    return np.where(column_or(items, "pending", False).to_numpy(dtype=bool), 0, owed - disputed)


def _without_gaps(cases: pd.DataFrame) -> pd.DataFrame:
    """The cases with what `levels` reads filled in for customers that were never asked."""
    return cases.assign(**{name: column_or(cases, name, gap) for name, gap in NOTHING_BEFORE.items()})


def _joined(cases: pd.DataFrame, early: pd.DataFrame, companies: pd.DataFrame) -> pd.DataFrame:
    """One row a customer, whether overdue or asked early, with currency_id, is_asked and is_kept (an open task)."""
    own = dict(zip(ids_of(companies["company_id"]).tolist(), ids_of(companies["currency_id"]).tolist(), strict=True))
    rows = pd.concat([cases[~are_among(cases, early)], early], ignore_index=True) if len(early) else cases
    gaps: dict[str, Any] = dict.fromkeys((f"{name}_minor" for name in AMOUNTS), 0)
    gaps |= dict.fromkeys(("early_step", *SIGNAL), "")
    rows = rows.assign(**{name: column_or(rows, name, gap) for name, gap in gaps.items()})
    outcome = rows["outcome"].astype(str)
    return rows.assign(
        currency_id=values_by(ids_of(rows["company_id"]), own, 0),
        is_asked=~outcome.str.startswith("none_"),
        is_kept=outcome.isin(["open", STAYS]),
    )


def _keep_item(cases: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """An open task stays about its own item: the key of the record in the ERP does not move."""
    kept = cases["is_kept"].to_numpy(dtype=bool)
    known = items.drop_duplicates("item_id").set_index("item_id")
    before = cases["before_item"].where(kept, 0)
    move = ids_of(before.map(column_or(known, "move_id", 0)))
    fresh = cases["signal_on"].where(cases["outcome"] == "cash_signal", "")
    return cases.assign(
        occasion=cases["kept_occasion"].where(kept, fresh),
        oldest_item_id=np.where(kept, before, cases["oldest_item_id"]),
        move_id=np.where(kept, move, cases["move_id"]),
        due_date=cases["due_date"].where(~kept, before.map(known["due_date"].astype(object))),
    )


def _dress(cases: pd.DataFrame, policy: CollectionsPolicy, as_of: date) -> pd.DataFrame:
    """The cases with step and deadline: an open task keeps its own, a short payment is objected to today.

    Who is asked early is asked until the contract day.
    """
    ladder = ladder_of(policy)
    place, is_early = np.maximum(cases["level"].to_numpy() - 1, 0), (cases["early_step"] != "").to_numpy()
    within = np.where(cases["outcome"] == "short_payment", 0, ladder.within_days[place])
    fresh = np.datetime64(as_of, "D") + within.astype("timedelta64[D]")
    fresh = np.where(is_early, days_of(cases["due_date"]), fresh)
    kept = cases["is_kept"].to_numpy(dtype=bool)
    deadline, days = days_of(cases["kept_deadline"]), cases["kept_days_overdue"].to_numpy(dtype=np.float64)
    own = cases["days_overdue"].to_numpy(dtype=np.int64)
    return cases.assign(
        step=np.where(is_early, cases["early_step"], ladder.codes[place]),
        deadline=np.where(kept & ~np.isnat(deadline), deadline, fresh).astype("datetime64[s]"),
        days_overdue=np.where(kept & ~np.isnan(days), np.nan_to_num(days), own).astype(np.int64),
    )


def _with_tiers(cases: pd.DataFrame, tiers: pd.DataFrame) -> pd.DataFrame:
    """The cases with tier ("" = none) and tier_rank (-1 = none)."""
    gaps: dict[str, object] = {"tier": "", "tier_rank": -1}
    given = [name for name in gaps if name in tiers.columns]
    found = cases.merge(tiers[[*PAIR, *given]].drop_duplicates(PAIR), on=PAIR, how="left") if given else cases
    return found.assign(**{name: column_or(found, name, gap) for name, gap in gaps.items()})


def _rank(cases: pd.DataFrame, policy: CollectionsPolicy, currencies: dict[int, Currency]) -> pd.DataFrame:
    """The cases with priority; an open task keeps its own but for the day on which its hour is set."""
    is_moved = cases["is_due_today"] & (cases["call_at"] != pd.to_datetime(cases["kept_call_at"], utc=True))
    return with_priority(cases, policy, currencies, (cases["is_kept"] & ~is_moved).to_numpy(dtype=bool))
