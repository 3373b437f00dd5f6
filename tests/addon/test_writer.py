"""Two connectors at one real Odoo: generations, and the older one refused as a whole (R-61)."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.addon import odoo
from tests.addon.cast import Cast, gather
from tests.addon.rpc import Login, Refused

pytestmark = [pytest.mark.odoo, pytest.mark.long]


@pytest.fixture(scope="module")
def odoo19_own() -> Iterator[Cast]:
    """A database of its own: who writes to it is kept once a database."""
    for installed in odoo.copied_addon():
        yield gather(installed.admin)


@pytest.fixture
def bot(odoo19_own: Cast) -> Login:
    return odoo19_own.login("bot")


def send(cast: Cast, bot: Login, key: str, generation: int) -> object:
    rows = json.dumps([cast.row(key, name=key)])
    return json.loads(bot.call("kam.gateway", "apply", "kam.run", rows, "run", generation))


def test_r61_an_older_generation_is_refused_as_a_whole(odoo19_own: Cast, bot: Login) -> None:
    first = bot.call("kam.gateway", "register", "server", "run-1")
    assert first["before"] is False
    assert bot.call("kam.gateway", "register", "server", "run-1") == first  # the same run keeps its generation
    [answer] = send(odoo19_own, bot, "one", first["generation"])  # type: ignore[misc]
    assert answer["status"] == "created"
    second = bot.call("kam.gateway", "register", "laptop", "run-2")
    assert (second["generation"], second["before"]["instance"]) == (first["generation"] + 1, "server")
    refused = send(odoo19_own, bot, "two", first["generation"])
    assert (refused["fenced"]["instance"], refused["fenced"]["run"]) == ("laptop", "run-2")  # type: ignore[index]
    assert odoo19_own.admin.search("kam.run", [["kam_key", "=", "two"]]) == []


def test_r61_one_that_was_followed_waits_for_a_person(bot: Login) -> None:
    mine = bot.call("kam.gateway", "register", "server", "run-3", 0, True)
    other = bot.call("kam.gateway", "register", "laptop", "run-4")
    refused = bot.call("kam.gateway", "register", "server", "run-5", mine["generation"])
    assert refused["fenced"]["generation"] == other["generation"]
    again = bot.call("kam.gateway", "register", "server", "run-5", mine["generation"], True)
    assert again["generation"] == other["generation"] + 1


def test_a_batch_without_a_generation_is_refused_once_a_connector_has_registered(odoo19_own: Cast, bot: Login) -> None:
    bot.call("kam.gateway", "register", "server", "run-6", 0, True)
    assert "fenced" in bot.call("kam.gateway", "apply", "kam.run", [odoo19_own.row("x", name="x")], "run")


@pytest.mark.parametrize("person", ["anna", "dir", "fin", "out"])
def test_only_the_service_user_registers_and_nobody_writes_the_record(odoo19_own: Cast, person: str) -> None:
    with pytest.raises(Refused, match="Only the connector's own login"):
        odoo19_own.login(person).call("kam.gateway", "register", "evil", "run")
    for name in (person, "bot"):
        with pytest.raises(Refused):
            odoo19_own.login(name).call("kam.writer", "create", [{"generation": 99, "instance": "evil", "run": "r"}])
