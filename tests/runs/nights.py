"""Nights for tests: `kam` in this process, in a forked one or as a command, and the end state it leaves in an ERP."""

from __future__ import annotations

import fcntl
import io
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any
from unittest import mock

from kam_connector import sample
from kam_connector.cli import main
from kam_connector.sandbox import SandboxServer, serve
from tests.runs import child
from tests.runs.child import Limits

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.runs.child"])
Done = subprocess.CompletedProcess[str]

ANCHOR = "2026-06-30"
STATE = "sandbox.jsonl"
KAM = Path(sys.executable).with_name("kam")
NIGHT = ("run", "--yes", "--allow-past", "--as-of", ANCHOR)
WRITTEN = (
    "kam.tier",
    "kam.segment",
    "kam.customer",
    "kam.score",
    "kam.ageing",
    "kam.ageing.line",
    "kam.collection.task",
    "kam.complaint",
    "kam.promise",
    "kam.collection.case",
    "kam.warning",
    "kam.payout",
    "kam.payout.line",
)
MOVING = frozenset({"id", "write_date", "create_date", "kam_run", "kam_version", "write_uid", "create_uid"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where `kam` runs: its home and its environment.

    `kam` runs it in this process; `fork` and `start` in a forked one, where its end or a signal is the point;
    `process` as an installed command, where the process itself is.
    """

    home: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def kam(self, *words: str, **more: str) -> Done:
        """`kam` with these words, run to its end in this process."""
        out, err = io.StringIO(), io.StringIO()
        before = os.umask(0o077)
        try:
            with (
                mock.patch.dict(os.environ, self.full_environment(**more), clear=True),
                mock.patch.object(sys, "stdin", io.StringIO()),
                redirect_stdout(out),
                redirect_stderr(err),
            ):
                code = main.run(words)
        finally:
            os.umask(before)
        return Done(["kam", *words], code, out.getvalue(), err.getvalue())

    def fork(self, *words: str, timeout: float = 240, limits: Limits = (), **more: str) -> Done:
        """`kam` with these words in a forked process, run to its end; -9 is the code of a killed one."""
        child = self.start(*words, limits=limits, **more)
        child.wait(timeout)
        return Done(["kam", *words], child.code, child.out.read_text("utf-8"), child.err.read_text("utf-8"))

    def start(self, *words: str, limits: Limits = (), **more: str) -> Child:
        """`kam` with these words in a forked process, still running."""
        folder = Path(tempfile.mkdtemp(prefix="kam-child-"))
        out, err = folder / "out", folder / "err"
        process = FORKS.Process(target=child.work, args=(words, self.full_environment(**more), out, err, limits))
        process.start()
        return Child(process, out, err)

    def process(self, *words: str, timeout: float = 120, **more: str) -> Done:
        """The installed command with these words, run to its end."""
        return subprocess.run(
            [KAM, *words],
            env=self.full_environment(**more),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def full_environment(self, **more: str) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("KAM_")}
        return {**clean, "KAM_HOME": str(self.home), **self.environment, **more}


@dataclass(frozen=True, slots=True)
class Child:
    """A forked `kam`, its output in two files."""

    process: ForkServerProcess
    out: Path
    err: Path

    @property
    def pid(self) -> int:
        assert self.process.pid is not None
        return self.process.pid

    @property
    def code(self) -> int:
        assert self.process.exitcode is not None
        return self.process.exitcode

    def send(self, number: int) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        """It is dead, and its code is known."""
        self.process.kill()
        self.wait(30)

    def wait(self, timeout: float = 60) -> int:
        """Its exit code; a process that does not end in time is killed."""
        self.process.join(timeout)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
            raise AssertionError(f"kam did not end within {timeout} s: {self.err.read_text('utf-8')[-2000:]}")
        return self.code


def at(home: Path, url: str, database: str, login: str, key: str) -> Place:
    """A place that reaches the ERP by environment alone."""
    keys = ("KAM_ERP_URL", "KAM_ERP_DATABASE", "KAM_ERP_LOGIN", "KAM_ERP_KEY")
    return Place(home, dict(zip(keys, (url, database, login, key), strict=True)))


def at_sandbox(home: Path, server: SandboxServer) -> Place:
    """A place that reaches a sandbox."""
    return at(home, server.url, server.database, server.login, server.password)


Found = tuple[Place, SandboxServer]
Served = Callable[[Path], AbstractContextManager[Found]]


@contextmanager
def after_one(shared: Path, home: Path, *, addon: bool = True) -> Iterator[Found]:
    """A place after its first night, and the sandbox that the night wrote to.

    The night is run once for all tests that want one; they get copies. `shared`: a folder of the whole test run.
    """

    def night(place: Place, _: SandboxServer) -> None:
        done = place.kam(*NIGHT)
        assert done.returncode in (0, 1), done.stderr

    with copied(shared / f"night-{'addon' if addon else 'plain'}", home, partial(_served, addon=addon), night) as found:
        yield found


@contextmanager
def after(
    shared: Path,
    home: Path,
    name: str,
    further: Callable[[Place, SandboxServer], object],
    *,
    first: Callable[[Path, Path], AbstractContextManager[Found]] = after_one,
) -> Iterator[Found]:
    """As `first`, and after what `further` did then, which is done once too; `name` tells it from others.

    `first(shared, home)`: another such state of a sandbox with the addon.
    """

    def begun(where: Path) -> AbstractContextManager[Found]:
        return _served(where) if (where / STATE).exists() else first(shared, where)

    with copied(shared / f"night-{name}", home, begun, further) as found:
        yield found


@contextmanager
def after_pull(shared: Path, home: Path) -> Iterator[Found]:
    """A place that has pulled once and decided nothing, and its sandbox."""

    def pull(place: Place, _: SandboxServer) -> None:
        assert place.kam("sync", "run").returncode in (0, 1)

    with copied(shared / "pulled", home, _served, pull) as found:
        yield found


@contextmanager
def copied(
    made: Path, home: Path, served: Served, further: Callable[[Place, SandboxServer], object]
) -> Iterator[Found]:
    """The home, a copy of the one below `made` and of its sandbox's state, after `further`, which is done once.

    `served(home)`: the place there and its sandbox, which keeps its state in the home's file STATE.
    """
    made.mkdir(exist_ok=True)
    with (made / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not (made / "done").exists():
            shutil.rmtree(made / "home", ignore_errors=True)  # of a test that failed in its making
            (made / "home").mkdir()
            with served(made / "home") as found:
                further(*found)
            (made / "done").touch()
    shutil.copytree(made / "home", home, dirs_exist_ok=True)
    with served(home) as found:
        yield found


@contextmanager
def _served(home: Path, addon: bool = True) -> Iterator[Found]:
    """A place and its sandbox, whose state lies in the home."""
    company = sample.build("small", date.fromisoformat(ANCHOR))
    with serve(company, addon=addon, state=home / STATE) as server:
        yield at_sandbox(home, server), server


def end_state(server: SandboxServer) -> dict[str, dict[tuple[int, str], dict[str, Any]]]:
    """What a night left in a sandbox, without what differs from run to run."""
    return {
        model: {
            (row["company_id"], row["kam_key"]): {name: value for name, value in row.items() if name not in MOVING}
            for row in server.rows(model).values()
        }
        for model in WRITTEN
    }
