"""What earlier runs left behind: how the last ones ended, what waits for a person, who is at work and how far.

Needs no lock and opens the books for reading only, so that it can be asked at any moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from kam_connector import ledger
from kam_connector.findings import Finding
from kam_connector.ledger import Ledger
from kam_connector.runs import lock
from kam_connector.runs.lock import Holder
from kam_connector.runs.record import RUN
from kam_connector.runs.result import Result, Row
from kam_connector.settings import ErpSettings
from kam_connector.texts import Text
from kam_connector.writeback.status import Waiting, read_status

SHOWN = 10


def read_history(every: Sequence[ErpSettings]) -> Result:
    """Rows: the last runs of each ERP, newest first; totals: who holds the lock, the outbox by state.

    With several ERPs every row says which, and the totals stand under the ERP's name. Findings: what the ERP refused,
    each with what to do.
    """
    rows: list[Row] = []
    totals: Row = {}
    findings: list[Finding] = []
    for chosen in every:
        own, about, found = _read_one(chosen)
        rows += [{"erp": chosen.name, **row} for row in own] if len(every) > 1 else own
        totals |= {chosen.name: about} if len(every) > 1 else about
        findings += found
    return Result("status", rows=rows, totals=totals, findings=findings)


def _read_one(chosen: ErpSettings) -> tuple[list[Row], Row, list[Finding]]:
    holder = lock.find_holder(chosen.places.lock)
    about: Row = {"at_work": _progress(holder)} if holder else {}
    if not chosen.places.ledger.exists():
        return [], about | {"next_step": Text("`kam run`: there was no run yet.")}, []
    with ledger.open(chosen.places.ledger, read_only=True) as book:
        rows = [_row(run, payload, holder) for run, payload in _last_runs(book)]
        outbox = read_status(book)
        about |= {"outbox": dict(sorted(outbox.counts.items())), "ledger": str(book.head())}
    return rows, about, list(_waiting(outbox.waiting))


def _last_runs(book: Ledger) -> list[tuple[str, Row]]:
    found = sorted(book.states(RUN).items(), key=lambda entry: entry[1]["started_at"], reverse=True)
    return found[:SHOWN]


def _progress(holder: Holder) -> Row:
    """Who is at work: process, since when, step, and where it counts rows, how many and how fast."""
    about: Row = {"pid": holder.pid, "since": holder.since, "seconds": _age(holder.since), "step": holder.step}
    if holder.model:
        about |= {"model": holder.model, "done": holder.done, "rows_per_second": holder.rate}
    if holder.total:
        about["total"] = holder.total
    return about


def _age(moment: str) -> int | None:
    try:
        return int((datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds())
    except ValueError:
        return None


def _row(run: str, payload: Row, holder: Holder | None) -> Row:
    """A run without an end that no living process is at was killed."""
    state = payload["state"]
    if state == "running" and (holder is None or holder.since > payload["started_at"]):
        state = "killed"
    return {
        "run": run,
        "kind": payload["kind"],
        "state": state,
        "started_at": payload["started_at"],
        "ended_at": payload.get("ended_at"),
        "reason": payload.get("reason"),
    }


def _waiting(waiting: Sequence[Waiting]) -> Iterator[Finding]:
    """A finding for each record that the ERP refused: it is held until a person releases it."""
    for one in waiting:
        if one.state == "quarantined":
            template = "Refused by the ERP: {reason} Mend it there, then `kam writeback retry {key}`."
            values = {"reason": one.message or "?", "key": one.key}
            yield Finding("warning", "writeback", f"{one.model} {one.key}", template, values)
