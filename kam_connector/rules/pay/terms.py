"""The steps from what is released to what is paid: reduction, cap, floor, what was cut, hold, holdback, advance.

What a cap or a gate has cut was never paid, so a later return takes it first: 1,000 earned under a cap of 50 paid 50,
and its full return takes back 50. Likewise what a gate holds, or is held back for good, is taken back before what was
paid: 10 earned with a tenth held back paid 9, and the return of all takes back 9.

An advance tops a period up to its amount; a recoverable one is paid back out of later pay: 1,000 advanced in a month
without sales is taken from the 5,000 of a later one, which pays 4,000. What is taken back comes off the advance: 500
taken back in a month without sales leave 500 of it. Its periods go on across the versions of a plan. A floor tops up
what was sold in the period and leaves alone what is taken back in it (incentives.md, E25).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from kam_connector.policy.payterms import Gate
from kam_connector.policy.plans import Plan
from kam_connector.rules.pay.exact import decimal_of, fine_of, rate_units, ratio
from kam_connector.rules.pay.gates import is_closed, shown
from kam_connector.rules.pay.spans import number_of

ONE = rate_units(Decimal(1))
Figures = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Sums:
    """What a payee earned and was released in a period (fine); `own`: released for sales of the period itself; `fixed`:
    paid whatever is sold, beside both."""

    earned: int = 0
    released: int = 0
    own: int = 0
    sells: bool = False
    fixed: int = 0

    def plus(self, other: Sums) -> Sums:
        """Both together."""
        return Sums(
            self.earned + other.earned, self.released + other.released, self.own + other.own, self.sells or other.sells,
            self.fixed + other.fixed,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a statement: what it adds to pay (fine), and why."""

    component: str
    change: int
    reason: str
    figures: Figures


@dataclass(slots=True)
class Account:
    """What is open between a payee and the plan: cut off, held by a gate, held back (by period, for good), advanced."""

    cut: int = 0
    held: int = 0
    kept: dict[int, int] = field(default_factory=dict)
    kept_for_good: int = 0
    advanced: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """A period, and the one in which the first version of the plan began."""

    stage: int
    first: int


def take_steps(
    plan: Plan, place: Place, sums: Sums, gates: Sequence[tuple[Gate, Fraction | None]], account: Account
) -> Iterator[Step]:
    """The steps of one period; the account is carried on."""
    pay = sums.released
    stages: tuple[Callable[[int], Iterator[Step]], ...] = (
        lambda pay: _reduce(pay, gates, account),
        lambda pay: _bound(pay, sums, plan, account),
        lambda pay: _give_back(pay, account),
        lambda pay: _hold(pay, gates, account),
        lambda pay: _hold_back(pay, place.stage, plan, account),
        lambda pay: _advance(pay, place, plan, account),
    )
    for take in stages:
        steps = list(take(pay))
        pay += sum(step.change for step in steps)
        yield from steps


def _reduce(pay: int, gates: Sequence[tuple[Gate, Fraction | None]], account: Account) -> Iterator[Step]:
    for gate, value in gates:
        if gate.effect == "reduce" and value is not None and is_closed(gate, value) and pay > 0:
            change = _part(pay, gate.factor or Decimal(0)) - pay
            pay += change
            account.cut -= change
            yield Step("gate", change, "pay.reduced", {**_gate_figures(gate, value), "factor": f"{gate.factor:f}"})


def _bound(pay: int, sums: Sums, plan: Plan, account: Account) -> Iterator[Step]:
    limits = plan.limits
    if limits.cap is not None and pay > fine_of(limits.cap):
        yield Step("cap", fine_of(limits.cap) - pay, "pay.capped", {"limit": f"{limits.cap:f}"})
        account.cut += pay - fine_of(limits.cap)
        pay = fine_of(limits.cap)
    own = pay - (sums.released - sums.own)
    if limits.floor and sums.sells and own < fine_of(limits.floor):
        yield Step("floor", fine_of(limits.floor) - own, "pay.floor", {"limit": f"{limits.floor:f}"})


def _give_back(pay: int, account: Account) -> Iterator[Step]:
    """What is taken back of what had been cut, which nobody was paid."""
    unpaid = min(account.cut, -pay)
    if unpaid > 0:
        account.cut -= unpaid
        yield Step("cap", unpaid, "pay.cut_before", {"amount": _text(unpaid)})


def _hold(pay: int, gates: Sequence[tuple[Gate, Fraction | None]], account: Account) -> Iterator[Step]:
    closed = [(gate, value) for gate, value in gates if gate.effect == "hold" and is_closed(gate, value)]
    if closed and pay > 0:
        gate, value = closed[0]
        account.held += pay
        yield Step("gate", -pay, "pay.held", _gate_figures(gate, value or Fraction(0)))
    elif account.held and closed and pay < 0:
        change = min(account.held, -pay)
        account.held -= change
        yield Step("gate", change, "pay.let_go", {"amount": _text(change)})
    elif account.held and not closed:
        change, account.held = account.held, 0
        yield Step("gate", change, "pay.let_go", {"amount": _text(change)})


def _hold_back(pay: int, stage: int, plan: Plan, account: Account) -> Iterator[Step]:
    limits = plan.limits
    due = account.kept.pop(stage, 0)
    if due:
        yield Step("holdback", due, "pay.holdback_paid", {"amount": _text(due)})
    if limits.holdback and pay > 0:
        kept = _part(pay, limits.holdback)
        if limits.holdback_periods is not None:
            account.kept[stage + limits.holdback_periods] = kept
        else:
            account.kept_for_good += kept
        yield Step("holdback", -kept, "pay.held_back", {"rate": f"{limits.holdback:f}"})
    unpaid = min(account.kept_for_good, -pay)
    if unpaid > 0:
        account.kept_for_good -= unpaid
        yield Step("holdback", unpaid, "pay.cut_before", {"amount": _text(unpaid)})


def _advance(pay: int, place: Place, plan: Plan, account: Account) -> Iterator[Step]:
    draw = plan.draw
    if draw is None:
        return
    number = place.stage - place.first + 1
    first, last = draw.periods or (1, number)
    in_force = plan.plan.valid_to is None or place.stage <= number_of(plan.plan.valid_to, plan.plan.period)
    least = fine_of(draw.amount) if in_force and first <= number <= last else 0
    if least > max(pay, 0):
        change = least - max(pay, 0)
        account.advanced += change if draw.recoverable else 0
        yield Step("draw", change, "pay.advanced", {"limit": f"{draw.amount:f}", "amount": _text(change)})
    elif account.advanced and number >= (draw.recover_from or 1) and pay > least:
        back = min(account.advanced, pay - least)
        account.advanced -= back
        yield Step("draw", -back, "pay.recovered", {"amount": _text(back), "rest": _text(account.advanced)})


def _gate_figures(gate: Gate, value: Fraction) -> dict[str, str | int]:
    bound = gate.below if gate.below is not None else gate.above
    return {"gate": gate.fact, "measured": shown(value), "bound": f"{bound:f}"}


def _part(amount: int, share: Decimal) -> int:
    return int(ratio(amount, rate_units(share), ONE).item())


def _text(fine: int) -> str:
    return f"{decimal_of(fine):f}"
