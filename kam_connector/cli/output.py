"""How an answer is printed: a table for eyes, JSON or CSV for scripts. Answers to stdout, talk to stderr."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TextIO

from rich.console import Console
from rich.text import Text

from kam_connector import messages
from kam_connector.cli.tables import Cells, print_table
from kam_connector.findings import Finding
from kam_connector.redaction import safe_text
from kam_connector.runs.result import Result, Row
from kam_connector.texts import told

FORMATS = ("table", "json", "csv")


def emit(result: Result, output_format: str, lang: str, stream: TextIO | None = None) -> None:
    """The result stands on `stream` (stdout) in the wanted form."""
    stream = stream or sys.stdout
    result = replace(result, rows=_told(result.rows, lang), totals=_told(result.totals, lang))
    if output_format == "json":
        json.dump(as_object(result, lang), stream, ensure_ascii=False, indent=2)
        stream.write("\n")
    elif output_format == "csv":
        _write_csv(result.rows, stream)
    else:
        _write_table(result, lang, stream)


def as_object(result: Result, lang: str) -> dict[str, Any]:
    """The JSON object of CONTRACTS, its messages in that language; keys that do not apply are absent."""
    answer: dict[str, Any] = {"command": result.command}
    for key in ("as_of", "company", "run", "policy"):
        value = getattr(result, key)
        if value is not None:
            answer[key] = value.isoformat() if key == "as_of" else value
    answer["rows"] = [dict(row) for row in result.rows]
    if result.totals is not None:
        answer["totals"] = result.totals
    answer["findings"] = [_told_finding(finding, lang) for finding in result.findings]
    return answer


def _told(value: Any, lang: str) -> Any:
    """The value with every text in it told in that language."""
    if isinstance(value, Mapping):
        return {key: _told(inner, lang) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_told(inner, lang) for inner in value]
    return told(value, messages.translator(lang))


def _told_finding(finding: Finding, lang: str) -> dict[str, str]:
    return {
        "severity": finding.severity,
        "source": finding.source,
        "record": finding.record,
        "message": messages.tell(finding.text, lang),
    }


def _write_csv(rows: Sequence[Row], stream: TextIO) -> None:
    if not rows:
        return
    writer = csv.DictWriter(stream, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: _csv_cell(value) for key, value in row.items()} for row in rows)


def _csv_cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula; numbers stay as they are."""
    from kam_connector.reports.cells import csv_text  # with it come the libraries of the reports: for CSV alone

    if isinstance(value, (Mapping, list, tuple)):
        return json.dumps(value, ensure_ascii=False)
    return csv_text(value) if isinstance(value, str) else value


def _write_table(result: Result, lang: str, stream: TextIO) -> None:
    """Sentences where the result has some, else its rows and totals; findings at the end."""
    console = Console(file=stream, highlight=False, markup=False)
    if result.texts:
        _print_lines(console, result.texts)
    else:
        cells = Cells(lang, result.command, result.names)
        print_table(console, _for_eyes(result), cells)
        _print_totals(console, result.totals, cells)
    _print_lines(console, [_finding_line(finding, lang) for finding in result.findings])


def _for_eyes(result: Result) -> Sequence[Row]:
    """The rows with the columns that a table shows."""
    if not result.columns:
        return result.rows
    return [{name: row[name] for name in result.columns} for row in result.rows]


def _finding_line(finding: Finding, lang: str) -> str:
    severity, colon = messages.label(f"finding.{finding.severity}", lang), messages.label("sign.colon", lang)
    return f"{severity}{colon}{finding.source} {finding.record}{colon}{messages.tell(finding.text, lang)}"


def _print_lines(console: Console, lines: Iterable[str]) -> None:
    for line in lines:
        console.print(Text(safe_text(line)), soft_wrap=True)


def _print_totals(console: Console, totals: Mapping[str, Any] | Sequence[Row] | None, cells: Cells) -> None:
    if isinstance(totals, Mapping):
        _print_lines(console, _total_lines(totals, cells))
    elif totals:
        console.print(Text(messages.label("totals", cells.lang), style="bold"))
        print_table(console, totals, cells)


def _total_lines(totals: Mapping[str, Any], cells: Cells, indent: str = "") -> Iterable[str]:
    colon = messages.label("sign.colon", cells.lang)
    for key, value in totals.items():
        if isinstance(value, Mapping):
            yield f"{indent}{cells.title(key)}{colon.rstrip()}"
            yield from _total_lines(value, cells, indent + "  ")
        elif value not in (None, ""):
            yield f"{indent}{cells.title(key)}{colon}{cells.shown(key, value)}"
