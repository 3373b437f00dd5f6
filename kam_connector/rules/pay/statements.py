"""What each payee is due for each period: the steps of `terms.py`, what was settled, and the one rounding.

Everything is rounded once: what is due is round(all until the period's end) - round(all until the one before) - what
was settled of the period. Three months of 33.333... pay 33.33, 33.34 and 33.33; three rows of 5 % of 10.05 in one month
earn 0.5025 each and pay 1.51 (incentives.md, E12, E19). Because it is a difference, to settle twice is to settle once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from kam_connector.money import Currency, minor_text
from kam_connector.policy.payterms import Gate
from kam_connector.policy.plans import Plan
from kam_connector.rules.pay.exact import per_minor, round_minor
from kam_connector.rules.pay.gates import Facts, fact_of
from kam_connector.rules.pay.lines import Line
from kam_connector.rules.pay.spans import number_of
from kam_connector.rules.pay.terms import Account, Place, Sums, take_steps

Who = tuple[int, int, int]
"""Company, payee, currency."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One payee's period: earned_exact and pay_exact are fine amounts, the rest smallest units of the currency.

    payout = released + adjustments; `settled` is part of the adjustments.
    """

    company_id: int
    payee_id: int
    currency_id: int
    stage: int
    earned_exact: int
    earned: int
    released: int
    adjustments: int
    settled: int
    payout: int


@dataclass(frozen=True, slots=True)
class Books:
    """What a plan's statements follow from: `sums` and `settled` (smallest units) by who and period, gates' figures.

    `plans`: its versions, the oldest first, each with its own `gates`; `first`: the period in which the plan began.
    """

    plans: Sequence[Plan]
    stages: range
    sums: Mapping[Who, Mapping[int, Sums]]
    settled: Mapping[Who, Mapping[int, int]]
    gates: Sequence[Sequence[tuple[Gate, Facts]]]
    currencies: Mapping[int, Currency]
    first: int

    def version_at(self, stage: int) -> int:
        """The place of the version whose terms the period has: the newest that has begun by its end."""
        kind = self.plans[0].plan.period
        begun = [place for place, plan in enumerate(self.plans) if number_of(plan.valid_from, kind) <= stage]
        return begun[-1] if begun else 0


def state_pay(books: Books) -> Iterator[tuple[int, Statement, list[Line]]]:
    """The statements in the order of who and period, each with the place of its version before and its lines after."""
    for who in sorted({*books.sums, *books.settled}):
        yield from _state_payee(books, who)


def _state_payee(books: Books, who: Who) -> Iterator[tuple[int, Statement, list[Line]]]:
    currency, account = books.currencies[who[2]], Account()
    sums, settled = books.sums.get(who, {}), books.settled.get(who, {})
    begun, sold = min([*sums, *settled]), _first_variable(sums, settled)
    running = {"earned": 0, "released": 0, "pay": 0}
    for stage in books.stages:
        if stage < begun:
            continue
        own, paid = sums.get(stage, Sums()), settled.get(stage, 0)
        version = books.version_at(stage)
        facts = [(gate, fact_of(found, who, stage)) for gate, found in books.gates[version]]
        terms = take_steps(books.plans[version], Place(stage, books.first), own, facts, account)
        steps = list(terms) if stage >= sold else []
        change = {"earned": own.earned + own.fixed, "released": own.released + own.fixed}
        change["pay"] = change["released"] + sum(step.change for step in steps)
        minor = {name: _rounded(running[name], amount, currency) for name, amount in change.items()}
        running = {name: running[name] + amount for name, amount in change.items()}
        if not (own.sells or change["earned"] or change["released"] or own.fixed or steps or paid):
            continue
        due = minor["pay"] - paid
        lines = [
            Line(*who, stage, step.component, 0, step.change, step.reason, {**step.figures, "currency": currency.code})
            for step in steps
        ]
        if paid:
            figures = {"settled": minor_text(paid, currency), "currency": currency.code}
            lines.append(Line(*who, stage, "settled", 0, -paid * per_minor(currency), "pay.settled", figures))
        yield (
            version,
            Statement(
                *who, stage, change["earned"], minor["earned"], minor["released"], due - minor["released"], paid, due
            ),
            lines,
        )


def _first_variable(sums: Mapping[int, Sums], settled: Mapping[int, int]) -> float:
    """The first period in which anything but fixed pay came: nobody is advanced anything for a salary alone."""
    alone = {stage for stage, own in sums.items() if own == Sums(fixed=own.fixed)}
    return min([*(sums.keys() - alone), *(settled.keys() - alone)], default=inf)


def _rounded(before: int, change: int, currency: Currency) -> int:
    """What a period adds to the rounded sum of all before it."""
    return round_minor(before + change, currency) - round_minor(before, currency)
