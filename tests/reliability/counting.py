"""How often each numbered case was tried in a run of the tests: `KAM_RELIABILITY_OUT=file pytest ...` writes it.

A case is a test whose name begins with its number (`test_r01_...`). It counts the attempts that it noted with the
fixture `tried`, else each call as one.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

IS_CASE = re.compile(r"::test_r(\d\d)_")


def write_run(path: Path, reports: dict[str, list[Any]], seed: int) -> None:
    """The file holds one JSON object: when, where, and for each test its attempts and how it ended."""
    tests: dict[str, dict[str, int]] = {}
    for outcome in ("passed", "failed", "error", "skipped"):
        for report in reports.get(outcome, []):
            if IS_CASE.search(report.nodeid):
                count(tests, report, outcome)
    when = dt.date.today().isoformat()
    run = {"date": when, "machine": machine(), "seed": seed, "tests": dict(sorted(tests.items()))}
    path.write_text(json.dumps(run, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def count(tests: dict[str, dict[str, int]], report: Any, outcome: str) -> None:
    name = report.nodeid.partition("[")[0]
    found = tests.setdefault(name, {"tried": 0, "passed": 0, "failed": 0, "skipped": 0})
    noted = [value for key, value in dict_items(report.user_properties) if key == "kam_tried"]
    found["failed" if outcome == "error" else outcome] += 1
    if outcome == "passed":
        found["tried"] += sum(noted) if noted else 1


def dict_items(pairs: Iterable[Any]) -> list[tuple[str, int]]:
    return [(str(key), value) for key, value in pairs if isinstance(value, int)]


def machine() -> str:
    """What the figures depend on, without naming the machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    python = ".".join(map(str, sys.version_info[:3]))
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB, Python {python}"
