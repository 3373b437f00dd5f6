"""Who else on this machine could read the key or change the settings: every combination of rights (R-94)."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from kam_connector import credentials, settings, trust
from kam_connector.errors import SettingsError, StorageError
from kam_connector.ledger.files import prepare_file

SECTION = '[erp.main]\nurl = "https://erp.example.com"\ndatabase = "d"\nlogin = "kam"\n'
STRANGER = 65534


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home as `kam init` makes it."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    settings.write_private(home / "kam.toml", SECTION)
    settings.write_private(home / "main" / "key", "key-of-the-night\n")
    return home


def load_and_read(home: Path) -> str:
    return credentials.read_key(settings.load(home, None, {}), {})


def test_files_of_ours_are_closed_and_accepted(home: Path) -> None:
    assert load_and_read(home) == "key-of-the-night"
    assert {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in (home, home / "main", home / "kam.toml")} == {
        "home": "0o700",
        "main": "0o700",
        "kam.toml": "0o600",
    }


@pytest.mark.parametrize("mode", range(0o600, 0o700))
def test_r94_a_key_that_anybody_else_can_touch_is_refused(home: Path, mode: int) -> None:
    key = home / "main" / "key"
    key.chmod(mode)
    if mode & 0o077:
        with pytest.raises(SettingsError, match=rf"{key} can be read by others.*chmod 600"):
            load_and_read(home)
    else:
        assert load_and_read(home) == "key-of-the-night"


@pytest.mark.parametrize("what", ["", "kam.toml", "policy"])
@pytest.mark.parametrize("others", range(0o100))
def test_r94_what_tells_us_what_to_do_is_changed_by_nobody_else(home: Path, what: str, others: int) -> None:
    (home / "policy").mkdir(mode=0o700)
    place = home / what
    place.chmod((0o600 if what == "kam.toml" else 0o700) | others)
    if others & 0o022:
        with pytest.raises(SettingsError, match=r"can be changed by others.*chmod go-w"):
            settings.load(home, None, {})
    else:
        assert settings.load(home, None, {}).login == "kam"
    place.chmod(0o700)


def link(path: Path) -> None:
    target = path.with_name("elsewhere")
    path.rename(target)
    path.symlink_to(target)


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir(mode=0o700)


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


@pytest.mark.parametrize("turn", [link, folder, pipe])
def test_r94_a_key_that_is_no_plain_file_is_refused(home: Path, turn: Callable[[Path], None]) -> None:
    turn(home / "main" / "key")
    with pytest.raises(SettingsError, match="not a plain file"):
        load_and_read(home)


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser can give a file away")
@pytest.mark.parametrize("what", ["main/key", "kam.toml", "."])
def test_r94_what_belongs_to_another_user_is_refused(home: Path, what: str) -> None:
    os.chown(home / what, STRANGER, STRANGER)
    with pytest.raises(SettingsError, match=f"belongs to another user.*{STRANGER}"):
        load_and_read(home)


def test_a_shared_folder_with_the_sticky_bit_is_no_obstacle(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    trust.require_unchanged_by_others(shared)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_the_ledger_refuses_a_file_that_others_can_open(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "main" / "ledger.sqlite"
    assert prepare_file(path)
    path.chmod(mode)
    with pytest.raises(StorageError, match="open to other users"):
        prepare_file(path)


def test_a_key_in_kam_toml_is_refused_and_not_shown(home: Path) -> None:
    (home / "kam.toml").write_text(SECTION + 'key = "planted-7f3a9c"\n')
    with pytest.raises(SettingsError) as refused:
        settings.load(home, None, {})
    assert "no place for one" in str(refused.value)
    assert "planted-7f3a9c" not in str(refused.value)
