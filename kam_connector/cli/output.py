"""How an answer is printed: a table for eyes, JSON or CSV for scripts. Answers to stdout, talk to stderr."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, TextIO

from rich.cells import cell_len
from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

from kam_connector import messages
from kam_connector.cli.speech import safe_text
from kam_connector.reports.cells import csv_text
from kam_connector.runs.result import Result, Row

FORMATS = ("table", "json", "csv")
SENTENCE = 40


def emit(result: Result, output_format: str, lang: str, stream: TextIO | None = None) -> None:
    """The result stands on `stream` (stdout) in the wanted form."""
    stream = stream or sys.stdout
    if output_format == "json":
        json.dump(as_object(result), stream, ensure_ascii=False, indent=2)
        stream.write("\n")
    elif output_format == "csv":
        _write_csv(result.rows, stream)
    else:
        _write_table(result, lang, stream)


def as_object(result: Result) -> dict[str, Any]:
    """The JSON object of CONTRACTS; keys that do not apply are absent."""
    answer: dict[str, Any] = {"command": result.command}
    for key in ("as_of", "company", "run", "policy"):
        value = getattr(result, key)
        if value is not None:
            answer[key] = value.isoformat() if key == "as_of" else value
    answer["rows"] = [dict(row) for row in result.rows]
    if result.totals is not None:
        answer["totals"] = result.totals
    answer["findings"] = [asdict(finding) for finding in result.findings]
    return answer


def _write_csv(rows: Sequence[Row], stream: TextIO) -> None:
    if not rows:
        return
    writer = csv.DictWriter(stream, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: _csv_cell(value) for key, value in row.items()} for row in rows)


def _csv_cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula; numbers stay as they are."""
    if isinstance(value, (Mapping, list, tuple)):
        return json.dumps(value, ensure_ascii=False)
    return csv_text(value) if isinstance(value, str) else value


def _is_number(text: str) -> bool:
    digits = text[1:].replace(".", "", 1)
    return digits.isascii() and digits.isdigit()


def _write_table(result: Result, lang: str, stream: TextIO) -> None:
    """Sentences where the result has some, else its rows and totals; findings at the end."""
    console = Console(file=stream, highlight=False, markup=False)
    if result.texts:
        _print_lines(console, result.texts)
    else:
        _print_table(console, result.rows, lang)
        _print_totals(console, result.totals, lang)
    _print_lines(
        console, [f"{found.severity}: {found.source} {found.record}: {found.message}" for found in result.findings]
    )


def _print_lines(console: Console, lines: Iterable[str]) -> None:
    for line in lines:
        console.print(Text(safe_text(line)), soft_wrap=True)


def _print_table(console: Console, rows: Sequence[Row], lang: str) -> None:
    """A table as wide as its figures need: a narrow terminal may wrap its lines, but no figure is cut."""
    if not rows:
        return
    table = _table([_flat(row) for row in rows], lang)
    needed = sum((column.min_width or 0) + 3 for column in table.columns)
    Console(file=console.file, width=max(console.width, needed), highlight=False).print(table, soft_wrap=True)


def _table(rows: Sequence[Row], lang: str) -> Table:
    table = Table(show_edge=False, pad_edge=False)
    for column in rows[0]:
        values = [row[column] for row in rows]
        if not any(map(_shown, values)):
            continue
        justify: JustifyMethod = "right" if all(map(_looks_numeric, filter(_shown, values))) else "left"
        title = " ".join(messages.label(part, lang) for part in column.split("."))
        table.add_column(title, justify=justify, overflow="fold", min_width=_needed(title, values, lang))
    shown = [column for column in rows[0] if any(_shown(row[column]) for row in rows)]
    for row in rows:
        table.add_row(*[Text(_cell(row[column], lang)) for column in shown])
    return table


def _needed(title: str, values: Sequence[object], lang: str) -> int:
    """The columns of a terminal that a short cell and each word of the title need; sentences may wrap."""
    words = max((cell_len(word) for word in title.split()), default=1)
    return max(words, min(SENTENCE, max(cell_len(_cell(value, lang)) for value in values)))


def _flat(row: Row) -> Row:
    """The row with a record inside it as columns of their own: `tie_out.ledger`."""
    flat: Row = {}
    for name, value in row.items():
        flat |= {f"{name}.{part}": inner for part, inner in value.items()} if isinstance(value, dict) else {name: value}
    return flat


def _shown(value: object) -> bool:
    return value not in (None, "")


def _looks_numeric(value: object) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, (int, float)) or (isinstance(value, str) and _is_number("+" + value.lstrip("-")))


def _cell(value: object, lang: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return messages.label("answer.yes" if value else "answer.no", lang)
    return safe_text(value)


def _print_totals(console: Console, totals: Mapping[str, Any] | Sequence[Row] | None, lang: str) -> None:
    if isinstance(totals, Mapping):
        _print_lines(console, _total_lines(totals, lang))
    elif totals:
        console.print(Text(messages.label("totals", lang), style="bold"))
        _print_table(console, totals, lang)


def _total_lines(totals: Mapping[str, Any], lang: str, indent: str = "") -> Iterable[str]:
    for key, value in totals.items():
        if isinstance(value, Mapping):
            yield f"{indent}{messages.label(key, lang)}:"
            yield from _total_lines(value, lang, indent + "  ")
        elif value not in (None, ""):
            yield f"{indent}{messages.label(key, lang)}: {value}"
