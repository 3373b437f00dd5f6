"""What credits are measured against: the quota of the plan, or the target of their payee or team.

With `[quota] from = "targets"` each has a goal of his own: who is to reach 100,000.00 in March and sells 92,000.00 has
attained 92 %. The target of a span is found as in an appraisal (`rules/period_targets.py`); a plan that is in force for
a part of the span counts the same part of it. A bonus of kind "team" is measured by the team's target. Whoever has no
target, or one of 0, is not paid nothing in silence: the component is held for him, a row of his statement and a finding
say so, and once there is a target the next statement pays what was held (S0-7, S4-35).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from kam_connector.findings import Finding
from kam_connector.money import Currency, minor_text, round_ratio
from kam_connector.periods import PeriodKind
from kam_connector.policy.components import Component
from kam_connector.policy.plans import Plan
from kam_connector.rules.decisions import Flags, Whole, ids_of
from kam_connector.rules.pay.given import Given
from kam_connector.rules.pay.lines import Line
from kam_connector.rules.pay.spans import kind_of, last_stage, part_in_force, period_at, quota_minor, span_of
from kam_connector.rules.period_targets import TEAM_TWICE, TWICE, targets_of
from kam_connector.texts import Text

TARGET = "target"
"""A component `target commission` is the row that says what the component `commission` was measured against."""
MISSING = ("pay.no_target", "pay.no_team_target")
KEYS = ["company_id", "owner", "pay_currency", "span"]
NO_TARGET = Text(
    "Plan {plan} holds what {payee} earns by attainment in {periods}: there is no target of {measure} above zero. "
    "Import one with `kam targets import`, or enter it in the ERP."
)
NO_RATE = Text("No rate of exchange for {day}: plan {plan} cannot measure {payee} against the target of {period}.")


@dataclass(frozen=True, slots=True)
class Goals:
    """`quota`: what each row is measured against, in smallest units of the currency of pay; 0: there is no target, and
    1 where nothing is measured. `lines` show the targets; `findings` name those that are lacking or odd."""

    quota: Whole
    lines: tuple[Line, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def is_known(self) -> Flags:
        """Which rows can be paid."""
        return np.asarray(self.quota > 0, dtype=bool)


@dataclass(frozen=True, slots=True)
class Goal:
    """`quota` in the currency of pay (0: none), and the target as a person reads it ("" where there is none)."""

    quota: int
    target: str = ""


def is_measured(component: Component) -> bool:
    """Whether the component pays by attainment."""
    return component.on == "attainment" or component.variable is not None


def find_goals(rows: pd.DataFrame, counted: Flags, component: Component, code: str, plan: Plan, given: Given) -> Goals:
    """The goals of `Prepared.rows` for one component; `counted`: the rows that it pays by.

    The span of a reversal is that of what it reverses; in a contest its own, in which it lessens the result.
    """
    if not is_measured(component) or not len(rows):
        return Goals(np.ones(len(rows), dtype=np.int64))
    kind = kind_of(component, plan)
    own = span_of(rows["day"].to_numpy(dtype="datetime64[D]"), kind)
    span = own if component.kind == "contest" else own[rows["home"].to_numpy(dtype=np.int64)]
    owner = rows["team"] if component.kind == "team" else rows["payee_id"]
    keys = rows[["company_id", "pay_currency"]].assign(owner=owner, span=span)[KEYS]
    group = keys.groupby(KEYS, sort=False).ngroup().to_numpy(dtype=np.int64)
    cases, paid = keys.drop_duplicates(), keys[counted].drop_duplicates()
    if plan.quota is None or plan.quota.source == "amount":
        pairs = zip(cases["pay_currency"].tolist(), cases["span"].tolist(), strict=True)
        known = [quota_minor(plan, each, kind, given.currencies[money]) for money, each in pairs]
        return Goals(np.array(known, dtype=np.int64)[group])
    goals, odd = _goals_of(paid, component, plan, given)
    nothing = Goal(0)
    found = [goals.get(case, nothing) for case in cases.itertuples(index=False, name=None)]
    quota = np.array([goal.quota for goal in found], dtype=np.int64)[group]
    table = rows[["company_id", "payee_id", "pay_currency", "stage", "login", "team"]].assign(
        owner=owner, span=span, quota=quota, target=np.array([goal.target for goal in found], dtype=object)[group]
    )[counted]
    lines = _lines(table, component, code, plan, given)
    return Goals(quota, lines, (*odd, *_find_missing(table, component, plan)))


def _goals_of(
    cases: pd.DataFrame, component: Component, plan: Plan, given: Given
) -> tuple[Mapping[tuple[int, ...], Goal], list[Finding]]:
    """The goal of each case (KEYS) that has a target, and what is odd with targets or rates."""
    found: dict[tuple[int, ...], Goal] = {}
    odd: list[Finding] = []
    kind, standing = kind_of(component, plan), _owned(component, plan, given)
    money = dict(zip(ids_of(standing["company_id"]).tolist(), ids_of(standing["currency_id"]).tolist(), strict=True))
    for span in sorted(cases["span"].unique().tolist()):
        targets, strange = targets_of(standing, period_at(span, kind), _twice(component))
        odd += [each for each in strange if each not in odd]
        owners = zip(*(targets[name].tolist() for name in ("company_id", "user_id", "target_minor")), strict=True)
        amounts = {(company, owner): amount for company, owner, amount in owners}
        for case in cases[cases["span"] == span].itertuples(index=False, name=None):
            amount = amounts.get(case[:2], 0)
            if amount > 0:
                goal = _goal(case, amount, money[case[0]], kind, plan, given)
                odd += [] if goal.quota else [_no_rate(case, kind, plan)]
                found[case] = goal
    return found, odd


def _owned(component: Component, plan: Plan, given: Given) -> pd.DataFrame:
    """The targets of the plan's measure with their owner as user_id: the team's name for a team's bonus."""
    measure = plan.quota.measure if plan.quota is not None else None
    standing = given.targets[given.targets["measure"] == measure]
    of_team = (standing["payee_id"] == 0).to_numpy(dtype=bool)
    if component.kind == "team":
        return standing[of_team & (standing["team"] != "").to_numpy()].assign(user_id=lambda table: table["team"])
    return standing[~of_team].assign(user_id=lambda table: table["payee_id"])


def _twice(component: Component) -> Text:
    return TEAM_TWICE if component.kind == "team" else TWICE


def _goal(case: tuple[int, ...], amount: int, money: int, kind: PeriodKind, plan: Plan, given: Given) -> Goal:
    """The target as a quota in the currency of pay, by the rate of the span's first day; the part in force of it."""
    company, _, pay, span = case
    own, currency = given.currencies[money], given.currencies[pay]
    units = given.rates.units(company, money, pay, period_at(span, kind).start)
    if units is None:
        return Goal(0, _text(amount, own))
    prorate = plan.quota.prorate if plan.quota is not None else "days"
    exact = amount * units * part_in_force(plan, span, kind, kind, prorate)
    exact *= Fraction(10) ** (currency.digits - own.digits)
    return Goal(max(int(round_ratio(exact.numerator, exact.denominator, 0)), 1), _text(amount, own))


def _text(amount: int, currency: Currency) -> str:
    return f"{currency.code} {minor_text(amount, currency)}".strip()


def _no_rate(case: tuple[int, ...], kind: PeriodKind, plan: Plan) -> Finding:
    period = period_at(case[3], kind)
    values = {"day": period.start, "plan": plan.code, "payee": str(case[1]), "period": period.code}
    return Finding("warning", "targets", plan.code, Text(NO_RATE.template, values))


def _lines(table: pd.DataFrame, component: Component, code: str, plan: Plan, given: Given) -> tuple[Line, ...]:
    """A row of nothing that says what was measured against, for each payee and period of pay in which he has credits;
    of a contest in the period in which it is decided."""
    kind = kind_of(component, plan)
    if component.kind == "contest":
        ends = {span: last_stage(span, kind, plan.plan.period) for span in table["span"].unique().tolist()}
        over = [span for span in ends if period_at(span, kind).end <= given.as_of]
        table = table[table["span"].isin(over)].assign(stage=table["span"].map(ends))
    names = ["company_id", "payee_id", "pay_currency", "stage", "span", "team", "quota", "target"]
    names = names if component.kind == "team" else [name for name in names if name != "team"]
    made = []
    for row in table[names].drop_duplicates().sort_values(names[:5]).to_dict("records"):
        figures: dict[str, str | int] = {
            "amount": minor_text(row["quota"], given.currencies[row["pay_currency"]]), "target": row["target"],
            "goal": (plan.quota.measure if plan.quota else None) or "", "period": period_at(row["span"], kind).code,
            "team": row.get("team", ""),
        }  # fmt: skip
        reason = ("pay.team_target" if row["quota"] else MISSING[1]) if "team" in row else (
            "pay.target" if row["quota"] else MISSING[0]
        )  # fmt: skip
        about = (row["company_id"], row["payee_id"], row["pay_currency"], row["stage"])
        made.append(Line(*about, f"{TARGET} {code}", 0, 0, reason, figures, base=row["quota"]))
    return tuple(made)


def _find_missing(table: pd.DataFrame, component: Component, plan: Plan) -> list[Finding]:
    """A finding for each owner without a target, with the periods."""
    lacking = table[(table["quota"] == 0) & (table["target"] == "")]
    kind, made = kind_of(component, plan), []
    for owner, mine in lacking.groupby("owner", sort=True):
        codes = [period_at(span, kind).code for span in sorted(mine["span"].unique().tolist())]
        name = str(owner) if component.kind == "team" else str(mine["login"].iloc[0] or owner)
        values = {"plan": plan.code, "payee": name, "periods": ", ".join(codes),
                  "measure": plan.quota.measure if plan.quota else ""}  # fmt: skip
        made.append(Finding("warning", "targets", plan.code, Text(NO_TARGET.template, values)))
    return made
