"""Policy of bad debts: since when a debt is a case, and what is advised for it.

Advice only: a person proposes, another one approves, and an accountant books it. The first `[[bad_debt.advice]]` whose
conditions all fit is taken; where none fits a provision is advised.
"""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from kam_connector.policy.values import Expected, Positive, Problem, Problems, Table
from kam_connector.texts import Text

Proposal = Literal["provision", "instalments", "legal", "write_off"]
Cause = Literal["insolvency", "bad_faith"]
PayerClass = Literal["prompt", "honest_short", "slow", "unreliable", "bad", "new"]


def check_span(value: str) -> str:
    """The span as it stands; Expected when it is neither days nor calendar months."""
    if not re.fullmatch(r"[1-9]\d{0,3}[dm]", value):
        raise Expected('days such as "180d" or calendar months such as "6m" are expected')
    return value


class Advice(Table):
    """What is advised when the oldest debt is past due for more than `over_days`, the customer is one of these payers,
    and one of these causes was found; a condition that is left out always fits."""

    advise: Proposal
    over_days: int = Field(default=0, ge=0, le=36500)
    payers: tuple[PayerClass, ...] = ()
    causes: tuple[Cause, ...] = ()


_SHIPPED = (
    Advice(advise="legal", causes=("insolvency", "bad_faith")),
    Advice(advise="write_off", over_days=1095),
    Advice(advise="instalments", payers=("honest_short",)),
    Advice(advise="legal", over_days=365, payers=("bad",)),
)


class BadDebt(Table):
    """When a customer's debts become a case (`after` left out: the ageing's `doubtful`), and from which amount on."""

    after: Annotated[str, AfterValidator(check_span)] | None = None
    min_amount: Positive = Decimal(0)
    advice: tuple[Advice, ...] = _SHIPPED


def find_bad_debt_problems(bad_debt: BadDebt) -> Problems:
    """Advice that can never be taken, because one before it always fits."""
    for place, (before, _) in enumerate(pairwise(bad_debt.advice), start=1):
        if not (before.over_days or before.payers or before.causes):
            why = Text("is never reached: the one before it fits every case. Put that one last.")
            yield Problem(("bad_debt", "advice", place), Text("The advice {place}", {"place": place + 1}), why)
            return
