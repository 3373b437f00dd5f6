"""When the companies work, as their working schedules in the ERP say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.live import live

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


def schedules(con: BaseBackend) -> ir.Table:
    """One row a working schedule that is not archived.

    Columns: calendar_id, company_id (null: of all companies), schedule (its name), zone.
    """
    calendar = live(con, "resource_calendar")
    calendar = calendar.filter(calendar.active.fill_null(True))
    return calendar.select("company_id", calendar_id="id", schedule="name", zone="tz").relocate("calendar_id")


def work_hours(con: BaseBackend, schedule: int | None = None) -> ir.Table:
    """One row a company and stretch of a weekday: by its own schedule, or by the one of the id `schedule`.

    Columns: company_id, weekday (0 is Monday), turn (0 the first, 1 the second of two weeks in turn; null in every
    week), hour_from, hour_to (of the day, 13.5 is half past one), date_from, date_to (the first and the last day on
    which it is worked; null: since ever, for ever; Odoo 19 has neither). Breaks and section titles are no hours.
    """
    company = _company_schedules(con, schedule)
    calendar = live(con, "resource_calendar").select(calendar_id="id", in_turn="two_weeks_calendar")
    line = live(con, "resource_calendar_attendance")
    line = line.filter(line.display_type.fill_null("") == "", line.day_period.fill_null("") != "lunch")
    line = line.select("calendar_id", "dayofweek", "week_type", "hour_from", "hour_to", "date_from", "date_to")
    joined = company.join(line, company.calendar_key == line.calendar_id)
    joined = joined.join(calendar, "calendar_id")
    turn = (joined.in_turn.fill_null(False)).ifelse(joined.week_type, None)
    return joined.select(
        weekday=joined.dayofweek.cast("int64"), turn=turn.cast("int64"), hour_from=joined.hour_from,
        hour_to=joined.hour_to, date_from=joined.date_from, date_to=joined.date_to, company_id=joined.own_id,
    ).relocate("company_id")  # fmt: skip


def days_off(con: BaseBackend, schedule: int | None = None) -> ir.Table:
    """One row a company and stretch of time in which nobody works: days off of its schedule, or of the one of the id
    `schedule`, and those of all schedules.

    Columns: company_id, name, date_from, date_to (UTC).
    """
    company = _company_schedules(con, schedule)
    leave = live(con, "resource_calendar_leaves")
    leave = leave.filter(leave.time_type.fill_null("leave") == "leave")
    leave = leave.select("calendar_id", "company_id", "name", "date_from", "date_to")
    is_own = (leave.calendar_id == company.calendar_key) | (
        leave.calendar_id.isnull() & (leave.company_id.isnull() | (leave.company_id == company.own_id))
    )
    joined = company.join(leave, is_own).drop("company_id").rename(company_id="own_id")
    return joined.select("company_id", "name", "date_from", "date_to")


def _company_schedules(con: BaseBackend, schedule: int | None) -> ir.Table:
    """own_id, calendar_key: the schedule of each company, or the one that is asked for."""
    company = live(con, "res_company")
    asked = company.resource_calendar_id if schedule is None else ibis.literal(schedule, "int64")
    return company.select(own_id="id", calendar_key=asked)
