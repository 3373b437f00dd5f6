"""Who is asked to pay what, at which step: one task a customer, not one an invoice.

Asked for is what is past due, less what is disputed, paid but not booked, or covered by credits that nobody has
matched yet; credits cover the oldest debts first. A customer of 300 overdue with 300 of open credit is left alone
(collections.md 0.7). How the step is chosen stands in `levels.py`, what promises to pay do to it in
`promise_effects.py`.

Figures of an open task that move with the calendar alone (days overdue, deadline, priority) stay as they were when
the task was made, so that an unchanged night writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd

from kam_connector.money import Currency, minor_text
from kam_connector.policy.receivables import CollectionsPolicy
from kam_connector.rules.ageing import is_booked, roll_up
from kam_connector.rules.cash_signals import with_signals
from kam_connector.rules.decisions import (
    Decisions,
    Whole,
    column_or,
    company_currencies,
    days_of,
    ids_of,
    require_columns,
    texts_of,
    values_by,
    words_of,
)
from kam_connector.rules.levels import PAIR, choose_levels, ladder_of, last_tasks, settled_tasks
from kam_connector.rules.promise_effects import with_promises
from kam_connector.rules.reasons import REASONS, reason_args

AMOUNTS = ("overdue", "unapplied", "pending", "disputed", "claim")
TASK_COLUMNS = [
    "company_id", "customer_id", "user_id", "step", "level", "oldest_item_id", "move_id", "amount_minor",
    "currency_id", "days_overdue", "due_date", "deadline", "priority", "occasion", "reason_code", "reason_args",
]  # fmt: skip


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
    signals: pd.DataFrame | None = None,
) -> Decisions:
    """The collection tasks, the most urgent first.

    `rest` has the overdue customers without a task, and why (REST_COLUMNS); `detail` the open tasks whose item is paid
    (columns as `levels.settled_tasks`): they may be closed.

    `ageing_rows` from `ageing.by_customer`, `items` from `ageing.bucket_items` (with move_id and user_id where known),
    `tiers` from `tiers.decide_tiers` (company_id, customer_id, tier_rank; may be empty), `previous_tasks`
    as `levels.last_tasks` takes them, `companies` with company_id, currency_id, currency, digits, `promises` from
    `promises.decide_promises` (None: there are none), `signals` from `facts.cash_signals` (None: nobody looked).

    Columns: company_id, customer_id, user_id (salesperson of the oldest item, 0 = none), step, level, oldest_item_id,
    move_id, amount_minor, currency_id, days_overdue, due_date, deadline, priority (float), occasion (ISO day of the
    cash signal that the task is made for, "" without), reason_code, reason_args.
    Order: priority, then amount, both falling, then company and customer. Requirements S4-50, S4-57 to S4-59.
    """
    currencies = company_currencies(companies)
    cases = _find_cases(ageing_rows, items, policy, currencies)
    if len(previous_tasks):
        cases = cases.merge(last_tasks(previous_tasks, items, policy), on=PAIR, how="left")
    judged = pd.DataFrame() if promises is None else promises
    cases = with_promises(cases, _late_items(items, cases), judged, policy, as_of)
    cases = with_signals(_without_gaps(cases), signals, policy.cash_signals, as_of)
    cases = choose_levels(cases, policy, as_of)
    cases["outcome"] = np.where(cases["refused"] != "", cases["refused"], cases["outcome"])
    cases["level"] = np.where(cases["refused"] != "", 0, cases["level"])
    cases = _rank(_dress(_keep_item(cases, items), policy, as_of), tiers, currencies)
    args = [reason_args(code, **figures) for code, figures in _reasons(cases, policy, currencies)]
    cases = cases.assign(reason_code="task." + cases["outcome"], reason_args=args)
    tasks = cases[cases["level"] > 0].sort_values(
        ["priority", "amount_minor", *PAIR], ascending=[False, False, True, True], kind="stable"
    )
    settled = settled_tasks(previous_tasks, items) if len(previous_tasks) else pd.DataFrame()
    rest = cases.loc[cases["level"] == 0, REST_COLUMNS].reset_index(drop=True)
    return Decisions(tasks[TASK_COLUMNS].reset_index(drop=True), detail=settled, rest=rest)


def _find_cases(
    ageing_rows: pd.DataFrame, items: pd.DataFrame, policy: CollectionsPolicy, currencies: dict[int, Currency]
) -> pd.DataFrame:
    """A row a customer with something past due: amounts, the oldest item not covered by credits, why it is left out."""
    totals = roll_up(ageing_rows, PAIR)
    totals = totals[(totals["overdue_minor"] > 0) & (totals["customer_id"] > 0)]
    amount = np.maximum(totals["claim_minor"] - totals["unapplied_minor"], 0)
    digits = np.array([currencies[company].digits for company in totals["company_id"].tolist()], dtype=np.int64)
    tolerance = values_by(digits, {digit: int(policy.dunning.tolerance.scaleb(digit)) for digit in range(5)}, 0)
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
    filled = {"before_item": 0, "before_level": 0, "before_open": False, "kept_occasion": ""}
    dates = dict.fromkeys(("acted", "not_before", "kept_deadline"), pd.NaT)
    figures = dict.fromkeys(("kept_days", "kept_priority"), np.nan)
    return cases.assign(**{name: column_or(cases, name, gap) for name, gap in (filled | dates | figures).items()})


def _keep_item(cases: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """An open task stays about its own item: the key of the record in the ERP does not move."""
    kept = (cases["outcome"] == "open").to_numpy()
    known = items.drop_duplicates("item_id").set_index("item_id")
    before = cases["before_item"].where(kept, 0)
    move = ids_of(before.map(column_or(known, "move_id", 0)))
    fresh = cases["signal_on"].where(cases["outcome"] == "cash_signal", "")
    return cases.assign(
        occasion=cases["kept_occasion"].where(kept, fresh),
        oldest_item_id=np.where(kept, before, cases["oldest_item_id"]),
        move_id=np.where(kept, move, cases["move_id"]),
        due_date=cases["due_date"].where(~kept, before.map(known["due_date"])),
    )


def _dress(cases: pd.DataFrame, policy: CollectionsPolicy, as_of: date) -> pd.DataFrame:
    """The cases with step and deadline; an open task keeps both its days, a short payment is objected to today."""
    ladder = ladder_of(policy)
    place = np.maximum(cases["level"].to_numpy() - 1, 0)
    within = np.where(cases["outcome"] == "short_payment", 0, ladder.within_days[place])
    fresh = np.datetime64(as_of, "D") + within.astype("timedelta64[D]")
    kept = (cases["outcome"] == "open").to_numpy()
    deadline, days = days_of(cases["kept_deadline"]), cases["kept_days"].to_numpy(dtype=np.float64)
    own = cases["days_overdue"].to_numpy(dtype=np.int64)
    return cases.assign(
        step=ladder.codes[place],
        deadline=np.where(kept & ~np.isnat(deadline), deadline, fresh).astype("datetime64[s]"),
        days_overdue=np.where(kept & ~np.isnan(days), np.nan_to_num(days), own).astype(np.int64),
    )


def _rank(cases: pd.DataFrame, tiers: pd.DataFrame, currencies: dict[int, Currency]) -> pd.DataFrame:
    """The cases with priority: ten a level, one a digit of the amount, and up to one for a high tier."""
    digits = [currencies[company].digits for company in cases["company_id"].tolist()]
    major = [int(amount) // 10**digit for amount, digit in zip(cases["amount_minor"], digits, strict=True)]
    size = np.array([min(len(str(amount)), 9) for amount in major], dtype=np.float64)
    rank = _tier_ranks(cases, tiers)
    priority = 10.0 * cases["level"].to_numpy() + size + rank
    kept = cases["kept_priority"].to_numpy(dtype=np.float64)
    use = (cases["outcome"] == "open").to_numpy() & ~np.isnan(kept)
    return cases.assign(priority=np.where(use, kept, priority))


def _tier_ranks(cases: pd.DataFrame, tiers: pd.DataFrame) -> np.ndarray:
    if "tier_rank" not in tiers.columns:
        return np.zeros(len(cases))
    found = cases[PAIR].merge(tiers[[*PAIR, "tier_rank"]].drop_duplicates(PAIR), on=PAIR, how="left")
    rank = found["tier_rank"].fillna(-1).to_numpy(dtype=np.float64)
    return np.where(rank < 0, 0.0, np.round(0.9 / (1.0 + np.maximum(rank, 0.0)), 2))


def _reasons(
    cases: pd.DataFrame, policy: CollectionsPolicy, currencies: dict[int, Currency]
) -> Iterator[tuple[str, dict[str, str | int]]]:
    """Reason code and figures of each case."""
    promised = cases["held_until"].where(cases["is_held"], cases["failed_for"])
    days = [texts_of(days_of(each)) for each in (cases["due_date"], cases["not_before"], promised)]
    told = [words_of(cases[f"signal{name}"]) for name in ("", "_on", "_document", "_amount")]
    whole = [ids_of(cases[name]).tolist() for name in ("company_id", "level", "before_level", "broken", "amount_minor")]
    amounts = [ids_of(cases[f"{name}_minor"]).tolist() for name in AMOUNTS]
    rows = zip(words_of(cases["outcome"]), *days, zip(*told, strict=True), *whole, *amounts, strict=True)
    for outcome, due, earliest, promised_for, signal, company, level, before, broken, amount, *minor in rows:
        currency, asked = currencies[company], policy.step[max(level or before, 1) - 1]
        figures: dict[str, str | int] = {
            name: minor_text(value, currency) for name, value in zip(AMOUNTS, minor, strict=True)
        }
        figures |= {
            "amount": minor_text(amount, currency), "currency": currency.code, "due_date": due,
            "step": asked.code, "level": asked.level, "after_days": asked.after_days, "not_before": earliest,
            "previous_step": policy.step[max(before, 1) - 1].code, "valid_from": policy.valid_from.isoformat(),
            "interval_days": policy.dunning.min_interval_days, "promised_for": promised_for, "count": broken,
            "tolerance": f"{policy.dunning.tolerance:.{currency.digits}f}",
        }  # fmt: skip
        figures |= dict(zip(("signal", "signal_on", "document", "seen"), signal, strict=True))
        code = f"task.{outcome}"
        yield code, {name: figures[name] for name in REASONS[code]}
