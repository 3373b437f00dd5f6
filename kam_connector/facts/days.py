"""Days and moments: the twelve months up to a day, and business days in each company's zone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import ibis

from kam_connector.facts.companies import companies

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

Zones = Mapping[int, ZoneInfo]
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def year_before(day: date) -> date:
    """The same day a year earlier; 29 February becomes the 28th."""
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap else day.day)


def twelve_months(last: date) -> tuple[date, date]:
    """First and last day of the twelve months that end with `last`: 2025-07-01 to 2026-06-30."""
    return year_before(last) + timedelta(days=1), last


def day_end(con: BaseBackend, company_id: ir.IntegerColumn, day: date, zones: Zones | None = None) -> ir.Value:
    """For each row's company the moment at which its business day `day` is over.

    The zone is that of `zones`, which then has every company, else that of the company's calendar, else UTC. A few
    companies, so the moments stand in the expression as literals.
    """
    known = [(company_id == company, _literal(_end(day, zone))) for company, zone in _company_zones(con, zones)]
    utc = _literal(_end(day, ZoneInfo("UTC")))
    return ibis.cases(*known, else_=utc) if known else utc


def local_day(
    con: BaseBackend,
    company_id: ir.IntegerColumn,
    moment: ir.Value,
    window: tuple[date, date],
    zones: Zones | None = None,
) -> ir.Value:
    """The day of each row's company on which `moment` (UTC) lies; zones as in `day_end`.

    Summer time is followed within the first and last day of `window`; before and after it the offset of that end holds.
    """
    branches = [
        ((company_id == company) & (moment >= _literal(since)), moment + ibis.interval(seconds=seconds))
        for company, zone in _company_zones(con, zones)
        for since, seconds in reversed(_offsets(zone, *window))
    ]
    return ibis.cases(*branches, else_=moment).date() if branches else moment.date()


def _company_zones(con: BaseBackend, zones: Zones | None) -> list[tuple[int, ZoneInfo]]:
    """(company_id, zone) of every company, by id; the mirror is asked only where nobody gives them."""
    if zones:
        return sorted(zones.items())
    table = companies(con).select("company_id", "zone").to_pyarrow().to_pylist()
    return sorted((row["company_id"], ZoneInfo(row["zone"])) for row in table)


@lru_cache(maxsize=64)
def _offsets(zone: ZoneInfo, first: date, last: date) -> list[tuple[datetime, int]]:
    """Moments from which a zone is so many seconds ahead of universal time, looked at by the hour.

    The first one stands for all time before.
    """
    moment, end = _end(first - timedelta(days=1), zone), _end(last, zone)
    found = [(_BEGINNING, _seconds_ahead(moment, zone))]
    while moment < end:
        seconds = _seconds_ahead(moment, zone)
        if seconds != found[-1][1]:
            found.append((moment, seconds))
        moment += timedelta(hours=1)
    return found


def _seconds_ahead(moment: datetime, zone: ZoneInfo) -> int:
    return int((moment.astimezone(zone).utcoffset() or timedelta()).total_seconds())


def _end(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


def _literal(moment: datetime) -> ir.Scalar:
    return ibis.timestamp(moment.replace(tzinfo=None), timezone="UTC")
