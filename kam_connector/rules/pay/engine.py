"""`compute_pay`: everything that one plan pays, with the rows behind it.

A pure function of all credits, all cash and what was settled: whoever asks for one period gets that period out of the
whole. The rows of a period sum, exactly, to its statement before rounding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from kam_connector.findings import Finding
from kam_connector.money import Currency
from kam_connector.policy.components import Component, Filter, code_of
from kam_connector.policy.plans import Plan
from kam_connector.rules.decisions import Boxed, Flags, Whole, boxed
from kam_connector.rules.pay.cash import Levels, find_waiting, release, settle_documents
from kam_connector.rules.pay.contests import contest_lines
from kam_connector.rules.pay.curves import cut_credits
from kam_connector.rules.pay.days import payment_slices
from kam_connector.rules.pay.events import award_lines, event_lines, find_lost_award, team_lines
from kam_connector.rules.pay.gates import measure_gate
from kam_connector.rules.pay.given import Given
from kam_connector.rules.pay.goals import Goals, find_goals
from kam_connector.rules.pay.lines import Line
from kam_connector.rules.pay.prepare import fits, knows_currency, prepare
from kam_connector.rules.pay.salaries import find_unpaid_salaries, salary_lines
from kam_connector.rules.pay.slices import Slices, join_slices
from kam_connector.rules.pay.spans import number_of
from kam_connector.rules.pay.statements import Books, Statement, state_pay
from kam_connector.rules.pay.totals import add_sums, find_stages, sum_settled, sum_up

EVERYTHING = Filter()


@dataclass(frozen=True, slots=True)
class Pay:
    """What a plan pays.

    `credits`: `Prepared.rows`, which slices and lines name by place. `slices` of the credits with `component` (its
    code) and `released` (fine) beside them; `lines` are what is paid without a slice; `statements` by who and period.
    """

    plan: Plan
    credits: pd.DataFrame
    slices: Slices
    component: Boxed
    released: Boxed
    lines: tuple[Line, ...]
    statements: tuple[Statement, ...]
    findings: tuple[Finding, ...]
    given: Given


@dataclass(frozen=True, slots=True)
class Earned:
    """What one version of a plan earned and released, before limits and advances; the columns of `Pay`."""

    plan: Plan
    given: Given
    rows: pd.DataFrame
    slices: Slices
    codes: Boxed
    released: Boxed
    lines: tuple[Line, ...]
    findings: tuple[Finding, ...]


def compute_pay(plan: Plan, given: Given) -> Pay:
    """Everything that the plan pays up to `given.as_of`. Errors: ValueError for a table that lacks a column."""
    return compute_versions([(plan, given)])[0]


def compute_versions(versions: Sequence[tuple[Plan, Given]], since: date | None = None) -> list[Pay]:
    """What the versions of one plan pay, the oldest first, each by its own credits; all pay by the same periods.

    Limits, gates, advances and what was settled (`paid` of the newest) count once for all of them: a period has the
    terms of the newest version that has begun by its end, and is stated with that one. `since`: the first day of the
    plan's first version, where that one is not among them.
    """
    parts = [_earn(plan, given) for plan, given in sorted(versions, key=lambda version: version[0].valid_from)]
    plans, given = [part.plan for part in parts], parts[-1].given
    stages = find_stages(plans, given, [part.rows for part in parts], [part.lines for part in parts])
    lines = [tuple(line for line in part.lines if line.stage in stages) for part in parts]
    every = [sum_up(part.rows, part.slices, part.released, own) for part, own in zip(parts, lines, strict=True)]
    rows = pd.concat([part.rows for part in parts], ignore_index=True) if len(parts) > 1 else parts[0].rows
    gates = [[(gate, measure_gate(gate, rows, stages, plan, given)) for gate in plan.gate] for plan in plans]
    settled = sum_settled(plans[0], given, stages)
    first = number_of(min(plans[0].valid_from, since or plans[0].valid_from), plans[0].plan.period)
    books = Books(plans, stages, add_sums(every), settled, gates, given.currencies, first)
    stated = list(state_pay(books))
    pays = []
    for number, (part, own) in enumerate(zip(parts, lines, strict=True)):
        mine = [(statement, steps) for version, statement, steps in stated if version == number]
        steps = [line for _, taken in mine for line in taken]
        statements = tuple(statement for statement, _ in mine)
        paid = (*own, *steps)
        about = (part.plan, part.rows, part.slices, part.codes, part.released)
        pays.append(Pay(*about, paid, statements, part.findings, part.given))
    return pays


def _earn(plan: Plan, given: Given) -> Earned:
    """What the version's own credits, events, awards and contests bring."""
    prepared = prepare(plan, given)
    rows = prepared.rows
    levels = settle_documents(rows, plan, given)
    goals = {
        code: find_goals(rows, _counted(rows, component), component, code, plan, given)
        for code, component in _coded(plan)
    }  # fmt: skip
    slices, codes, released = _release(_cut(rows, plan, given, levels, goals), rows, plan, levels)
    paid = (
        line for code, component in _coded(plan) for line in _lines(rows, component, code, plan, given, goals[code])
    )
    lines = (*salary_lines(plan, given), *paid)
    lost = [*find_unpaid_salaries(plan, given)]
    lost += [
        found for code, component in _coded(plan) if component.kind == "award"
        for found in find_lost_award(plan, component, code, given)
    ]  # fmt: skip
    unmeasured = list[Finding]()
    for each in (found for own in goals.values() for found in own.findings):
        unmeasured += [each] if each not in unmeasured else []
    findings = (*given.findings, *prepared.findings, *unmeasured, *find_waiting(rows, plan, given), *lost)
    return Earned(plan, given, rows, slices, codes, released, lines, findings)


def _coded(plan: Plan) -> list[tuple[str, Component]]:
    return [(code_of(component, place), component) for place, component in enumerate(plan.component)]


def _counted(rows: pd.DataFrame, component: Component) -> Flags:
    """The rows that a component counts; who is in no team is in none of a team's."""
    chosen = fits(rows, component.filter or EVERYTHING) & (rows["kind"] != "event").to_numpy(dtype=bool)
    if component.kind == "team":
        chosen &= (rows["team"] != "").to_numpy(dtype=bool)
    return chosen


def _by_currency(
    rows: pd.DataFrame, component: Component, given: Given, goals: Goals
) -> Iterator[tuple[Flags, Currency]]:
    """The rows that a component counts and can measure, a currency after the other."""
    chosen = _counted(rows, component) & goals.is_known
    money = rows["pay_currency"].to_numpy(dtype=np.int64)
    for number in np.unique(money[chosen]).tolist():
        yield chosen & (money == number), given.currencies[number]


def _cut(
    rows: pd.DataFrame, plan: Plan, given: Given, levels: Levels, goals: Mapping[str, Goals]
) -> list[tuple[str, Slices, bool]]:
    """Code, slices and whether they are released at once, of each component that brackets decide."""
    found = []
    for code, component in _coded(plan):
        if not component.is_cut or component.kind == "team":
            continue
        for chosen, currency in _by_currency(rows, component, given, goals[code]):
            found.append((code, cut_credits(rows, chosen, component, plan, currency, goals[code].quota), False))
            if component.kind == "commission":
                found.append((code, payment_slices(rows, chosen, plan, currency, given, levels), True))
    return found


def _release(
    cut: list[tuple[str, Slices, bool]], rows: pd.DataFrame, plan: Plan, levels: Levels
) -> tuple[Slices, Boxed, Boxed]:
    """All slices, their component and what they release: their amount, or by cash, with later parts as slices."""
    slices = join_slices([part for _, part, _ in cut])
    codes = np.concatenate([boxed([code] * len(part)) for code, part, _ in cut]) if cut else boxed([])
    at_once = np.concatenate([np.full(len(part), flag) for _, part, flag in cut]) if cut else np.zeros(0, dtype=bool)
    by_cash = plan.credit.source == "cash"
    flowing = np.flatnonzero(~at_once)
    out = release(slices.at(flowing), rows, levels)
    origin = flowing[out.slice]
    own = out.stage == slices.stage[origin]
    released = np.where(at_once | (not by_cash), slices.amount, boxed([0] * len(slices)))
    if by_cash:
        released[origin[own]] = out.released[own]
    late = np.flatnonzero(~own & (out.released != 0)) if by_cash else np.zeros(0, dtype=np.int64)
    lost = np.flatnonzero(out.lost != 0)
    parts = [
        slices,
        _again(slices, origin[late], out.stage[late], boxed([0] * len(late)), "commission.released"),
        _again(slices, origin[lost], out.stage[lost], -out.lost[lost], "commission.forfeited"),
    ]
    codes = np.concatenate([codes, codes[origin[late]], codes[origin[lost]]])
    gone = boxed([0] * len(lost)) if by_cash else -out.lost[lost]
    return join_slices(parts), codes, np.concatenate([released, out.released[late], gone])


def _again(slices: Slices, places: Whole, stage: Whole, amount: Boxed, reason: str) -> Slices:
    """Slices once more, in another period, with another amount and no base of their own."""
    nothing = np.zeros(len(places), dtype=np.int64)
    return slices.at(places).with_changes(
        stage=stage, base=nothing, amount=amount, reason=boxed([reason] * len(places))
    )


def _lines(
    rows: pd.DataFrame, component: Component, code: str, plan: Plan, given: Given, goals: Goals
) -> Iterator[Line]:
    """What a component pays without slices: events, awards, teams' shares, prizes; and what it was measured against."""
    yield from goals.lines
    if component.event is not None:
        yield from event_lines(rows, component, code)
    if component.kind == "award" and knows_currency(plan, given):
        yield from award_lines(plan, component, code, given, _home(rows, component, given, plan))
    if component.kind == "team":
        for chosen, currency in _by_currency(rows, component, given, goals):
            cut = cut_credits(rows, chosen, component, plan, currency, goals.quota)
            yield from team_lines(cut, rows, chosen, component, code)
    if component.kind == "contest":
        for chosen, currency in _by_currency(rows, component, given, goals):
            yield from contest_lines(rows, chosen, component, code, plan, currency, given, goals.quota)


def _home(rows: pd.DataFrame, component: Component, given: Given, plan: Plan) -> tuple[int, int]:
    """Company and currency of an award: those of the payee's first credit, else of the first of the companies."""
    own = rows[rows["payee_id"] == given.payees.get(component.payee or "", -1)]
    for table in (own, rows):
        if len(table):
            return int(table["company_id"].iloc[0]), int(table["pay_currency"].iloc[0])
    ids = {currency.code: number for number, currency in given.currencies.items()}
    company = min(given.homes, default=1)
    return company, ids.get(plan.plan.currency or "", given.homes.get(company, min(given.currencies)))
