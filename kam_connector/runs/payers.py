"""What `kam collections show` answers: each customer's class of payer, next payment, exposure and credit advice."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from kam_connector.messages import render
from kam_connector.money import Currency, minor_text
from kam_connector.policy import privileges_of
from kam_connector.reports import Names, name_of
from kam_connector.rules.decisions import company_currencies, figure_texts
from kam_connector.rules.expected import next_payments
from kam_connector.rules.payers import PAIR, SHOWN
from kam_connector.rules.privileges import allowed_credit, with_privileges
from kam_connector.runs.decisions import Night
from kam_connector.runs.result import Result, Row
from kam_connector.runs.seeing import Seen, look, result_of
from kam_connector.runs.workspace import Workspace

Record = Mapping[Hashable, Any]
_COUNTS = ("paid_items", "broken")
_AMOUNTS = ("receivable", "drafts", "orders", "exposure", "limit", "headroom", "credit_allowed")
ON_SCREEN = (
    "customer", "name", "payer_class", "days_late", "trend", "expected_on", "currency", "expected", "exposure", "limit",
    "headroom", "advice",
)  # fmt: skip
"""The columns of a table; JSON and CSV have all of them."""
_TITLES = {"reason_code": "advice_code", "reason_args": "advice_args"}


def show_payers(workspace: Workspace, as_of: date | None, customer: int | None, items: bool) -> Result:
    """A row a customer; with `items` a row an open debt and the day on which it is expected."""
    seen = look(workspace, as_of)
    rows: list[Row] = []
    for night in seen.nights:
        rows += expected_rows(night, seen.names) if items else payer_rows(night, seen, workspace.lang)
    wanted = [row for row in rows if customer in (None, row["customer"])]
    return replace(result_of("collections show", seen, wanted, None, ()), columns=() if items else ON_SCREEN)


def payer_rows(night: Night, seen: Seen, lang: str) -> list[Row]:
    """A row a company and customer who paid, owes, ordered or has a limit: the largest exposure of a company first."""
    advised = night.credit.frame.rename(columns=_TITLES)
    table = night.payers.frame.merge(advised, on=PAIR, how="outer")
    table = table.merge(next_payments(night.expected), on=PAIR, how="left").merge(_allowed(night), on=PAIR, how="left")
    table = table.sort_values(["company_id", "exposure_minor", "customer_id"], ascending=[True, False, True])
    table = table.assign(**{title: figure_texts(table[name], digits) for title, (name, digits) in SHOWN.items()})
    table = table.astype(object).where(table.notna(), None)
    currencies = company_currencies(night.companies)
    return [_payer_row(row, currencies[row["company_id"]], seen.names, lang) for row in table.to_dict("records")]


def _allowed(night: Night) -> pd.DataFrame:
    """company_id, customer_id, credit_allowed_minor: what the tier allows; nobody without a tier or without sales."""
    owed = with_privileges(night.tiers.frame[[*PAIR, "tier"]], privileges_of(night.policy.tiers.tier))
    owed = owed.merge(night.figures[[*PAIR, "revenue_12m_minor"]], on=PAIR)
    owed = owed[owed["credit_factor"].notna() & owed["revenue_12m_minor"].notna()]
    granted = zip(owed["revenue_12m_minor"], owed["credit_factor"], strict=True)
    return owed[PAIR].assign(credit_allowed_minor=[allowed_credit(int(sales), factor) for sales, factor in granted])


def expected_rows(night: Night, names: Names) -> list[Row]:
    """A row an open debt that credits do not cover: company, customer, expected day, item."""
    currencies = company_currencies(night.companies)
    return [
        {
            "company": int(row["company_id"]),
            "customer": int(row["customer_id"]),
            "name": name_of(names.customers, row["customer_id"]),
            "item": int(row["item_id"]),
            "document": name_of(names.documents, row["move_id"]),
            "due_date": _day(row["due_date"]),
            "currency": currencies[row["company_id"]].code,
            "amount": minor_text(row["net_minor"], currencies[row["company_id"]]),
            "delay_days": int(row["delay_days"]),
            "expected_by": row["expected_by"],
            "expected_on": _day(row["expected_on"]),
        }
        for row in night.expected.to_dict("records")
    ]


def _payer_row(row: Record, currency: Currency, names: Names, lang: str) -> Row:
    return {
        "company": int(row["company_id"]),
        "customer": int(row["customer_id"]),
        "name": name_of(names.customers, row["customer_id"]),
        "payer_class": row["payer_class"],
        **{name: None if row[name] is None else int(row[name]) for name in _COUNTS},
        **{title: row[title] or None for title in SHOWN},
        "trend": row["trend"],
        "last_paid_on": _day(row["last_paid_on"]),
        "expected_on": _day(row["expected_on"]),
        "currency": currency.code,
        "expected": _amount(row["expected_minor"], currency),
        **{name: _amount(row[f"{name}_minor"], currency) for name in _AMOUNTS},
        "advice": row["advice"],
        "reason": _reason(row["reason_code"], row["reason_args"], lang, names),
        "advice_reason": _reason(row["advice_code"], row["advice_args"], lang, names),
    }


def _reason(code: str | None, args: str, lang: str, names: Names) -> str | None:
    return render(code, args, lang, names.own) if code else None


def _amount(minor: int | None, currency: Currency) -> str | None:
    return None if minor is None else minor_text(int(minor), currency)


def _day(value: Any) -> str | None:
    """The ISO day; missing where there is none."""
    return None if pd.isna(value) else str(value)[:10]
