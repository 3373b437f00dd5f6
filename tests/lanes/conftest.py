"""The small sample company in three ERPs, with rows that break careless readers, and a session over each transport."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date

import pytest

from kam_connector import sample
from kam_connector.erp import ErpAccess, Session, connect
from kam_connector.sandbox import serve
from tests.conftest import missing

TAINTED = "tai\x01nte\uffff\x1fd\r\nend"
"""What no transport may bring: it comes into a database by an import, never through our own wire."""
NASTY = (
    {"name": 'quote " comma , semicolon ; tab \t end'},
    {"name": "line\nbreak", "ref": "\\N"},
    {"name": "carriage\r\nreturn\rlone", "ref": "NULL"},
    {"name": " leading and trailing ", "ref": "  "},
    {"name": "星河 Xinghé <b>&amp;</b> ]]>", "vat": "", "lang": False},
    {"name": "''single'' \\backslash\\ \"\"", "ref": "0012"},
    {"name": "archived", "active": False, "ref": "t"},
    {"name": "emoji 🧾", "ref": "2026-06-30"},
)


@dataclass(frozen=True)
class Ground:
    """One ERP: how to log in with a password and with a key (the same where it knows no keys), and what it is."""

    name: str
    password: ErpAccess
    key: ErpAccess
    has_addon: bool


@dataclass(frozen=True)
class Erp:
    """One ERP with an open session a transport."""

    name: str
    xmlrpc: Session
    json: Session
    has_addon: bool


@pytest.fixture(
    scope="session",
    params=[
        "sandbox",
        pytest.param("odoo19", marks=pytest.mark.odoo),
        pytest.param("odoo14", marks=pytest.mark.odoo),
    ],
)
def erp(request: pytest.FixtureRequest) -> Iterator[Erp]:
    """The ERP with the sample and the nasty rows."""
    for ground in _sandbox() if request.param == "sandbox" else _odoo(int(request.param.removeprefix("odoo"))):
        with ExitStack() as opened:
            xmlrpc = opened.enter_context(connect(replace(ground.password, transport="xmlrpc")))
            json = "jsonrpc" if ground.name == "odoo14" else "json2"
            with_key = opened.enter_context(connect(replace(ground.key, transport=json)))
            _write_nasty_rows(xmlrpc)
            yield Erp(ground.name, xmlrpc, with_key, ground.has_addon)


def _sandbox() -> Iterator[Ground]:
    company = sample.build("small", date(2026, 6, 30))
    company.tables["res.partner"][-1]["ref"] = TAINTED
    with serve(company) as server:
        access = ErpAccess(url=server.url, database=server.database, login=server.login, key=server.password)
        yield Ground("sandbox", access, replace(access, key=server.api_key), has_addon=True)


def _odoo(version: int) -> Iterator[Ground]:
    from rig import checks, databases, keys, sample, servers
    from rig.errors import RigError

    reason = checks.why_not(version, ask_network=True)
    if reason:
        missing(reason)
    has_addon = version == 19
    try:
        template = sample.sample_template(version, "small", with_addon=has_addon)
        database = databases.fresh_database(version, template)
        url = servers.ensure_current(version).url
    except RigError as error:
        missing(" ".join(str(error).split()))
    access = ErpAccess(url=url, database=database, login="admin", key="admin", timeout_read=240)
    try:
        key = keys.make_api_key(version, database, "admin") if has_addon else "admin"
        if has_addon:
            _join_connectors(access)
        tainted = "UPDATE res_partner SET ref = %s WHERE id = (SELECT max(id) FROM res_partner)"
        databases.query(version, database, tainted, [TAINTED])
        yield Ground(f"odoo{version}", access, replace(access, key=key), has_addon)
    finally:
        databases.drop_database(version, database)


def _join_connectors(access: ErpAccess) -> None:
    with connect(access) as session:
        domain = [["module", "=", "kam_connector"], ["name", "=", "group_connector"]]
        [group] = session.search_read("ir.model.data", domain, ["res_id"])
        session.write("res.users", [session.uid], {"group_ids": [[4, group["res_id"], 0]]})


def _write_nasty_rows(session: Session) -> None:
    session.create("res.partner", NASTY)
