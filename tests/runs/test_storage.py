"""No room, no rights, no memory: one clear message, exit 4, and what was there before is there still (R-43, R-53)."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from kam_connector import ledger, sample
from kam_connector.sandbox import SandboxServer, serve
from tests.conftest import missing
from tests.runs import nights

DRY = ("run", "--dry-run", "--as-of", nights.ANCHOR)


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with serve(sample.build("small", date(2026, 6, 30))) as found:
        yield found


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 32 MB that can be made full and read-only."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() != 0 or mount("-t", "tmpfs", "-o", "size=32m,mode=0700", "tmpfs", str(place)):
        missing("a small disk cannot be mounted here (root only)")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=False, capture_output=True)


def mount(*words: str) -> int:
    return subprocess.run(["mount", *words], check=False, capture_output=True).returncode


ABORTED = (-6, 127)
"""A C library that finds no memory for a thread ends the process itself: no Python runs any more."""


def expect(done: nights.Done, *said: str) -> None:
    assert done.returncode == 4, (done.returncode, done.stderr)
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 3, done.stderr
    for word in said:
        assert word in done.stderr


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.xlsx")}


@pytest.mark.long
def test_a_file_that_may_not_grow(server: SandboxServer, tmp_path: Path) -> None:
    """300 KiB a file: the run ends with exit 4, and goes on when there is room again."""
    place = nights.at_sandbox(tmp_path, server)
    limit = (resource.RLIMIT_FSIZE, 300 * 1024)
    expect(place.fork(*DRY, limits=[limit]))
    assert place.kam(*DRY).returncode in (0, 1)


@pytest.mark.long
def test_a_full_disk_keeps_the_book_the_mirror_and_the_old_reports(server: SandboxServer, disk: Path) -> None:
    place = nights.at_sandbox(disk / "home", server)
    place.home.mkdir(mode=0o700)
    out = ("--out", str(disk / "reports"))
    assert place.kam(*DRY, *out).returncode in (0, 1)
    before = content(disk / "reports")
    assert len(before) == 6
    with ledger.open(place.home / "main" / "ledger.sqlite", read_only=True) as book:
        head = book.head()
    free = os.statvfs(disk)
    (disk / "filler").write_bytes(b"x" * (free.f_bavail * free.f_frsize - 16 * 1024))
    expect(place.fork(*DRY, "--full", *out))
    assert content(disk / "reports") == before
    assert place.kam("verify", "--head", str(head)).returncode == 0
    assert not [path.name for path in (disk / "reports").iterdir() if not path.name.endswith(".xlsx")]
    (disk / "filler").unlink()
    assert place.kam(*DRY, *out).returncode in (0, 1)


@pytest.mark.long
def test_a_disk_that_turns_read_only(server: SandboxServer, disk: Path) -> None:
    place = nights.at_sandbox(disk / "home", server)
    place.home.mkdir(mode=0o700)
    assert place.kam("sync", "run").returncode in (0, 1)
    assert mount("-o", "remount,ro", str(disk)) == 0
    expect(place.fork("run", "--only", "sync"), "run.lock", "Read-only")
    assert mount("-o", "remount,rw", str(disk)) == 0
    assert place.kam("sync", "run").returncode in (0, 1)
    assert place.kam("verify").returncode == 0


@pytest.mark.long
def test_too_little_memory(server: SandboxServer, tmp_path: Path) -> None:
    """With a ceiling the run ends in a message, or in the word of the library that found none; the next one goes on."""
    place = nights.at_sandbox(tmp_path, server)
    done = place.fork(*DRY, limits=[(resource.RLIMIT_AS, 32 * 1024 * 1024)])
    if done.returncode in ABORTED:
        assert "alloc" in done.stderr, done.stderr  # bad_alloc, or "cannot allocate memory for thread-local data"
    else:
        expect(done)
    assert place.kam(*DRY, "--skip", "report").returncode in (0, 1)
    assert place.kam("verify").returncode == 0


@pytest.mark.long
def test_too_many_open_files(server: SandboxServer, tmp_path: Path) -> None:
    place = nights.at_sandbox(tmp_path, server)
    expect(place.fork("run", "--only", "sync", limits=[(resource.RLIMIT_NOFILE, 8)]))
    assert place.kam("sync", "run").returncode in (0, 1)
