"""What earlier runs left open is closed before anything new is sent: looked up by key, never resent from here.

`planned` was never sent. `sent` and `unknown` may have arrived: the record that carries the number of their
run says so. All that did not arrive is moot, because the plan of this run was made from a fresh pull and
holds it again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kam_connector.crashpoints import crash_point
from kam_connector.ledger import Ledger
from kam_connector.writeback.channels import Channel
from kam_connector.writeback.journal import OPEN, Line, note_answers, note_state
from kam_connector.writeback.plans import Answer


@dataclass(frozen=True, slots=True)
class Resolved:
    """The leftovers that were found done, and how many were not."""

    confirmed: tuple[Answer, ...] = ()
    moot: int = 0


def find_leftovers(lines: Iterable[Line]) -> list[Line]:
    """The changes of earlier runs that have no end yet."""
    return [line for line in lines if line.state in OPEN]


def resolve(channel: Channel, ledger: Ledger, leftovers: list[Line]) -> Resolved:
    """Every leftover is closed in the journal."""
    by_run: dict[str, list[Line]] = {}
    for line in leftovers:
        by_run.setdefault(line.run, []).append(line)
    parts = [_resolve_run(channel, ledger, sender, lines) for sender, lines in by_run.items()]
    confirmed = tuple(answer for part in parts for answer in part.confirmed)
    return Resolved(confirmed, sum(part.moot for part in parts))


def _resolve_run(channel: Channel, ledger: Ledger, sender: str, lines: list[Line]) -> Resolved:
    asked = [line.change for line in lines if line.state != "planned"]
    found = channel.find(asked, sender) if asked else {}
    done = [line for line in lines if line.change.journal_key in found]
    note_answers(ledger, [(line.place, found[line.change.journal_key]) for line in done], sender)
    crash_point("writeback.found")
    rest = [line.place for line in lines if line.change.journal_key not in found]
    note_state(ledger, "moot", rest, sender, why="superseded")
    crash_point("writeback.resolved")
    return Resolved(tuple(found.values()), len(rest))
