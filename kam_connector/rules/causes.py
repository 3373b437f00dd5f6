"""Why customers pay late: the causes that people gave when they closed tasks, counted. Requirements S4-42 to S4-46.

A company that knows why it waits for its money changes the right thing: its terms, its selling, its customers. Each
cause stands beside what the figures say to it: days of terms, what was asked for above the credit limit, tasks left
lying by the salesperson, and invoices that had to be corrected. A task that the connector closed because it was paid
has no cause and counts as such, so that the shares are those of all that was asked for.

Worked figure: four tasks of 100, 100, 200 and 600, 10, 20, 30 and 40 days overdue, closed with cash, cash, dispute and
none: cash has 2 tasks, 200, a share of 0.2 and 15 days on average; dispute 0.2; none 0.6.
"""

from __future__ import annotations

from typing import Literal

import pandas as pd

from kam_connector.rules.decisions import column_or, figure_texts, ids_of, require_columns

By = Literal["cause", "salesperson", "team"]
KEYS: dict[By, list[str]] = {
    "cause": ["company_id"],
    "salesperson": ["company_id", "user_id"],
    "team": ["company_id", "team_id"],
}
SIDES = {
    "policy": "company", "management": "company", "attitude": "salesperson", "knowledge": "salesperson",
    "cash": "customer", "dispute": "customer", "insolvency": "customer", "bad_faith": "customer", "other": "other",
    "": "none",
}  # fmt: skip
"""Whose the cause is; a cause that is not here is somebody's own."""
_NEEDED = ("company_id", "cause", "amount_minor", "days_overdue", "is_late", "over_limit", "corrected", "terms_days")


def count_causes(closed: pd.DataFrame, by: By = "cause") -> pd.DataFrame:
    """A row a company (with `by` a salesperson or team in it) and cause of the tasks in `closed`.

    `closed` as `facts.causes.closed_tasks` gives it. Columns: company_id, user_id or team_id (0: none), cause ("":
    closed because paid), side, currency_id, tasks, amount_minor, share (of the amounts of the company, or of the
    salesperson or team in it; four places of text, "" without amounts), days_overdue and terms_days (means, one place;
    "" where none is known), late, over_limit and corrected (how many tasks). Order: the keys, amount falling, cause.
    """
    keys = KEYS[by]
    require_columns(closed, [*_NEEDED, *keys], "closed")
    rows = closed.assign(
        **{name: ids_of(closed[name]) for name in keys}, cause=column_or(closed, "cause", ""), tasks=1,
        currency_id=ids_of(closed["currency_id"]), late=closed["is_late"].astype("int64"),
        over_limit=closed["over_limit"].astype("int64"), corrected=closed["corrected"].astype("int64"),
        **{name: pd.to_numeric(closed[name], errors="coerce").astype("float64")
           for name in ("days_overdue", "terms_days")},
    )  # fmt: skip
    grouped = rows.groupby([*keys, "cause", "currency_id"], as_index=False)
    sums = grouped[["tasks", "amount_minor", "late", "over_limit", "corrected"]].sum()
    means = grouped[["days_overdue", "terms_days"]].mean()
    table = sums.merge(means, on=[*keys, "cause", "currency_id"])
    whole = table.groupby(keys)["amount_minor"].transform("sum").astype("float64")
    share = table["amount_minor"].astype("float64").div(whole.where(whole != 0))
    table = table.sort_values([*keys, "amount_minor", "cause"], ascending=[*([True] * len(keys)), False, True])
    return table.assign(
        side=table["cause"].map(SIDES).fillna("other"), share=figure_texts(share.loc[table.index], 4),
        days_overdue=figure_texts(table["days_overdue"], 1), terms_days=figure_texts(table["terms_days"], 1),
    ).reset_index(drop=True)  # fmt: skip
