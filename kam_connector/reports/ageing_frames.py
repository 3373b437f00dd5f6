"""The tables of the ageing workbook: one row a customer, a salesperson, an open item, an account.

Input frames have the columns of `rules.ageing.by_customer` and `rules.ageing.bucket_items`; amounts are int64
smallest units of the company's currency. Row order: largest total first, then id; items by customer and due
date.
"""

from __future__ import annotations

from typing import Final

import pandas as pd

from kam_connector.messages import label
from kam_connector.reports.buckets import bucket_names, bucket_title
from kam_connector.reports.heads import Names, name_of

PENDING: Final = "pending"
"""The kind of a payment that is registered and not booked."""
INFORMATION: Final = ("unapplied", "pending", "disputed", "doubtful")


def customer_rows(lines: pd.DataFrame, names: Names, lang: str) -> pd.DataFrame:
    """One row a customer: `customer`, `salesperson`, all amounts, `oldest_due`, `share`."""
    sums = _sums(lines, "customer_id")
    sums["customer"] = [name_of(names.customers, number) for number in sums["customer_id"]]
    owners = lines.groupby("customer_id")["user_id"].agg(["nunique", "first"])
    several = label("report.several", lang)
    sums["salesperson"] = [
        several if count > 1 else name_of(names.people, first)
        for count, first in owners.loc[sums["customer_id"]].itertuples(index=False)
    ]
    oldest = lines.groupby("customer_id")["oldest_due"].min()
    sums["oldest_due"] = [oldest.get(number) for number in sums["customer_id"]]
    return _ordered(sums, "customer_id")


def salesperson_rows(lines: pd.DataFrame, names: Names, lang: str) -> pd.DataFrame:
    """One row a salesperson: `salesperson`, `team`, `customers` (how many), all amounts, `share`."""
    filled = lines.assign(user_id=lines["user_id"].fillna(0).astype("int64"))
    sums = _sums(filled, "user_id")
    nobody = label("report.nobody", lang)
    sums["salesperson"] = [name_of(names.people, number) or nobody for number in sums["user_id"]]
    teams = filled.groupby("user_id")["team_id"].first()
    sums["team"] = [name_of(names.teams, teams.get(number)) for number in sums["user_id"]]
    customers = filled.groupby("user_id")["customer_id"].nunique()
    sums["customers"] = [int(customers[number]) for number in sums["user_id"]]
    return _ordered(sums, "user_id")


def item_rows(items: pd.DataFrame, names: Names, digits: int, lang: str) -> pd.DataFrame:
    """One row an open item, with `document_amount` in the document's currency of `document_digits` digits."""
    rows = items if "disputed_minor" in items.columns else items.assign(disputed_minor=0)
    rows = rows.copy()
    rows["customer"] = [name_of(names.customers, number) for number in rows["customer_id"]]
    rows["salesperson"] = [name_of(names.people, number) for number in rows["user_id"]]
    rows["account"] = [name_of(names.accounts, number) for number in rows["account_id"]]
    rows["kind_name"] = [label(f"kind.{kind}", lang) for kind in rows["kind"]]
    rows["bucket_name"] = [bucket_title(str(bucket), lang) for bucket in rows["bucket"]]
    known = [names.currencies.get(int(number)) for number in rows["currency_id"]]
    rows["document_currency"] = [
        currency.code if currency else f"#{number}" for currency, number in zip(known, rows["currency_id"], strict=True)
    ]
    rows["document_digits"] = [currency.digits if currency else digits for currency in known]
    return rows.sort_values(["customer", "customer_id", "due_date", "item_id"], kind="stable")


def booked(items: pd.DataFrame) -> pd.DataFrame:
    """The items that are part of the receivable: all but payments that are registered and not booked."""
    return items[items["kind"] != PENDING]


def bucket_totals(lines: pd.DataFrame, items: pd.DataFrame, lang: str) -> pd.DataFrame:
    """One row a bucket, youngest first: `bucket`, `title`, `amount_minor`, `items` (how many), `share`."""
    buckets = bucket_names(lines.columns)
    counts = items["bucket"].value_counts()
    amounts = [int(lines[f"{name}_minor"].sum()) for name in buckets]
    total = sum(amounts)
    return pd.DataFrame(
        {
            "bucket": buckets,
            "title": [bucket_title(name, lang) for name in buckets],
            "amount_minor": amounts,
            "items": [int(counts.get(name, 0)) for name in buckets],
            "share": [amount / total if total else 0.0 for amount in amounts],
        }
    )


def account_rows(items: pd.DataFrame, ledger: pd.DataFrame | None, names: Names) -> pd.DataFrame:
    """One row a receivable account: `account`, `ageing_minor`, `ledger_minor`, `difference_minor`.

    `ledger`: columns account_id, ledger_minor of this company (`facts.receivables.ledger_balance`), or None.
    """
    ageing = items.groupby("account_id")["residual_minor"].sum()
    books = pd.Series(dtype="int64") if ledger is None else ledger.groupby("account_id")["ledger_minor"].sum()
    accounts = sorted({int(number) for number in [*ageing.index, *books.index]})
    rows = pd.DataFrame({"account_id": accounts})
    rows["account"] = [name_of(names.accounts, number) for number in accounts]
    rows["ageing_minor"] = [int(ageing.get(number, 0)) for number in accounts]
    rows["ledger_minor"] = [int(books.get(number, 0)) for number in accounts]
    rows["difference_minor"] = rows["ageing_minor"] - rows["ledger_minor"]
    return rows


def _sums(lines: pd.DataFrame, key: str) -> pd.DataFrame:
    amounts = [column for column in lines.columns if str(column).endswith("_minor")]
    numbers = lines[amounts].fillna(0).astype("int64")
    sums = numbers.groupby(lines[key]).sum().reset_index()
    total = int(sums["total_minor"].sum())
    sums["share"] = sums["total_minor"] / total if total else 0.0
    debts = sums["total_minor"] + sums["unapplied_minor"]
    sums["overdue_share"] = (sums["overdue_minor"] / debts).where(debts > 0)
    return sums


def _ordered(sums: pd.DataFrame, key: str) -> pd.DataFrame:
    return sums.sort_values(["total_minor", key], ascending=[False, True], kind="stable").reset_index(drop=True)
