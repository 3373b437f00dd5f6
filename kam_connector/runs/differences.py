"""What a plan would change, field by field, with the value before and after; also what an undo would bring back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kam_connector.findings import Finding
from kam_connector.runs.result import Row
from kam_connector.writeback import Plan


def diff_rows(plan: Plan) -> list[Row]:
    """One row a field of each change, in the order of sending: model, company, record, action, field, before, after.

    Values are as the transport carries them; "" is nothing. A record that is made has no `before`, one that goes no
    fields: a row without any stands for it.
    """
    return [
        {
            "model": change.model,
            "company": change.company_id,
            "record": change.key,
            "action": change.action,
            "field": name,
            "before": _shown(change.former.get(name)),
            "after": _shown(change.values.get(name)),
        }
        for change in plan.changes
        for name in (change.values or ("",))
    ]


def told_findings(plan: Plan) -> Iterator[Finding]:
    """What the ERP itself changes along with the plan, such as price lists: for the reader, not an error."""
    for text in plan.told:
        yield Finding("info", "writeback", "res.partner", text)


def _shown(value: Any) -> str:
    if value is None or value is False:
        return ""
    if isinstance(value, dict):  # a record of ours, by its key
        return str(value["key"])
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
