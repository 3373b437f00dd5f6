"""A finding: one thing that is wrong with the data, told to a person; the run goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with which record.

    `source` is the step and table (`sync.account_move`), `record` the ERP's id or key as text, `message` one
    sentence for a person.
    """

    severity: Severity
    source: str
    record: str
    message: str
