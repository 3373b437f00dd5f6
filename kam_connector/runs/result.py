"""What a command answers: rows and totals in plain types, ready for a table, JSON or CSV (CONTRACTS)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kam_connector.findings import Finding
from kam_connector.messages import OwnNames

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """Rows of one command; every row has the same keys in the same order.

    Amounts are decimal strings beside a `currency`, days and moments are ISO texts, ids integers; a value may be a
    `Text`, which every form tells in the reader's language. Only a table shows `texts`, lines in place of rows, and
    `names`, the company's own names of its codes (tiers, steps); it leaves out columns that `columns` (where given)
    does not name, which would not fit on a screen. `exit_code` is 0, or 1 with findings.
    """

    command: str
    rows: Sequence[Row] = ()
    totals: Mapping[str, Any] | Sequence[Row] | None = None
    findings: Sequence[Finding] = ()
    as_of: date | None = None
    company: str | None = None
    run: str | None = None
    policy: str | None = None
    texts: Sequence[str] = field(default_factory=tuple)
    names: OwnNames = field(default_factory=dict)
    columns: Sequence[str] = ()

    @property
    def exit_code(self) -> int:
        return 1 if any(finding.severity != "info" for finding in self.findings) else 0
