"""Pay that is late: periods whose plan says by when they are paid, and how far each has come (S4-33)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import pandas as pd
from ibis import BaseBackend

from kam_connector.facts.live import live
from kam_connector.findings import Finding
from kam_connector.ledger import Ledger
from kam_connector.periods import parse_period
from kam_connector.policy import Policy
from kam_connector.runs import pay_book
from kam_connector.runs.pay_book import Place
from kam_connector.texts import Text

_NEXT = {
    "open": Text(
        "{period} of plan {plan}, company {company}, was to be paid by {due} and is not closed. Close it: `kam "
        "incentives close --period {period}`."
    ),
    "computed": Text(
        "{period} of plan {plan}, company {company}, was to be paid by {due} and waits for its approval in the ERP "
        "(Key Accounts > Incentives)."
    ),
    "approved": Text(
        "{period} of plan {plan}, company {company}, was to be paid by {due} and is approved. Lock it: `kam incentives "
        "lock --period {period}`."
    ),
    "locked": Text(
        "{period} of plan {plan}, company {company}, was to be paid by {due} and is locked. Pay it: `kam incentives "
        "payroll --period {period}`, or mark it as paid in the ERP."
    ),
}


def find_late(policy: Policy, con: BaseBackend, book: Ledger, days: Mapping[int, date]) -> Iterator[Finding]:
    """A finding for each period that is not paid `pay_within_days` after its end; `days`: each company's day.

    Paid is what the ERP calls so, and what was exported for the payroll; a statement of zero is owed nobody.
    """
    if not any(each.plan.pay_within_days is not None for each in policy.plans_between(date.min, date.max)):
        return
    states = {place: str(payload["state"]) for place, payload in pay_book.read_periods(book).items()}
    exported = book.states(pay_book.EXPORTED)
    for place in sorted(_unpaid(con, book, states)):
        company, plan, period = place
        due = _due(policy, plan, period)
        if company in days and due and due < days[company] and pay_book.period_key(*place) not in exported:
            told = {"period": period, "plan": plan, "company": company, "due": due}
            yield Finding("warning", "pay.late", pay_book.period_key(*place), _NEXT[states.get(place, "open")], told)


def _unpaid(con: BaseBackend, book: Ledger, states: Mapping[Place, str]) -> set[Place]:
    """Company, plan and period with a statement that pays and is not paid; without the addon those of the book."""
    payout = live(con, "kam_payout")
    ours = payout.filter(payout.kam_run.notnull(), payout.amount_minor != 0)
    pays = ours.select("company_id", "plan", "period", "state").to_pandas()
    shown = _places(pays)
    frozen = {each.place for each in pay_book.read_statements(book) if each.payout and not each.void}
    waiting = _places(pays[pays["state"] != "paid"]) | (frozen - shown)
    return {place for place in waiting if states.get(place) != "paid"}


def _places(payouts: pd.DataFrame) -> set[Place]:
    return set(zip(*(payouts[name].tolist() for name in ("company_id", "plan", "period")), strict=True))


def _due(policy: Policy, plan: str, period: str) -> date | None:
    """The day by which the plan, as it was at the end of the period, says that it is paid; None: it says nothing."""
    span = parse_period(period)
    versions = [each for each in policy.plans_between(span.start, span.end) if each.code == plan]
    within = versions[-1].plan.pay_within_days if versions else None
    return None if within is None else span.end + timedelta(days=within)
