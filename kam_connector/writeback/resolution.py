"""What earlier runs left open is closed before anything new is sent: looked up by key, never resent from here.

`planned` was never sent. `sent` and `unknown` may have arrived: the record that carries the number of their
run says so. All that did not arrive is moot, because the plan of this run was made from a fresh pull and
holds it again.
"""

from __future__ import annotations

from collections import Counter

from kam_connector.ledger import Ledger
from kam_connector.writeback.channels import Channel
from kam_connector.writeback.journal import OPEN, Line, note_answers, note_changes, read_journal


def resolve(channel: Channel, ledger: Ledger, run: str) -> dict[str, int]:
    """How many leftovers were found done (`confirmed`) and how many not (`moot`)."""
    counts: Counter[str] = Counter()
    by_run: dict[str, list[Line]] = {}
    for line in read_journal(ledger).values():
        if line.state in OPEN:
            by_run.setdefault(line.run, []).append(line)
    for sender, lines in by_run.items():
        counts.update(_resolve_run(channel, ledger, sender, lines))
    return dict(counts)


def _resolve_run(channel: Channel, ledger: Ledger, sender: str, lines: list[Line]) -> dict[str, int]:
    asked = [line.change for line in lines if line.state != "planned"]
    found = channel.find(asked, sender) if asked else {}
    note_answers(ledger, found.values(), sender)
    rest = [line.change for line in lines if line.change.journal_key not in found]
    note_changes(ledger, "moot", rest, sender, why="superseded")
    return {"confirmed": len(found), "moot": len(rest)}
