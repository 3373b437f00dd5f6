"""Wanted ageing sets with their lines, collection tasks, and bad-debt cases.

One current set a company and clock (due date, recognition), updated in place. A line whose customer owes nothing any
more is zeroed and archived, so that sums over the model stay right; a task that is settled is closed unless a person
has changed it.
"""

from __future__ import annotations

import pandas as pd

from kam_connector.writeback.decided import Decided
from kam_connector.writeback.destinations import BUCKETS
from kam_connector.writeback.keys import key_of, whole_numbers
from kam_connector.writeback.plans import Desired

_MONEY = [f"{name}_minor" for name in ("total", *BUCKETS, "unapplied", "pending", "disputed", "doubtful")]
NAMES = {"due": "Receivables by due date", "recognition": "Receivables by date of recognition"}
_LINE = ["company_id", "customer_id", "user_id"]


def ageings(decided: Decided) -> Desired | None:
    """One record a company and clock: the totals, the ledger's own balance, the difference."""
    if decided.ageing is None:
        return None
    sets = [_ageing(decided, basis, rows) for basis, rows in decided.clocks.items()]
    return Desired("kam.ageing", pd.concat(sets, ignore_index=True))


def _ageing(decided: Decided, basis: str, rows: pd.DataFrame) -> pd.DataFrame:
    frame = decided.companies[["company_id"]].astype("int64")
    sums = [name for name in _MONEY if name != "total_minor" and name in rows]
    frame = frame.merge(rows.groupby("company_id", as_index=False)[sums].sum(), how="left")
    frame = frame.merge(_tie_out(decided), on="company_id", how="left")
    return frame.assign(
        kam_key=f"ageing:{basis}",
        name=NAMES.get(basis, basis),
        as_of=decided.as_of,
        basis=basis,
        is_snapshot=False,
    )


def _tie_out(decided: Decided) -> pd.DataFrame:
    if decided.tie_out is None:
        totals = decided.ageing if decided.ageing is not None else pd.DataFrame(columns=["company_id", "total_minor"])
        return totals.groupby("company_id", as_index=False)[["total_minor"]].sum()
    names = {
        "ageing_minor": "total_minor",
        "ledger_minor": "ledger_balance_minor",
        "difference_minor": "difference_minor",
    }
    return decided.tie_out.groupby("company_id", as_index=False)[list(names)].sum().rename(columns=names)


def ageing_lines(decided: Decided) -> Desired | None:
    """One record a company, clock, customer and salesperson."""
    if decided.ageing is None:
        return None
    sets = [_lines(decided, basis, rows) for basis, rows in decided.clocks.items()]
    return Desired("kam.ageing.line", pd.concat(sets, ignore_index=True), scope=f"ageing:({'|'.join(decided.clocks)}):")


def _lines(decided: Decided, basis: str, rows: pd.DataFrame) -> pd.DataFrame:
    """The lines of one clock, without items of nobody: they are in the totals, and no record can be about them."""
    rows = rows[rows["customer_id"] > 0]
    frame = rows.assign(user_id=whole_numbers(rows["user_id"]))
    frame = frame.assign(oldest_due=pd.to_datetime(frame["oldest_due"]))
    sums = {name: "sum" for name in _MONEY if name in frame}
    firsts = {name: "first" for name in ("team_id", "reason_code", "reason_args") if name in frame}
    frame = frame.groupby(_LINE, as_index=False).agg({**sums, **firsts, "oldest_due": "min"})
    frame = _with_tier(frame, decided).rename(columns={"customer_id": "partner_id"})
    prefix = f"ageing:{basis}"
    return frame.assign(ageing_id=prefix, active=True, kam_key=key_of(prefix, frame["partner_id"], frame["user_id"]))


def _with_tier(frame: pd.DataFrame, decided: Decided) -> pd.DataFrame:
    if decided.tiers is None:
        return frame
    tier = decided.tiers[["company_id", "customer_id", "tier"]].rename(columns={"tier": "tier_id"})
    return frame.merge(tier, on=["company_id", "customer_id"], how="left")


def collection_tasks(decided: Decided) -> Desired | None:
    """One record a customer, oldest open item and step; one made for a cash signal has the signal's day in its key."""
    if decided.tasks is None:
        return None
    frame = decided.tasks.rename(
        columns={
            "customer_id": "partner_id",
            "oldest_item_id": "oldest_item",
            "days_overdue": "overdue_days",
            "deadline": "date_deadline",
        }
    ).assign(state="open")
    parts = (frame["partner_id"], frame["oldest_item"], frame["step"])
    key = key_of("task", *parts)
    if "occasion" in frame:
        key = key.where(frame["occasion"] == "", key_of("task", *parts, frame["occasion"]))
    frame["kam_key"] = key
    unsent = ["currency_id", "occasion"]
    return Desired("kam.collection.task", frame.drop(columns=unsent, errors="ignore"), scope="task:")


def bad_debt_cases(decided: Decided) -> Desired | None:
    """One record a customer and the item under which his case was opened."""
    if decided.cases is None:
        return None
    names = {"customer_id": "partner_id", "oldest_item_id": "oldest_item", "days_overdue": "overdue_days"}
    frame = decided.cases.drop(columns=["currency_id", "cause"]).rename(columns=names)
    frame = frame.assign(proposal=frame["advice"], kam_key=key_of("case", frame["partner_id"], frame["oldest_item"]))
    return Desired("kam.collection.case", frame, scope="case:")
