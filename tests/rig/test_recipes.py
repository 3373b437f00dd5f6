"""Names and keys of templates, names of databases, the table of versions, what the installers read from output."""

from pathlib import Path

import pytest
from rig import cli, databases, odoo, odoo14, places, postgres, templates, versions
from rig.errors import RigError


def test_template_is_named_by_version_and_recipe(monkeypatch: pytest.MonkeyPatch) -> None:
    name = templates.base_name(19)
    assert name.startswith("kam19_base_")
    assert templates.base_name(14) != name
    assert templates.base_name(19, demo=True).startswith("kam19_demo_")
    monkeypatch.setitem(versions.MODULES, 19, "crm")
    assert templates.base_name(19) != name


def test_unknown_version_is_refused_with_the_known_ones() -> None:
    with pytest.raises(RigError, match="use one of: 19, 14"):
        versions.find_version(16)


@pytest.mark.parametrize("name", ["Play", "1st", "a-b", "a;b", "", "a" * 64, "a b", "ä"])
def test_database_name_that_needs_quoting_is_refused(name: str) -> None:
    with pytest.raises(RigError, match="cannot be the name of a database"):
        databases.check_name(name)


def test_new_name_is_valid_and_never_the_same() -> None:
    names = {databases.new_name(19, "Full sample, with the addon") for _ in range(50)}
    assert len(names) == 50
    assert all(databases.check_name(name).startswith("t19_full_sample_with_the_addon_") for name in names)


def test_packages_that_the_mirror_lists_but_lacks_are_read_from_apts_words() -> None:
    output = (
        "E: Failed to fetch http://m.org/debian-security/pool/updates/main/p/python-gevent/"
        "python3-gevent_20.9.0-2%2bdeb11u1_amd64.deb  404  Not Found [IP: 192.0.2.1 80]\n"
        "E: Failed to fetch http://m.org/debian/pool/main/x/libstdc++6_1_amd64.deb  404  Not Found\n"
        "E: Failed to fetch http://m.org/debian/pool/main/x/other_1_amd64.deb  500  Server error\n"
    )
    assert odoo14.find_lost(output) == ["libstdc++6", "python3-gevent"]


def test_value_that_a_shell_script_printed_is_found_behind_its_mark() -> None:
    assert odoo.printed_after("a warning\nKEY abc\nmore\n", "KEY") == "abc"
    assert odoo.printed_after("nothing\n", "KEY") == ""


def test_error_that_odoo_logged_is_a_failure_although_it_ended_well() -> None:
    odoo.refuse_errors("2026-06-30 INFO x ERRORS 0", "It failed.", Path("l"))
    with pytest.raises(RigError, match="boom"):
        odoo.refuse_errors("2026-06-30 1 ERROR db odoo: boom", "It failed.", Path("l"))


def test_cache_is_the_named_folder_else_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KAM_RIG_HOME", str(tmp_path / "rig"))
    assert places.home() == tmp_path / "rig"
    monkeypatch.delenv("KAM_RIG_HOME")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert places.home() == tmp_path / "kam-connector"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert places.home() == tmp_path / ".cache" / "kam-connector"


def test_closed_folder_is_seen_wherever_it_stands_above(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "a").chmod(0o700)
    assert not postgres.is_open_to_all(inner)


def test_settings_keep_each_odoo_to_loopback_and_to_its_own_databases(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KAM_RIG_HOME", str(tmp_path))
    settings = odoo.settings(14, 5433)
    assert settings["http_interface"] == settings["db_host"] == "127.0.0.1"
    assert settings["db_user"] == "odoo14"
    assert settings["max_cron_threads"] == "0"
    assert "addons_path" not in odoo.settings(19, 5433, wheel=True)


def test_expected_failure_shows_no_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> list[databases.Database]:
        raise RigError("PostgreSQL does not start.", "the disk is full", "free some space")

    monkeypatch.setattr(databases, "find_all", fail)
    assert cli.main(["list"]) == 1
    assert capsys.readouterr().err == (
        "odoo_server: PostgreSQL does not start.\n  why:  the disk is full\n  next: free some space\n"
    )
