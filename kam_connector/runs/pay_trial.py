"""`kam incentives simulate`: a plan tried on files or on the company's own history; nothing is written anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from typing import Any

import pandas as pd

from kam_connector.errors import InputError
from kam_connector.findings import Finding
from kam_connector.inputs.pay import PayFiles, PaySheet, read_pay
from kam_connector.messages import render
from kam_connector.money import Currency, minor_text
from kam_connector.periods import PeriodKind, parse_period, period_of
from kam_connector.policy import Plan
from kam_connector.rules.pay.engine import Pay, compute_pay
from kam_connector.rules.pay.given import Given
from kam_connector.rules.pay.rates import Rates
from kam_connector.rules.pay.rows import DAYS, pay_rows
from kam_connector.rules.pay.spans import number_of, period_at
from kam_connector.rules.pay.statements import Statement
from kam_connector.runs.result import Result, Row

BRACKETED = ("commission.slice", "commission.whole", "commission.made_up", "commission.crossing", "commission.reached",
             "commission.level", DAYS)  # fmt: skip
"""Reasons whose rows stand in a bracket with bounds."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is tried: the plan, the one beside it, the period (all where None), the day, the reader's language."""

    plan: Plan
    against: Plan | None
    period: str | None
    as_of: date | None
    lang: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """How a trial's ids read: payees and credits by id (credits None: the ids themselves), currencies."""

    payees: Mapping[int, str]
    credits: Mapping[int, str] | None
    currencies: Mapping[int, Currency]


def try_files(files: PayFiles, asked: Asked) -> Result:
    """Rows and totals (CONTRACTS) of the plan on the credits of a file, by payee, period, component and credit."""
    plans = _plans(asked)
    named = (*(plan.plan.currency for plan in plans), *(each.currency for plan in plans for each in plan.salary))
    paid_in = tuple(code for code in named if code is not None)
    sheet = read_pay(files, asked.plan.plan.currency or "", _awarded(asked), paid_in)
    spoken = Spoken(sheet.payees.names, sheet.names.names, sheet.currencies)
    last = asked.as_of or _last_day(sheet, asked.plan.plan.period)
    answer = try_given(lambda plan: given_of(sheet, plan, last), spoken, asked, last)
    return replace(answer, findings=(*sheet.findings, *answer.findings))


def try_given(read: Callable[[Plan], Given], spoken: Spoken, asked: Asked, as_of: date) -> Result:
    """The same of whatever credits `read` finds for a plan, beside another plan's pay where one is asked for."""
    tried = [(plan, compute_pay(plan, read(plan))) for plan in _plans(asked)]
    titles = _titles(_plans(asked))
    rows = [row for (_, pay), title in zip(tried, titles, strict=True) for row in _rows(pay, title, spoken, asked)]
    if asked.against is not None:
        rows += _differences(rows, titles)
    stated = [
        _total(each, plan, title, spoken)
        for (plan, pay), title in zip(tried, titles, strict=True)
        for each in pay.statements
        if _is_asked(each.stage, plan, asked)
    ]
    totals = _beside(stated, titles) if asked.against is not None else stated
    findings = _own_records(chain.from_iterable(pay.findings for _, pay in tried), spoken)
    names = ", ".join(f"{plan.code} {plan.valid_from.isoformat()}" for plan in _plans(asked))
    return Result("incentives simulate", rows=rows, totals=totals, findings=findings, as_of=as_of, policy=names)


def given_of(sheet: PaySheet, plan: Plan, as_of: date) -> Given:
    """The files as the engine takes them, for this plan; what was settled counts for whichever plan is tried."""
    kinds = sheet.credits["kind"]
    bare = "order" if plan.credit.source == "order" else "invoice"
    default = pd.Series(bare, index=kinds.index).mask(
        (sheet.credits["net_minor"] < 0) & (bare == "invoice"), "credit_note"
    )
    payees = {str(name): number for number, name in sheet.payees.names.items()}
    _refuse_other_periods(sheet, plan)
    return Given(
        sheet.credits.assign(kind=kinds.where(kinds != "", default)), as_of, sheet.currencies, cash=sheet.cash,
        paid=sheet.paid.assign(plan=plan.code), rates=_rates(sheet.rates), payees=payees,
        targets=sheet.targets,
    )  # fmt: skip


def _refuse_other_periods(sheet: PaySheet, plan: Plan) -> None:
    """Nothing. Errors: InputError where something was settled for a period by which the plan does not pay."""
    for code in sheet.paid["period"].unique().tolist():
        period = parse_period(code)
        if period.kind != plan.plan.period:
            raise InputError(
                "What was settled is of {period}, and the plan {plan} pays by the {kind}.",
                next_step="Write one row a period of the plan, such as {example}.",
                plan=plan.code,
                kind=plan.plan.period,
                period=code,
                example=period_of(period.start, plan.plan.period).code,
            )


def _rates(table: pd.DataFrame) -> Rates:
    """The rates of every company, the oldest first."""
    dated: dict[tuple[int, int], list[tuple[date, Fraction]]] = {}
    for number, day, rate in zip(table["currency_id"], table["date"], table["rate"], strict=True):
        dated.setdefault((0, int(number)), []).append((pd.Timestamp(day).date(), Fraction(rate)))
    return Rates({key: tuple(sorted(rates)) for key, rates in dated.items()})


def _plans(asked: Asked) -> list[Plan]:
    return [asked.plan] if asked.against is None else [asked.plan, asked.against]


def _titles(plans: Sequence[Plan]) -> list[str]:
    """The plans' codes; two versions of one plan are told apart by their first day, else by their place."""
    codes = [plan.code for plan in plans]
    dated = [f"{plan.code} {plan.valid_from.isoformat()}" for plan in plans]
    if len(set(codes)) == len(codes):
        return codes
    return (
        dated if len(set(dated)) == len(dated) else [f"{code} ({place})" for place, code in enumerate(codes, start=1)]
    )


def _awarded(asked: Asked) -> tuple[str, ...]:
    awarded = (each.payee for plan in _plans(asked) for each in plan.component if each.payee is not None)
    return (*awarded, *(each.payee for plan in _plans(asked) for each in plan.salary))


def _last_day(sheet: PaySheet, kind: PeriodKind) -> date:
    """The last day of the last period in which anything of the files lies."""
    days = [*sheet.credits["date"], *sheet.cash["date"]]
    last = [pd.Timestamp(max(days)).date()] if days else []
    last += [parse_period(code).end for code in sheet.paid["period"].unique()]
    return period_of(max(last, default=date(1, 1, 1)), kind).end


def _is_asked(stage: int, plan: Plan, asked: Asked) -> bool:
    return asked.period is None or stage == _wanted(plan, asked.period)


def _wanted(plan: Plan, code: str) -> int:
    """The number of the period. Errors: InputError where the plan pays by others."""
    period = parse_period(code)
    if period.kind != plan.plan.period:
        raise InputError(
            "The plan {plan} pays by the {kind}, and {period} is none.",
            next_step="Ask for {example}, or leave --period out for all.",
            plan=plan.code,
            kind=plan.plan.period,
            period=code,
            example=period_of(period.start, plan.plan.period).code,
        )
    return number_of(period.start, plan.plan.period)


def _rows(pay: Pay, title: str, spoken: Spoken, asked: Asked) -> Iterator[Row]:
    stages = None if asked.period is None else [_wanted(pay.plan, asked.period)]
    for row in pay_rows(pay, spoken.currencies, stages).to_dict("records"):
        yield _row(row, title, spoken, asked.lang)


def _row(row: Mapping[Any, Any], title: str, spoken: Spoken, lang: str) -> Row:
    currency = spoken.currencies[row["currency_id"]]
    code = row["reason_code"]
    slice_from, slice_to = _slice(row, currency)
    return {
        "payee": spoken.payees.get(row["payee_id"], ""),
        "plan": title,
        "component": row["component"],
        "credit": _credit(int(row["credit_id"]), spoken),
        "period": row["period"],
        "currency": currency.code,
        "exchange_rate": _exchange(row["exchange"]),
        "base": minor_text(row["base_minor"], currency) if row["credit_id"] or row["base_minor"] else "",
        "slice_from": slice_from,
        "slice_to": slice_to,
        "rate": f"{row['rate']:f}" if row["rate"] or code in ("commission.flat", "commission.slice") else "",
        "amount_exact": f"{row['amount_exact']:f}",
        "released": f"{row['released_exact']:f}",
        "reason": render(code, row["reason_args"], lang),
    }


def _credit(number: int, spoken: Spoken) -> str | int:
    if spoken.credits is None:
        return max(number, 0) or ""  # the events of the mirror are below zero: no record of the ERP has that id
    return spoken.credits.get(number, "")


def _slice(row: Mapping[Any, Any], currency: Currency) -> tuple[str, str]:
    """The bounds of the row's bracket: amounts, or days; "" without one and for an open end."""
    if row["reason_code"] not in BRACKETED:
        return "", ""
    bounds = [row["slice_from"], row["slice_to"]]
    texts = [str(each) if row["reason_code"] == DAYS else minor_text(each, currency) for each in bounds]
    return texts[0], "" if bounds[1] == -1 else texts[1]


def _exchange(units: Fraction | None) -> str:
    """The rate with eight decimals; "" for one, and where there is none."""
    if units is None or units == 1:
        return ""
    return f"{(Decimal(units.numerator) / Decimal(units.denominator)).quantize(Decimal('1E-8')).normalize():f}"


def _total(each: Statement, plan: Plan, title: str, spoken: Spoken) -> Row:
    currency = spoken.currencies[each.currency_id]
    return {
        "payee": spoken.payees.get(each.payee_id, ""),
        "plan": title,
        "period": period_at(each.stage, plan.plan.period).code,
        "currency": currency.code,
        "earned": minor_text(each.earned, currency),
        "released": minor_text(each.released, currency),
        "adjustments": minor_text(each.adjustments, currency),
        "payout": minor_text(each.payout, currency),
    }


def _differences(rows: Sequence[Row], titles: Sequence[str]) -> list[Row]:
    """What the first plan earns and releases more than the other, by payee, period and credit, where they differ."""
    signs = {titles[0]: 1, titles[1]: -1}
    keys = ("payee", "period", "currency", "credit")
    sums: dict[tuple[object, ...], list[Decimal]] = {}
    for row in rows:
        found = sums.setdefault(tuple(row[key] for key in keys), [Decimal(0), Decimal(0)])
        for place, name in enumerate(("amount_exact", "released")):
            found[place] += signs[row["plan"]] * Decimal(row[name])
    blank = dict.fromkeys(rows[0], "") if rows else {}
    return [
        {
            **blank,
            **dict(zip(keys, key, strict=True)),
            "plan": f"{titles[0]} - {titles[1]}",
            "component": "difference",
            "amount_exact": f"{earned.normalize():f}",
            "released": f"{released.normalize():f}",
        }
        for key, (earned, released) in sums.items()
        if earned or released
    ]


def _beside(totals: Sequence[Row], titles: Sequence[str]) -> list[Row]:
    """The first plan's totals with the other's payout and the difference beside them."""
    keys = ("payee", "period", "currency")
    by_plan = {
        title: {tuple(row[key] for key in keys): row for row in totals if row["plan"] == title} for title in titles
    }
    own, other = (by_plan[title] for title in titles)
    made = []
    for key in {**own, **other}:
        first, second = own.get(key), other.get(key)
        zero = dict.fromkeys(("earned", "released", "adjustments", "payout"), "0")
        row = first or {**dict(zip(keys, key, strict=True)), "plan": titles[0], **zero}
        paid = second["payout"] if second else "0"
        difference = Decimal(row["payout"]) - Decimal(paid)
        made.append({**row, "payout_against": paid, "difference": f"{difference:f}"})
    return made


def _own_records(findings: Iterator[Finding], spoken: Spoken) -> tuple[Finding, ...]:
    """Findings about a credit name it as the user does; each stands there once."""
    named = []
    for found in findings:
        own = (spoken.credits or {}).get(int(found.record)) if found.record.isdecimal() else None
        each = replace(found, record=own) if own is not None else found
        if each not in named:
            named.append(each)
    return tuple(named)
