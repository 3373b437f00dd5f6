"""Which customers are a bad-debt case: what is over the limit, why, and what is advised. Requirement S4-40.

Over the limit is a debt that is past due for strictly more than the policy's span ("180d", "6m"). A customer whose task
was closed with the cause insolvency is a case with all his debts, for they fall due with the proceedings; one who acts
in bad faith with those past due. The amount is what may be claimed: net of his open credits, which clear the oldest
debts first, less what is disputed or paid but not booked. Nothing is booked here: the case is proposed by one person,
approved by another, and an accountant posts the entry.

One case a customer. While it is open or proposed its figures follow the debts, and it keeps the item under which it
was opened. A case that people have decided keeps its figures, and there is no other one until its item is paid.

Worked figure: 180 days; 1000 due 2025-12-01 and 400 due 2026-01-01, credits of 300, 100 of the first disputed. On
2026-05-30 the first is 180 days late: no case. On 05-31 it is a case of 1000 - 300 - 100 = 600. On 07-01 the second has
joined: 1000. Paid in full: the case is closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd

from kam_connector.money import Currency, minor_text
from kam_connector.policy.bad_debt import BadDebt
from kam_connector.policy.receivables import CollectionsPolicy
from kam_connector.rules.decisions import (
    Boxed,
    Decisions,
    Flags,
    column_or,
    company_currencies,
    days_of,
    ids_of,
    require_columns,
    texts_of,
    values_by,
    words_of,
)
from kam_connector.rules.doubtful import is_doubtful
from kam_connector.rules.levels import is_owed
from kam_connector.rules.netting import PAIR, net_debts
from kam_connector.rules.reasons import REASONS, reason_args

OPEN, PROPOSED, APPROVED, REFUSED, CLOSED = "open", "proposed", "approved", "refused", "closed"
LIVE = (OPEN, PROPOSED)
INSOLVENCY, BAD_FAITH = "insolvency", "bad_faith"
CASE_COLUMNS = [
    *PAIR, "user_id", "oldest_item_id", "move_id", "currency_id", "amount_minor", "due_date", "days_overdue",
    "payer_class", "cause", "advice", "state", "reason_code", "reason_args",
]  # fmt: skip
CAUSE_COLUMNS = (*PAIR, "task_id", "oldest_item_id", "cause", "closed_on")
PREVIOUS_COLUMNS = (*PAIR, "oldest_item_id", "state", "amount_minor")


def decide_cases(
    items: pd.DataFrame,
    payers: pd.DataFrame,
    causes: pd.DataFrame,
    previous: pd.DataFrame,
    policy: CollectionsPolicy,
    as_of: date,
    companies: pd.DataFrame,
) -> Decisions:
    """The bad-debt cases that are to be there; `rest` has the customers over the limit without one, and why; `detail`
    the open cases whose debts are paid: they are to be closed.

    `items` from `ageing.bucket_items` (disputed_minor, pending, user_id, move_id where known), `payers` from
    `payers.decide_payers` (company_id, customer_id, payer_class), `causes` (CAUSE_COLUMNS): the closed tasks with their
    cause; `previous` (PREVIOUS_COLUMNS): the cases in the ERP; `companies` with company_id, currency_id, currency,
    digits.

    Columns of all three: CASE_COLUMNS; oldest_item_id is the item under which the case was opened, due_date and
    days_overdue are those of the oldest item that may be claimed, cause is insolvency, bad_faith or "", advice what is
    advised, state that of the case ("open" for a new one). A proposed case whose debts are paid stays with amount 0: a
    person takes it back. Order: company, amount falling, customer.
    """
    require_columns(causes, CAUSE_COLUMNS, "causes")
    require_columns(previous, PREVIOUS_COLUMNS, "previous")
    currencies = company_currencies(companies)
    debts = _over_limit(items, causes, policy, as_of)
    cases = _with_previous(_by_customer(debts), previous, is_owed(previous["oldest_item_id"], items))
    cases = cases.merge(payers[[*PAIR, "payer_class"]].drop_duplicates(PAIR), on=PAIR, how="left")
    cases = cases.assign(payer_class=words_of(cases["payer_class"]))
    cases = cases.assign(currency_id=_currency_ids(cases, companies), advice=_advise(cases, policy.bad_debt))
    cases = cases.assign(reason_code=_codes(cases, policy, currencies))
    args = [reason_args(code, **figures) for code, figures in _figures(cases, policy, currencies)]
    cases = cases.assign(reason_args=args).sort_values(
        ["company_id", "amount_minor", "customer_id"], ascending=[True, False, True], kind="stable"
    )
    none = cases["reason_code"].str.startswith("case.none_").to_numpy(dtype=bool)
    paid = ((cases["reason_code"] == "case.paid") & (cases["state"] == OPEN)).to_numpy(dtype=bool)
    kept, over, rest = (
        cases.loc[flags, CASE_COLUMNS].reset_index(drop=True) for flags in (~none & ~paid, paid, none)
    )  # fmt: skip
    return Decisions(kept, detail=over.assign(state=CLOSED), rest=rest)


def _over_limit(items: pd.DataFrame, causes: pd.DataFrame, policy: CollectionsPolicy, as_of: date) -> pd.DataFrame:
    """The debts that make a case, the oldest of a customer first, with claim_minor, cause and the task that said so."""
    debts = net_debts(items)
    debts = debts.merge(_last_causes(causes, items), on=PAIR, how="left")
    debts = debts.assign(cause=words_of(debts["cause"]), task_id=ids_of(debts["task_id"]))
    is_late = debts["days_past_due"].to_numpy() > 0
    is_old = is_doubtful(days_of(debts["due_date"]), np.datetime64(as_of, "D"), policy.bad_debt_after)
    cause = debts["cause"].to_numpy()
    due = debts[is_old | (cause == INSOLVENCY) | ((cause == BAD_FAITH) & is_late)]
    disputed = ids_of(column_or(due, "disputed_minor", 0))
    claim = np.maximum(due["net_minor"].to_numpy(dtype=np.int64) - np.maximum(disputed, 0), 0)
    pending = column_or(due, "pending", False).to_numpy(dtype=bool)
    found: pd.DataFrame = due.assign(claim_minor=np.where(pending, 0, claim))
    return found[found["customer_id"] > 0].sort_values([*PAIR, "due_date", "item_id"], kind="stable")


def _last_causes(causes: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """PAIR, cause, task_id: the last closed task of each customer that names a bad cause, its item still owed."""
    bad = causes[causes["cause"].isin([INSOLVENCY, BAD_FAITH]) & is_owed(causes["oldest_item_id"], items)]
    last = bad.sort_values(["closed_on", "task_id"], kind="stable").drop_duplicates(PAIR, keep="last")
    return last[[*PAIR, "cause", "task_id"]].reset_index(drop=True)


def _by_customer(debts: pd.DataFrame) -> pd.DataFrame:
    """A row a customer: what he owes and what may be claimed, and the oldest debt that may be."""
    claimed = debts.assign(is_claimed=debts["claim_minor"] > 0)
    claimed = claimed.sort_values([*PAIR, "is_claimed"], ascending=[True, True, False], kind="stable")
    first = claimed.drop_duplicates(PAIR)
    about = {name: ids_of(column_or(first, name, 0)) for name in ("move_id", "user_id")}
    first = first[[*PAIR, "item_id", "due_date", "days_past_due", "cause", "task_id"]].assign(**about)
    sums = debts.groupby(PAIR, as_index=False)[["claim_minor", "residual_minor"]].sum()
    names = {"claim_minor": "amount_minor", "residual_minor": "owed_minor", "days_past_due": "days_overdue"}
    return sums.merge(first, on=PAIR).rename(columns={**names, "item_id": "oldest_item_id"})


def _with_previous(cases: pd.DataFrame, previous: pd.DataFrame, still_owed: Flags) -> pd.DataFrame:
    """The cases with `state`, and `decided`: people have decided a case of the customer whose item is still owed.

    One that is open or proposed keeps its item, and without debts is there with amount 0.
    """
    live = previous[previous["state"].isin(LIVE)].drop_duplicates(PAIR, keep="last")
    decided = previous[~previous["state"].isin(LIVE) & still_owed].drop_duplicates(PAIR, keep="last")
    known = live[[*PAIR, "state", "oldest_item_id"]].rename(columns={"oldest_item_id": "own_item"})
    names = {"state": "ended", "amount_minor": "sealed_minor", "oldest_item_id": "ended_item"}
    ended = decided[[*PAIR, *names]].rename(columns=names)
    every = cases.merge(known, on=PAIR, how="outer").merge(ended, on=PAIR, how="left")
    is_live = every["state"].isin(LIVE).to_numpy()
    is_decided = every["ended"].notna().to_numpy() & ~is_live
    own = np.where(is_live, ids_of(every["own_item"]), ids_of(every["ended_item"]))
    whole = {
        name: ids_of(every[name]) for name in ("move_id", "user_id", "task_id", "days_overdue", "owed_minor", *PAIR)
    }
    return every.assign(
        **whole, cause=words_of(every["cause"]), decided=is_decided,
        oldest_item_id=np.where(is_live | is_decided, own, ids_of(every["oldest_item_id"])),
        amount_minor=np.where(is_decided, ids_of(every["sealed_minor"]), ids_of(every["amount_minor"])),
        state=np.where(is_live, every["state"], np.where(is_decided, every["ended"], OPEN)).astype(object),
        is_live=is_live,
    )  # fmt: skip


def _currency_ids(cases: pd.DataFrame, companies: pd.DataFrame) -> np.ndarray:
    own = dict(zip(ids_of(companies["company_id"]).tolist(), ids_of(companies["currency_id"]).tolist(), strict=True))
    return values_by(ids_of(cases["company_id"]), own, 0)


def _advise(cases: pd.DataFrame, policy: BadDebt) -> Boxed:
    """What the first advice that fits says of each case; a provision where none fits."""
    days = cases["days_overdue"].to_numpy(dtype=np.int64)
    payer, cause = cases["payer_class"].to_numpy(dtype=object), cases["cause"].to_numpy(dtype=object)
    everybody = np.ones(len(cases), dtype=bool)
    fits = [
        ((days > advice.over_days) | (advice.over_days == 0))
        & (np.isin(payer, advice.payers) if advice.payers else everybody)
        & (np.isin(cause, advice.causes) if advice.causes else everybody)
        for advice in policy.advice
    ]
    words = [np.full(len(cases), advice.advise, dtype=object) for advice in policy.advice]
    return np.select(fits, words, "provision").astype(object) if fits else np.full(len(cases), "provision", object)


def _codes(cases: pd.DataFrame, policy: CollectionsPolicy, currencies: dict[int, Currency]) -> Boxed:
    """The reason of each row; those that begin with "case.none_" are no case."""
    least = {company: int(policy.bad_debt.min_amount.scaleb(own.digits)) for company, own in currencies.items()}
    amount, is_live = cases["amount_minor"].to_numpy(dtype=np.int64), cases["is_live"].to_numpy(dtype=bool)
    small = amount < values_by(ids_of(cases["company_id"]), least, 0)
    cause, covered = cases["cause"].to_numpy(dtype=object), amount == 0
    over = "case.over_days" if policy.bad_debt_after.endswith("d") else "case.over_months"
    flags = [
        cases["decided"].to_numpy(dtype=bool), cases["owed_minor"].to_numpy() == 0, covered & is_live, covered,
        small & ~is_live, cause == INSOLVENCY, cause == BAD_FAITH,
    ]  # fmt: skip
    codes = [
        "case.none_decided", "case.paid", "case.covered", "case.none_covered", "case.none_small", "case.insolvency",
        "case.bad_faith",
    ]  # fmt: skip
    return np.select(flags, [np.full(len(cases), code, dtype=object) for code in codes], over).astype(object)


def _figures(
    cases: pd.DataFrame, policy: CollectionsPolicy, currencies: dict[int, Currency]
) -> Iterator[tuple[str, dict[str, str | int]]]:
    """Reason code and figures of each row."""
    whole = [ids_of(cases[name]).tolist() for name in ("company_id", "oldest_item_id", "task_id")]
    amounts = [ids_of(cases[name]).tolist() for name in ("amount_minor", "owed_minor")]
    span = int(policy.bad_debt_after[:-1])
    rows = zip(words_of(cases["reason_code"]), texts_of(days_of(cases["due_date"])), *whole, *amounts, strict=True)
    for code, due, company, item, task, amount, owed in rows:
        currency = currencies[company]
        figures: dict[str, str | int] = {
            "amount": minor_text(amount, currency), "owed": minor_text(owed, currency), "currency": currency.code,
            "due_date": due, "after_days": span, "months": span, "item": item, "task": task,
            "min_amount": f"{policy.bad_debt.min_amount:.{currency.digits}f}",
            "valid_from": policy.valid_from.isoformat(),
        }  # fmt: skip
        yield code, {name: figures[name] for name in REASONS[code]}
