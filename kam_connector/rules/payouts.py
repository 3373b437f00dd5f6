"""What is due to a payee for a period: everything earned, rounded once, less what was settled before.

Because it is the difference to the whole, computing twice pays once, and a later credit note comes out of the next
statement: earned 120.00 of which 150.00 was paid makes -30.00 (incentives.md, 5.7).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, localcontext

import numpy as np
import pandas as pd

from kam_connector.money import PRECISION, Currency, minor_text, round_to_minor
from kam_connector.periods import Period
from kam_connector.policy.plans import Plan
from kam_connector.rules.decisions import boxed, ids_of, words_of
from kam_connector.rules.reasons import REASONS, reason_args

KEYS = ["company_id", "payee_id", "plan", "period", "currency_id"]
AMOUNTS = ("earned", "settled", "payout")
PAYOUT_COLUMNS = [
    "company_id", "payee_id", "plan", "period", "date_from", "date_to", "sequence", "currency_id", "earned_exact",
    "earned_minor", "settled_minor", "payout_minor", "reason_code", "reason_args",
]  # fmt: skip


def settle(
    lines: pd.DataFrame,
    settled: pd.DataFrame | None,
    plans: Sequence[Plan],
    periods: Mapping[str, Period],
    currencies: Mapping[int, Currency],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The payouts that are due (PAYOUT_COLUMNS, order of KEYS), and those of which nothing is left to pay."""
    earned = _earned(lines).merge(_paid(settled, periods), on=KEYS, how="outer")
    earned = earned.sort_values(KEYS, kind="stable").reset_index(drop=True)
    known = [currencies[int(key)] for key in earned["currency_id"]]
    exact = [Decimal(0) if pd.isna(amount) else amount for amount in earned["earned_exact"]]
    minor = [round_to_minor(amount, currency) for amount, currency in zip(exact, known, strict=True)]
    paid = ids_of(earned["settled_minor"])
    rows = earned.assign(
        earned_exact=boxed(exact), earned_minor=np.array(minor, dtype=np.int64), settled_minor=paid,
        payout_minor=np.array(minor, dtype=np.int64) - paid, sequence=ids_of(earned["sequence"]) + 1,
        date_from=[periods[plan].start for plan in earned["plan"]],
        date_to=[periods[plan].end for plan in earned["plan"]],
    )  # fmt: skip
    rows = _explained(rows, {plan.code: plan.valid_from for plan in plans}, known)
    due = (rows["payout_minor"] != 0) | (rows["sequence"] == 1)
    return rows.loc[due, PAYOUT_COLUMNS].reset_index(drop=True), rows.loc[~due, PAYOUT_COLUMNS].reset_index(drop=True)


def _earned(lines: pd.DataFrame) -> pd.DataFrame:
    """The exact sum by KEYS."""
    if not len(lines):
        return pd.DataFrame({key: pd.Series(dtype=object) for key in [*KEYS, "earned_exact"]})
    grouped = lines.groupby(KEYS, sort=True)["amount_exact"]
    return grouped.agg(_exact_sum).rename("earned_exact").reset_index()


def _exact_sum(amounts: pd.Series) -> Decimal:
    with localcontext(prec=PRECISION):
        return sum(amounts, Decimal(0))


def _paid(settled: pd.DataFrame | None, periods: Mapping[str, Period]) -> pd.DataFrame:
    """What was settled of the periods in question, and the number of the last statement."""
    if settled is None or not len(settled):
        return pd.DataFrame({key: pd.Series(dtype=object) for key in [*KEYS, "settled_minor", "sequence"]})
    codes = {plan: period.code for plan, period in periods.items()}
    rows = settled[settled["period"] == settled["plan"].map(codes)]
    how = {"settled_minor": "sum", "sequence": "max"}
    return rows.groupby(KEYS, sort=True).agg(how).reset_index()


def _explained(rows: pd.DataFrame, since: Mapping[str, date], known: Sequence[Currency]) -> pd.DataFrame:
    amounts = [ids_of(rows[f"{name}_minor"]).tolist() for name in AMOUNTS]
    names = (words_of(rows["plan"]), words_of(rows["period"]), ids_of(rows["sequence"]).tolist())
    reasons = []
    for plan, period, sequence, currency, *minor in zip(*names, known, *amounts, strict=True):
        figures: dict[str, str | int] = {
            name: minor_text(amount, currency) for name, amount in zip(AMOUNTS, minor, strict=True)
        }
        figures |= {"currency": currency.code, "plan": plan, "period": period, "valid_from": since[plan].isoformat()}
        code = "payout.settled" if minor[-1] == 0 and sequence > 1 else "payout.earned"
        reasons.append((code, reason_args(code, **{name: figures[name] for name in REASONS[code]})))
    return rows.assign(reason_code=[code for code, _ in reasons], reason_args=[args for _, args in reasons])
