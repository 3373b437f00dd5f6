"""Whom to ask before a debt is overdue: slow payers before the day, some classes early on the very day.

Who always comes late is asked before the day (S4-53), and where the policy says so on the contract day itself
(S4-56): whoever comes first gets the money. A customer who can be asked for something overdue is not asked for this as
well: one task a customer. An item of which a part is disputed, covered by credits or on its way waits for its day.
Nobody is asked twice before the same day.

These tasks have level 0: they are no step of the ladder. When the debt becomes overdue the ladder begins at its first
step, whatever was asked before. An open task gives way to it, unless a person moved it to a later day: until then it
stays.

Worked figure: 5 000 of a slow payer fall due on 10 June, `days = 7`. From 3 June on he is asked, until the 10th. The
call is done on the 4th: nothing until the 10th, when the contract day's task comes; on the 11th the first step.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from kam_connector.money import Currency
from kam_connector.policy.receivables import CollectionsPolicy
from kam_connector.rules.debtors import Debtors, are_among, with_classes
from kam_connector.rules.decisions import Flags, column_or, days_of, ids_of, in_minor, words_of
from kam_connector.rules.levels import NOTHING_BEFORE, OPEN, PAIR, remembered
from kam_connector.rules.netting import net_debts
from kam_connector.rules.promise_effects import with_promises

BEFORE, ON_DAY, STAYS = "before_due", "contract_day", "open_early"
"""The outcomes: asked before the day, on the day, and an open task that stays."""
_ITEM = {"item_id": "oldest_item_id", "claim": "amount_minor"}
_COLUMNS = [
    *PAIR, "oldest_item_id", "move_id", "user_id", "due_date", "amount_minor", "payer_class", "interval_days",
    "outcome", "early_step", *NOTHING_BEFORE,
]  # fmt: skip


def find_early(
    debts: pd.DataFrame,
    asked: pd.DataFrame,
    previous: pd.DataFrame,
    promises: pd.DataFrame,
    policy: CollectionsPolicy,
    as_of: date,
) -> pd.DataFrame:
    """A row a customer who is asked before something is overdue, with level 0, outcome, early_step and earlier tasks.

    `debts` from `early_debts`; `asked`: company_id, customer_id of those who can be asked for something overdue;
    `previous` as `levels.last_tasks` takes them; `promises` from `promises.decide_promises`. Columns: company_id,
    customer_id, oldest_item_id, move_id, user_id, due_date, amount_minor (the claim), payer_class, interval_days,
    days_overdue (0), those of `promise_effects.with_promises` and of `levels.NOTHING_BEFORE`.
    Requirements S4-53, S4-56.
    """
    stays = _stay_open(debts, asked, previous, policy, as_of)
    fresh = _fresh(_without_promised(debts[~are_among(debts, asked)], promises), previous, policy, as_of)
    rows = pd.concat([stays, fresh], ignore_index=True).drop_duplicates(PAIR)
    late = debts[debts["item_id"].isin(rows["item_id"])]
    rows = with_promises(rows.rename(columns=_ITEM)[_COLUMNS], late, promises, policy, as_of)
    rows = rows[(rows["outcome"] == STAYS) | ~rows["is_held"].to_numpy(dtype=bool)].reset_index(drop=True)
    return rows.assign(level=0, days_overdue=0)


def early_debts(
    items: pd.DataFrame, known: Debtors, policy: CollectionsPolicy, currencies: dict[int, Currency]
) -> pd.DataFrame:
    """The debts of customers of which more than the tolerance may be asked for, with class, claim and is_whole.

    claim: what credits leave of the residual, less what is disputed, and nothing while it is on its way; is_whole: the
    claim is the whole residual. Order: the earliest due date first.
    """
    debts = net_debts(items)
    debts = with_classes(debts[ids_of(debts["customer_id"]) > 0], known, policy)
    net = debts["net_minor"].to_numpy(dtype=np.int64)
    disputed = np.maximum(column_or(debts, "disputed_minor", 0).to_numpy(dtype=np.int64), 0)
    on_its_way = column_or(debts, "pending", False).to_numpy(dtype=bool)
    claim = np.where(on_its_way, 0, np.maximum(net - disputed, 0))
    ids = {name: ids_of(column_or(debts, name, 0)) for name in ("move_id", "user_id")}
    rows = debts.assign(**ids, claim=claim, is_whole=claim == debts["residual_minor"].to_numpy(dtype=np.int64))
    rows = rows[claim > in_minor(policy.dunning.tolerance, debts["company_id"], currencies)]
    least = in_minor(policy.before_due.min_amount, rows["company_id"], currencies)
    rows = rows.assign(is_large=rows["claim"].to_numpy() >= least)
    return rows.sort_values(["due_date", "item_id"], kind="stable").reset_index(drop=True)


def _stay_open(
    debts: pd.DataFrame, asked: pd.DataFrame, previous: pd.DataFrame, policy: CollectionsPolicy, as_of: date
) -> pd.DataFrame:
    """The open early tasks with their debts; with the ladder begun only those that a person moved to a later day."""
    rows = previous[(ids_of(previous["level"]) == 0) & (previous["state"] == OPEN).to_numpy(dtype=bool)]
    rows = remembered(rows, policy).assign(early_step=rows["step"])
    found = debts.merge(rows, left_on=[*PAIR, "item_id"], right_on=[*PAIR, "before_item"])
    deadline = days_of(found["kept_deadline"])
    is_moved = (deadline > days_of(found["due_date"])) & (deadline >= np.datetime64(as_of, "D"))
    stays: pd.DataFrame = found[~are_among(found, asked) | is_moved].assign(outcome=STAYS)
    return stays


def _fresh(debts: pd.DataFrame, previous: pd.DataFrame, policy: CollectionsPolicy, as_of: date) -> pd.DataFrame:
    """The debts to ask for now, before or on their day, and not asked for at that step yet."""
    ahead, early = -debts["days_past_due"].to_numpy(dtype=np.int64), policy.before_due
    today = (ahead == 0) & debts["payer_class"].isin(policy.contract_day.classes).to_numpy()
    soon = (ahead >= 0) & (ahead <= early.days) & debts["payer_class"].isin(early.classes).to_numpy()
    soon &= debts["is_large"].to_numpy(dtype=bool) & ~_is_left_alone(debts, previous, as_of)
    outcome = np.select([today, soon], [ON_DAY, BEFORE], "").astype(object)
    wanted = (outcome != "") & debts["is_whole"].to_numpy(dtype=bool)
    steps = {ON_DAY: policy.contract_day.code, BEFORE: early.code}
    rows = debts[wanted].assign(
        outcome=outcome[wanted], early_step=[steps[name] for name in outcome[wanted].tolist()], **NOTHING_BEFORE
    )
    fresh: pd.DataFrame = rows[~_was_asked(rows, previous)]
    return fresh


def _is_left_alone(debts: pd.DataFrame, previous: pd.DataFrame, as_of: date) -> Flags:
    """Whether a task of the customer was acted on within the interval of his class."""
    acted = previous[PAIR].assign(acted=days_of(column_or(previous, "acted_on", pd.NaT)).astype("datetime64[s]"))
    last = acted.astype(dict.fromkeys(PAIR, "int64")).groupby(PAIR, as_index=False)["acted"].max()
    found = days_of(debts[[*PAIR]].merge(last, on=PAIR, how="left")["acted"])
    until = found + debts["interval_days"].to_numpy().astype("timedelta64[D]")
    alone: Flags = until > np.datetime64(as_of, "D")
    return alone


def _was_asked(rows: pd.DataFrame, previous: pd.DataFrame) -> Flags:
    columns = (ids_of(previous["company_id"]), ids_of(previous["oldest_item_id"]), words_of(previous["step"]))
    asked = set(zip(*columns, strict=True))
    now = zip(ids_of(rows["company_id"]), ids_of(rows["item_id"]), words_of(rows["early_step"]), strict=True)
    return np.array([each in asked for each in now], dtype=bool)


def _without_promised(debts: pd.DataFrame, promises: pd.DataFrame) -> pd.DataFrame:
    """The debts that no running promise names."""
    if promises.empty:
        return debts
    running = promises[promises["runs"].to_numpy(dtype=bool)]
    named = set(ids_of(running["move_id"]).tolist()) - {0}
    return debts[~debts["move_id"].isin(named)]
