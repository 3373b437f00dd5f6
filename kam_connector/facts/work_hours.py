"""When the companies work, as their working schedules in the ERP say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kam_connector.facts.live import live

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


def work_hours(con: BaseBackend) -> ir.Table:
    """One row a company and stretch of a weekday.

    Columns: company_id, weekday (0 is Monday), turn (0 the first, 1 the second of two weeks in turn; null in every
    week), hour_from, hour_to (of the day, 13.5 is half past one). Breaks and section titles are no hours.
    """
    company = live(con, "res_company").select(company_id="id", calendar_key="resource_calendar_id")
    calendar = live(con, "resource_calendar").select(calendar_id="id", in_turn="two_weeks_calendar")
    line = live(con, "resource_calendar_attendance")
    line = line.filter(line.display_type.fill_null("") == "", line.day_period.fill_null("") != "lunch")
    line = line.select("calendar_id", "dayofweek", "week_type", "hour_from", "hour_to")
    joined = company.join(line, company.calendar_key == line.calendar_id)
    joined = joined.join(calendar, "calendar_id")
    turn = (joined.in_turn.fill_null(False)).ifelse(joined.week_type, None)
    return joined.select(
        "company_id", weekday=joined.dayofweek.cast("int64"), turn=turn.cast("int64"), hour_from=joined.hour_from,
        hour_to=joined.hour_to,
    )  # fmt: skip


def days_off(con: BaseBackend) -> ir.Table:
    """One row a company and stretch of time in which nobody works: days off of its schedule, or of all schedules.

    Columns: company_id, name, date_from, date_to (UTC).
    """
    company = live(con, "res_company").select(own_id="id", calendar_key="resource_calendar_id")
    leave = live(con, "resource_calendar_leaves")
    leave = leave.filter(leave.time_type.fill_null("leave") == "leave")
    leave = leave.select("calendar_id", "company_id", "name", "date_from", "date_to")
    is_own = (leave.calendar_id == company.calendar_key) | (
        leave.calendar_id.isnull() & (leave.company_id.isnull() | (leave.company_id == company.own_id))
    )
    joined = company.join(leave, is_own).drop("company_id").rename(company_id="own_id")
    return joined.select("company_id", "name", "date_from", "date_to")
