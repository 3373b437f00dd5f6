"""What earlier runs left behind: how the last one ended, what waits in the outbox, who is at work."""

from __future__ import annotations

from kam_connector import ledger, writeback
from kam_connector.runs import lock
from kam_connector.runs.night import RUN
from kam_connector.runs.result import Result, Row
from kam_connector.settings import ErpSettings

SHOWN = 10


def read_history(chosen: ErpSettings) -> Result:
    """Rows: the last runs, newest first; totals: who holds the lock, the outbox by state. Needs no lock."""
    totals: Row = {}
    holder = lock.find_holder(chosen.places.lock)
    if holder:
        totals["at_work"] = {"pid": holder.pid, "since": holder.since, "step": holder.step}
    if not chosen.places.ledger.exists():
        return Result("status", totals=totals, texts=("There was no run yet. Next: kam run.",))
    with ledger.open(chosen.places.ledger) as book:
        runs = sorted(book.states(RUN).items(), key=lambda entry: entry[1]["started_at"], reverse=True)
        outbox = writeback.read_status(book)
        totals |= {"outbox": dict(sorted(outbox.counts.items())), "ledger": str(book.head())}
    active = holder.since if holder else None
    return Result("status", rows=[_row(run, payload, active) for run, payload in runs[:SHOWN]], totals=totals)


def _row(run: str, payload: dict[str, str], active: str | None) -> Row:
    """A run without an end that no living process is at was killed."""
    state = payload["state"]
    if state == "running" and active is None:
        state = "killed"
    return {
        "run": run,
        "kind": payload["kind"],
        "state": state,
        "started_at": payload["started_at"],
        "ended_at": payload.get("ended_at"),
        "reason": payload.get("reason"),
    }
