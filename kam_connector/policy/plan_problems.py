"""What no plan may say: wrong days, nobody to pay, gaps, overlaps, modes without figures, shares that do not sum."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from kam_connector.policy.components import BracketLine, Component, code_of
from kam_connector.policy.plans import Plan, Quota
from kam_connector.policy.salaries import SALARY, find_salary_problems
from kam_connector.policy.values import Problem, Problems
from kam_connector.texts import Text

Path = tuple[str | int, ...]


def find_plan_problems(plan: Plan) -> Problems:
    """What is wrong across the tables of one plan."""
    yield from _find_head_problems(plan)
    yield from _find_term_problems(plan)
    if plan.quota is not None:
        yield from _find_quota_problems(plan.quota, plan.credit.base)
    yield from find_salary_problems(plan.salary, plan.valid_from, plan.plan.valid_to)
    codes = [code_of(component, place) for place, component in enumerate(plan.component)]
    for place, component in enumerate(plan.component):
        path: Path = ("component", place)
        if codes[place] in (*codes[:place], *([SALARY] if plan.salary else [])):
            why = Text("stands there a second time: give each [[component]] its own code.")
            yield Problem(path, Text('The component "{codes}"', {"codes": codes[place]}), why)
        if component.kind == "commission" or component.is_cut:
            yield from _find_bracket_problems(path, component)
        yield from _find_kind_problems(path, component)
        has_quota = plan.asks_targets or bool(plan.quota and plan.quota.amount)
        if (component.on == "attainment" or component.variable is not None) and not has_quota:
            why = Text("measures attainment, but the plan has no [quota] above zero.")
            yield Problem(path, Text('The component "{codes}"', {"codes": codes[place]}), why)


def _find_head_problems(plan: Plan) -> Problems:
    head = plan.plan
    if head.valid_to and head.valid_to < head.valid_from:
        why = Text("lies before valid_from {valid_from}.", {"valid_from": head.valid_from})
        yield Problem(("plan", "valid_to"), Text("The last day {valid_to}", {"valid_to": head.valid_to}), why)
    if not (plan.component or plan.salary):
        yield Problem(
            ("plan",), Text("The plan"), Text("pays nothing: it has neither a [[component]] nor a [[salary]].")
        )
    if plan.component and not (plan.payees.users or plan.payees.teams or plan.payees.roles):
        yield Problem(("payees",), Text("[payees]"), Text("names nobody: write users, teams or roles."))
    shares = sum((line.share for line in plan.split if not line.overlay), Decimal(0))
    if plan.split and shares != 1:
        why = Text("sum to {shares}, not to 1.", {"shares": shares})
        yield Problem(("split",), Text("The shares of [[split]]"), why)
    roles = [line.role for line in plan.split]
    for place, role in enumerate(roles):
        if role in roles[:place]:
            what = Text('The role "{role}"', {"role": role})
            yield Problem(("split", place, "role"), what, Text("stands there a second time."))
    for role in plan.payees.roles:
        if role not in roles:
            what = Text('The role "{role}"', {"role": role})
            yield Problem(("payees", "roles"), what, Text("is paid, but no [[split]] has it."))
    if plan.cash.rate_date == "payment" and plan.credit.source != "cash":
        why = Text('needs source = "cash": without it nobody waits for the payment.')
        yield Problem(("cash", "rate_date"), Text('The rate_date "payment"'), why)


def _find_quota_problems(quota: Quota, base: str) -> Problems:
    """Keys that the source of the quota lacks or leaves unread, and a target of what the plan does not pay."""
    what = Text("[quota]")
    if quota.source == "amount":
        if quota.amount is None:
            yield Problem(("quota",), what, Text('needs amount, or from = "targets" with a measure.'))
        if quota.measure is not None:
            yield Problem(("quota", "measure"), what, Text('has a measure, which goes with from = "targets" alone.'))
        return
    for name in ("amount", "period"):
        if name in quota.model_fields_set:
            why = Text("has {name}, which targets have themselves: take it out.", {"name": name})
            yield Problem(("quota", name), what, why)
    paid = "margin" if base == "margin" else "revenue"
    if quota.measure != paid:
        why = Text('needs measure = "{paid}": the plan pays by base = "{base}", and measures its own credits.',
                   {"paid": paid, "base": base})  # fmt: skip
        yield Problem(("quota", "measure"), what, why)


def _find_term_problems(plan: Plan) -> Problems:
    for place, gate in enumerate(plan.gate):
        what = Text('The gate on "{fact}"', {"fact": gate.fact})
        if (gate.below is None) == (gate.above is None):
            yield Problem(("gate", place), what, Text("needs below or above, and not both."))
        if (gate.effect == "reduce") != (gate.factor is not None):
            yield Problem(("gate", place), what, Text('needs factor with effect = "reduce", and only there.'))
    days = plan.modifiers.days_to_pay
    if days and days[0].start != 0:
        why = Text(
            "begins at {start}: earlier payments would have no points of their own. Begin at 0.",
            {"start": days[0].start},
        )
        yield Problem(("modifiers", "days_to_pay", 0), Text("The first bracket of days_to_pay"), why)
    for place, (before, line) in enumerate(pairwise(days), start=1):
        if line.start <= before.start:
            why = Text("does not begin after {start}: brackets overlap.", {"start": before.start})
            path: Path = ("modifiers", "days_to_pay", place)
            yield Problem(path, Text("The bracket from {start}", {"start": line.start}), why)
    if plan.limits.cap is not None and plan.limits.floor > plan.limits.cap:
        what = Text("The floor {floor}", {"floor": plan.limits.floor})
        yield Problem(("limits", "floor"), what, Text("is above the cap {cap}.", {"cap": plan.limits.cap}))
    if plan.draw and plan.draw.periods and not 1 <= plan.draw.periods[0] <= plan.draw.periods[1]:
        why = Text("are no first and last period: write [1, 6].")
        yield Problem(("draw", "periods"), Text("The periods of the draw"), why)


def _find_kind_problems(path: Path, component: Component) -> Problems:
    """What a kind of component needs and does not have."""
    needed = {
        "bonus": component.is_cut or (component.event is not None and component.amount is not None),
        "team": component.is_cut,
        "contest": bool(component.prizes),
        "award": None not in (component.amount, component.payee, component.date),
        "commission": True,
    }
    wanted = {
        "bonus": Text("needs event and amount, or brackets."),
        "team": Text("needs brackets."),
        "contest": Text('needs prizes, such as ["3000", "2000", "1000"].'),
        "award": Text("needs payee, amount and date."),
    }
    if component.kind == "contest" and component.brackets:
        what = Text('The component of kind "{kind}"', {"kind": component.kind})
        yield Problem((*path, "brackets"), what, Text("pays by prizes: its brackets would pay nothing. Take them out."))
    if not needed[component.kind]:
        yield Problem(path, Text('The component of kind "{kind}"', {"kind": component.kind}), wanted[component.kind])


def _find_bracket_problems(path: Path, component: Component) -> Problems:
    if component.mode is None:
        why = Text('has no mode: write "marginal", "whole", "interpolated" or "crossing", it is never guessed.')
        yield Problem(path, Text('The component of kind "{kind}"', {"kind": component.kind}), why)
    if not component.brackets:
        yield Problem(path, Text("The commission component"), Text("has no brackets."))
        return
    if component.brackets[0].start != 0:
        why = Text(
            "begins at {start}: what lies below would be in no bracket. Begin at 0.",
            {"start": component.brackets[0].start},
        )
        yield Problem((*path, "brackets", 0), Text("The first bracket"), why)
    for place, (before, line) in enumerate(pairwise(component.brackets), start=1):
        if line.start <= before.start:
            why = Text("does not begin after {start}: brackets overlap.", {"start": before.start})
            yield Problem((*path, "brackets", place), Text("The bracket from {start}", {"start": line.start}), why)
    yield from _find_end_problems(path, component.brackets)
    yield from _find_figure_problems(path, component)


def _find_end_problems(path: Path, lines: tuple[BracketLine, ...]) -> Problems:
    """Ends that leave a gap or run over the next bracket."""
    starts = [line.start for line in lines[1:]]
    for place, line in enumerate(lines):
        what = Text("The bracket from {start}", {"start": line.start})
        if line.end is not None and line.end <= line.start:
            yield Problem((*path, "brackets", place), what, Text("ends at {end}, not after it.", {"end": line.end}))
        elif line.end is not None and place < len(starts) and line.end != starts[place]:
            values = {"end": line.end, "start": starts[place]}
            why = Text("ends at {end}, and the next begins at {start}: a gap or an overlap.", values)
            yield Problem((*path, "brackets", place), what, why)


def _find_figure_problems(path: Path, component: Component) -> Problems:
    """Brackets with the wrong figure: rates and amounts are never mixed, and amounts go with two modes only."""
    amounts = component.mode == "interpolated" or (
        component.mode == "whole" and all(line.amount is not None for line in component.brackets)
    )
    wanted = "amount" if amounts else "rate"
    for place, line in enumerate(component.brackets):
        if (line.amount if amounts else line.rate) is None or (line.rate if amounts else line.amount) is not None:
            why = Text(
                'needs {wanted}, and nothing else, in mode "{mode}".', {"wanted": wanted, "mode": component.mode}
            )
            yield Problem((*path, "brackets", place), Text("The bracket from {start}", {"start": line.start}), why)
