"""The ageing as rows of plain types: by customer, group, salesperson, team, tier or company (CONTRACTS "ageing")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from kam_connector.money import Currency, minor_text
from kam_connector.reports import Names, name_of
from kam_connector.rules.ageing import KEYS, roll_up
from kam_connector.runs.aged import Receivables
from kam_connector.runs.result import Row

SUBJECTS: Mapping[str, str] = {
    "customer": "customer_id",
    "group": "group_id",
    "salesperson": "user_id",
    "team": "team_id",
    "tier": "tier",
    "company": "company_id",
}
"""What the ageing can be added up by, and its column."""
_INFORMATION = ("unapplied", "pending", "disputed", "doubtful")


def ageing_rows(owed: Receivables, names: Names, *, by: str = "customer") -> list[Row]:
    """One row a company, currency and subject: name, salesperson (of a customer), total, buckets, shares.

    By customer a row a salesperson as well. Order: company, then currency, then the largest total first, then id.
    """
    frame = roll_up(owed.rows, [*subject_keys(by), "currency_id"])
    code = frame["currency_id"].map({key: currency.code for key, currency in names.currencies.items()})
    order = ["company_id", "code", "total_minor", SUBJECTS[by]]
    buckets = bucket_columns(owed.rows)
    frame = frame.assign(code=code).sort_values(order, ascending=[True, True, False, True], kind="stable")
    return [
        {
            "company": int(row["company_id"]),
            **subject_row(row, by, names),
            **amounts_of(row, buckets, names.currencies[row["currency_id"]]),
        }
        for row in frame.to_dict("records")
    ]


def ageing_totals(owed: Receivables, names: Names) -> list[Row]:
    """One row a company and currency: total, buckets, shares, and the tie-out to the ledger."""
    sums = roll_up(owed.rows, ("company_id", "currency_id")).set_index(["company_id", "currency_id"])
    totals: list[Row] = []
    for tied in owed.tie_out.to_dict("records"):
        company, currency = tied["company_id"], names.currencies[tied["currency_id"]]
        key = (company, tied["currency_id"])
        row = sums.loc[key].to_dict() if key in sums.index else {}
        totals.append(
            {
                "company": int(company),
                **amounts_of(row, bucket_columns(owed.rows), currency),
                "tie_out": {
                    name: minor_text(int(tied[f"{name}_minor"]), currency)
                    for name in ("ageing", "ledger", "across", "difference")
                    if f"{name}_minor" in tied
                },
            }
        )
    return totals


def subject_keys(by: str) -> list[str]:
    """The columns that rows are added up by: company and subject, for customers the salesperson too."""
    return list(dict.fromkeys(KEYS if by == "customer" else ("company_id", SUBJECTS[by])))


def bucket_columns(rows: pd.DataFrame) -> list[str]:
    """The bucket names of rows of the ageing, in order: not_due, d1_30, ..."""
    names = [column.removesuffix("_minor") for column in rows.columns if column.endswith("_minor")]
    return [name for name in names if name == "not_due" or (name[0] == "d" and name[1].isdigit())]


def with_tiers(rows: pd.DataFrame, tiers: pd.DataFrame) -> pd.DataFrame:
    """Rows of the ageing with the code of each customer's tier; "" where he has none.

    `tiers`: company_id, customer_id, tier.
    """
    known = tiers[["company_id", "customer_id", "tier"]].drop_duplicates(["company_id", "customer_id"])
    joined = rows.merge(known, on=["company_id", "customer_id"], how="left")
    return joined.assign(tier=joined["tier"].astype(object).where(joined["tier"].notna(), ""))


def subject_row(row: Mapping[Any, Any], by: str, names: Names) -> Row:
    """Id (or code) and name of what a row is about; of a customer also the salesperson."""
    if by == "company":
        return {"name": name_of(names.companies, row["company_id"])}
    if by == "tier":
        return {"tier": row["tier"], "name": names.tiers.get(row["tier"], row["tier"])}
    known = {"salesperson": names.people, "team": names.teams}.get(by, names.customers)
    seller = {"salesperson": name_of(names.people, row["user_id"])} if by == "customer" else {}
    return {by: int(row[SUBJECTS[by]]), "name": name_of(known, row[SUBJECTS[by]]), **seller}


def amounts_of(row: Mapping[Any, Any], buckets: list[str], currency: Currency) -> dict[str, str]:
    """Currency, total, buckets and shares as texts; 0 for what the row does not have."""
    names = ("total", *buckets, *_INFORMATION)
    amounts = {name: minor_text(int(row.get(f"{name}_minor", 0)), currency) for name in names}
    return {"currency": currency.code, **amounts}
