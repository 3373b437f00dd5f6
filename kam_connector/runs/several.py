"""A night of every ERP in kam.toml, one after the other, each in its own folder; one that fails stops no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from kam_connector import settings
from kam_connector.errors import KamError, LockedError, is_starved
from kam_connector.runs.night import NightReport, Order
from kam_connector.runs.notice import run_and_notify
from kam_connector.runs.result import Result, Row
from kam_connector.runs.summary import summarize
from kam_connector.texts import Text

STORAGE, DEFECT = 4, 70
GRAVEST_FIRST = (70, 7, 6, 4, 2, 3, 5, 1, 0)
"""Exit codes by how much they ask of the admin: a defect, doubt about data, storage, settings, the ERP, patience."""
Tell = Callable[[Text], None]


def run_each(home: Path, names: Sequence[str], order: Order, lang: str, tell: Tell) -> tuple[Result, int]:
    """One row an ERP: erp, state, exit_code, pulled, planned, written, findings, seconds, message; the gravest code."""
    rows = []
    for name in names:
        tell(Text("ERP {name}:", {"name": name}))
        rows.append(_run(home, name, order, lang))
    code = gravest([row["exit_code"] for row in rows])
    totals = {"erps": len(rows), "failed": sum(row["exit_code"] > 1 for row in rows), "exit_code": code}
    return Result("run", rows=rows, totals=totals), code


def gravest(codes: Sequence[int]) -> int:
    """The code that asks most of the admin."""
    return min(codes, key=GRAVEST_FIRST.index, default=0)


def exit_code_of(error: Exception) -> int:
    """The documented exit code of a failure."""
    if isinstance(error, KamError):
        return error.exit_code
    return STORAGE if isinstance(error, OSError) or is_starved(error) else DEFECT


def _run(home: Path, name: str, order: Order, lang: str) -> Row:
    try:
        chosen = settings.load(home, name)
        mine = replace(order, reports=order.reports / name if order.reports else None)
        report = run_and_notify(chosen, mine, lang)
    except Exception as error:  # whatever it was, the other ERPs have their night
        return _failed(name, error)
    return _finished(name, report, summarize(report, lang))


def _finished(name: str, report: NightReport, result: Result) -> Row:
    return {
        "erp": name,
        "state": "findings" if result.exit_code else "ok",
        "exit_code": result.exit_code,
        "run": report.run,
        "pulled": report.pull.rows if report.pull else None,
        "planned": report.planned,
        "written": report.outcome.written if report.outcome else 0,
        "findings": len(report.findings),
        "seconds": round(report.seconds, 1),
        "message": "",
    }


def _failed(name: str, error: Exception) -> Row:
    empty = dict.fromkeys(("run", "pulled", "planned", "written", "findings", "seconds"))
    state = "locked" if isinstance(error, LockedError) else "failed"
    message = error.whole if isinstance(error, KamError) else type(error).__name__
    return {"erp": name, "state": state, "exit_code": exit_code_of(error), **empty, "message": message}
