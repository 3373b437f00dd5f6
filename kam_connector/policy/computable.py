"""Which parts of a plan this version computes; the others are refused with their place.

Computed: commission on the net amount of invoices and credit notes, marginal brackets (one bracket is a flat rate)
accumulated over the plan's own period, for users or teams, in one currency, with draft pay-outs recomputed.
"""

from __future__ import annotations

from collections.abc import Iterator

from kam_connector.policy.plans import Component, Plan
from kam_connector.policy.values import Problem, Problems
from kam_connector.texts import Text


def find_uncomputed(plan: Plan) -> Problems:
    """Each part of the plan that would have to change the pay-out and cannot yet."""
    for path, what, instead in [*_head_parts(plan), *_table_parts(plan)]:
        yield Problem(path, what, _later(instead))
    for place, component in enumerate(plan.component):
        for key, what, instead in _component_parts(plan, component):
            yield Problem(("component", place, key), what, _later(instead))


def _later(instead: Text) -> Text:
    return Text(
        "is read, but this version cannot compute it yet, and paying without it would be wrong. {instead}",
        {"instead": instead},
    )


def _head_parts(plan: Plan) -> Iterator[tuple[tuple[str | int, ...], Text, Text]]:
    if plan.payees.roles:
        yield ("payees", "roles"), Text("The payee list roles"), Text("Name users or teams.")
    if plan.credit.source != "invoice":
        yield (
            ("credit", "source"),
            Text('The credit source "{source}"', {"source": plan.credit.source}),
            Text('Write source = "invoice".'),
        )
    if plan.credit.base != "net":
        yield ("credit", "base"), Text('The base "{base}"', {"base": plan.credit.base}), Text('Write base = "net".')
    if plan.clawback and plan.clawback.policy != "recompute":
        what = Text('The clawback policy "{policy}"', {"policy": plan.clawback.policy})
        yield ("clawback", "policy"), what, Text('Write policy = "recompute".')


def _table_parts(plan: Plan) -> Iterator[tuple[tuple[str | int, ...], Text, Text]]:
    tables = {
        "quota": plan.quota, "modifiers": plan.modifiers, "gate": plan.gate, "limits": plan.limits,
        "cash": plan.cash, "split": plan.split, "filter": plan.filter, "draw": plan.draw,
    }  # fmt: skip
    for name, table in tables.items():
        if table:
            yield (name,), Text("The table [{name}]", {"name": name}), Text("Take it out.")


def _component_parts(plan: Plan, component: Component) -> Iterator[tuple[str, Text, Text]]:
    if component.kind != "commission":
        yield "kind", Text('The component kind "{kind}"', {"kind": component.kind}), Text('Write kind = "commission".')
        return
    if component.mode not in (None, "marginal"):
        yield "mode", Text('The bracket mode "{mode}"', {"mode": component.mode}), Text('Write mode = "marginal".')
    if component.on != "amount":
        yield "on", Text('The measure on = "{on}"', {"on": component.on}), Text('Write on = "amount".')
    if len(component.brackets) > 1 and component.basis != "period":
        what = Text('The basis "{basis}" with several brackets', {"basis": component.basis})
        yield "basis", what, Text('Write basis = "period".')
    if len(component.brackets) > 1 and component.accumulate not in ("period", plan.plan.period):
        what = Text('The accumulator "{accumulate}"', {"accumulate": component.accumulate})
        yield "accumulate", what, Text('Write accumulate = "period".')
