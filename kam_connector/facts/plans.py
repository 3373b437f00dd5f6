"""What people mean to do for a customer by its account plan, and what was invoiced in the plan's days."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.customers import customers
from kam_connector.facts.invoices import posted_invoices
from kam_connector.facts.live import live
from kam_connector.facts.people import writers
from kam_connector.facts.tiered import tiered

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

SHOWN = ("agreed", "running")


def plans(con: BaseBackend, as_of: date) -> ir.Table:
    """One row an account plan that runs today, or is agreed, and had begun on `as_of`.

    Columns: plan_id, company_id, customer_id, name, aim, state (agreed, running), owner (a name), plan_version,
    date_from, date_to, target_minor (null: no revenue is aimed at), invoiced_minor (net, posted invoices and credit
    notes of the plan's days up to `as_of`, company currency), target_share (null: none is aimed at), is_over (its last
    day lies before `as_of`). Requirements S0-4, S2-5.
    """
    plan = live(con, "kam_plan")
    plan = plan.filter(plan.state.isin(SHOWN), plan.date_from <= as_of)
    customer = customers(con).select("customer_id", partner_key="partner_id")
    joined = plan.inner_join(customer, plan.partner_id == customer.partner_key)
    owner = writers(con).rename(owner="writer")
    joined = joined.left_join(owner, joined.user_id == owner.writer_id)
    sold = _invoiced(con, as_of)
    joined = joined.left_join(sold, joined.id == sold.sold_plan_id)
    return joined.select(
        "company_id", "customer_id", "name", "aim", "state", "owner", "plan_version", "date_from", "date_to",
        plan_id="id", target_minor=joined.target_revenue_minor.nullif(0), target_share=joined.target_share.nullif(0.0),
        invoiced_minor=joined.sold_minor.fill_null(0), is_over=joined.date_to < as_of,
    ).relocate("plan_id")  # fmt: skip


def plan_measures(con: BaseBackend, as_of: date) -> ir.Table:
    """One row a measure of a plan as `plans` has them.

    Columns: measure_id, plan_id, company_id, customer_id, state (of the plan), phase (1 and up), phase_from and
    phase_to (the first and last day of the phase's measures), kind (product, price, service, sales_force, marketing,
    other), name, done_by (a name), due, done_on (null while later than `as_of`), is_late (not done and due before
    `as_of`). Requirements S0-4, S2-5, S4-86.
    """
    plan = plans(con, as_of).select("plan_id", "company_id", "customer_id", "state")
    measure = live(con, "kam_plan_measure").drop("company_id").rename(of_plan="plan_id")
    joined = measure.inner_join(plan, measure.of_plan == plan.plan_id)
    person = writers(con).rename(done_by="writer")
    joined = joined.left_join(person, joined.user_id == person.writer_id)
    done_on = ibis.ifelse(joined.done_on <= as_of, joined.done_on, ibis.null("date"))
    joined = joined.mutate(known_on=done_on)
    phase = ibis.window(group_by=["plan_id", "phase"])
    return joined.select(
        "plan_id", "company_id", "customer_id", "state", "phase", "kind", "name", "done_by", "due",
        measure_id="id", phase_from=joined.date_from.min().over(phase), phase_to=joined.due.max().over(phase),
        done_on=joined.known_on, is_late=joined.known_on.isnull() & (joined.due < as_of),
    ).relocate("measure_id")  # fmt: skip


def unplanned(con: BaseBackend, as_of: date) -> ir.Table:
    """One row a company and customer with a tier in the addon that has no running plan which had begun on `as_of`.

    Columns: company_id, customer_id, tier (its code; one that a person has set counts). Requirement S4-85.
    """
    found = plans(con, as_of)
    running = found.filter(found.state == "running").select("company_id", "customer_id")
    return tiered(con).anti_join(running, ["company_id", "customer_id"])


def overdue_plans(con: BaseBackend, as_of: date) -> ir.Table:
    """One row a company and customer with a tier in the addon whose running plan is past its last day or has a measure
    that is late.

    Columns: company_id, customer_id, tier (its code; one that a person has set counts). Requirement S4-85.
    """
    plan, measure = plans(con, as_of), plan_measures(con, as_of)
    over = plan.filter(plan.state == "running", plan.is_over).select("company_id", "customer_id")
    late = measure.filter(measure.state == "running", measure.is_late).select("company_id", "customer_id")
    return tiered(con).semi_join(over.union(late), ["company_id", "customer_id"])


def _invoiced(con: BaseBackend, as_of: date) -> ir.Table:
    """sold_plan_id, sold_minor: what was invoiced to the customer in the plan's days, both included, up to `as_of`."""
    invoice = posted_invoices(con)
    invoice = invoice.filter(invoice.date <= as_of)
    invoice = invoice.select("net_company_minor", sold_on="date", seller_id="company_id", buyer_id="customer_id")
    plan = live(con, "kam_plan").select("id", "company_id", "partner_id", "date_from", "date_to")
    joined = plan.inner_join(invoice, [plan.company_id == invoice.seller_id, plan.partner_id == invoice.buyer_id])
    joined = joined.filter(joined.sold_on >= joined.date_from, joined.sold_on <= joined.date_to)
    return joined.group_by(sold_plan_id=joined.id).agg(sold_minor=joined.net_company_minor.sum().cast("int64"))
