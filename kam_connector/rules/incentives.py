"""What each credit earns for whom, and what is due now.

A credit is an invoice or credit note of a salesperson in the period; a plan's brackets cut its net amount into slices
(`brackets.py`), each at its own rate, exact to the last digit. Rounding happens once, per company, payee, plan and
currency, in `payouts.py`: three rows of 5 % of 10.05 are 0.5025 each and pay 1.51 (incentives.md, E19).

The amount is in the plan's currency: of a company that keeps its books in it, the booked company amount, else a
document in it, the document amount; without a plan currency each company pays in its own. Nothing is converted here
a second time; a credit that would need it is a finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

import numpy as np
import pandas as pd

from kam_connector.findings import Finding
from kam_connector.money import PRECISION, Currency, minor_text
from kam_connector.periods import Period, parse_period, period_of
from kam_connector.policy.plans import Component, Plan, code_of
from kam_connector.rules.brackets import Bracket, brackets_of, cut_marginal
from kam_connector.rules.decisions import (
    Decisions,
    Flags,
    boxed,
    company_currencies,
    currencies_of,
    days_of,
    ids_of,
    require_columns,
)
from kam_connector.rules.payouts import settle
from kam_connector.rules.reasons import reason_args
from kam_connector.texts import Text

CREDIT_COLUMNS = ("move_id", "company_id", "payee_id", "date", "kind", "currency_id", "net_minor", "net_company_minor")
SOURCE_KINDS = ("invoice", "credit_note")
LINE_KEYS = ["company_id", "payee_id", "plan", "component", "period", "move_id"]
LINE_COLUMNS = [
    *LINE_KEYS, "customer_id", "date", "currency_id", "base_minor", "slice_from", "slice_to", "rate", "amount_exact",
    "reason_code", "reason_args",
]  # fmt: skip


def compute_payouts(
    credits: pd.DataFrame,
    plans: Sequence[Plan],
    as_of: date,
    companies: pd.DataFrame,
    period: str | None = None,
    settled: pd.DataFrame | None = None,
    people: pd.DataFrame | None = None,
) -> Decisions:
    """The payouts of a period, the lines behind them in `detail`, what is settled already in `rest`.

    `credits`: CREDIT_COLUMNS, and where known customer_id, document; `plans` from `Policy.plans_between`; `companies`:
    company_id, currency_id, currency, digits; `settled` (statements that are approved or paid): company_id, payee_id,
    plan, period, currency_id, settled_minor, sequence; `people`: user_id, login, team, for plans that name payees.
    Without `period` each plan is computed for its period in which `as_of` lies; with one, plans of that length only.

    Payouts: company_id, payee_id, plan, period, date_from, date_to, sequence, currency_id, earned_exact (Decimal),
    earned_minor, settled_minor, payout_minor (earned less settled), reason_code, reason_args. Lines: company_id,
    payee_id, plan, component, period, move_id, customer_id, date, currency_id, base_minor (net), slice_from, slice_to
    (minor; -1 = open), rate, amount_exact (Decimals), reason_code, reason_args. Requirement S4-26 (commission).
    """
    require_columns(credits, CREDIT_COLUMNS, "credits")
    wanted = parse_period(period) if period else None
    lines, findings = list[pd.DataFrame](), list[Finding]()
    for plan in plans:
        span = wanted or period_of(as_of, plan.plan.period)
        if span.kind == plan.plan.period:
            scope = _Scope(plan, span, as_of, company_currencies(companies), currencies_of(companies))
            made, found = _compute_plan(credits, people, scope)
            lines, findings = [*lines, *made], [*findings, *found]
    detail = pd.concat(lines, ignore_index=True) if lines else pd.DataFrame(columns=LINE_COLUMNS)
    detail = detail.sort_values([*LINE_KEYS, "slice_from"], kind="stable").reset_index(drop=True)
    periods = {plan.code: wanted or period_of(as_of, plan.plan.period) for plan in plans}
    payouts, done = settle(detail, settled, plans, periods, currencies_of(companies))
    return Decisions(payouts, tuple(findings), detail, done)


@dataclass(frozen=True, slots=True)
class _Scope:
    """One plan in one period, with the currencies by company and by id."""

    plan: Plan
    period: Period
    as_of: date
    by_company: Mapping[int, Currency]
    by_id: Mapping[int, Currency]

    @property
    def last_day(self) -> date:
        return min(self.period.end, self.as_of, self.plan.plan.valid_to or self.period.end)

    @property
    def first_day(self) -> date:
        return max(self.period.start, self.plan.valid_from)


def _compute_plan(
    credits: pd.DataFrame, people: pd.DataFrame | None, scope: _Scope
) -> tuple[list[pd.DataFrame], list[Finding]]:
    inside = credits[_in_scope(credits, scope)]
    nobody = ids_of(inside["payee_id"]) == 0
    rows = inside[~nobody & _is_payee(inside, people, scope.plan)]
    rows, lost = _in_currency(rows, scope)
    text = Text(
        "{count} credits of {period} have no salesperson: plan {plan} pays nobody",
        {"count": int(nobody.sum()), "period": scope.period.code, "plan": scope.plan.code},
    )
    findings = [Finding("info", "rules.incentives", scope.plan.code, text)] if nobody.any() else []
    ordered = rows.sort_values(["company_id", "payee_id", "date", "move_id"], kind="stable")
    pieces = [
        piece
        for place, component in enumerate(scope.plan.component)
        for currency in sorted(set(ordered["pay_currency"].tolist()))
        for piece in _slice(
            ordered[ordered["pay_currency"] == currency],
            component, code_of(component, place), scope.by_id[currency], scope,
        )
    ]  # fmt: skip
    return pieces, [*findings, *lost]


def _in_scope(credits: pd.DataFrame, scope: _Scope) -> Flags:
    day = days_of(credits["date"])
    inside = (day >= np.datetime64(scope.first_day, "D")) & (day <= np.datetime64(scope.last_day, "D"))
    return np.asarray(inside & credits["kind"].isin(SOURCE_KINDS).to_numpy(), dtype=bool)


def _is_payee(credits: pd.DataFrame, people: pd.DataFrame | None, plan: Plan) -> Flags:
    if "*" in plan.payees.users:
        return np.ones(len(credits), dtype=bool)
    if people is None:
        raise ValueError(f"Plan {plan.code} names its payees: the people frame is needed.")
    named = people["login"].isin(plan.payees.users) | people["team"].isin(plan.payees.teams)
    return np.isin(ids_of(credits["payee_id"]), ids_of(people.loc[named, "user_id"]))


def _in_currency(credits: pd.DataFrame, scope: _Scope) -> tuple[pd.DataFrame, list[Finding]]:
    """The credits with base_minor and pay_currency (its id); those that would need a rate are findings."""
    ids = {currency.code: key for key, currency in scope.by_id.items()}
    home = np.array([ids[scope.by_company[company].code] for company in credits["company_id"].tolist()], dtype=np.int64)
    target = scope.plan.plan.currency
    pay = home if target is None else np.full(len(credits), ids.get(target, 0), dtype=np.int64)
    booked, written = pay == home, pay == ids_of(credits["currency_id"])
    base = np.where(booked, credits["net_company_minor"].to_numpy(), credits["net_minor"].to_numpy())
    rows = credits.assign(base_minor=base.astype(np.int64), pay_currency=pay)
    text = Text(
        "The credit is neither booked nor written in {currency}, as plan {plan} pays; it is left out.",
        {"currency": target, "plan": scope.plan.code},
    )
    lost = credits.loc[~(booked | written), "move_id"]
    findings = [Finding("warning", "rules.incentives", str(key), text) for key in lost]
    return rows[booked | written], findings


def _slice(
    rows: pd.DataFrame, component: Component, code: str, currency: Currency, scope: _Scope
) -> Iterator[pd.DataFrame]:
    """The lines of one component: for each bracket the credits that reach into it."""
    brackets = brackets_of(component.brackets, currency)
    base = rows["base_minor"].to_numpy(dtype=np.int64)
    after = rows.groupby(["company_id", "payee_id"])["base_minor"].cumsum().to_numpy(dtype=np.int64)
    for bracket, part in zip(brackets, cut_marginal(after - base, base, brackets), strict=True):
        touched = part != 0
        if touched.any():
            lines = rows[touched].assign(base_minor=part[touched], component=code)
            yield _dress(lines, bracket, currency, scope, is_flat=len(brackets) == 1)


def _dress(lines: pd.DataFrame, bracket: Bracket, currency: Currency, scope: _Scope, *, is_flat: bool) -> pd.DataFrame:
    bases = lines["base_minor"].tolist()
    with localcontext(prec=PRECISION):
        amounts = [Decimal(base).scaleb(-currency.digits) * bracket.rate for base in bases]
    code = "commission.flat" if is_flat else "commission.slice"
    common = {
        "currency": currency.code, "rate": f"{bracket.rate:f}", "plan": scope.plan.code,
        "valid_from": scope.plan.valid_from.isoformat(),
    }  # fmt: skip
    if not is_flat:
        upper = "" if bracket.upper is None else minor_text(bracket.upper, currency)
        common |= {"slice_from": minor_text(bracket.lower, currency), "slice_to": upper}
    made = lines.assign(
        plan=scope.plan.code, period=scope.period.code, currency_id=lines["pay_currency"],
        customer_id=lines.get("customer_id", 0), slice_from=bracket.lower,
        slice_to=-1 if bracket.upper is None else bracket.upper, rate=boxed([bracket.rate] * len(bases)),
        amount_exact=boxed(amounts),
        reason_code=code, reason_args=[reason_args(code, base=minor_text(base, currency), **common) for base in bases],
    )  # fmt: skip
    return made[LINE_COLUMNS]
