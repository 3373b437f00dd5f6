"""Bonuses for events, awards given by hand, and a team's bonus divided among its members.

An event is a credit of kind "event" whose category names it: a new key account, a customer retained, a satisfied one. A
negative net amount takes one back. Of a component with a filter only
events of customers in its tiers count. A team's brackets run over the sum of its members; what they bring is divided by
contribution, or equally, to the last 10^-12 (incentives.md 1.1, S4-34 to S4-36).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import numpy as np
import pandas as pd

from kam_connector.findings import Finding
from kam_connector.money import allocate
from kam_connector.policy.components import Component, Filter
from kam_connector.policy.plans import Plan
from kam_connector.rules.decisions import Flags, Whole
from kam_connector.rules.pay.exact import FINE, decimal_of, fine_of, ratio
from kam_connector.rules.pay.given import Given
from kam_connector.rules.pay.lines import Line
from kam_connector.rules.pay.prepare import fits
from kam_connector.rules.pay.slices import Slices
from kam_connector.rules.pay.spans import number_of
from kam_connector.texts import Text

NO_PAYEE = Text('The award "{component}" of plan {plan} is for {payee}, who is nobody that is known.')


def event_lines(rows: pd.DataFrame, component: Component, code: str) -> Iterator[Line]:
    """One line an event of the component's kind: its amount, by the payee's share."""
    of_kind = ((rows["kind"] == "event") & (rows["category"] == component.event)).to_numpy(dtype=bool)
    wanted = component.filter or Filter()
    found = rows[of_kind & fits(rows, wanted.model_copy(update={"categories": ()}))]
    amount = fine_of(component.amount or Decimal(0))
    for place, row in zip(found.index.tolist(), found.to_dict("records"), strict=True):
        sign = -1 if row["net_minor"] < 0 else 1
        earned = sign * int(ratio(amount, row["part"], 10**FINE).item())
        figures = {"amount": f"{decimal_of(earned):f}", "event": component.event or ""}
        company, payee, money, stage = (int(row[name]) for name in ("company_id", "payee_id", "pay_currency", "stage"))
        yield Line(company, payee, money, stage, code, earned, earned, "bonus.event", figures, place)


def award_lines(plan: Plan, component: Component, code: str, given: Given, home: tuple[int, int]) -> list[Line]:
    """The award, in the period of its day; `home` is company and currency of who is paid nothing else."""
    payee = given.payees.get(component.payee or "")
    if payee is None or component.date is None or component.date > given.as_of:
        return []
    amount = fine_of(component.amount or Decimal(0))
    figures = {"amount": f"{decimal_of(amount):f}", "citation": component.citation or ""}
    stage = number_of(component.date, plan.plan.period)
    return [Line(home[0], payee, home[1], stage, code, amount, amount, "award.given", figures)]


def find_lost_award(plan: Plan, component: Component, code: str, given: Given) -> list[Finding]:
    """The finding that nobody is known whom the award names."""
    if component.payee in given.payees:
        return []
    values = {"component": code, "plan": plan.code, "payee": component.payee or ""}
    return [Finding("warning", "rules.pay", plan.code, Text(NO_PAYEE.template, values))]


def team_lines(slices: Slices, rows: pd.DataFrame, chosen: Flags, component: Component, code: str) -> Iterator[Line]:
    """The members' shares of what their team's brackets bring, period by period, by the `chosen` credits until then."""
    counted = rows[chosen]
    who = rows[["company_id", "team", "payee_id", "pay_currency"]].iloc[slices.place].reset_index(drop=True)
    pool = who.assign(stage=slices.stage, amount=slices.amount)
    sums = pool.groupby(["company_id", "team", "pay_currency", "stage"], sort=True)["amount"].sum().reset_index()
    columns = (sums[name].tolist() for name in ("company_id", "team", "pay_currency", "stage", "amount"))
    for company, team, money, stage, amount in zip(*columns, strict=True):
        mine = (counted["company_id"] == company) & (counted["team"] == team) & (counted["stage"] <= stage)
        members = counted[mine].groupby("payee_id", sort=True)["base_minor"].sum()
        for payee, part, base in _divided(amount, members, component):
            figures = {
                "amount": f"{decimal_of(part):f}", "pool": f"{decimal_of(amount):f}", "team": team,
                "count": len(members),
            }  # fmt: skip
            yield Line(company, payee, money, stage, code, part, part, "bonus.team", figures, base=base)


def _divided(amount: int, members: pd.Series, component: Component) -> list[tuple[int, int, int]]:
    """Payee, part and base of each member; who contributed nothing gets nothing, unless nobody did."""
    base: Whole = members.to_numpy(dtype=np.int64)
    weights = np.maximum(base, 0).tolist() if component.divide == "contribution" else [1] * len(base)
    parts = allocate(amount, weights if any(weights) else [1] * len(base))
    return list(zip(members.index.astype(int).tolist(), parts, base.tolist(), strict=True))
