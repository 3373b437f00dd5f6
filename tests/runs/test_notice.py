"""A failing night leaves the admin one activity, the next renews it, a good one closes it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from kam_connector import sample
from kam_connector.sandbox import SandboxServer, gateway, serve
from tests.runs import nights

pytestmark = pytest.mark.long

MARK = "(KAM night main)"
TOML = '[erp.main]\nurl = "{url}"\ndatabase = "{database}"\nlogin = "{login}"\nnotify = ["log", "activity"]\n'
NIGHT = (*nights.NIGHT, "--skip", "report")


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    """An ERP without the addon: there the activity stands on the company's partner."""
    with serve(sample.build("small", date(2026, 6, 30)), addon=False) as found:
        yield found


@pytest.fixture
def place(server: SandboxServer, tmp_path: Path) -> nights.Place:
    text = TOML.format(url=server.url, database=server.database, login=server.login)
    (tmp_path / "kam.toml").write_text(text + f'notify_login = "{server.login}"\n')
    found = nights.Place(tmp_path, {"KAM_ERP_KEY": server.password})
    assert found.kam("policy", "init").returncode == 0
    return found


def notices(server: SandboxServer) -> list[dict[str, object]]:
    return [row for row in server.rows("mail.activity").values() if MARK in str(row["summary"])]


def log(place: nights.Place) -> str:
    return (place.home / "main" / "log" / "kam.log").read_text("utf-8")


def test_one_activity_for_failing_nights_closed_by_a_good_one(server: SandboxServer, place: nights.Place) -> None:
    file = place.home / "policy" / "tiers.toml"
    sound = file.read_text()
    file.write_text(sound.replace("coverage_min", "coverage_minimum"))
    assert place.kam(*NIGHT).returncode == 2
    first = notices(server)
    assert len(first) == 1
    assert "coverage_minimum" in str(first[0]["note"])
    assert "(1)" in str(first[0]["summary"])
    assert first[0]["res_model"] == "res.partner"
    assert server.password not in str(first[0])
    assert place.kam(*NIGHT).returncode == 2
    second = notices(server)
    assert [row["id"] for row in second] == [first[0]["id"]]
    assert "(2)" in str(second[0]["summary"])
    file.write_text(sound)
    calls = len(server.calls)
    assert place.kam(*NIGHT).returncode in (0, 1)
    assert notices(server) == []
    unlinked = [call for call in server.calls[calls:] if (call.model, call.method) == ("mail.activity", "unlink")]
    assert len(unlinked) == 1


def test_a_notice_that_cannot_be_left_is_a_line_in_the_log(place: nights.Place) -> None:
    done = place.kam(*NIGHT, KAM_ERP_URL="http://127.0.0.1:9")
    assert done.returncode == 3
    assert "No activity for" in log(place)


def test_an_unknown_user_is_named_in_the_log(server: SandboxServer, place: nights.Place) -> None:
    file = place.home / "kam.toml"
    file.write_text(file.read_text().replace("notify_login", 'notify_login = "nobody"  #'))
    (place.home / "policy" / "tiers.toml").write_text("broken")
    assert place.kam(*NIGHT).returncode == 2
    assert notices(server) == []


def test_an_addon_that_was_not_upgraded_stops_the_writing_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The usual mistake: pip took the new connector, and nobody upgraded the module in Odoo."""
    monkeypatch.setattr(gateway, "PROTOCOL", 1)
    with serve(sample.build("small", date(2026, 6, 30))) as server:
        done = nights.at_sandbox(tmp_path, server).kam(*NIGHT)
        assert done.returncode == 3
        assert "does not fit this connector: it speaks protocol 1, not 2" in done.stderr
        assert "Upgrade the module in Odoo" in done.stderr
        assert server.rows("kam.customer") == {}
