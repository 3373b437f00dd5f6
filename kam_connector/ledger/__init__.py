"""The book: what was decided, approved and sent, append-only and hash-chained (SQLite, precious).

| file | what it answers |
|---|---|
| `encoding.py` | the one canonical text of a payload, and the hash of an event |
| `columns.py` | many whole numbers as a short text, for events that hold tables |
| `schema.py` | the tables, the triggers that forbid change, the pragmas |
| `migration.py` | a file of an older format becomes one of the present |
| `files.py` | who may read and write the file and its folder |
| `failures.py` | which storage failure means what, and the next step |
| `events.py` | what an event holds, and the head of the chain |
| `store.py` | `Ledger`: append, latest, states, events, head |
| `merges.py` | which customer took over from which |
| `verification.py` | is every event the one that was written, and is the tail still there |
| `backups.py` | a copy of the open book that can be restored |

`open` makes or opens the file; every event goes in through `append_many` (one transaction, one writer) and
comes out through `latest`, `states` and `events`. A state is the last event of its kind and key; nothing is
ever updated: a correction is a new event. Payloads hold ids and figures, never names; a sentence that may
name somebody is a `remark`, which stands outside the chain and may be erased.
"""

from kam_connector.ledger.backups import backup
from kam_connector.ledger.encoding import canonical, fingerprint
from kam_connector.ledger.events import Entry, Event, Head, parse_head
from kam_connector.ledger.store import Ledger, open_ledger
from kam_connector.ledger.verification import Problem, verify

open = open_ledger  # `ledger.open(path)` reads like the book it opens

__all__ = [
    "Entry",
    "Event",
    "Head",
    "Ledger",
    "Problem",
    "backup",
    "canonical",
    "fingerprint",
    "open",
    "open_ledger",
    "parse_head",
    "verify",
]
