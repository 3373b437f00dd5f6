"""How fast receivables turn into cash, what the slow ones cost, and how good collecting is.

Everything is reckoned over a period of whole days that ends with the day, from what customers owe net: open credits
clear the customer's oldest debts first (`netting.py`), and who has more credits than debts is owed money, which makes
nobody else owe less. With R = receivable, C = current (not past due) and O = overdue of it (R = C + O), S = sales of
the period with tax, D = its days, R0 = receivable before its first day:

    DSO (simple)             R / S x D          best possible DSO   C / S x D
    average days delinquent  DSO - best possible DSO, as printed
    DSO (countback)          the months of sales that R eats up, the latest first, in days
    CEI                      (R0 + S - R) / (R0 + S - C)
    collection rate          cash of the period / (R0 + S)
    capital cost             sum of overdue debt x days past due x yearly rate / 365
    turnover needed          doubtful / margin: sales whose profit refills the loss

Days have one decimal, rates four, money is rounded to the smallest unit, each once and half away from zero. A quotient
without a divisor above zero is missing, never 0 or infinite: a company without sales has no DSO.

Worked figure: R 90 000 of which 30 000 overdue, sales of April to June 100 000, 40 000 and 60 000 (S 200 000, D 91):
DSO 41.0, best 27.3, delinquent 13.7 days; counted back 30 days of June, then 30 000 of May's 40 000 = 23.25 days: 53.3.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd

from kam_connector.money import round_ratio
from kam_connector.periods import add_months, months_until
from kam_connector.policy.alerts import Cost
from kam_connector.rules.decisions import Boxed, Whole, boxed, column_or, days_of, ids_of, sum_together
from kam_connector.rules.netting import credit_balances, net_debts

PAIR = ["company_id", "customer_id"]
SUMS = ["receivable_minor", "current_minor", "overdue_minor", "doubtful_minor", "credit_balance_minor",
        "opening_minor", "sales_minor", "cash_minor"]  # fmt: skip
_EMPTY = pd.DataFrame({
    **{name: pd.Series(dtype="int64") for name in (*PAIR, "item_id", "residual_minor", "sales_minor", "cash_minor")},
    **{name: pd.Series(dtype="datetime64[s]") for name in ("due_date", "month")}, "kind": pd.Series(dtype=object),
})  # fmt: skip
COUNTBACK_MONTHS = 24
"""So many months are counted back at most; a receivable that outlasts their sales has no countback DSO."""


@dataclass(frozen=True, slots=True)
class Books:
    """`closing` and `opening`: items of `ageing.bucket_items` at the last day and before the first day of the period;
    `sales`: company_id, customer_id, sales_minor of the period; `monthly`: the same with month (first day), whole
    months up to the last day; `cash`: company_id, customer_id, cash_minor of the period.

    What nobody asks for may be left out: without `opening` and `cash` CEI and collection rate say nothing, without
    `monthly` the countback DSO is missing.
    """

    closing: pd.DataFrame
    sales: pd.DataFrame
    opening: pd.DataFrame = field(default_factory=lambda: _EMPTY)
    monthly: pd.DataFrame = field(default_factory=lambda: _EMPTY)
    cash: pd.DataFrame = field(default_factory=lambda: _EMPTY)


def first_counted(as_of: date) -> date:
    """The first day of the earliest month that counting back looks at."""
    return add_months(as_of.replace(day=1), 1 - COUNTBACK_MONTHS)


def measure_turnover(
    books: Books, cost: Cost, as_of: date, *, months: int, keys: Sequence[str] = ("company_id",)
) -> pd.DataFrame:
    """A row a company (`keys` with customer_id: a company and customer) with anything owed, sold or paid.

    Columns: the keys, receivable_minor, current_minor, overdue_minor, doubtful_minor, credit_balance_minor (receivable
    - credit_balance = the ledger's balance), opening_minor, sales_minor, cash_minor, overdue_share, dso, dso_countback,
    best_dso, days_delinquent, cei, collection_rate (Decimal or None), capital_cost_minor (so far), day_cost_minor (of
    one more day), turnover_needed_minor. Order: the keys. Requirements S4-41, S4-47.
    """
    first, last = months_until(as_of, months)
    table = _summed(books, list(keys))
    days = (last - first).days + 1
    figures = _ratios(table, days)
    figures["dso_countback"] = _counted_back(table, books.monthly, list(keys), as_of)
    table = table.assign(**figures)
    rate = cost.yearly_rate.as_integer_ratio()
    margin = cost.margin.as_integer_ratio()
    table = table.assign(
        capital_cost_minor=_shares(table["debt_days"], rate[0], rate[1] * 365),
        day_cost_minor=_shares(table["overdue_minor"], rate[0], rate[1] * 365),
        turnover_needed_minor=_shares(table["doubtful_minor"], margin[1], margin[0]),
    )
    ratios = ["overdue_share", "dso", "dso_countback", "best_dso", "days_delinquent", "cei", "collection_rate"]
    return table[[*keys, *SUMS, *ratios, "capital_cost_minor", "day_cost_minor", "turnover_needed_minor"]]


def _summed(books: Books, keys: list[str]) -> pd.DataFrame:
    """Whole amounts by `keys`; debt_days = overdue debt times its days past due."""
    debts = net_debts(books.closing)
    net, late = debts["net_minor"].to_numpy(dtype=np.int64), debts["days_past_due"].to_numpy(dtype=np.int64)
    overdue = np.where(late > 0, net, 0)
    is_doubtful = column_or(debts, "doubtful", False).to_numpy(dtype=bool)
    closing = debts[PAIR].assign(
        receivable_minor=net, current_minor=net - overdue, overdue_minor=overdue,
        doubtful_minor=np.where(is_doubtful, net, 0), debt_days=overdue * np.maximum(late, 0),
    )  # fmt: skip
    before = net_debts(books.opening)
    opening = before[PAIR].assign(opening_minor=before["net_minor"])
    parts = {
        **dict.fromkeys(("receivable_minor", "current_minor", "overdue_minor", "doubtful_minor", "debt_days"), closing),
        "credit_balance_minor": credit_balances(books.closing), "opening_minor": opening,
        "sales_minor": books.sales, "cash_minor": books.cash,
    }  # fmt: skip
    return sum_together(keys, parts)


def _ratios(table: pd.DataFrame, days: int) -> dict[str, Boxed]:
    amount = {name: table[f"{name}_minor"] for name in ("receivable", "current", "overdue", "opening", "sales", "cash")}
    collectable = amount["opening"] + amount["sales"]
    dso = _quotients(amount["receivable"] * days, amount["sales"], 1)
    best = _quotients(amount["current"] * days, amount["sales"], 1)
    late = [a - b if a is not None and b is not None else None for a, b in zip(dso, best, strict=True)]
    return {
        "overdue_share": boxed(_quotients(amount["overdue"], amount["receivable"], 4)),
        "dso": boxed(dso),
        "best_dso": boxed(best),
        "days_delinquent": boxed(late),
        "cei": boxed(_quotients(collectable - amount["receivable"], collectable - amount["current"], 4)),
        "collection_rate": boxed(_quotients(amount["cash"], collectable, 4)),
    }


def _counted_back(table: pd.DataFrame, monthly: pd.DataFrame, keys: list[str], as_of: date) -> Boxed:
    """Days of sales that the receivable eats up, month by month; None where 24 months of them do not suffice.

    A month whose credit notes exceed its sales counts with its days and eats up nothing.
    """
    rest = table["receivable_minor"].to_numpy(dtype=np.int64)
    days, part, of = np.zeros_like(rest), np.zeros_like(rest), np.ones_like(rest)
    is_open, has_sold = np.ones(len(rest), dtype=bool), np.zeros(len(rest), dtype=bool)
    for length, sold in _months_back(table, monthly, keys, as_of):
        ends = is_open & (rest <= sold)
        part, of = np.where(ends, rest * length, part), np.where(ends, np.maximum(sold, 1), of)
        is_open, has_sold = is_open & ~ends, has_sold | (sold > 0)
        rest, days = np.where(is_open, rest - sold, rest), np.where(is_open, days + length, days)
    known = (~is_open & has_sold).tolist()
    counted = zip(days.tolist(), part.tolist(), of.tolist(), known, strict=True)
    return boxed(round_ratio(a * c + b, c, 1) if is_known else None for a, b, c, is_known in counted)


def _months_back(
    table: pd.DataFrame, monthly: pd.DataFrame, keys: list[str], as_of: date
) -> Iterator[tuple[int, Whole]]:
    """Days and sales (0 or more, in the order of `table`) of each month, the latest, unfinished one first."""
    rows = monthly.assign(**{name: ids_of(monthly[name]) for name in keys}, month=days_of(monthly["month"]))
    sold = rows.groupby([*keys, "month"])["sales_minor"].sum().clip(lower=0)
    starts = [add_months(as_of.replace(day=1), -back) for back in range(COUNTBACK_MONTHS)]
    by_month = sold.unstack("month", fill_value=0).reindex(columns=pd.DatetimeIndex(starts), fill_value=0)
    found = by_month.reindex(index=table.set_index(keys).index, fill_value=0).to_numpy(dtype=np.int64)
    for place, start in enumerate(starts):
        end = min(add_months(start, 1) - timedelta(days=1), as_of)
        yield (end - start).days + 1, found[:, place]


def _quotients(parts: pd.Series, wholes: pd.Series, digits: int) -> list[Decimal | None]:
    """Each part over its whole; None where the whole is not above zero."""
    pairs = zip(parts.tolist(), wholes.tolist(), strict=True)
    return [round_ratio(part, whole, digits) if whole > 0 else None for part, whole in pairs]


def _shares(amounts: pd.Series, numerator: int, denominator: int) -> Whole:
    """Each amount times a fraction, in whole smallest units."""
    return np.array([int(round_ratio(int(each) * numerator, denominator, 0)) for each in amounts], dtype=np.int64)
