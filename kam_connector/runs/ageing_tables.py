"""The ageing as rows of plain types: by customer, group, salesperson, team, tier or company (CONTRACTS "ageing")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from kam_connector.money import Currency, minor_text
from kam_connector.reports import Names, name_of
from kam_connector.rules.ageing import KEYS, roll_up
from kam_connector.runs.decisions import Receivables
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
    """One row a company and subject: name, salesperson (of a customer), currency, total, buckets, shares.

    By customer a row a salesperson as well. Order: company, then the largest total first, then id.
    """
    key = SUBJECTS[by]
    frame = roll_up(owed.rows, list(dict.fromkeys(KEYS if by == "customer" else ("company_id", key))))
    frame = frame.sort_values(["company_id", "total_minor", key], ascending=[True, False, True], kind="stable")
    return [
        {
            "company": int(row["company_id"]),
            **_subject(row, by, names),
            **({"salesperson": name_of(names.people, row["user_id"])} if by == "customer" else {}),
            **_amounts(row, bucket_columns(owed), names.currencies[row["currency_id"]]),
        }
        for row in frame.to_dict("records")
    ]


def ageing_totals(owed: Receivables, names: Names) -> list[Row]:
    """One row a company: currency, total, buckets, shares, and the tie-out to the ledger."""
    sums = roll_up(owed.rows, ("company_id",)).set_index("company_id")
    totals: list[Row] = []
    for tied in owed.tie_out.to_dict("records"):
        company, currency = tied["company_id"], names.currencies[tied["currency_id"]]
        row = sums.loc[company].to_dict() if company in sums.index else {}
        totals.append(
            {
                "company": int(company),
                **_amounts(row, bucket_columns(owed), currency),
                "tie_out": {
                    name: minor_text(int(tied[f"{name}_minor"]), currency)
                    for name in ("ageing", "ledger", "difference")
                },
            }
        )
    return totals


def bucket_columns(owed: Receivables) -> list[str]:
    """The bucket names in order: not_due, d1_30, ..."""
    names = [column.removesuffix("_minor") for column in owed.rows.columns if column.endswith("_minor")]
    return [name for name in names if name == "not_due" or (name[0] == "d" and name[1].isdigit())]


def with_tiers(rows: pd.DataFrame, tiers: pd.DataFrame) -> pd.DataFrame:
    """Rows of the ageing with the code of each customer's tier; "" where he has none.

    `tiers`: company_id, customer_id, tier.
    """
    known = tiers[["company_id", "customer_id", "tier"]].drop_duplicates(["company_id", "customer_id"])
    joined = rows.merge(known, on=["company_id", "customer_id"], how="left")
    return joined.assign(tier=joined["tier"].astype(object).where(joined["tier"].notna(), ""))


def _subject(row: Mapping[Any, Any], by: str, names: Names) -> Row:
    if by == "company":
        return {"name": name_of(names.companies, row["company_id"])}
    if by == "tier":
        return {"tier": row["tier"], "name": names.tiers.get(row["tier"], row["tier"])}
    known = {"salesperson": names.people, "team": names.teams}.get(by, names.customers)
    return {by: int(row[SUBJECTS[by]]), "name": name_of(known, row[SUBJECTS[by]])}


def _amounts(row: Mapping[Any, Any], buckets: list[str], currency: Currency) -> dict[str, str]:
    names = ("total", *buckets, *_INFORMATION)
    amounts = {name: minor_text(int(row.get(f"{name}_minor", 0)), currency) for name in names}
    return {"currency": currency.code, **amounts}
