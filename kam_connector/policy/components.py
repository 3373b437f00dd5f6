"""The components of a plan: the ways in which it pays.

A commission cuts what was sold into brackets; a bonus pays an amount for each event, or for the attainment that was
reached; a team bonus does the same with the sum of a team and divides it; a contest has prizes; an award is given by
hand. Brackets never guess: the plan names mode, basis, accumulator and edge (incentives.md 2.1 to 2.3).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from kam_connector.periods import PeriodKind
from kam_connector.policy.values import Code, Day, Exact, Positive, Table

Mode = Literal["marginal", "whole", "interpolated", "crossing"]
ComponentKind = Literal["commission", "bonus", "contest", "team", "award"]
Accumulator = PeriodKind | Literal["period"]
NEW_CUSTOMER, NEW_KEY_ACCOUNT, RETAINED = "new_customer", "new_key_account", "retained"
EVENTS = (NEW_CUSTOMER, NEW_KEY_ACCOUNT, RETAINED)
"""The events that the mirror and the book tell; a file may have others."""


class Filter(Table):
    """Which credits count; empty = all. A customer is new for so many months after his first credit."""

    categories: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    new_customer_months: int | None = Field(default=None, ge=1)


class BracketLine(Table):
    """From this figure on, this rate, or this amount; `to` ends the last one of an interpolated table."""

    start: Positive = Field(alias="from")
    end: Positive | None = Field(default=None, alias="to")
    rate: Exact | None = None
    amount: Positive | None = None


class Component(Table):
    """One way in which the plan pays."""

    kind: ComponentKind
    code: Code | None = None
    mode: Mode | None = None
    on: Literal["amount", "attainment"] = "amount"
    basis: Literal["line", "document", "period"] = "period"
    accumulate: Accumulator = "period"
    edge: Literal["lower", "upper"] = "lower"
    brackets: tuple[BracketLine, ...] = ()
    amounts: Literal["slice", "level"] = "slice"
    variable: Positive | None = None
    filter: Filter | None = None
    event: Code | None = None
    amount: Exact | None = None
    divide: Literal["contribution", "equal"] = "contribution"
    prizes: tuple[Positive, ...] = ()
    ties: Literal["share", "all"] = "share"
    minimum: Positive = Decimal(0)
    budget: Positive | None = None
    payee: str | None = Field(default=None, min_length=1)
    date: Day | None = None
    citation: str | None = Field(default=None, min_length=1, max_length=200)

    @property
    def is_cut(self) -> bool:
        """Whether brackets decide what it pays."""
        return bool(self.brackets)


def code_of(component: Component, place: int) -> str:
    """The component's own code, else its kind, numbered from the second on ("commission", "bonus2")."""
    return component.code or (component.kind if place == 0 else f"{component.kind}{place + 1}")
