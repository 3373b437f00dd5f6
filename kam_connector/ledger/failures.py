"""Which failure of SQLite means what for the person at the keyboard, and the next step (R-43, R-49).

Every failure leaves the book as it was before the call: SQLite rolls the transaction back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from kam_connector.errors import Contradiction, StorageError
from kam_connector.texts import Text

_FULL = Text("Free some space on that disk, then run the same command again: it goes on where this one stopped.")
_DAMAGED = Text("Keep a copy of it, put the last good backup in its place, then `kam verify`.")
_ACCESS = Text("Check the disk and the rights of file and folder (0600, 0700), then run the same command again.")
_BUSY = Text("Wait for the other kam command; `kam status` names it.")

# The first class that fits counts. IOError also covers "no space" on some file systems.
_MEANING: tuple[tuple[type[apsw.Error], Text, Text], ...] = (
    (apsw.FullError, Text("the disk is full"), _FULL),
    (apsw.CorruptError, Text("the file is damaged"), _DAMAGED),
    (apsw.NotADBError, Text("the file is not a ledger or is damaged"), _DAMAGED),
    (apsw.ReadOnlyError, Text("it may only be read"), _ACCESS),
    (apsw.BusyError, Text("another process holds it"), _BUSY),
    (apsw.LockedError, Text("another process holds it"), _BUSY),
    (apsw.CantOpenError, Text("it cannot be opened"), _ACCESS),
    (apsw.IOError, Text("the disk failed or is full"), _FULL),
)


@contextmanager
def storage_failures(path: Path, doing: Text) -> Iterator[None]:
    """Turns the failures of SQLite while `doing` (a verb) into a StorageError with a next step.

    A trigger's refusal is a Contradiction: somebody asked to change what was written.
    """
    try:
        yield
    except apsw.ConstraintError as error:
        raise Contradiction(
            "The ledger {path} refused to {doing}: {error}.",
            next_step="Look at it with `kam verify`.",
            path=path,
            doing=doing,
            error=error,
        ) from error
    except UnicodeDecodeError as error:
        raise StorageError(
            "Could not {doing} the ledger {path}: the file is damaged.", next_step=_DAMAGED, doing=doing, path=path
        ) from error
    except apsw.Error as error:
        why, next_step = explain_failure(error)
        raise StorageError(
            "Could not {doing} the ledger {path}: {why}. The book stands as it was before.",
            next_step=next_step,
            doing=doing,
            path=path,
            why=why,
        ) from error


def explain_failure(error: apsw.Error) -> tuple[Text, Text]:
    """Why it failed and what to do next."""
    for kind, why, next_step in _MEANING:
        if isinstance(error, kind):
            return why, next_step
    return Text("SQLite says {kind}: {error}", {"kind": type(error).__name__, "error": error}), _DAMAGED
