"""Salaries: what a plan pays a person a month, whatever is sold; a part of a month by its calendar days.

A month is paid whole as soon as it has begun, so that a draft does not move from one day to the next. Of 1,000.00 in a
month of 31 days the first 15 are 483.87 and the other 16 are 516.13: the parts of a month always add up to it, however
many there are. Requirement S4-26.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from kam_connector.findings import Finding
from kam_connector.money import Currency, allocate_cumulative, from_minor, to_minor
from kam_connector.periods import next_period, period_of
from kam_connector.policy.plans import Plan
from kam_connector.policy.salaries import SALARY, Salary
from kam_connector.rules.pay.exact import per_minor
from kam_connector.rules.pay.given import Given
from kam_connector.rules.pay.lines import Line
from kam_connector.rules.pay.spans import number_of
from kam_connector.texts import Text

NO_PAYEE = Text("Plan {plan} has a salary of {payee}, who is nobody that is known: it is not paid.")
NO_COMPANY = Text(
    "Plan {plan} does not say which company pays the salary of {payee}: it is not paid. Write company = 1."
)
OTHER_COMPANY = Text("Plan {plan} lets company {company} pay the salary of {payee}, and there is none of that number.")
NO_CURRENCY = Text("The salary of {payee} in plan {plan} is in {currency}, which is not known: it is not paid.")
NO_DECIMALS = Text("The salary of {payee} in plan {plan} has more decimals than {currency}: it is not paid.")


def salary_lines(plan: Plan, given: Given) -> Iterator[Line]:
    """A line for each month, or part of one, of each salary that can be paid, from `given.first` up to the month of
    `given.as_of`: an older month without its sales would be advanced what they had earned."""
    for salary in plan.salary:
        found = _place(plan, salary, given)
        term = salary.days_within(plan.valid_from, plan.plan.valid_to)
        if isinstance(found, Text) or term is None or (given.companies and found[0] not in given.companies):
            continue
        company, money = found
        for first, last in _months(max(term[0], given.first), min(term[1], period_of(given.as_of, "month").end)):
            minor = _part(salary, first, last, given.currencies[money])
            figures = _figures(salary, first, last, minor, given.currencies[money])
            fine = minor * per_minor(given.currencies[money])
            who = (company, given.payees[salary.payee], money, number_of(first, plan.plan.period))
            is_fixed = salary.limits == "ignore"
            yield Line(*who, SALARY, fine, fine, "salary.month", figures, is_fixed=is_fixed)


def find_unpaid_salaries(plan: Plan, given: Given) -> list[Finding]:
    """A finding for each salary that is in force by `given.as_of` and cannot be paid."""
    found = []
    for salary in plan.salary:
        term, why = salary.days_within(plan.valid_from, plan.plan.valid_to), _place(plan, salary, given)
        if isinstance(why, Text) and term is not None and term[0] <= given.as_of:
            found.append(Finding("warning", "rules.pay", plan.code, why))
    return found


def _place(plan: Plan, salary: Salary, given: Given) -> tuple[int, int] | Text:
    """Company and currency of the salary, or why it cannot be paid."""
    values = {"plan": plan.code, "payee": salary.payee}
    homes = given.homes or {1: min(given.currencies)}  # files are of one company, whichever the plan names
    named = salary.company if given.homes else None
    company = named or (next(iter(homes)) if len(homes) == 1 else 0)
    code = salary.currency or plan.plan.currency
    if salary.payee not in given.payees:
        return Text(NO_PAYEE.template, values)
    if not company:
        return Text(NO_COMPANY.template, values)
    if company not in homes:
        return Text(OTHER_COMPANY.template, {**values, "company": company})
    ids = {currency.code: number for number, currency in given.currencies.items()}
    money = ids.get(code, 0) if code else homes[company]
    if money not in given.currencies:
        return Text(NO_CURRENCY.template, {**values, "currency": code or ""})
    try:
        to_minor(salary.amount, given.currencies[money])
    except ValueError:
        return Text(NO_DECIMALS.template, {**values, "currency": given.currencies[money].code})
    return company, money


def _months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """The parts of months from the first day to the last."""
    month = period_of(first, "month")
    while max(first, month.start) <= last:
        yield max(first, month.start), min(last, month.end)
        month = next_period(month)


def _part(salary: Salary, first: date, last: date, currency: Currency) -> int:
    """What these days of one month are paid, in smallest units: the rounded sum to their end less that before them."""
    total, length = to_minor(salary.amount, currency), period_of(first, "month").end.day
    before = allocate_cumulative(total, Fraction(first.day - 1, length), 0)
    return allocate_cumulative(total, Fraction(last.day, length), before)


def _figures(salary: Salary, first: date, last: date, minor: int, currency: Currency) -> dict[str, str | int]:
    return {
        "amount": f"{from_minor(minor, currency):f}", "monthly": f"{salary.amount:f}",
        "days": (last - first).days + 1, "of_days": period_of(first, "month").end.day,
        "date_from": first.isoformat(), "date_to": last.isoformat(),
    }  # fmt: skip
