"""When each open debt will probably be paid: its due date and the customer's own mean delay.

A plan for the cash of the next weeks that takes due dates at their word is always too early, by exactly as much as
customers are late. Worked figure (collections.md 3.4): paid 3, 9 and 12 days late is a mean of 8; a debt due on 10 June
is expected on 18 June. A part of a day counts as a whole one; who pays early is expected early; no day before `as_of`
is ever expected. Of a new customer no mean is known: the due date is taken, or the company's mean, as policy says.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from kam_connector.policy.payers import Payers
from kam_connector.rules.decisions import Flags, Whole, days_of, require_columns
from kam_connector.rules.netting import net_debts
from kam_connector.rules.payers import PAIR


def expect_payments(items: pd.DataFrame, payers: pd.DataFrame, policy: Payers, as_of: date) -> pd.DataFrame:
    """The open debts with `delay_days` (whole days added), `expected_by` (customer, company, due) and `expected_on`.

    `items` from `ageing.bucket_items`; `payers` the frame of `payers.decide_payers`. Of each debt net_minor is what
    credits leave of it; debts that credits cover are left out. Columns: those of `items`, net_minor and the three.
    Order: company, customer, expected_on, item. Requirement S4-58 (who pays other than expected is seen by it).
    """
    require_columns(payers, (*PAIR, "payer_class", "days_late_mean", "paid_items"), "payers")
    debts = net_debts(items)
    debts = debts[debts["net_minor"] > 0]
    found = debts[PAIR].merge(payers[[*PAIR, "payer_class", "days_late_mean"]], on=PAIR, how="left")
    own = _whole_days(found["days_late_mean"])
    is_known = _known(found)
    company = debts["company_id"].map(_company_means(payers)).to_numpy(dtype=np.float64, na_value=np.nan)
    by_company = ~is_known & ~np.isnan(company) & (policy.expected_new == "company")
    delay = np.select([is_known, by_company], [own, _whole_days(pd.Series(company))], 0).astype(np.int64)
    expected = days_of(debts["due_date"]) + delay.astype("timedelta64[D]")
    expected = np.where(np.isnat(expected), np.datetime64(as_of, "D"), expected)
    rows = debts.assign(
        delay_days=delay,
        expected_by=np.select([is_known, by_company], ["customer", "company"], "due"),
        expected_on=np.maximum(expected, np.datetime64(as_of, "D")).astype("datetime64[s]"),
    )
    return rows.sort_values([*PAIR, "expected_on", "item_id"], kind="stable").reset_index(drop=True)


def next_payments(expected: pd.DataFrame) -> pd.DataFrame:
    """company_id, customer_id, expected_on (the first day on which something is expected), expected_minor (on it)."""
    first = expected.groupby(PAIR)["expected_on"].transform("min")
    due = expected[(expected["expected_on"] == first).to_numpy(dtype=bool)]
    rows: pd.DataFrame = due.groupby([*PAIR, "expected_on"], as_index=False)[["net_minor"]].sum()
    return rows.rename(columns={"net_minor": "expected_minor"})


def _known(found: pd.DataFrame) -> Flags:
    measured = found["days_late_mean"].notna() & found["payer_class"].notna() & (found["payer_class"] != "new")
    return measured.to_numpy(dtype=bool)


def _company_means(payers: pd.DataFrame) -> dict[int, float]:
    """Mean days late of all paid items of each company."""
    paid = payers[payers["days_late_mean"].notna()]
    days = (paid["days_late_mean"] * paid["paid_items"]).groupby(paid["company_id"]).sum()
    counts = paid.groupby("company_id")["paid_items"].sum()
    return {int(company): float(days[company] / counts[company]) for company in counts.index}


def _whole_days(means: pd.Series) -> Whole:
    """Days rounded up; a mean is a quotient of whole numbers, and what a float adds to it is no further day."""
    return np.ceil(np.round(means.fillna(0).to_numpy(dtype=np.float64), 9)).astype(np.int64)
