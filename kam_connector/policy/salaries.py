"""Fixed pay: what a plan pays a person a month, whatever is sold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations
from typing import Literal

from pydantic import Field

from kam_connector.policy.values import Day, Positive, Problem, Problems, Table
from kam_connector.texts import Text

SALARY = "salary"
"""The component of its rows."""
Days = tuple[date, date]


class Salary(Table):
    """The salary of one person: a month, from its first day to its last, both included, while the plan is in force.

    `company`: the id of the company that pays it, in a group; `limits`: whether caps, gates, holdback and advances
    count it with what is earned. Requirement S4-26.
    """

    payee: str = Field(min_length=1)
    amount: Positive
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    company: int | None = Field(default=None, ge=1)
    first: Day | None = Field(default=None, alias="from")
    last: Day | None = Field(default=None, alias="to")
    limits: Literal["ignore", "count"] = "ignore"

    def days_within(self, begun: date, ended: date | None) -> Days | None:
        """First and last day on which it is paid by a plan in force on those days; None for no day at all."""
        first = max(begun, self.first or begun)
        last = min(self.last or date.max, ended or date.max)
        return (first, last) if first <= last else None


def find_salary_problems(salaries: Sequence[Salary], begun: date, ended: date | None) -> Problems:
    """Salaries of one plan whose days are none, or that pay one person twice for a day."""
    for place, salary in enumerate(salaries):
        what = Text('The salary of "{payee}"', {"payee": salary.payee})
        if salary.first and salary.last and salary.last < salary.first:
            yield Problem((SALARY, place, "to"), what, Text("ends before it begins."))
        elif salary.days_within(begun, ended) is None:
            yield Problem((SALARY, place), what, Text("is paid on no day on which the plan is in force."))
    terms = [(salary, salary.days_within(begun, ended)) for salary in salaries]
    for _, place, day in find_doubled(terms):
        what = Text('The salary of "{payee}"', {"payee": salaries[place].payee})
        why = Text("is paid a second time on {day}: end one of the two before.", {"day": day})
        yield Problem((SALARY, place), what, why)


def find_doubled(terms: Sequence[tuple[Salary, Days | None]]) -> Iterator[tuple[int, int, date]]:
    """The places of two salaries of one person from the same company, and the first day that has both."""
    for (earlier, (one, mine)), (place, (other, theirs)) in combinations(enumerate(terms), 2):
        same = one.payee == other.payee and (None in (one.company, other.company) or one.company == other.company)
        if same and mine is not None and theirs is not None and mine[0] <= theirs[1] and theirs[0] <= mine[1]:
            yield earlier, place, max(mine[0], theirs[0])
