"""R-43: no room on the disk, at any size, for any write."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

import apsw
import pytest

from kam_connector import ledger, mirror, sync
from kam_connector.errors import StorageError
from kam_connector.ledger import Entry
from kam_connector.reports.workbook import BookHead, open_book
from tests.sync.contents import content
from tests.sync.crashing import books
from tests.sync.empty import empty_mirror

Tried = Callable[[int], None]
HEAD = BookHead("Title", "run-1", date(2026, 6, 30))
KIBIBYTE = 1024
ROOMS = (0, 8, 40, 104, 232, 424, 808, 1576, 16_936)
"""KiB on the disk beyond what stands there: the smallest, where each step of the night fails, more densely."""


@contextmanager
def small_disk(folder: Path, kibibytes: int) -> Iterator[Path]:
    """A tiny disk of its own at the folder; skipped where this user may not mount one."""
    folder.mkdir(exist_ok=True)
    words = ["mount", "-t", "tmpfs", "-o", f"size={kibibytes}k,mode=700", "kam-test", str(folder)]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("a small disk needs the right to mount one")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def give_room(folder: Path, kibibytes: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={kibibytes}k", str(folder)], check=True)


def old_state(folder: Path) -> Path:
    """A mirror, a ledger and a report of yesterday."""
    folder.mkdir(mode=0o700)
    empty_mirror(folder / "mirror.duckdb").chmod(0o600)
    work(folder, later=False)
    return folder


def work(folder: Path, *, later: bool) -> None:
    """What a night does to the disk: pull into the mirror, append to the ledger, write a report."""
    with mirror.open(folder / "mirror.duckdb") as store:
        sync.pull(books(later=later).session(page_rows=3), store, run="later" if later else "first")
    with ledger.open(folder / "ledger.sqlite") as book:
        word = "later" if later else "first"
        book.append_changed(Entry("n", str(number), {"n": number, "text": word * 60}) for number in range(120))
    with open_book(folder / "report.xlsx", HEAD) as report:
        sheet = report.sheet("S")
        for row in range(400):
            sheet.text(row, 0, os.urandom(60).hex() if later else "old")


def in_child(task: Callable[[], None]) -> str:
    """How the task ended in a forked process: "done", "storage", or another error's text."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        try:
            task()
            answer = "done"
        except StorageError:
            answer = "storage"
        except BaseException as error:  # told to the parent
            answer = f"{type(error).__name__}: {error}"
        os.write(write, answer.encode()[:4000])
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as stream:
        answer = stream.read().decode()
    os.waitpid(child, 0)
    return answer


def readable(folder: Path) -> dict[str, Any]:
    """What stands in the stores; they open, the chain holds, the report is a whole file."""
    with mirror.open(folder / "mirror.duckdb") as store:
        found = content(store)
    with ledger.open(folder / "ledger.sqlite") as book:
        assert ledger.verify(book) == []
        latest = book.states("n")
    with zipfile.ZipFile(folder / "report.xlsx") as report:
        assert report.testzip() is None
    return {"mirror": found, "ledger": latest}


@pytest.fixture(scope="module")
def yesterday(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return old_state(tmp_path_factory.mktemp("yesterday") / "home")


@pytest.fixture(scope="module")
def undisturbed(yesterday: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = shutil.copytree(yesterday, tmp_path_factory.mktemp("undisturbed") / "home")
    work(folder, later=True)
    return readable(folder)


def used(folder: Path) -> int:
    return sum((path.stat().st_size + 4095) // 4096 * 4 for path in folder.rglob("*") if path.is_file())


@pytest.mark.timeout(300)
@pytest.mark.long
def test_r43_full_disk_at_every_size_keeps_what_was_good(
    yesterday: Path, undisturbed: dict[str, Any], tmp_path: Path, tried: Tried
) -> None:
    """A disk with a little more room each time: storage error or whole; with room again it ends as undisturbed."""
    ends = []
    for room in ROOMS:
        with small_disk(tmp_path / "disk", used(yesterday) + room) as disk:
            folder = shutil.copytree(yesterday, disk / "home")
            report = (folder / "report.xlsx").read_bytes()
            ends.append(in_child(lambda folder=folder: work(folder, later=True)))
            assert ends[-1] in ("done", "storage"), (room, ends[-1])
            if ends[-1] == "storage":
                assert (folder / "report.xlsx").read_bytes() == report, room
                readable_in_child(folder, room)
                give_room(disk, 64 * KIBIBYTE)
                assert in_child(lambda folder=folder: work(folder, later=True)) == "done", room
            assert in_child(lambda folder=folder: same(folder, undisturbed)) == "done", room
        tried(1)
    assert (ends.count("storage") >= 4, ends[-1]) == (True, "done"), ends


def readable_in_child(folder: Path, room: int) -> None:
    """The old state can be read while the disk is full (a copy of it elsewhere where even reading needs room)."""
    copy = shutil.copytree(folder, folder.parents[1] / f"copy{room}")
    assert in_child(lambda: bool(readable(copy)) and None) == "done", room
    shutil.rmtree(copy)


def same(folder: Path, wanted: Mapping[str, Any]) -> None:
    found = readable(folder)
    assert {name for name in wanted if found[name] != wanted[name]} == set()


@pytest.mark.long
def test_r43_limit_of_file_size_at_every_step_keeps_what_was_good(
    yesterday: Path, undisturbed: dict[str, Any], tmp_path: Path, tried: Tried
) -> None:
    """The same with a quota on the size of a file, which needs no right of its own."""
    biggest = max(path.stat().st_size for path in yesterday.iterdir())
    ends = []
    for limit in [16 * KIBIBYTE * step for step in (1, 2, 3, 4, 6)] + [biggest - 1, biggest + 4096, biggest * 8]:
        folder = shutil.copytree(yesterday, tmp_path / str(limit))

        def limited(folder: Path = folder, limit: int = limit) -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
            work(folder, later=True)

        ends.append(in_child(limited))
        assert ends[-1] in ("done", "storage"), (limit, ends[-1])
        assert in_child(lambda folder=folder: bool(readable(folder)) and None) == "done", limit
        assert in_child(lambda folder=folder: work(folder, later=True)) == "done", limit
        assert in_child(lambda folder=folder: same(folder, undisturbed)) == "done", limit
        tried(1)
    assert ("storage" in ends, ends[-1]) == (True, "done"), ends


class FailingFile(apsw.VFSFile):
    """A file of which the n-th write (or flush) fails."""

    def _next(self) -> None:
        FailingDisk.operations += 1
        if FailingDisk.operations == FailingDisk.fails_at:
            FailingDisk.failed += 1
            raise FailingDisk.error("the disk fails now")

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._next()
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._next()
        super().xSync(flags)


class FailingDisk(apsw.VFS):
    """SQLite's way to the disk, through `FailingFile`."""

    operations = failed = 0
    fails_at = -1
    error: type[Exception] = apsw.IOError

    def __init__(self) -> None:
        self.base = "unix"
        super().__init__("failing", self.base, makedefault=True)

    def xOpen(self, name: Any, flags: Any) -> FailingFile:  # noqa: N802
        return FailingFile(self.base, name, flags)


@pytest.mark.parametrize("error", [apsw.IOError, apsw.FullError], ids=["EIO", "full"])
def test_r43_the_nth_write_of_the_ledger_fails(tmp_path: Path, tried: Tried, error: type[Exception]) -> None:
    """Write 1, 2, 3, ... fails until an append runs through: nothing acknowledged is lost, nothing is torn."""
    disk = FailingDisk()
    FailingDisk.error, FailingDisk.fails_at = error, -1
    try:
        nth, failed = 0, True
        while failed:
            nth += 1
            path = tmp_path / f"{nth}.sqlite"
            with ledger.open(path) as book:
                book.append("n", "before", {"n": 1})
                FailingDisk.operations, FailingDisk.fails_at, before = 0, nth, FailingDisk.failed
                entries = [Entry("n", str(number), {"n": number, "text": "x" * 500}) for number in range(30)]
                with suppress(StorageError):
                    book.append_many(entries)
                failed = FailingDisk.failed > before
                FailingDisk.fails_at = -1
            with ledger.open(path) as book:
                assert ledger.verify(book) == []
                assert book.head().seq in (1, 31)
                assert book.append("n", "after", {"n": 2}) in (2, 32)
            path.unlink()
            tried(1)
        assert nth > 5
    finally:
        disk.unregister()
