"""Days and moments: the twelve months up to a day, and when a business day ends in each company's zone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import ibis

from kam_connector.facts.companies import companies

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

Zones = Mapping[int, ZoneInfo]


def year_before(day: date) -> date:
    """The same day a year earlier; 29 February becomes the 28th."""
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap else day.day)


def twelve_months(last: date) -> tuple[date, date]:
    """First and last day of the twelve months that end with `last`: 2025-07-01 to 2026-06-30."""
    return year_before(last) + timedelta(days=1), last


def day_end(con: BaseBackend, company_id: ir.IntegerColumn, day: date, zones: Zones | None = None) -> ir.Value:
    """For each row's company the moment at which its business day `day` is over.

    The zone is that of `zones`, else of the company's calendar, else UTC. A few companies, so the moments stand in
    the expression as literals.
    """
    table = companies(con).select("company_id", "zone").to_pyarrow().to_pylist()
    ends = {
        row["company_id"]: _end(day, (zones or {}).get(row["company_id"]) or ZoneInfo(row["zone"])) for row in table
    }
    known = [(company_id == company, _literal(end)) for company, end in sorted(ends.items())]
    utc = _literal(_end(day, ZoneInfo("UTC")))
    return ibis.cases(*known, else_=utc) if known else utc


def _end(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


def _literal(moment: datetime) -> ir.Scalar:
    return ibis.timestamp(moment.replace(tzinfo=None), timezone="UTC")
