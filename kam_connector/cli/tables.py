"""A table for eyes: titles and codes in the reader's language, as wide as its figures need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len
from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

from kam_connector import messages
from kam_connector.messages import OwnNames
from kam_connector.redaction import safe_text
from kam_connector.runs.result import Row

SENTENCE = 40
CODED: Mapping[str, str] = {
    "action": "action",
    "advice": "advice",
    "approver": "approver",
    "band": "bucket",
    "basis": "basis",
    "cause": "cause",
    "channel": "channel",
    "clock": "clock",
    "check": "check",
    "dimension": "dimension",
    "entry": "card",
    "escalation_role": "role",
    "escalation_state": "escalation_state",
    "expected_by": "expected_by",
    "fact": "measure",
    "indicator": "indicator",
    "kind": "kind",
    "lists": "focus_list",
    "measure": "goal",
    "moved_by": "moved_by",
    "panel": "panel",
    "place": "place",
    "payer_class": "payer_class",
    "previous_tier": "tier",
    "proposed_limit": "proposed_limit",
    "evidence_band": "evidence_band",
    "proposed_remedy": "remedy",
    "relation": "relation",
    "previous_segment": "segment",
    "segment": "segment",
    "segment_settles": "segment",
    "reason": "failure",
    "resolution_state": "state",
    "response_state": "state",
    "severity": "severity",
    "settles": "tier",
    "state": "state",
    "status": "status",
    "step": "step",
    "subject": "subject",
    "tier": "tier",
    "tone": "tone",
    "trend": "trend",
    "type": "type",
}
"""Columns whose codes have names, and the family of those names in the catalog."""


@dataclass(frozen=True, slots=True)
class Cells:
    """How the values of one answer are shown: language, command, the company's own names of codes."""

    lang: str
    command: str = ""
    names: OwnNames = field(default_factory=dict)

    def title(self, column: str) -> str:
        """The title of a column or total; a command may have one of its own (`title.status.ledger`)."""
        own = f"title.{self.command.replace(' ', '_')}.{column}"
        if messages.find_message(own):
            return messages.label(own, self.lang)
        return " ".join(messages.label(part, self.lang) for part in column.split("."))

    def shown(self, column: str, value: object) -> str:
        """The value as a person reads it; a code without a name as it is."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return messages.label("answer.yes" if value else "answer.no", self.lang)
        if isinstance(value, list):
            return "\n".join(self.shown(column, each) for each in value)
        family = CODED.get(column.rpartition(".")[2])
        return safe_text(self._named(family, str(value)) if family else value)

    def _named(self, family: str, code: str) -> str:
        """The name of the code, also where something follows its first word (`right res.partner`)."""
        own = self.names.get(family, {}).get(code)
        if own:
            return own
        first, space, rest = code.partition(" ")
        for part, tail in ((code, ""), (first, space + rest)):
            key = f"{family}.{part.replace(' ', '_')}"
            if messages.find_message(key):
                return messages.label(key, self.lang) + tail
        return messages.label(f"{family}.{code}", self.lang) if family == "bucket" else code


def print_table(console: Console, rows: Sequence[Row], cells: Cells) -> None:
    """A table as wide as its figures need: a narrow terminal may wrap its lines, but no figure is cut."""
    if not rows:
        return
    table = _table([_flat(row) for row in rows], cells)
    needed = sum((column.min_width or 0) + 3 for column in table.columns)
    Console(file=console.file, width=max(console.width, needed), highlight=False).print(table, soft_wrap=True)


def _table(rows: Sequence[Row], cells: Cells) -> Table:
    table = Table(show_edge=False, pad_edge=False)
    shown = [column for column in rows[0] if any(_is_shown(row[column]) for row in rows)]
    for column in shown:
        values = [row[column] for row in rows]
        justify: JustifyMethod = "right" if all(map(_looks_numeric, filter(_is_shown, values))) else "left"
        title = cells.title(column)
        needed = _needed(title, [cells.shown(column, value) for value in values])
        table.add_column(title, justify=justify, overflow="fold", min_width=needed)
    for row in rows:
        table.add_row(*[Text(cells.shown(column, row[column])) for column in shown])
    return table


def _needed(title: str, values: Sequence[str]) -> int:
    """The columns of a terminal that a short cell and each word of the title need; sentences may wrap."""
    words = max((cell_len(word) for word in title.split()), default=1)
    lines = (cell_len(line) for value in values for line in value.split("\n"))
    return max(words, min(SENTENCE, max(lines)))


def _flat(row: Row) -> Row:
    """The row with a record inside it as columns of their own: `tie_out.ledger`."""
    flat: Row = {}
    for name, value in row.items():
        flat |= {f"{name}.{part}": inner for part, inner in value.items()} if isinstance(value, dict) else {name: value}
    return flat


def _is_shown(value: object) -> bool:
    return value not in (None, "", [])


def _looks_numeric(value: object) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, (int, float)) or (isinstance(value, str) and _is_number("+" + value.lstrip("-")))


def _is_number(text: str) -> bool:
    digits = text[1:].replace(".", "", 1)
    return digits.isascii() and digits.isdigit()
