"""What `kam tiers pareto` answers: the customers' classes by revenue and by margin, beside recency and frequency."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import date
from typing import Any

from kam_connector.money import Currency, minor_text
from kam_connector.reports import Names, name_of
from kam_connector.rules.decisions import company_currencies
from kam_connector.rules.measures import complete
from kam_connector.rules.pairs import KEYS
from kam_connector.rules.pareto import classify, is_hollow, rank_rfm
from kam_connector.runs.decisions import Night
from kam_connector.runs.result import Result, Row
from kam_connector.runs.seeing import look, result_of
from kam_connector.runs.workspace import Workspace
from kam_connector.texts import Text

RANKS = ("recency", "frequency", "monetary")
SIDES = {"revenue": ("revenue_before", "revenue_class"), "margin": ("margin_before", "margin_class")}
"""Each amount's share that stands before, and its class."""


def show_pareto(workspace: Workspace, as_of: date | None) -> Result:
    """A row a customer, by company, the largest revenue of twelve months first."""
    seen = look(workspace, as_of)
    rows = [row for night in seen.nights for row in pareto_rows(night, seen.names)]
    return result_of("tiers pareto", seen, rows, None, ())


def pareto_rows(night: Night, names: Names) -> list[Row]:
    """The classes of a night's customers; those of class N stand last in their company and say why."""
    classes = classify(night.figures, night.policy.tiers.pareto)
    table = classes.assign(hollow=is_hollow(classes))
    table = table.merge(rank_rfm(complete(night.figures, night.as_of)), on=KEYS, how="left")
    table = table.astype(object).where(table.notna(), None)
    currencies = company_currencies(night.companies)
    return [_row(row, currencies[row["company_id"]], names) for row in table.to_dict("records")]


def _row(row: Mapping[Hashable, Any], currency: Currency, names: Names) -> Row:
    return {
        "company": int(row["company_id"]),
        "customer": int(row["customer_id"]),
        "name": name_of(names.customers, row["customer_id"]),
        "currency": currency.code,
        **{column: value for name in SIDES for column, value in _side(row, name, currency).items()},
        **{name: None if row[name] is None else int(row[name]) for name in RANKS},
        "remark": _remark(row),
    }


def _side(row: Mapping[Hashable, Any], name: str, currency: Currency) -> Row:
    """Amount, share that stands before, class."""
    amount, (before, kind) = row[f"{name}_12m_minor"], SIDES[name]
    return {
        name: None if amount is None else minor_text(int(amount), currency),
        before: None if row[before] is None else f"{row[before]:.4f}",
        kind: row[kind] or None,
    }


def _remark(row: Mapping[Hashable, Any]) -> Text | None:
    if row["hollow"]:
        return Text("Much revenue and no margin: look at prices and discounts.")
    if row["revenue_class"] == "N":
        return Text("Nothing invoiced in 12 months, or credited again: in no class.")
    return None
