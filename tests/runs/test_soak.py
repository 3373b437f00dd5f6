"""Many nights in one process: every one verifies, what is due is written once, and neither memory nor files grow.

`KAM_SOAK=30` takes that many nights, `KAM_SOAK=365` a whole year; without it a short version runs.
"""

from __future__ import annotations

import gc
import json
import os
import random
from datetime import date, timedelta
from pathlib import Path

import pytest

from kam_connector import ledger
from kam_connector.sandbox import SandboxServer
from tests.conftest import SEED, WHOLE
from tests.runs import nights

WARM = 4 if WHOLE else 2
"""The night after which nothing more is loaded or cached."""
NIGHTS = max(int(os.environ.get("KAM_SOAK", "8" if WHOLE else "4")), WARM + 2)
MEGABYTE = 1024 * 1024


def resident() -> int:
    """Bytes of this process in memory."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208


def people_work(server: SandboxServer, chance: random.Random, day: date) -> None:
    """A day at the office: a task is done, a customer renamed, an invoice's due date moved."""
    for task, row in server.rows("kam.collection.task").items():
        if row["state"] == "open" and chance.random() < 0.2:
            server.edit("kam.collection.task", task, state="done", note=f"done on {day}")
    partner = chance.choice(sorted(server.rows("res.partner")))
    server.edit("res.partner", partner, name=f"renamed on {day}")
    lines = [key for key, row in server.rows("account.move.line").items() if row["date_maturity"]]
    server.edit(
        "account.move.line", chance.choice(lines), date_maturity=str(day + timedelta(days=chance.randint(-9, 9)))
    )


@pytest.mark.long
def test_nights_on_end(sandbox: SandboxServer, tmp_path: Path) -> None:
    chance = random.Random(SEED)
    place = nights.at_sandbox(tmp_path, sandbox)
    book = tmp_path / "main" / "ledger.sqlite"
    first = date.fromisoformat(nights.ANCHOR)
    memory, files, head = 0, 0, ledger.parse_head(f"0:{'0' * 64}")
    for number in range(NIGHTS):
        day = first + timedelta(days=number)
        words = ("run", "--yes", "--allow-past", "--as-of", str(day), "--skip", "report", "--format", "json")
        done = place.kam(*words)
        assert done.returncode in (0, 1), (day, done.stderr)
        totals = json.loads(done.stdout)["totals"]
        assert totals["planned"] == totals["written"], (day, totals)
        with ledger.open(book, read_only=True) as opened:
            assert ledger.verify(opened, head) == [], day
            assert opened.head().seq > head.seq
            head = opened.head()
        people_work(sandbox, chance, day)
        if number == WARM:
            memory, files = resident(), open_files()
    again = json.loads(place.kam(*words).stdout)["totals"]
    print(f"{NIGHTS} nights, {head.seq} events, {(resident() - memory) / MEGABYTE:.1f} MB more after night {WARM}")
    assert again["written"] == again["planned"]
    assert open_files() <= files
    assert resident() - memory < (60 + NIGHTS / 2) * MEGABYTE
    tasks = [(row["company_id"], row["kam_key"]) for row in sandbox.rows("kam.collection.task").values()]
    assert len(tasks) == len(set(tasks))
