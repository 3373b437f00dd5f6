"""Run as a process: pulls the same small ERP again and again, killed at one point after another.

Each pull is a forked child with KAM_CRASH_AT set; the parent has no mirror open. Prints one JSON line a case:
the point, whether the first child really died there, and whether the mirror ended as an undisturbed one.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

from kam_connector import mirror, sync
from tests.sync.books import Books
from tests.sync.contents import content
from tests.sync.empty import empty_mirror

POINTS = ("sync.page", "sync.committed", "sync.watermark", "sync.sweep", "sync.control")
MOMENTS = {"sync.page": (1, 2, 9), "sync.committed": (1, 2, 9), "sync.watermark": (1, 2), "sync.sweep": (1, 2)}


def books(*, later: bool) -> Books:
    made = Books()
    for number in range(7):
        made.partner(f"Customer {number}")
    for number in range(1, 8):
        made.invoice(number, 10.0 * number, "2026-01-10")
    payment = made.payment(3, 30.0, "2026-02-01")
    made.match(made.item(3), made.item(payment), 30.0)
    if later:
        made.written = "2026-04-01 09:00:00"
        made.change("res.partner", 2, name="Renamed")
        made.invoice(2, 70.0, "2026-04-01")
        made.remove("account.partial.reconcile", 1)
        made.remove("res.partner", 7)
        for row in made.tables["account.move"]:
            row.update({field: 1 for field in ("partner_id", "commercial_partner_id") if row[field] == 7})
    return made


def pull(path: Path, crash_at: str, *, later: bool) -> int:
    """Pulls in a child that dies at `crash_at`; its exit status."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    os.environ["KAM_CRASH_AT"] = crash_at
    with mirror.open(path) as store:
        sync.pull(books(later=later).session(page_rows=3), store, run="run")
    os._exit(0)


def digest(path: Path) -> str:
    """The content of the mirror, read in a child."""
    read, write = os.pipe()
    child = os.fork()
    if child:
        os.close(write)
        with os.fdopen(read) as answer:
            text = answer.read()
        os.waitpid(child, 0)
        return text
    with mirror.open(path, read_only=True) as store, os.fdopen(write, "w") as answer:
        answer.write(json.dumps(content(store)))
    os._exit(0)


def main(folder: Path) -> None:
    whole = empty_mirror(folder / "whole.duckdb")
    pull(whole, "", later=False)
    pull(whole, "", later=True)
    expected = digest(whole)
    for point in POINTS:
        for moment in MOMENTS.get(point, (1,)):
            crash_at = f"{point}:{moment}"
            path = empty_mirror(folder / f"{crash_at.replace(':', '-')}.duckdb")
            first = point != "sync.sweep"  # the first pull has nothing to sweep away
            died = [pull(path, crash_at, later=False)] if first else [pull(path, "", later=False)]
            died += [pull(path, crash_at, later=True), pull(path, crash_at, later=True)]
            pull(path, "", later=True)
            killed = sum(os.WIFSIGNALED(one) and os.WTERMSIG(one) == signal.SIGKILL for one in died)
            print(json.dumps({"point": crash_at, "killed": killed, "same": digest(path) == expected}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
