"""Which transport the real servers get, which facts about them it rests on, and how their keys end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace

import pytest
import requests

from kam_connector.erp import connect, key_expiry
from kam_connector.errors import LoginRefused
from tests.contract.conftest import Place


def test_each_server_gets_the_best_transport_that_it_has(one_erp: Place) -> None:
    with connect(replace(one_erp.access, transport="auto")) as session:
        assert session.transport == ("jsonrpc" if one_erp.session.version < (19, 0) else "json2")
        assert session.search_count("res.partner", []) > 0


def test_a_password_gets_jsonrpc(erp: Place) -> None:
    if erp.session.transport == "json2":
        with pytest.raises(LoginRefused, match="JSON-2 takes an API key and no password"):
            connect(replace(erp.access, key="no-api-key-at-all"))
    else:
        with connect(replace(erp.access, transport="auto")) as session:
            assert session.transport == "jsonrpc"


@contextmanager
def _empty_database() -> Iterator[None]:
    """One more database beside those of Odoo 14, without any table of Odoo."""
    from rig import databases

    name = databases.copy(14, databases.new_name(14, "test"), "template0")
    try:
        yield
    finally:
        databases.drop_database(14, name)


def test_odoo_14_tells_an_error_over_jsonrpc_only_to_a_visitor_of_its_database(one_erp: Place) -> None:
    """Why the transport takes a session first; later versions tell it to everybody.

    Who asks a server with a single database visits that one, so a second one is there meanwhile.
    """
    call = {"service": "common", "method": "no_such_method", "args": []}
    url, body = f"{one_erp.access.url}/jsonrpc", {"jsonrpc": "2.0", "method": "call", "params": call}
    is_old = one_erp.session.version < (16, 0)
    with _empty_database() if is_old else nullcontext():
        bare = requests.post(url, json=body, timeout=60)
    assert (bare.status_code, bare.headers["Content-Type"].partition(";")[0]) == (
        (500, "text/html") if is_old else (200, "application/json")
    )
    visited = requests.Session()
    visited.get(f"{one_erp.access.url}/web/login?db={one_erp.access.database}", allow_redirects=False, timeout=60)
    assert (
        visited.post(url, json=body, timeout=60).json()["error"]["data"]["message"]
        == "Method not found: no_such_method"
    )


def test_r18_a_key_that_is_over_is_one_refusal_and_its_end_is_told_before(json2_odoo: Place) -> None:
    """The end of a live key is read from the server; an ended key looks like a wrong one, and is asked once."""
    from rig import keys

    database, login = json2_odoo.access.database, json2_odoo.access.login
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    end = key_expiry(json2_odoo.session)
    assert end is not None
    assert abs((end - now.date()).days - keys.DAYS) <= 1
    over = keys.make_api_key(19, database, login, expires=now - dt.timedelta(hours=1))
    for transport in ("auto", "json2"):
        with pytest.raises(LoginRefused, match="refuses the login") as caught:
            connect(replace(json2_odoo.access, key=over, transport=transport))
        assert over not in str(caught.value)
    assert key_expiry(json2_odoo.session) == end


def test_a_server_that_knows_no_end_of_keys_leaves_it_to_the_settings(one_erp: Place) -> None:
    knows = one_erp.name.startswith("odoo19")
    kept = dt.date(2026, 9, 30)
    with connect(replace(one_erp.access, key_expires=kept)) as session:
        assert (key_expiry(session) == kept) is not knows
    assert (key_expiry(one_erp.session) is None) is not knows
