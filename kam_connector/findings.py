"""A finding: one thing that is wrong with the data, told to a person; the run goes on.

Finding("warning", "sync.account_partial_reconcile", "17", "Match {match} is not counted.", {"match": 17})
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from kam_connector.texts import Lines, Text, Words, text_of

Severity = Literal["info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with which record.

    `source` is the step and table (`sync.account_move`), `record` the ERP's id or key as text, `template` one
    English sentence for a person with the named `values` (or a text that has its own).
    """

    severity: Severity
    source: str
    record: str
    template: Words
    values: Mapping[str, object] = field(default_factory=dict, hash=False)

    @property
    def text(self) -> Text | Lines:
        """The sentence, in no language yet."""
        return text_of(self.template, self.values)

    @property
    def message(self) -> str:
        """The sentence in English."""
        return str(self.text)
