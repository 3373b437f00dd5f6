"""What the plans in force pay, from the mirror: credits of invoices, lines or orders, cash, what was settled.

The engine is given all credits from a day that never moves: two years before the year of the first statement that the
ERP has of the plan, at the earliest the plan's first day. So accumulators, what is held and what was advanced are the
same in every run, at the turn of a year too, and what an older invoice is paid or given back finds that invoice.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from kam_connector.facts import rates
from kam_connector.findings import Finding
from kam_connector.money import Currency
from kam_connector.periods import Period, PeriodKind, add_months, parse_period, period_of
from kam_connector.policy import Plan, Policy
from kam_connector.rules.decisions import currencies_of
from kam_connector.rules.pay.engine import Pay, compute_versions
from kam_connector.rules.pay.spans import number_of, period_at
from kam_connector.rules.payouts import KEYS, LINE_ORDER, Payouts, state_payouts
from kam_connector.runs import known, pay_book
from kam_connector.runs.aged import of_companies
from kam_connector.runs.pay_book import Stated
from kam_connector.runs.pay_limits import find_unknown
from kam_connector.runs.pay_reading import read_given
from kam_connector.runs.sources import Sources

OLDER_MONTHS = 24
"""So many months before the first year that is stated an invoice may have been written that is paid, or comes back,
in it; and so long a plan that has ended takes back what it paid."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the plans pay: `spans` are the codes of the periods that are stated, by plan; `findings` what is unknown."""

    pays: list[Pay]
    spans: dict[str, list[str]]
    money: Mapping[int, Currency]
    findings: tuple[Finding, ...]


def compute_payouts(sources: Sources, as_of: date, company_ids: list[int], period: str | None = None) -> Payouts:
    """The payouts of `period`; without it those of the plans' periods in which `as_of` lies, and what changed before.

    A period that is over is looked at again from the first on of which the ERP or the book has a statement of the plan.
    One that is closed shows what was closed until that is approved; what came later is in the open period.
    """
    book = [each for each in pay_book.read_statements(sources.book) if each.company_id in company_ids]
    erp = of_companies(known.settled_payouts(sources.con), company_ids)
    keys = set(settled_keys(erp))
    left = [each for each in book if (*each.who, each.sequence) not in keys]
    settled = pd.concat([erp, pay_book.settled_of(left)], ignore_index=True)
    found = find_pays(sources, as_of, company_ids, settled, period)
    carried = [known.carried_over(sources.con), pay_book.carried_of(sources.book, left)]
    closed = pay_book.closed_books(sources.book, book, pd.concat(carried, ignore_index=True))
    answer = state_payouts(found.pays, found.spans, settled, found.money, closed)
    standing = [each for each in left if not each.void and each.period in found.spans.get(each.plan, [])]
    answer = replace(_with_closed(answer, sources, standing), findings=(*found.findings, *answer.findings))
    return only(answer, period) if period else answer


def find_pays(
    sources: Sources,
    as_of: date,
    company_ids: list[int],
    settled: pd.DataFrame,
    period: str | None,
    plans: Collection[str] = (),
) -> Found:
    """What the plans pay up to the day, or to the end of `period` where that is earlier; settled: SETTLED_COLUMNS.

    `plans`: the codes of these alone, however long ago they ended; none: all that paid lately.
    """
    wanted = parse_period(period) if period else None
    last = min(wanted.end, as_of) if wanted else as_of
    closed = pd.DataFrame(list(pay_book.read_periods(sources.book)), columns=["company_id", "plan", "period"])
    stated = of_companies(pd.concat([known.stated_periods(sources.con), closed], ignore_index=True), company_ids)
    money = currencies_of(rates.currencies(sources.con).to_pandas())
    pays, spans, unknown = list[Pay](), dict[str, list[str]](), list[Finding]()
    for kind, versions in _versions(sources.policy, last, wanted, plans):
        begun = min(wanted.start if wanted else last, first_stated(stated, versions[0].code, kind, last))
        unknown += _find_unknown(sources, versions, wanted or period_of(last, kind))
        chosen = [plan for plan in versions if not find_unknown(plan, addon=sources.addon)]
        if chosen:
            pays += pay_versions(sources, chosen, last, company_ids, settled, first_day(chosen, begun))
            spans.setdefault(chosen[0].code, []).extend(each.code for each in _periods(begun, last, kind))
    return Found(pays, spans, money, tuple(unknown))


def only(payouts: Payouts, period: str) -> Payouts:
    """Those of one period."""
    frame, rest, detail = (
        table[(table["period"] == period).to_numpy(dtype=bool)].reset_index(drop=True)
        for table in (payouts.frame, payouts.rest, payouts.detail)
    )
    computed = tuple(pair for pair in payouts.computed if pair[1] == period)
    return replace(payouts, frame=frame, rest=rest, detail=detail, computed=computed)


def settled_keys(settled: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Company, payee, plan, period, currency and number of each statement."""
    return list(zip(*(settled[name].tolist() for name in (*KEYS, "sequence")), strict=True))


def _with_closed(answer: Payouts, sources: Sources, standing: Collection[Stated]) -> Payouts:
    """The payouts with the statements that are closed and wait for their approval."""
    if not standing:
        return answer
    frame = pd.concat([answer.frame, pay_book.payouts_of(standing)], ignore_index=True)
    detail = pd.concat(
        [answer.detail, *(pay_book.lines_of(sources.book, each) for each in standing)], ignore_index=True
    )
    return replace(
        answer, frame=frame.sort_values(KEYS, kind="stable", ignore_index=True),
        detail=detail.sort_values(LINE_ORDER, kind="stable", ignore_index=True),
    )  # fmt: skip


def first_stated(stated: pd.DataFrame, code: str, kind: PeriodKind, last: date) -> date:
    """The first day of the first period of that kind of which there is a statement of the plan, at the latest `last`.

    It stays where it is from one run to the next, and so does all that follows from what is read since.
    """
    known = [parse_period(str(each)) for each in stated.loc[stated["plan"] == code, "period"].unique()]
    return min([last, *(period.start for period in known if period.kind == kind)])


def first_day(versions: Sequence[Plan], begun: date) -> date:
    """From which day on credits are read, for statements from `begun` on; `versions`: the oldest first."""
    return max(versions[0].valid_from, add_months(period_of(begun, "year").start, -OLDER_MONTHS))


def pay_versions(
    sources: Sources, versions: Sequence[Plan], as_of: date, company_ids: list[int], settled: pd.DataFrame, first: date
) -> list[Pay]:
    """What the versions of one plan pay up to the day, by the credits from `first` on."""
    paid = settled.rename(columns={"settled_minor": "amount_minor"})
    read = [plan for plan in versions if plan.plan.valid_to is None or plan.plan.valid_to >= first]
    since = {plan.valid_from: max(first, add_months(plan.valid_from, -OLDER_MONTHS)) for plan in read}
    return compute_versions([
        (plan, read_given(sources, plan, as_of, company_ids, paid, since[plan.valid_from])) for plan in read
    ], versions[0].valid_from)  # fmt: skip


def _versions(
    policy: Policy, last: date, wanted: Period | None, plans: Collection[str]
) -> list[tuple[PeriodKind, list[Plan]]]:
    """The versions, the oldest first, of each of the plans (none: of those that paid lately), by kind of periods."""
    since = add_months(min(last, wanted.start if wanted else last), -OLDER_MONTHS)
    codes = set(plans) or {plan.code for plan in policy.plans_between(since, last)}
    found: dict[tuple[str, PeriodKind], list[Plan]] = {}
    for plan in policy.plans_between(date.min, last):
        if plan.code in codes and (wanted is None or wanted.kind == plan.plan.period):
            found.setdefault((plan.code, plan.plan.period), []).append(plan)
    return [(kind, versions) for (_, kind), versions in found.items()]


def _find_unknown(sources: Sources, versions: Sequence[Plan], now: Period) -> list[Finding]:
    """What the versions in force in the period ask and the mirror does not tell."""
    in_force = [
        plan for plan in versions
        if plan.valid_from <= now.end and (plan.plan.valid_to is None or plan.plan.valid_to >= now.start)
    ]  # fmt: skip
    return [found for plan in in_force for found in find_unknown(plan, addon=sources.addon)]


def _periods(begun: date, last: date, kind: PeriodKind) -> list[Period]:
    """The periods of that kind from the one of the first day to the one of the last."""
    return [period_at(number, kind) for number in range(number_of(begun, kind), number_of(last, kind) + 1)]
