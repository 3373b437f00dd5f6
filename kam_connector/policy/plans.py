"""An incentive plan as a file says it: who is paid for what, by which components, with which terms.

| file | what it answers |
|---|---|
| `plans.py` | the plan as a whole: payees, credits, quota, splits |
| `components.py` | the ways in which it pays: brackets, events, prizes, awards |
| `salaries.py` | what it pays a person a month, whatever is sold |
| `payterms.py` | modifiers, gates, limits, cash, draws |
| `plan_problems.py` | what no plan may say |
| `plan_advice.py` | what a plan may say and is probably not meant |
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from kam_connector.periods import PeriodKind
from kam_connector.policy.components import Component, Filter
from kam_connector.policy.payterms import Cash, Draw, Gate, Limits, Modifiers
from kam_connector.policy.salaries import Salary
from kam_connector.policy.values import Code, Day, Label, Positive, Share, Table, label_of


class PlanHead(Table):
    """What the plan is called, when it is in force, in which currency and how often it pays.

    Without `currency` each company's credits are paid in that company's own currency. `revenue_share` is the share of
    the sales that the plan may cost at most; `exclusive` says that no other plan may pay for the same credit. A period
    that is not paid `pay_within_days` after its end is told by every run.
    """

    code: Code
    valid_from: Day
    valid_to: Day | None = None
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    period: PeriodKind = "month"
    label: Label | None = None
    revenue_share: Share | None = None
    exclusive: bool = True
    pay_within_days: int | None = Field(default=None, ge=0, le=366)


class Payees(Table):
    """Who is paid by the plan: logins ("*" = everybody), teams, roles."""

    users: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


class Credit(Table):
    """Which document makes a credit, which of its figures counts, and whether a sale at a loss counts against pay."""

    source: Literal["order", "invoice", "cash"] = "invoice"
    base: Literal["net", "margin"] = "net"
    loss: Literal["ignore", "count"] = "ignore"


class Quota(Table):
    """What attainment is measured against: one amount for all, or the targets of payees and teams."""

    source: Literal["amount", "targets"] = Field(default="amount", alias="from")
    measure: Literal["revenue", "margin"] | None = None
    amount: Positive | None = None
    period: PeriodKind = "year"
    prorate: Literal["days", "months"] = "days"


class Split(Table):
    """A share of one credit for a role; an overlay comes on top of the shares."""

    role: Code
    share: Positive
    overlay: bool = False


class Clawback(Table):
    """What a later reversal takes back."""

    policy: Literal["recompute", "historic", "money_only"] = "recompute"


class Plan(Table):
    """One file of incentives/."""

    plan: PlanHead
    payees: Payees = Payees()
    credit: Credit = Credit()
    quota: Quota | None = None
    component: tuple[Component, ...] = ()
    salary: tuple[Salary, ...] = ()
    modifiers: Modifiers = Modifiers()
    gate: tuple[Gate, ...] = ()
    limits: Limits = Limits()
    cash: Cash = Cash()
    split: tuple[Split, ...] = ()
    filter: Filter = Filter()
    clawback: Clawback = Clawback()
    draw: Draw | None = None

    @property
    def code(self) -> str:
        """The plan's code."""
        return self.plan.code

    @property
    def valid_from(self) -> date:
        """The first day of this version."""
        return self.plan.valid_from

    @property
    def names(self) -> Label:
        """The plan's name in both languages."""
        return label_of(self.plan.label, self.plan.code)

    @property
    def looks_at_lines(self) -> bool:
        """Whether lines of documents, or the categories of their products, decide about pay."""
        filters = [self.filter, *(each.filter for each in self.component if each.filter is not None)]
        return any(each.categories for each in filters) or any(each.basis == "line" for each in self.component)

    @property
    def asks_targets(self) -> bool:
        """Whether it is measured by what its payees are to reach."""
        return self.quota is not None and self.quota.source == "targets"

    @property
    def asks_margin(self) -> bool:
        """Whether it pays by what a sale has left, or looks at that."""
        return self.credit.base == "margin" or any(gate.fact == "margin_share" for gate in self.gate)
