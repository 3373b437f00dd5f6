"""What `kam ageing metrics` and `kam ageing provision` answer: DSO and its kin, and what is provided for."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import date, timedelta
from typing import Any

import pandas as pd
from ibis import Table

from kam_connector.facts import receivables, turnover
from kam_connector.messages import render
from kam_connector.money import Currency, minor_text
from kam_connector.periods import months_until
from kam_connector.reports import Names, name_of
from kam_connector.rules.ageing import bucket_items
from kam_connector.rules.decisions import company_currencies
from kam_connector.rules.turnover import Books, first_counted, measure_turnover
from kam_connector.runs.decisions import Night
from kam_connector.runs.frames import to_frame
from kam_connector.runs.result import Result, Row
from kam_connector.runs.seeing import Seen, look, result_of
from kam_connector.runs.sources import Sources, sources_of
from kam_connector.runs.workspace import Workspace

Record = Mapping[Hashable, Any]
_KEYS = {"company": ("company_id",), "customer": ("company_id", "customer_id")}
_BEFORE = ("receivable", "current", "overdue", "doubtful", "credit_balance", "opening", "sales", "cash")
_RATIOS = ("overdue_share", "dso", "dso_countback", "best_dso", "days_delinquent", "cei", "collection_rate")
_COST = ("capital_cost", "day_cost", "turnover_needed")


def show_metrics(workspace: Workspace, as_of: date | None, months: int, by: str) -> Result:
    """DSO and its kin over so many months, a row a company or customer; what exceeds `[alerts]` as findings."""
    seen = look(workspace, as_of)
    sources = sources_of(workspace)
    rows = [row for night in seen.nights for row in metric_rows(sources, night, seen.names, months=months, by=by)]
    alerts = tuple(found for night in seen.nights for found in night.alerts)
    return result_of("ageing metrics", seen, rows, None, alerts)


def show_provision(workspace: Workspace, as_of: date | None) -> Result:
    """The provision by customer and band; totals by company and band, and by company."""
    seen = look(workspace, as_of)
    rows = [row for night in seen.nights for row in _provision_rows(night, seen, workspace.lang)]
    totals = [row for night in seen.nights for row in _provision_totals(night)]
    return result_of("ageing provision", seen, rows, totals, ())


def metric_rows(sources: Sources, night: Night, names: Names, *, months: int, by: str) -> list[Row]:
    """Rows by company, or by company and customer, the largest receivable of a company first."""
    books = read_books(sources, night, months)
    cost = night.policy.collections.cost
    table = measure_turnover(books, cost, night.as_of, months=months, keys=_KEYS[by])
    order = ["company_id", "receivable_minor", *_KEYS[by][1:]]
    table = table.sort_values(order, ascending=[True, False, *([True] * len(_KEYS[by][1:]))])
    currencies = company_currencies(night.companies)
    first, _ = months_until(night.as_of, months)
    return [
        {
            "company": int(row["company_id"]),
            **_customer(row, names),
            "period_from": first.isoformat(),
            "currency": currencies[row["company_id"]].code,
            **_amounts(row, _BEFORE, currencies[row["company_id"]]),
            **{name: None if row[name] is None else str(row[name]) for name in _RATIOS},
            **_amounts(row, _COST, currencies[row["company_id"]]),
        }
        for row in table.to_dict("records")
    ]


def read_books(sources: Sources, night: Night, months: int) -> Books:
    """The night's items and what they are measured against over so many months."""
    con, policy = sources.con, night.policy.collections.ageing
    first, last = months_until(night.as_of, months)
    before = first - timedelta(days=1)
    opening = bucket_items(_own(receivables.open_items(con, before), night), policy, before)
    return Books(
        night.receivables.items,
        _own(turnover.credit_sales(con, first, last), night),
        opening,
        _own(turnover.credit_sales(con, first_counted(last), last), night),
        _own(turnover.cash_received(con, first, last), night),
    )


def _provision_rows(night: Night, seen: Seen, lang: str) -> list[Row]:
    """By company, customer and band."""
    currencies = company_currencies(night.companies)
    return [
        {
            "company": int(row["company_id"]),
            **_customer(row, seen.names),
            "currency": currencies[row["company_id"]].code,
            "band": row["band"],
            "items": int(row["item_count"]),
            **_amounts(row, ("amount",), currencies[row["company_id"]]),
            "rate": row["rate"],
            **_amounts(row, ("provision",), currencies[row["company_id"]]),
            "reason": render(row["reason_code"], row["reason_args"], lang, seen.names.own),
        }
        for row in night.provision.frame.to_dict("records")
    ]


def _provision_totals(night: Night) -> list[Row]:
    """A row a company and band, the bands in their order, and after them one for the company (band `total`)."""
    currencies = company_currencies(night.companies)
    frame, sums = night.provision.frame, ["item_count", "amount_minor", "provision_minor"]
    by_band = frame.groupby(["company_id", "band_no", "band"], as_index=False)[sums].sum()
    whole = frame.groupby("company_id", as_index=False)[sums].sum().assign(band="total", band_no=len(frame) + 1)
    table = pd.concat([by_band, whole]).sort_values(["company_id", "band_no"], kind="stable")
    return [
        {
            "company": int(row["company_id"]),
            "currency": currencies[row["company_id"]].code,
            "band": row["band"],
            "items": int(row["item_count"]),
            **_amounts(row, ("amount", "provision"), currencies[row["company_id"]]),
        }
        for row in table.to_dict("records")
    ]


def _customer(row: Record, names: Names) -> Row:
    if "customer_id" not in row:
        return {}
    return {"customer": int(row["customer_id"]), "name": name_of(names.customers, row["customer_id"])}


def _amounts(row: Record, names: tuple[str, ...], currency: Currency) -> dict[str, str]:
    return {name: minor_text(int(row[f"{name}_minor"]), currency) for name in names}


def _own(table: Table, night: Night) -> pd.DataFrame:
    """The rows of the night's companies."""
    frame = to_frame(table)
    return frame[frame["company_id"].isin(night.companies["company_id"])].reset_index(drop=True)
