"""Settings: kam.toml, environment, keys; every mistake gets one sentence that names the place."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kam_connector import credentials, settings
from kam_connector.errors import SettingsError, StorageError

WORKING = """
[erp.main]
url = "https://erp.example.com"
database = "prod"
login = "kam"
lang = "zh_CN"
[erp.main.zones]
1 = "Asia/Shanghai"
"""


def write(home: Path, text: str) -> Path:
    (home / "kam.toml").write_text(text, encoding="utf-8")
    return home


def test_a_section_gives_the_settings_of_its_erp(tmp_path: Path) -> None:
    found = settings.load(write(tmp_path, WORKING), None, {})
    assert (found.name, found.url, found.database, found.login, found.lang) == (
        "main",
        "https://erp.example.com",
        "prod",
        "kam",
        "zh_CN",
    )
    assert found.zones == {1: ZoneInfo("Asia/Shanghai")}
    assert found.places.mirror == tmp_path / "main" / "mirror.duckdb"


def test_transport_pace_and_the_keys_end_are_read_checked_and_written_back(tmp_path: Path) -> None:
    more = 'transport = "json2"\ncalls_per_second = 2\nkey_expires = 2026-09-30\n[erp.main.zones]'
    found = settings.load(write(tmp_path, WORKING.replace("[erp.main.zones]", more)), None, {})
    assert (found.transport, found.calls_per_second, found.key_expires) == ("json2", 2, date(2026, 9, 30))
    assert settings.load(write(tmp_path, settings.render_section(found)), None, {}) == found
    noon = "key_expires = 2026-09-30T12:00:00"
    for wrong in ("transport = 2", "calls_per_second = true", 'key_expires = "soon"', noon):
        broken = WORKING.replace("[erp.main.zones]", f"{wrong}\n[erp.main.zones]")
        with pytest.raises(SettingsError, match=wrong.partition(" ")[0]):
            settings.load(write(tmp_path, broken), None, {})


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    environ = {"KAM_ERP_URL": "https://other.example.com", "KAM_ERP_LOGIN": "night"}
    found = settings.load(write(tmp_path, WORKING), None, environ)
    assert (found.url, found.login, found.database) == ("https://other.example.com", "night", "prod")


def test_the_environment_alone_is_enough(tmp_path: Path) -> None:
    environ = {"KAM_ERP_URL": "http://127.0.0.1:1", "KAM_ERP_DATABASE": "d", "KAM_ERP_LOGIN": "l"}
    assert settings.load(tmp_path, None, environ).database == "d"


def test_what_is_rendered_reads_back_the_same(tmp_path: Path) -> None:
    first = settings.load(write(tmp_path, WORKING), None, {})
    again = settings.load(write(tmp_path, settings.render_section(first)), None, {})
    assert again == first


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "kam init"),
        ("[erp.main]\nurl='u'\n", "lacks database, login"),
        ("[erp.main]\nurl='u'\ndatabase='d'\nlogin='l'\nkey='s3cret'\n", "holds a secret (key)"),
        ("[erp.main]\nurl='u'\ndatabase='d'\nlogin='l'\ncolour='red'\n", "unknown keys: colour"),
        ("[erp.main]\nurl='u'\ndatabase='d'\nlogin='l'\nlang='fr'\n", "lang 'fr' is not known"),
        ("[erp.main]\nurl='u'\ndatabase='d'\nlogin='l'\nallow_http='no'\n", "allow_http must be true or false"),
        (
            "[erp.main]\nurl='u'\ndatabase='d'\nlogin='l'\n[erp.main.zones]\n1='Mars/Base'\n",
            "unknown company id or zone",
        ),
        ("[erp]\nurl='u'\n", "in a section [erp.<name>]"),
        ("[mail]\nhost='h'\n", "unknown sections: mail"),
        ("[erp.main\n", "not valid TOML"),
        ("[erp.a]\nurl='u'\n[erp.b]\nurl='u'\n", "--erp NAME"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings.load(write(tmp_path, text), None, {})
    assert said in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_the_key_comes_from_the_environment_first(tmp_path: Path) -> None:
    found = settings.load(write(tmp_path, WORKING), None, {})
    settings.write_private(found.places.key, "from-file\n")
    assert credentials.read_key(found, {"KAM_ERP_KEY": "from-env"}) == "from-env"
    assert credentials.read_key(found, {}) == "from-file"


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    found = settings.load(write(tmp_path, WORKING), None, {})
    settings.write_private(found.places.key, "k")
    assert found.places.key.stat().st_mode & 0o777 == 0o600
    found.places.key.chmod(0o644)
    with pytest.raises(SettingsError, match="can be read by others"):
        credentials.read_key(found, {})


def test_a_missing_key_says_how_to_give_one(tmp_path: Path) -> None:
    found = settings.load(write(tmp_path, WORKING), None, {})
    with pytest.raises(SettingsError, match="kam init"):
        credentials.read_key(found, {})


def test_a_private_file_that_cannot_be_written_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StorageError):
        settings.write_private(tmp_path / "file" / "key", "k")


def test_who_is_told_of_a_failure_is_kept_over_init(tmp_path: Path) -> None:
    told = WORKING.replace('lang = "zh_CN"', 'lang = "zh_CN"\nnotify = ["activity", "log"]\nnotify_login = "boss"')
    found = settings.load(write(tmp_path, told), None, {})
    assert (found.notify, found.notify_login) == (("log", "activity"), "boss")
    again = settings.load(write(tmp_path, settings.render_section(found)), None, {})
    assert (again.notify, again.notify_login) == (found.notify, found.notify_login)


@pytest.mark.parametrize(
    ("line", "said"), [('notify = "log"', "list"), ('notify = ["mail"]', "mail"), ('notify = ["activity"]', "whose it")]
)
def test_a_notify_that_cannot_be_meant_is_refused(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings.load(write(tmp_path, WORKING.replace('lang = "zh_CN"', line)), None, {})
    assert said in str(caught.value)


def test_a_key_may_come_as_a_credential_of_systemd(tmp_path: Path) -> None:
    found = settings.load(write(tmp_path, WORKING), None, {})
    handed = tmp_path / "handed"
    handed.mkdir()
    (handed / "kam-main-key").write_text("from-systemd\n")
    (handed / "kam-main-key").chmod(0o400)
    assert credentials.read_key(found, {"CREDENTIALS_DIRECTORY": str(handed)}) == "from-systemd"
    (handed / "kam-main-key").chmod(0o444)
    with pytest.raises(SettingsError):
        credentials.read_key(found, {"CREDENTIALS_DIRECTORY": str(handed)})
