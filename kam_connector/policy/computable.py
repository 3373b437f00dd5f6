"""Which parts of a plan this version computes; the others are refused with their place.

Computed: commission on the net amount of invoices and credit notes, marginal brackets (one bracket is a flat rate)
accumulated over the plan's own period, for users or teams, in one currency, with draft pay-outs recomputed.
"""

from __future__ import annotations

from collections.abc import Iterator

from kam_connector.policy.plans import Component, Plan
from kam_connector.policy.values import Problem, Problems

LATER = "is read, but this version cannot compute it yet, and paying without it would be wrong. {}"


def find_uncomputed(plan: Plan) -> Problems:
    """Each part of the plan that would have to change the pay-out and cannot yet."""
    for path, what, instead in [*_head_parts(plan), *_table_parts(plan)]:
        yield Problem(path, what, LATER.format(instead))
    for place, component in enumerate(plan.component):
        for key, what, instead in _component_parts(plan, component):
            yield Problem(("component", place, key), what, LATER.format(instead))


def _head_parts(plan: Plan) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    if plan.payees.roles:
        yield ("payees", "roles"), "The payee list roles", "Name users or teams."
    if plan.credit.source != "invoice":
        yield ("credit", "source"), f'The credit source "{plan.credit.source}"', 'Write source = "invoice".'
    if plan.credit.base != "net":
        yield ("credit", "base"), f'The base "{plan.credit.base}"', 'Write base = "net".'
    if plan.clawback and plan.clawback.policy != "recompute":
        path = ("clawback", "policy")
        yield path, f'The clawback policy "{plan.clawback.policy}"', 'Write policy = "recompute".'


def _table_parts(plan: Plan) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    tables = {
        "quota": plan.quota, "modifiers": plan.modifiers, "gate": plan.gate, "limits": plan.limits,
        "cash": plan.cash, "split": plan.split, "filter": plan.filter, "draw": plan.draw,
    }  # fmt: skip
    for name, table in tables.items():
        if table:
            yield (name,), f"The table [{name}]", "Take it out."


def _component_parts(plan: Plan, component: Component) -> Iterator[tuple[str, str, str]]:
    if component.kind != "commission":
        yield "kind", f'The component kind "{component.kind}"', 'Write kind = "commission".'
        return
    if component.mode not in (None, "marginal"):
        yield "mode", f'The bracket mode "{component.mode}"', 'Write mode = "marginal".'
    if component.on != "amount":
        yield "on", f'The measure on = "{component.on}"', 'Write on = "amount".'
    if len(component.brackets) > 1 and component.basis != "period":
        yield "basis", f'The basis "{component.basis}" with several brackets', 'Write basis = "period".'
    if len(component.brackets) > 1 and component.accumulate not in ("period", plan.plan.period):
        yield "accumulate", f'The accumulator "{component.accumulate}"', 'Write accumulate = "period".'
