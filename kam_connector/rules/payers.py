"""Which kind of payer a customer is, from what he paid, what he promised and what he owes.

The class says how to ask (requirements S4-51 to S4-54), what to believe of a promise, and how far to deliver on credit
(S4-49): a prompt payer is left in peace; one who pays honestly but in parts is short of cash and gets an extension; a
slow one is asked before the day; an unreliable one often; a bad one at once and at the top. A customer of whom too
little is known is new, and treated by the terms alone. The first class that fits is taken:

    bad         broken promises, days late or a debt past due beyond the limits of the worst class
    new         fewer measured items (paid whole, or open and paid in part) than `min_items`
    unreliable  broken promises
    prompt      on average hardly late, and seldom
    honest_short paid in parts, or promises kept in part
    unreliable  days late that scatter: nobody can plan with them
    slow        all others

Worked figure (collections.md 3.4): paid 3, 9 and 12 days late is 8 days on average with a spread of
sqrt((25 + 1 + 16) / 3) = 3.7 days, all late: slow. Had he paid 3, 3 and 57 days late, the spread would be 25.5 days and
he unreliable, though the mean of 21 days is far from bad.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from kam_connector.policy.payers import Payers
from kam_connector.policy.receivables import CollectionsPolicy
from kam_connector.rules.decisions import (
    Boxed,
    Decisions,
    Whole,
    boxed,
    column_or,
    days_of,
    figure_texts,
    require_columns,
    texts_of,
)
from kam_connector.rules.netting import net_debts
from kam_connector.rules.pairs import gather
from kam_connector.rules.reasons import REASONS, reason_args_of_rows

PAIR = ["company_id", "customer_id"]
PROMISES = ("kept", "partly_kept", "broken")
COUNTS = ("paid_items", "part_paid_items", "part_open_items", *PROMISES)
DAYS = ("days_late_mean", "days_late_spread", "share_late", "days_late_recent", "days_late_before")
SHOWN = {
    "days_late": ("days_late_mean", 1), "days_spread": ("days_late_spread", 1), "share_late": ("share_late", 4),
    "part_share": ("part_share", 4),
}  # fmt: skip
"""How figures read in a reason and on the command line: the name there, the column, its digits."""
PAYER_COLUMNS = [
    *PAIR, "payer_class", *COUNTS, "part_share", *DAYS, "trend", "last_paid_on", "oldest_overdue",
    "reason_code", "reason_args",
]  # fmt: skip
CLASSES = {
    "bad_overdue": "bad", "bad_promises": "bad", "bad_late": "bad", "new": "new", "unreliable_promises": "unreliable",
    "prompt": "prompt", "honest_short": "honest_short", "unreliable_spread": "unreliable", "slow": "slow",
}  # fmt: skip
"""Each reason's class; the reasons in the order in which they are tried."""


def decide_payers(
    behaviour: pd.DataFrame, promises: pd.DataFrame, items: pd.DataFrame, policy: CollectionsPolicy, as_of: date
) -> Decisions:
    """The class of each company and customer who paid, promised or owes something.

    `behaviour` from `facts.cash.payment_behaviour`; `promises`: company_id, customer_id, kept, partly_kept, broken
    (counts; may be empty); `items` from `ageing.bucket_items`, with disputed_minor and pending where known: a debt
    that is disputed, paid but not booked, or covered by credits makes nobody bad.

    Columns: PAYER_COLUMNS. payer_class is prompt, honest_short, slow, unreliable, bad or new; part_share =
    part_paid_items / (paid_items + part_open_items); trend is better, steady, worse or "" (not known): the mean of the
    last 90 days against that of the time before, by more than `trend_days`; oldest_overdue the due date of the oldest
    overdue debt. A figure that is not known is missing, not 0. Order: company, customer. Requirement S2-18.
    """
    return explain_payers(classify_payers(behaviour, promises, items, policy, as_of), policy)


def classify_payers(
    behaviour: pd.DataFrame, promises: pd.DataFrame, items: pd.DataFrame, policy: CollectionsPolicy, as_of: date
) -> pd.DataFrame:
    """What `decide_payers` says before it is put into words: without reasons, with outcome (the case of CLASSES)."""
    require_columns(behaviour, (*PAIR, *COUNTS[:3], *DAYS, "last_paid_on"), "behaviour")
    require_columns(promises, (*PAIR, *PROMISES), "promises")
    figures = _with_figures(_gathered(behaviour, promises, _oldest_overdue(items)), policy.payers)
    outcome = _outcomes(figures, policy.payers, as_of)
    names, classes = boxed(CLASSES), boxed(CLASSES.values())
    return figures.assign(outcome=names[outcome], payer_class=classes[outcome])


def explain_payers(classified: pd.DataFrame, policy: CollectionsPolicy) -> Decisions:
    """The decisions of `classify_payers` with their reasons, as `decide_payers` says."""
    codes = {name: f"payer.{name}" for name in CLASSES}
    frame = classified.assign(reason_code=classified["outcome"].map(codes), reason_args=_explained(classified, policy))
    return Decisions(frame[PAYER_COLUMNS].reset_index(drop=True))


def _oldest_overdue(items: pd.DataFrame) -> pd.DataFrame:
    """company_id, customer_id, oldest_overdue: the due date of the oldest debt that may be asked for, if it is past.

    A customer who owes nothing that is past due has NaT.
    """
    debts = net_debts(items)
    claim = debts["net_minor"].to_numpy() - column_or(debts, "disputed_minor", 0).to_numpy(dtype=np.int64)
    pending = column_or(debts, "pending", False).to_numpy(dtype=bool)
    late = (claim > 0) & ~pending & (debts["days_past_due"].to_numpy() > 0)
    due = np.where(late, days_of(debts["due_date"]), np.datetime64("NaT")).astype("datetime64[s]")
    oldest: pd.DataFrame = debts[PAIR].assign(oldest_overdue=due).groupby(PAIR, as_index=False).min()
    return oldest


def _gathered(behaviour: pd.DataFrame, promises: pd.DataFrame, owed: pd.DataFrame) -> pd.DataFrame:
    promised = promises[[*PAIR, *PROMISES]].astype("int64").groupby(PAIR, as_index=False).sum()
    table = gather(behaviour, promised, owed)
    table = table[table["customer_id"] > 0].fillna(dict.fromkeys(COUNTS, 0))
    return table.astype({**dict.fromkeys(COUNTS, "int64"), **dict.fromkeys(DAYS, "float64")}).reset_index(drop=True)


def _with_figures(table: pd.DataFrame, payers: Payers) -> pd.DataFrame:
    measured = table["paid_items"] + table["part_open_items"]
    share = table["part_paid_items"] / measured.where(measured > 0)
    change = (table["days_late_recent"] - table["days_late_before"]).to_numpy()
    moved = [change > payers.trend_days, change < -payers.trend_days, ~np.isnan(change)]
    return table.assign(
        measured=measured, part_share=share.astype("float64"), trend=np.select(moved, ["worse", "better", "steady"], "")
    )


def _outcomes(table: pd.DataFrame, payers: Payers, as_of: date) -> Whole:
    """The place of the first case of CLASSES that holds."""
    limit = np.datetime64(as_of, "D") - np.timedelta64(payers.bad_overdue_days, "D")
    broken, mean = table["broken"], table["days_late_mean"]
    known = table["measured"] >= payers.min_items
    holds = {
        "bad_overdue": days_of(table["oldest_overdue"]) < limit,
        "bad_promises": broken >= payers.bad_broken,
        "bad_late": known & (mean >= payers.bad_days_late),
        "new": ~known,
        "unreliable_promises": broken >= payers.unreliable_broken,
        "prompt": (mean <= payers.prompt_days_late) & (table["share_late"] <= float(payers.prompt_share_late)),
        "honest_short": (table["part_share"] >= float(payers.short_share))
        | (table["partly_kept"] >= payers.short_partly_kept),
        "unreliable_spread": table["days_late_spread"] >= payers.unreliable_spread_days,
    }
    place = {name: number for number, name in enumerate(CLASSES)}
    flags = [np.asarray(each, dtype=bool) for each in holds.values()]
    return np.select(flags, [place[name] for name in holds], place["slow"]).astype(np.int64)


def _explained(table: pd.DataFrame, policy: CollectionsPolicy) -> Boxed:
    """The reason_args of each customer."""
    figures: dict[str, Sequence[str | int]] = {
        "due_date": texts_of(days_of(table["oldest_overdue"])),
        **{name: figure_texts(table[column], digits) for name, (column, digits) in SHOWN.items()},
        **{name: table[name].tolist() for name in ("paid_items", "part_paid_items", *PROMISES)},
    }  # fmt: skip
    terms: dict[str, str | int] = {
        "months": policy.payers.history_months, "min_items": policy.payers.min_items,
        "bad_overdue_days": policy.payers.bad_overdue_days, "valid_from": policy.valid_from.isoformat(),
    }  # fmt: skip
    args = np.empty(len(table), dtype=object)
    outcome = table["outcome"].to_numpy()
    for name in CLASSES:
        code = f"payer.{name}"
        shared = {each: terms[each] for each in REASONS[code] if each in terms}
        places = np.flatnonzero(outcome == name)
        own = {each: [figures[each][place] for place in places.tolist()] for each in REASONS[code] if each in figures}
        args[places] = reason_args_of_rows(code, shared, own)
    return args
