"""What a reading command looks at: the decisions at a day, from the mirror as it is; and the answer made of them."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from kam_connector.findings import Finding
from kam_connector.reports import Names
from kam_connector.runs.decisions import Night
from kam_connector.runs.naming import read_names
from kam_connector.runs.night import decide_nights
from kam_connector.runs.result import Result, Row
from kam_connector.runs.workspace import Workspace, pulled_days


class Seen(NamedTuple):
    """The decisions at a day, each made when it is asked for, with the names that ids stand for."""

    nights: list[Night]
    names: Names


def look(workspace: Workspace, as_of: date | None) -> Seen:
    """The nights at that day, from the mirror as it is. InputError while the mirror is empty."""
    days = pulled_days(workspace, as_of)
    nights = decide_nights(workspace, days)
    return Seen(nights, read_names(workspace.mirror.ibis, nights[-1].policy, workspace.lang))


def result_of(
    command: str,
    seen: Seen,
    rows: list[Row],
    totals: list[Row] | None,
    findings: tuple[Finding, ...],
    run: str | None = None,
) -> Result:
    """The answer of `command`: its rows with day, policy and the company's own names of its codes."""
    last = seen.nights[-1]
    policy = ", ".join(f"{name} {day}" for name, day in last.policy.versions.items())
    return Result(
        command,
        rows=rows,
        totals=totals,
        findings=findings,
        as_of=last.as_of,
        policy=policy,
        run=run,
        names=seen.names.own,
    )
