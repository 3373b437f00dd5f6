"""Groups of companies as the commands show them: each rated as one customer, with the tiers of its customers."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from kam_connector.messages import label
from kam_connector.money import Currency, minor_text
from kam_connector.reports import Names, name_of
from kam_connector.rules.decisions import company_currencies
from kam_connector.rules.groups import add_up_groups
from kam_connector.rules.scores import HUNDREDTHS, score_customers
from kam_connector.runs.decisions import Night
from kam_connector.runs.lookup import Customer
from kam_connector.runs.result import Row

_AMOUNTS = ("revenue_12m", "margin_12m", "receivable_total", "overdue")


def groups_of(night: Night) -> dict[int, int]:
    """The group of each customer: the root of its parents, himself where he has none."""
    own = night.customers[night.customers["partner_id"] == night.customers["customer_id"]]
    pairs = zip(own["customer_id"].tolist(), own["group_id"].tolist(), strict=True)
    return {int(customer): int(group) for customer, group in pairs}


def members_of(night: Night, group: int) -> list[int]:
    """The customers of a group, itself among them."""
    return sorted({group, *(customer for customer, own in groups_of(night).items() if own == group)})


def find_group(night: Night, names: Names, who: Customer) -> Customer:
    """The group that a customer belongs to."""
    number = groups_of(night).get(who.id, who.id)
    return who if number == who.id else Customer(number, name_of(names.customers, number))


def group_figures(night: Night) -> pd.DataFrame:
    """The night's figures by group (`rules.groups.add_up_groups`)."""
    return add_up_groups(night.figures_by(night.policy.tiers), groups_of(night))


def group_rows(night: Night, names: Names, lang: str, only: int | None = None) -> list[Row]:
    """One row a company and group (or of that group only): how many customers, amounts, score, tiers; best score first.

    `tier` is the highest that one of its customers has, `tiers` how many have which. No score where too little is
    known.
    """
    figures = group_figures(night)
    scores = score_customers(figures, night.policy.tiers, night.as_of)
    table = figures.assign(score=scores.score, coverage=scores.coverage, is_rated=scores.is_rated)
    table = table.assign(order=table["score"].where(table["is_rated"]))
    table = table.sort_values(
        ["company_id", "order", "revenue_12m_minor", "customer_id"], ascending=[True, False, False, True],
        kind="stable",
    )  # fmt: skip
    held, currencies = _tiers_held(night), company_currencies(night.companies)
    return [
        _row(row, currencies[int(row["company_id"])], names)
        | _tiers(held.get((int(row["company_id"]), int(row["customer_id"])), []), night.policy.tiers.codes, names, lang)
        for row in table.to_dict("records")
        if only in (None, row["customer_id"])
    ]


def _row(row: Mapping[Hashable, Any], currency: Currency, names: Names) -> Row:
    amounts = {name: row[f"{name}_minor"] for name in _AMOUNTS}
    share = row["revenue_share"]
    return {
        "company": int(row["company_id"]),
        "group": int(row["customer_id"]),
        "name": name_of(names.customers, row["customer_id"]),
        "customers": int(row["customers"]),
        "currency": currency.code,
        **{name: None if pd.isna(minor) else minor_text(int(minor), currency) for name, minor in amounts.items()},
        "revenue_share": None if pd.isna(share) else f"{share:.4f}",
        "score": f"{row['score'] / HUNDREDTHS:.2f}" if row["is_rated"] else None,
        "coverage": f"{row['coverage'] / HUNDREDTHS:.2f}",
    }


def _tiers_held(night: Night) -> dict[tuple[int, int], list[str]]:
    """The codes of the tiers that the customers of each company and group have; "" for none."""
    groups = groups_of(night)
    held: dict[tuple[int, int], list[str]] = {}
    frame = night.tiers.frame
    for company, customer, tier in zip(
        frame["company_id"], frame["customer_id"], frame["tier"].fillna(""), strict=True
    ):
        group = groups.get(int(customer), int(customer))
        held.setdefault((int(company), group), []).append(str(tier))
    return held


def _tiers(held: Sequence[str], codes: Sequence[str], names: Names, lang: str) -> Row:
    ranked = [code for code in [*codes, ""] if code in held]
    words = [f"{names.tiers.get(code) or label('tier.none', lang)} {held.count(code)}" for code in ranked]
    return {"tier": (ranked[0] or None) if ranked else None, "tiers": ", ".join(words)}
