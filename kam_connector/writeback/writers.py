"""Which connector writes to the ERP: each run registers before it writes; one that another followed is fenced off.

Two homes (the server's and a laptop's) have books of their own, and each would believe that it alone writes. The book
keeps a number of its own, `instance`, and the last generation that the ERP gave it. Registering again for the same run
gives the same generation; a home that another one followed is refused until `kam writeback takeover`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kam_connector.errors import Fenced
from kam_connector.ledger import Ledger

KIND = "writer"


@dataclass(frozen=True, slots=True)
class Writer:
    """Who asks to write: the book's own number, the run, and the last generation that this book was given (0: none)."""

    instance: str
    run: str
    known: int
    take_over: bool = False


@dataclass(frozen=True, slots=True)
class Registered:
    """The generation of the run; `before` names the other connector that wrote here last, empty when that was us."""

    generation: int
    before: str = ""


def read_writer(ledger: Ledger, run: str, *, take_over: bool = False) -> Writer:
    """Who this book is; the first time it gets its number."""
    own = ledger.latest(KIND, "instance")
    if own is None:
        own = {"instance": secrets.token_hex(8)}
        ledger.append(KIND, "instance", own)
    last = ledger.latest(KIND, "generation") or {"generation": 0}
    return Writer(own["instance"], run, last["generation"], take_over)


def note_generation(ledger: Ledger, generation: int, run: str) -> None:
    """The book knows the generation that it was given last."""
    if ledger.latest(KIND, "generation") != {"generation": generation, "run": run}:
        ledger.append(KIND, "generation", {"generation": generation, "run": run})


def described(holder: Mapping[str, Any]) -> str:
    """Another connector in words: `9f3c.. (run 20260630T0100-1a2b, 2026-06-30 01:00:05 UTC)`."""
    return f"{holder['instance']} (run {holder['run']}, {holder['registered_at']} UTC)"


def fenced(holder: Mapping[str, Any]) -> Fenced:
    """The error for a connector that another one followed."""
    return Fenced(
        "Another connector writes to this ERP since: {other}. Nothing was written.",
        next_step="Stop that one, then `kam writeback takeover`; or stop this one.",
        other=described(holder),
    )
