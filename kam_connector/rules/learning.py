"""What a month of complaints teaches: why they came, whether again, what they cost, whether it was made good.

A month is the complaints received in it, and what has become of them up to the day of the report; so its figures grow
until all are settled. Those that were rejected are counted and teach nothing further but whether they were answered in
time. What nobody can say yet is left out of a share, and a share of nothing is missing, never 0 %.

Causes stand from the most frequent down, equal ones by what they cost, then by id; "nobody has said" stands last and is
none of the vital few. A cause is one of these by the share that stands before it (as W6 for customers).

Worked figure: 10 complaints, 5 of material, 3 of packing, 1 of papers, 1 without cause: 50, 30, 10, 10 %, together 50,
80, 90, 100 %. With 80 % material and packing are the vital few: before papers stand 80 %. Requirements S4-72, S2-56.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from kam_connector.policy.learning import Learning
from kam_connector.rules.decisions import Flags, days_of, ids_of, require_columns

CASES = (
    *("complaint_id", "company_id", "customer_id", "tier", "received_on", "ended_on", "is_settled", "is_rejected"),
    *("cause_id", "first_contact", "improvement", "cost_minor", "response_state", "resolution_state"),
)
FIGURES = ("response", "resolution", "first_contact", "recurrence", "improvements", "recovery")
"""What has a share: each as `<figure>_hits` of `<figure>_of`, and `<figure>_share` (0 to 1, missing without any)."""
CLOCK_FIGURES = FIGURES[:2]
MONTH = ["company_id", "month"]
COUNTS = ("complaints", "rejected", "settled")


@dataclass(frozen=True, slots=True)
class Learned:
    """`months`, `causes` and `tiers`: a row a company and month, and cause or tier; `cases`: a row a complaint."""

    months: pd.DataFrame
    causes: pd.DataFrame
    tiers: pd.DataFrame
    cases: pd.DataFrame


def learn(
    cases: pd.DataFrame, products: pd.DataFrame, purchases: pd.DataFrame, policy: Learning, as_of: date
) -> Learned:
    """What all `cases` up to the end of `as_of` teach, by the month in which they came in ("2026-03").

    `cases`: CASES, as `facts.learning.learned_cases` with the states of both clocks ("met", "breached"; others have not
    ended); `products` and `purchases` as there. Columns:

    - `months`: company_id, month, COUNTS, cost_minor, and for each of FIGURES hits, of, share; recovery_open (customers
      of whom it is not known yet). Recovery counts customers, all others count complaints.
    - `causes`: company_id, month, cause_id (0: nobody has said), complaints, share, cumulative (of the complaints that
      were not rejected), vital, recurrences, cost_minor; in the order of a Pareto chart.
    - `tiers`: company_id, month, tier (code, "" for none), complaints, and for each of CLOCK_FIGURES hits, of, share.
    - `cases`: CASES with month and recurs.
    """
    require_columns(cases, CASES, "cases")
    require_columns(products, ("complaint_id", "product_id"), "products")
    require_columns(purchases, ("company_id", "customer_id", "bought_on"), "purchases")
    rows = _prepared(cases)
    recurs, can_recur = _recurrence(rows, products, policy.recurrence_days)
    rows = rows.assign(recurs=recurs, recurrence_hits=recurs, recurrence_of=can_recur)
    kept = [*CASES, "month", "recurs"]
    return Learned(
        _by_month(rows, _recovery(rows, purchases, policy.recovery_days, as_of)),
        _by_cause(rows, float(policy.vital_share)),
        _by_tier(rows),
        rows[kept].reset_index(drop=True),
    )


def _prepared(cases: pd.DataFrame) -> pd.DataFrame:
    """The complaints in the order of their intake, with month and what each counts for."""
    received = days_of(cases["received_on"])
    rows = cases.assign(
        received_on=received.astype("datetime64[s]"),
        ended_on=days_of(cases["ended_on"]).astype("datetime64[s]"),
        month=np.datetime_as_string(received, unit="M"),
        tier=cases["tier"].fillna("").astype(object),
        cause_id=ids_of(cases["cause_id"]),
    ).sort_values(["company_id", "received_on", "complaint_id"], ignore_index=True)
    is_rejected = rows["is_rejected"].astype(bool)
    settled = rows["is_settled"].astype(bool) & ~is_rejected
    said = settled & rows["first_contact"].ne("")
    columns: dict[str, pd.Series] = {
        "complaints": rows["complaint_id"].notna(), "rejected": is_rejected, "settled": settled,
        "first_contact_hits": said & rows["first_contact"].eq("yes"), "first_contact_of": said,
        "improvements_hits": settled & rows["improvement"].str.strip().ne(""), "improvements_of": settled,
    }  # fmt: skip
    for clock in CLOCK_FIGURES:
        state = rows[f"{clock}_state"]
        columns |= {f"{clock}_hits": state.eq("met"), f"{clock}_of": state.isin(["met", "breached"])}
    return rows.assign(**columns)


def _recurrence(rows: pd.DataFrame, products: pd.DataFrame, days: int) -> tuple[Flags, Flags]:
    """Of each row whether it came again, and whether that can be told: it has a cause or a product.

    Again is the same cause of the same customer, or the same product whoever complains, in the same company, and at
    most `days` days after the one before; rejected complaints neither recur nor count as the one before.
    """
    upheld = rows[~rows["rejected"]]
    named = upheld[upheld["cause_id"].gt(0) & ids_of(upheld["customer_id"]).astype(bool)]
    about = upheld.merge(products.drop_duplicates(), on="complaint_id")
    again = {
        *_repeated(named, ["company_id", "customer_id", "cause_id"], days),
        *_repeated(about, ["company_id", "product_id"], days),
    }
    can_recur = rows["complaint_id"].isin({*named["complaint_id"], *about["complaint_id"]})
    return rows["complaint_id"].isin(again).to_numpy(dtype=bool), can_recur.to_numpy(dtype=bool)


def _repeated(rows: pd.DataFrame, keys: list[str], days: int) -> list[int]:
    """The complaints whose predecessor with the same keys came in at most so many days before."""
    ordered = rows.sort_values(["received_on", "complaint_id"], kind="stable")
    gap = ordered["received_on"] - ordered.groupby(keys)["received_on"].shift()
    found: list[int] = ordered.loc[gap <= pd.Timedelta(days=days), "complaint_id"].tolist()
    return found


def _recovery(rows: pd.DataFrame, purchases: pd.DataFrame, days: int, as_of: date) -> pd.DataFrame:
    """A row a company, month and customer with a settled complaint: recovery_hits, recovery_of, recovery_open.

    A customer is won back who buys on one of `days` days after the last of them ended; it is open while he has not and
    these days are not over.
    """
    settled = rows[rows["settled"] & rows["ended_on"].notna() & ids_of(rows["customer_id"]).astype(bool)]
    by_customer = settled.groupby([*MONTH, "customer_id"], as_index=False)
    last = by_customer[["ended_on"]].max().sort_values("ended_on")
    bought = purchases.assign(bought_on=days_of(purchases["bought_on"]).astype("datetime64[s]"))
    found = pd.merge_asof(
        last.astype({"company_id": "int64", "customer_id": "int64"}),
        bought.astype({"company_id": "int64", "customer_id": "int64"}).sort_values("bought_on"),
        left_on="ended_on", right_on="bought_on", by=["company_id", "customer_id"],
        direction="forward", allow_exact_matches=False,
    )  # fmt: skip
    limit = found["ended_on"] + pd.Timedelta(days=days)
    hits = found["bought_on"].le(limit)
    is_over = limit.le(pd.Timestamp(as_of))
    return found.assign(recovery_hits=hits, recovery_of=hits | is_over, recovery_open=~hits & ~is_over)


def _by_month(rows: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    counted = [f"{name}_{part}" for name in FIGURES[:-1] for part in ("hits", "of")]
    sums = _summed(rows, MONTH, [*COUNTS, "cost_minor", *counted])
    people = _summed(customers, MONTH, ["recovery_hits", "recovery_of", "recovery_open"])
    table = sums.merge(people, on=MONTH, how="left")
    names = [name for name in people.columns if name not in MONTH]
    return _with_shares(table.assign(**{name: table[name].fillna(0).astype("int64") for name in names}), FIGURES)


def _by_cause(rows: pd.DataFrame, vital: float) -> pd.DataFrame:
    upheld = rows[~rows["rejected"]].assign(recurrences=lambda frame: frame["recurs"])
    table = _summed(upheld, [*MONTH, "cause_id"], ["complaints", "recurrences", "cost_minor"])
    table = table.assign(unsaid=table["cause_id"].eq(0)).sort_values(
        [*MONTH, "unsaid", "complaints", "cost_minor", "cause_id"],
        ascending=[True, True, True, False, False, True], ignore_index=True,
    )  # fmt: skip
    by_month = table.groupby(MONTH)["complaints"]
    whole, upto = by_month.transform("sum"), by_month.cumsum()
    before = (upto - table["complaints"]) / whole
    shares = {"share": table["complaints"] / whole, "cumulative": upto / whole}
    table = table.assign(**shares, vital=before.lt(vital) & ~table["unsaid"])
    names = ["cause_id", "complaints", "share", "cumulative", "vital", "recurrences", "cost_minor"]
    return table[[*MONTH, *names]]


def _by_tier(rows: pd.DataFrame) -> pd.DataFrame:
    counted = [f"{name}_{part}" for name in CLOCK_FIGURES for part in ("hits", "of")]
    return _with_shares(_summed(rows, [*MONTH, "tier"], ["complaints", *counted]), CLOCK_FIGURES)


def _summed(rows: pd.DataFrame, keys: list[str], columns: list[str]) -> pd.DataFrame:
    """The keys, in their order, with the columns added up as whole numbers."""
    whole = rows[keys].assign(**{name: rows[name].astype("int64") for name in columns})
    return whole.groupby(keys, as_index=False).sum()


def _with_shares(table: pd.DataFrame, figures: tuple[str, ...]) -> pd.DataFrame:
    """The table with hits of all as a share, missing where there are none."""
    shares = {
        f"{name}_share": table[f"{name}_hits"] / table[f"{name}_of"].where(table[f"{name}_of"] > 0) for name in figures
    }
    return table.assign(**shares)
