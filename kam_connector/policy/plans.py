"""An incentive plan as a file says it: who is paid for what, by which brackets, with which limits.

The format is read whole. What this version cannot compute yet is refused by `computable.py` with its place, never
silently left out: a pay-out that ignores half of a plan is worse than none.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from pydantic import Field

from kam_connector.periods import PeriodKind
from kam_connector.policy.values import Code, Day, Exact, Label, Positive, Problem, Problems, Share, Table, label_of
from kam_connector.texts import Text

Mode = Literal["marginal", "whole", "interpolated", "crossing"]
ComponentKind = Literal["commission", "bonus", "contest", "team", "award"]


class PlanHead(Table):
    """What the plan is called, when it is in force, in which currency and how often it pays.

    Without `currency` each company's credits are paid in that company's own currency.
    """

    code: Code
    valid_from: Day
    valid_to: Day | None = None
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    period: PeriodKind = "month"
    label: Label | None = None


class Payees(Table):
    """Who is paid by the plan: logins ("*" = everybody), teams, roles."""

    users: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


class Credit(Table):
    """Which document makes a credit and which of its figures counts."""

    source: Literal["order", "invoice", "cash"] = "invoice"
    base: Literal["net", "margin"] = "net"


class Quota(Table):
    """The target that attainment is measured against."""

    amount: Positive
    period: PeriodKind = "year"
    prorate: Literal["days", "months"] = "days"


class BracketLine(Table):
    """From this base on, this rate (or, interpolated, this amount)."""

    start: Positive = Field(alias="from")
    rate: Exact | None = None
    amount: Positive | None = None


class Component(Table):
    """One way in which the plan pays."""

    kind: ComponentKind
    code: Code | None = None
    mode: Mode | None = None
    on: Literal["amount", "attainment"] = "amount"
    basis: Literal["line", "document", "period"] = "period"
    accumulate: PeriodKind | Literal["period"] = "period"
    edge: Literal["lower", "upper"] = "lower"
    brackets: tuple[BracketLine, ...] = ()


class PaymentPoints(Table):
    """Points added to the rate by days until payment."""

    start: int = Field(alias="from", ge=0)
    points: Exact


class Modifiers(Table):
    """What changes the rate."""

    days_to_pay: tuple[PaymentPoints, ...] = ()
    tier_factor: dict[str, Positive] = Field(default_factory=dict)


class Gate(Table):
    """A fact below which pay is held or reduced."""

    fact: Literal["collection_rate", "overdue_share", "upheld_complaints", "margin_share"]
    below: Exact | None = None
    above: Exact | None = None
    effect: Literal["hold", "reduce"]
    factor: Share | None = None


class Limits(Table):
    """Bounds of what is paid in a period."""

    cap: Positive | None = None
    floor: Positive = Decimal(0)
    holdback: Share = Decimal(0)


class Cash(Table):
    """How cash, bad debt and down payments count, and at which day's rate a currency is converted."""

    bad_debt: Literal["forfeit", "keep"] = "forfeit"
    down_payment: Literal["final", "proportional"] = "final"
    rate_date: Literal["invoice", "payment", "period_end"] = "invoice"


class Split(Table):
    """A share of one credit for a role; an overlay comes on top of the shares."""

    role: Code
    share: Positive
    overlay: bool = False


class Filter(Table):
    """Which credits count; empty = all."""

    categories: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    new_customer_months: int | None = Field(default=None, ge=1)


class Clawback(Table):
    """What a later reversal takes back."""

    policy: Literal["recompute", "historic", "money_only"] = "recompute"


class Draw(Table):
    """An advance on pay."""

    amount: Positive
    recoverable: bool = True
    periods: tuple[int, int] | None = None
    recover_from: int | None = Field(default=None, ge=1)


class Plan(Table):
    """One file of incentives/."""

    plan: PlanHead
    payees: Payees
    credit: Credit = Credit()
    quota: Quota | None = None
    component: tuple[Component, ...] = Field(min_length=1)
    modifiers: Modifiers | None = None
    gate: tuple[Gate, ...] = ()
    limits: Limits | None = None
    cash: Cash | None = None
    split: tuple[Split, ...] = ()
    filter: Filter | None = None
    clawback: Clawback | None = None
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


def find_plan_problems(plan: Plan) -> Problems:
    """What is wrong across the tables: dates, payees, bracket gaps and overlaps, modes without figures, splits."""
    head = plan.plan
    if head.valid_to and head.valid_to < head.valid_from:
        why = Text("lies before valid_from {valid_from}.", {"valid_from": head.valid_from})
        yield Problem(("plan", "valid_to"), Text("The last day {valid_to}", {"valid_to": head.valid_to}), why)
    if not (plan.payees.users or plan.payees.teams or plan.payees.roles):
        yield Problem(("payees",), Text("[payees]"), Text("names nobody: write users, teams or roles."))
    shares = sum((line.share for line in plan.split if not line.overlay), Decimal(0))
    if plan.split and shares != 1:
        yield Problem(
            ("split",), Text("The shares of [[split]]"), Text("sum to {shares}, not to 1.", {"shares": shares})
        )
    codes = [code_of(component, place) for place, component in enumerate(plan.component)]
    for place, component in enumerate(plan.component):
        if codes[place] in codes[:place]:
            why = Text("stands there a second time: give each [[component]] its own code.")
            yield Problem(("component", place), Text('The component "{codes}"', {"codes": codes[place]}), why)
        yield from _find_bracket_problems(("component", place), component)


def code_of(component: Component, place: int) -> str:
    """The component's own code, else its kind, numbered from the second on ("commission", "bonus2")."""
    return component.code or (component.kind if place == 0 else f"{component.kind}{place + 1}")


def _find_bracket_problems(path: tuple[str | int, ...], component: Component) -> Problems:
    if component.kind != "commission":
        return
    if component.mode is None:
        why = Text('has no mode: write "marginal", "whole", "interpolated" or "crossing", it is never guessed.')
        yield Problem(path, Text("The commission component"), why)
    if not component.brackets:
        yield Problem(path, Text("The commission component"), Text("has no brackets."))
        return
    if component.brackets[0].start != 0:
        why = Text(
            "begins at {start}: what lies below would be in no bracket. Begin at 0.",
            {"start": component.brackets[0].start},
        )
        yield Problem((*path, "brackets", 0), Text("The first bracket"), why)
    for place, (before, line) in enumerate(pairwise(component.brackets), start=1):
        if line.start <= before.start:
            why = Text("does not begin after {start}: brackets overlap.", {"start": before.start})
            yield Problem((*path, "brackets", place), Text("The bracket from {start}", {"start": line.start}), why)
    wanted = "amount" if component.mode == "interpolated" else "rate"
    for place, line in enumerate(component.brackets):
        if (line.rate is None) == (wanted == "rate") or (line.amount is None) == (wanted == "amount"):
            why = Text(
                'needs {wanted}, and nothing else, in mode "{mode}".', {"wanted": wanted, "mode": component.mode}
            )
            yield Problem((*path, "brackets", place), Text("The bracket from {start}", {"start": line.start}), why)
