"""The log: a line a record, no key, its owner's alone, turned over; a full disk costs the log and nothing else."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kam_connector.redaction import keep_secret
from kam_connector.runs import logs

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (DEBUG|INFO|WARNING|ERROR|CRITICAL) kam_connector[.\w]*: .+")
LOG = logging.getLogger("kam_connector.tests")


@pytest.fixture(autouse=True)
def ended() -> Iterator[None]:
    yield
    logs.end_logs()


def lines(folder: Path) -> list[str]:
    return (folder / logs.FILE).read_text("utf-8").splitlines()


def test_a_record_is_one_line_whatever_it_holds(tmp_path: Path) -> None:
    logs.open_log(tmp_path)
    LOG.info("a name: %s", "Müller\r\n2026-01-01T00:00:00Z ERROR forged: line\x1b[2J\u2028x")
    try:
        raise ValueError("with\ntwo lines")
    except ValueError:
        LOG.exception("broken")
    LOG.debug("not wanted")
    found = lines(tmp_path)
    assert len(found) == 2
    assert all(LINE.fullmatch(line) for line in found), found
    assert "\\x1b[2J" in found[0]
    assert "Traceback" in found[1]
    assert "two lines" in found[1]


def test_no_key_reaches_the_file(tmp_path: Path) -> None:
    keep_secret("canary-77b1-key")
    logs.open_log(tmp_path)
    LOG.warning("it was %s", "canary-77b1-key")
    try:
        raise RuntimeError("canary-77b1-key")
    except RuntimeError:
        LOG.exception("failed")
    text = (tmp_path / logs.FILE).read_text("utf-8")
    assert "canary-77b1-key" not in text
    assert text.count("[hidden]") >= 2


def test_only_the_owner_may_read_it_also_after_it_was_turned_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "MOST_BYTES", 2000)
    monkeypatch.setattr(logs, "KEPT", 3)
    former = os.umask(0)
    try:
        logs.open_log(tmp_path / "log")
        for number in range(200):
            LOG.info("record %d of many", number)
    finally:
        os.umask(former)
    files = sorted((tmp_path / "log").iterdir())
    assert [file.name for file in files] == ["kam.log", "kam.log.1", "kam.log.2", "kam.log.3"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o700
    assert all(file.stat().st_size <= 2000 for file in files)
    assert "record 199 " in lines(tmp_path / "log")[-1]


def test_a_log_that_cannot_be_opened_is_told_and_borne(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "log").write_text("a file stands there")
    logs.open_log(tmp_path / "log")
    LOG.error("still works")
    assert "cannot be written" in capsys.readouterr().err


def test_a_full_disk_is_told_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this machine has no /dev/full")
    (tmp_path / logs.FILE).symlink_to("/dev/null")
    logs.open_log(tmp_path)  # a planted link is not followed
    assert "cannot be written" in capsys.readouterr().err
    (tmp_path / logs.FILE).unlink()
    logs.open_log(tmp_path)
    handler = next(kept for kept in logs.ROOT.handlers if isinstance(kept, logging.FileHandler))
    handler.stream = Path("/dev/full").open("w")  # noqa: SIM115  # the handler closes it
    for _ in range(3):
        LOG.error("no room")
    logs.close_log()
    said = capsys.readouterr().err
    assert said.count("No space left") == 1
    assert "Traceback" not in said


def test_the_journal_gets_priorities(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "journal").open("w+") as stream:
        about = os.fstat(stream.fileno())
        monkeypatch.setattr("sys.stderr", stream)
        monkeypatch.setenv("JOURNAL_STREAM", f"{about.st_dev}:{about.st_ino}")
        logs.speak_log(verbose=False)
        LOG.info("begins")
        LOG.error("failed")
        stream.seek(0)
        first, second = stream.read().splitlines()
    assert first.startswith("<6>")
    assert second.startswith("<3>")


def test_on_a_terminal_nothing_is_said_unless_asked(capsys: pytest.CaptureFixture[str]) -> None:
    logs.speak_log(verbose=False)
    LOG.error("quiet")
    assert capsys.readouterr().err == ""
    logs.speak_log(verbose=True)
    LOG.debug("loud")
    assert capsys.readouterr().err == "DEBUG kam_connector.tests: loud\n"
