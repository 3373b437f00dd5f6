"""What a plan may say and is probably not meant: pay that falls as sales rise, unreached brackets, no ceiling.

Warnings of `kam policy check`; the plan is in force all the same. With 8 % of everything to 50,000 and 5 % above, who
sells 50,000 earns 2,500 and who sells 49,999 earns 3,999.92.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations, pairwise

from kam_connector.policy.components import EVENTS, Component, Filter, code_of
from kam_connector.policy.plans import Plan
from kam_connector.policy.values import Problem, Problems
from kam_connector.texts import Text

Path = tuple[str | int, ...]


def find_plan_advice(plan: Plan) -> Problems:
    """What should be looked at in one plan."""
    for place, component in enumerate(plan.component):
        path: Path = ("component", place)
        name = Text('The component "{component}"', {"component": code_of(component, place)})
        yield from _find_cliffs(path, component)
        yield from _find_unreached(path, component, plan)
        if component.event is not None and component.event not in EVENTS:
            why = Text("is told by files alone: the plan is not paid from the ERP. Known events: {known}.",
                       {"known": ", ".join(EVENTS)})  # fmt: skip
            yield Problem((*path, "event"), Text('The event "{event}"', {"event": component.event}), why)
        if _accelerates(component) and plan.limits.cap is None:
            yield Problem(path, name, Text("pays ever more the more is sold, and the plan has no [limits] cap."))
    top, limit = _dearest_of_all(plan), plan.plan.revenue_share
    if limit is not None and top > limit:
        why = Text("may pay {rate} of a sale, more than the revenue_share {limit}.", {"rate": top, "limit": limit})
        yield Problem(("plan", "revenue_share"), Text('The plan "{code}"', {"code": plan.code}), why)


def find_overlaps(plans: Sequence[Plan]) -> Iterator[tuple[Plan, Problem]]:
    """Plans that may pay the same credit to the same payee, where none of them says that it is meant."""
    for first, second in combinations(plans, 2):
        if first.code != second.code and first.plan.exclusive and second.plan.exclusive and _meet(first, second):
            what = Text('The plan "{code}"', {"code": second.code})
            why = Text('may pay for the same credits as "{other}": write exclusive = false where that is meant.',
                       {"other": first.code})  # fmt: skip
            yield second, Problem(("plan", "code"), what, why)


def _find_cliffs(path: Path, component: Component) -> Problems:
    """Bounds at which more sales pay less."""
    figures = [line.rate if line.rate is not None else line.amount or Decimal(0) for line in component.brackets]
    for place, (before, figure) in enumerate(pairwise(figures), start=1):
        if figure < before and (component.mode in ("whole", "crossing") or _has_levels(component)):
            what = Text("The bracket from {start}", {"start": component.brackets[place].start})
            why = Text("pays less for everything than the one before: who sells more is paid less.")
            yield Problem((*path, "brackets", place), what, why)
    for place, line in enumerate(component.brackets):
        if component.mode == "marginal" and line.rate is not None and line.rate < 0 and place:
            what = Text("The bracket from {start}", {"start": line.start})
            yield Problem((*path, "brackets", place), what, Text("takes pay away from who sells more."))


def _find_unreached(path: Path, component: Component, plan: Plan) -> Problems:
    """Brackets that begin where the cap is reached already, and an amount that no bracket's end leads to."""
    cap, last = plan.limits.cap, component.brackets[-1] if component.brackets else None
    is_open = last is not None and component.mode == "interpolated" and last.end is None
    if is_open and last is not None and last.amount and not _has_levels(component):
        what = Text("The bracket from {start}", {"start": last.start})
        why = Text("has no end, so that its amount is never reached: write to, or end with an amount of 0.")
        yield Problem((*path, "brackets", len(component.brackets) - 1), what, why)
    if cap is None or component.on != "amount" or component.mode != "marginal":
        return
    paid = Decimal(0)
    for place, (before, line) in enumerate(pairwise(component.brackets), start=1):
        paid += (before.rate or Decimal(0)) * (line.start - before.start)
        if paid >= cap:
            what = Text("The bracket from {start}", {"start": line.start})
            why = Text("is never reached: the cap of {cap} is paid before.", {"cap": cap})
            yield Problem((*path, "brackets", place), what, why)


def _has_levels(component: Component) -> bool:
    return component.mode == "interpolated" and component.amounts == "level"


def _accelerates(component: Component) -> bool:
    """Whether the rate of the last, open bracket is above that of the first."""
    rates = [line.rate for line in component.brackets if line.rate is not None]
    return len(rates) > 1 and rates[-1] > rates[0]


def _dearest_of_all(plan: Plan) -> Decimal:
    """The highest share of one sale that all components which count it may pay together, overlays included."""
    sums = [
        sum((_dearest(each, plan) for each in plan.component if _overlap(_counted(each), _counted(one))), Decimal(0))
        for one in plan.component
    ]
    return max(sums, default=Decimal(0)) * (1 + sum((line.share for line in plan.split if line.overlay), Decimal(0)))


def _counted(component: Component) -> Filter:
    return component.filter or Filter()


def _dearest(component: Component, plan: Plan) -> Decimal:
    """The highest share of a sale that the component may pay, with every modifier; 0 where rates are no such share."""
    rates = [line.rate for line in component.brackets if line.rate is not None]
    if not rates or component.variable is not None or plan.credit.base != "net":
        return Decimal(0)
    points = max((line.points for line in plan.modifiers.days_to_pay), default=Decimal(0))
    factor = max([Decimal(1), *plan.modifiers.tier_factor.values()])
    return (max(rates) + max(points, Decimal(0))) * factor


def _meet(first: Plan, second: Plan) -> bool:
    """Whether days, source, payees and filters of two plans leave room for one credit in both."""
    if not (first.component and second.component):
        return False
    begun = max(first.valid_from, second.valid_from)
    ends = [plan.plan.valid_to for plan in (first, second) if plan.plan.valid_to is not None]
    same_days = not ends or begun <= min(ends)
    same_source = (first.credit.source == "order") == (second.credit.source == "order")
    return same_days and same_source and _share_payees(first, second) and _overlap(first.filter, second.filter)


def _share_payees(first: Plan, second: Plan) -> bool:
    """Whether one person may be paid by both; a login and a team or role may well be those of one person."""
    one, other = first.payees, second.payees
    if "*" in one.users or "*" in other.users:
        return True
    pairs = ((one.users, other.users), (one.teams, other.teams), (one.roles, other.roles))
    same = any(set(mine) & set(theirs) for mine, theirs in pairs)
    return same or any(
        bool(mine and theirs)
        for place, (mine, _) in enumerate(pairs)
        for number, (_, theirs) in enumerate(pairs)
        if place != number
    )


def _overlap(one: Filter, other: Filter) -> bool:
    """Filters that exclude each other share nothing; an empty one lets everything through."""
    pairs = ((one.categories, other.categories), (one.tiers, other.tiers))
    return all(not mine or not theirs or set(mine) & set(theirs) for mine, theirs in pairs)
