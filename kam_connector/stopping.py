"""How SIGTERM and SIGINT end a command: the call under way is finished and its answer kept, then nothing more is begun.

While stores are open for writing (`patiently`), the first signal only asks: the work goes on to the next `check`, which
stands before every call to the ERP and between the steps of a run. A second signal, or one outside `patiently`, or one
while a person is asked (`at_once`), ends at once. `Stopped` is no `Exception`: nothing that deals with failures may
take it for one.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT)
Say = Callable[[], None]


class Stopped(BaseException):
    """SIGTERM or SIGINT ended the work; `number` is the first signal that came."""

    def __init__(self, number: signal.Signals) -> None:
        super().__init__(number.name)
        self.number = number


@dataclass(slots=True)
class _State:
    """Signals so far, in how many `patiently` blocks we are, and what is said when a signal only asks."""

    received: list[signal.Signals] = field(default_factory=list)
    depth: int = 0
    held: bool = False
    say: Say | None = None


_state = _State()


def install(say: Say) -> None:
    """From now on both signals end the work as this file says; `say` is called when the first one only asks."""
    reset()
    _state.say = say
    for number in SIGNALS:
        signal.signal(number, _receive)


def reset() -> None:
    """No signal has come."""
    _state.received.clear()
    _state.depth, _state.held = 0, False


def received() -> signal.Signals | None:
    """The first signal that came, None without one.

    A library may turn the exception of a signal into one of its own (DuckDB does, inside a query).
    """
    return _state.received[0] if _state.received else None


def check() -> None:
    """Raises `Stopped` when a signal has come; stands where everything done so far is kept."""
    if _state.received and not _state.held:
        raise Stopped(_state.received[0])


@contextmanager
def undivided() -> Iterator[None]:
    """Inside, `check` waits: several calls and the keeping of their answers are one piece of work."""
    check()
    before, _state.held = _state.held, True
    try:
        yield
    finally:
        _state.held = before


@contextmanager
def patiently() -> Iterator[None]:
    """Inside, the first signal waits for the next `check`."""
    _state.depth += 1
    try:
        yield
    finally:
        _state.depth = max(0, _state.depth - 1)


@contextmanager
def at_once() -> Iterator[None]:
    """Inside, a signal ends at once: a person is asked and nothing is under way."""
    before, _state.depth = _state.depth, 0
    try:
        yield
    finally:
        _state.depth = before


def _receive(number: int, frame: FrameType | None) -> None:
    _state.received.append(signal.Signals(number))
    if _state.depth == 0 or len(_state.received) > 1:
        raise Stopped(_state.received[0])
    if _state.say is not None:
        _state.say()
