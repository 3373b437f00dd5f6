"""The run lock: one holder, named to the second; freed by any end of its process (R-45)."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from kam_connector.errors import LockedError, StorageError
from kam_connector.runs import lock

HOLD = """
import sys, time
from pathlib import Path
from kam_connector.runs import lock
with lock.hold(Path(sys.argv[1])) as held:
    lock.note_step(held, "sync")
    print("held", flush=True)
    time.sleep(60)
"""
TRY = """
import sys, time
from pathlib import Path
from kam_connector.errors import LockedError
from kam_connector.runs import lock
try:
    with lock.hold(Path(sys.argv[1])):
        print("held", flush=True)
        sys.stdin.read()
except LockedError:
    print("locked", flush=True)
"""


def holder(path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_run_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    process = holder(tmp_path / "run.lock")
    try:
        with pytest.raises(LockedError) as caught, lock.hold(tmp_path / "run.lock"):
            pass
        assert f"process {process.pid}, since 20" in str(caught.value)
        found = lock.find_holder(tmp_path / "run.lock")
        assert found is not None
        assert (found.pid, found.step) == (process.pid, "sync")
    finally:
        process.kill()
        process.wait()


def test_kill_frees_the_lock(tmp_path: Path) -> None:
    process = holder(tmp_path / "run.lock")
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert lock.find_holder(tmp_path / "run.lock") is None
    with lock.hold(tmp_path / "run.lock") as held:
        assert held > 0


def test_of_eight_parallel_starts_exactly_one_works(tmp_path: Path) -> None:
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", TRY, str(tmp_path / "run.lock")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(8)
    ]
    said = [process.stdout.readline().strip() for process in starts if process.stdout]
    for process in starts:
        process.communicate()
    assert sorted(said) == ["held"] + ["locked"] * 7


def test_nobody_holds_a_lock_that_was_never_taken(tmp_path: Path) -> None:
    assert lock.find_holder(tmp_path / "run.lock") is None
    (tmp_path / "run.lock").write_text("rubbish")
    assert lock.find_holder(tmp_path / "run.lock") is None


def test_a_younger_process_with_the_same_number_is_not_taken_for_the_holder(tmp_path: Path) -> None:
    """The holder wrote its number, was killed, and its number went to another process (R-46)."""
    path = tmp_path / "run.lock"
    with lock.hold(path):
        mine = json.loads(path.read_text())
        path.write_text(json.dumps({**mine, "pid": os.getpid(), "ticks": mine["ticks"] + 1}))
        found = lock.find_holder(path)
        assert found is not None
        assert found.pid == 0
        path.write_text(json.dumps({**mine, "host": "another", "ticks": 1}))
        elsewhere = lock.find_holder(path)
        assert elsewhere is not None
        assert (elsewhere.pid, elsewhere.host) == (os.getpid(), "another")


def test_a_look_never_stops_a_start(tmp_path: Path) -> None:
    """`kam status` holds a shared lock for an instant; a start meanwhile waits for it."""
    path = tmp_path / "run.lock"
    path.touch(mode=0o600)
    descriptor = os.open(path, os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    threading.Timer(0.1, os.close, [descriptor]).start()
    with lock.hold(path) as held:
        assert held > 0


def test_the_end_of_a_run_leaves_an_empty_file(tmp_path: Path) -> None:
    with lock.hold(tmp_path / "run.lock") as held:
        lock.note_step(held, "sync")
        lock.note_rows(held, "res.partner", 1000, 5000, 800)
        found = lock.find_holder(tmp_path / "run.lock")
        assert found is not None
        assert (found.step, found.model, found.done, found.total, found.rate) == (
            "sync", "res.partner", 1000, 5000, 800,
        )  # fmt: skip
        lock.note_step(held, "write", total=7)
        found = lock.find_holder(tmp_path / "run.lock")
        assert found is not None
        assert (found.step, found.model, found.total) == ("write", "", 7)
    assert (tmp_path / "run.lock").read_bytes() == b""


def test_a_planted_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "run.lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StorageError), lock.hold(tmp_path / "run.lock"):
        pass
    assert not (tmp_path / "elsewhere").exists()


def test_the_lock_does_not_reach_a_child(tmp_path: Path) -> None:
    with lock.hold(tmp_path / "run.lock"):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"])
    try:
        time.sleep(0.1)
        assert lock.find_holder(tmp_path / "run.lock") is None
    finally:
        child.kill()
        child.wait()
