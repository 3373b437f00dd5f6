"""Why customers paid late, as people said when they closed collection tasks, and what the figures have to say to it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.companies import company_currencies
from kam_connector.facts.customers import customers
from kam_connector.facts.days import Zones, day_end
from kam_connector.facts.exposure import credit_limits
from kam_connector.facts.live import live
from kam_connector.facts.people import user_teams

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


def closed_tasks(con: BaseBackend, first: date, last: date, zones: Zones | None = None) -> ir.Table:
    """One row a collection task that was done in the days `first` to `last` of its company: the day of its last change.

    Columns: task_id, company_id, customer_id (0: no partner), user_id, team_id, item_id (the oldest item), cause (""
    where nobody gave one: the connector closed it because the item was paid), currency_id (of the company),
    amount_minor, days_overdue, is_late (closed after its deadline), terms_days (from the oldest invoice's date to its
    due date), over_limit (more was asked for than the customer's credit limit of today; false without a limit),
    corrected (a credit note dated up to `last` takes back all or a part of the task's invoice). Requirements S4-42 to
    S4-46.
    """
    task = live(con, "kam_collection_task")
    task = task.filter(task.state == "done", task._write_date.notnull())
    task = task.filter(
        task._write_date >= day_end(con, task.company_id, first - timedelta(days=1), zones),
        task._write_date < day_end(con, task.company_id, last, zones),
    )
    joined = _with_owner(con, task)
    move = live(con, "account_move")
    terms = move.invoice_date_due.delta(move.invoice_date, unit="day")
    move = move.select(move_key="id", terms_days=terms)
    joined = joined.left_join(move, joined.move_id == move.move_key)
    note = _corrections(con, last)
    joined = joined.left_join(note, joined.move_id == note.corrected_key)
    limit = credit_limits(con).rename(limit_company="company_id", limit_customer="customer_id").drop("trust")
    both = (joined.company_id == limit.limit_company) & (joined.customer_id == limit.limit_customer)
    joined = joined.left_join(limit, both)
    company = company_currencies(con).select(currency_company="company_id", currency_id="company_currency_id")
    joined = joined.left_join(company, joined.company_id == company.currency_company)
    return joined.select(
        "company_id",
        "customer_id",
        "user_id",
        "team_id",
        "currency_id",
        "amount_minor",
        "terms_days",
        task_id=joined.id,
        item_id=joined.oldest_item,
        cause=joined.cause_code.fill_null(""),
        days_overdue=joined.overdue_days,
        is_late=(joined.closed_after > joined.date_deadline).fill_null(False),
        over_limit=(joined.amount_minor > joined.limit_minor).fill_null(False),
        corrected=joined.corrected_key.notnull(),
    ).relocate("task_id")


def _corrections(con: BaseBackend, last: date) -> ir.Table:
    """corrected_key: the invoices that a posted credit note was made from."""
    note = live(con, "account_move")
    note = note.filter(note.move_type == "out_refund", note.state == "posted", note.invoice_date <= last)
    return note.filter(note.reversed_entry_id.notnull()).select(corrected_key="reversed_entry_id").distinct()


def _with_owner(con: BaseBackend, task: ir.Table) -> ir.Table:
    """The tasks with customer_id, team_id and closed_after (the day of closing, in universal time)."""
    partner = customers(con).select("customer_id", partner_key="partner_id")
    joined = task.left_join(partner, task.partner_id == partner.partner_key)
    team = user_teams(con).select("team_id", member_id="user_id")
    joined = joined.left_join(team, joined.user_id == team.member_id)
    return joined.mutate(
        customer_id=ibis.coalesce(joined.customer_id, joined.partner_id, 0), closed_after=joined._write_date.date()
    )
