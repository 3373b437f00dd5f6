"""R-45: one run at a time, whatever starts at once and however the first one ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kam_connector.errors import LockedError
from kam_connector.runs import lock
from tests.reliability.starting import start
from tests.runs.nights import FORKS

Tried = Callable[[int], None]


def start_together(path: Path, count: int, *, locked: bool = True) -> None:
    """The scenario: of `count` starts at once exactly one works, the others name it."""
    gate, leave, said = FORKS.Event(), FORKS.Event(), FORKS.Queue()
    how = {"target": start, "args": (path, gate, said, leave), "kwargs": {"locked": locked}}
    starts = [FORKS.Process(**how) for _ in range(count)]  # type: ignore[arg-type]
    for process in starts:
        process.start()
    gate.set()
    try:
        answers = [said.get(timeout=60) for _ in starts]
    finally:
        leave.set()
        for process in starts:
            process.join(60)
    works = [pid for word, pid, _ in answers if word == "works"]
    assert len(works) == 1, f"{len(works)} work at once"
    for word, _, text in answers:
        assert word == "works" or f"process {works[0]}, since 20" in text


def test_r45_of_twenty_parallel_starts_exactly_one_works(tmp_path: Path, tried: Tried) -> None:
    start_together(tmp_path / "run.lock", 20)
    start_together(tmp_path / "run.lock", 20)  # the first one's lock is gone with it
    tried(40)


def test_r45_kill_frees_the_lock_at_once(tmp_path: Path, tried: Tried) -> None:
    """The lock is the kernel's and not a file's: after kill -9 the next start works."""
    path = tmp_path / "run.lock"
    for _ in range(5):
        gate, leave, said = FORKS.Event(), FORKS.Event(), FORKS.Queue()
        gate.set()
        process = FORKS.Process(target=start, args=(path, gate, said, leave), kwargs={"locked": True})
        process.start()
        assert said.get(timeout=60)[0] == "works"
        with pytest.raises(LockedError), lock.hold(path):
            pass
        process.kill()
        process.join(60)
        with lock.hold(path):
            pass
        tried(1)


def test_r45_broken_variant_unlocked_run_is_caught(tmp_path: Path, tried: Tried) -> None:
    with pytest.raises(AssertionError, match="work at once"):
        start_together(tmp_path / "run.lock", 5, locked=False)
    tried(1)
