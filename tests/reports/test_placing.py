"""A report takes its place whole or not at all (R-78, R-82)."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from kam_connector.errors import InputError, StorageError
from kam_connector.reports import placing
from kam_connector.reports.placing import place_file


def test_the_file_is_there_for_its_owner_only_and_nothing_beside_it(tmp_path: Path) -> None:
    target = place_file(tmp_path / "new" / "a.xlsx", b"content")
    assert target.read_bytes() == b"content"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in target.parent.iterdir()] == ["a.xlsx"]


def test_an_older_file_survives_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = place_file(tmp_path / "a.xlsx", b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(placing.os, "fsync", full)
    with pytest.raises(StorageError, match=r"No space left on device.*older report there is untouched"):
        place_file(target, b"new")
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]


def test_a_kill_before_the_rename_leaves_the_older_file(tmp_path: Path) -> None:
    target = place_file(tmp_path / "a.xlsx", b"old")
    child = os.fork()
    if child == 0:  # the child dies in the middle, without any clean-up
        placing.os.fsync = lambda descriptor: os.kill(os.getpid(), 9)  # type: ignore[assignment]
        place_file(target, b"new")
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert target.read_bytes() == b"old"


def test_a_symlink_at_the_target_is_refused_and_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    link = tmp_path / "a.xlsx"
    link.symlink_to(victim)
    with pytest.raises(InputError, match="symbolic link"):
        place_file(link, b"new")
    assert victim.read_bytes() == b"precious"


def test_a_folder_at_the_target_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a folder"):
        place_file(tmp_path, b"new")


def test_a_file_where_the_folder_should_be_is_an_error_with_a_next_step(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(StorageError, match="Choose another folder"):
        place_file(tmp_path / "out" / "a.xlsx", b"new")
