"""The ERPs of the contract suite: the sandbox, Odoo 19 and Odoo 14, each over every transport that it has.

A server's database has two companies and a weak login, and is made once for all its transports.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

import pytest

from kam_connector.erp import ErpAccess, Session, connect
from kam_connector.sandbox import Disturbance, SandboxServer, serve
from tests.conftest import missing

WEAK = "weak@example.com"
WEAK_KEY = "weak-Key-41"
HAND_MADE: dict[str, list[dict[str, Any]]] = {
    "res.currency": [
        {"id": 1, "name": "CNY", "symbol": "¥", "decimal_places": 2, "rounding": 0.01},
        {"id": 2, "name": "EUR", "symbol": "€", "decimal_places": 2, "rounding": 0.01},
    ],
    "res.company": [
        {"id": 1, "name": "First Company", "currency_id": 1, "partner_id": 1},
        {"id": 2, "name": "Second Company", "currency_id": 2, "partner_id": 2},
    ],
    "res.partner": [
        {"id": 1, "name": "First Company", "is_company": True, "commercial_partner_id": 1},
        {"id": 2, "name": "Second Company", "is_company": True, "commercial_partner_id": 2},
        {"id": 3, "name": "Administrator", "commercial_partner_id": 3},
    ],
    "res.users": [{"id": 2, "login": "admin", "name": "Administrator", "partner_id": 3, "company_id": 1}],
}
UNREADABLE = frozenset(
    {("account.move", "read"), ("account.move", "create"), ("sale.order", "read"), ("kam.gateway", "read")}
)


PLACES = (
    "sandbox-xmlrpc",
    "sandbox-jsonrpc",
    "sandbox-json2",
    "odoo19-xmlrpc",
    "odoo19-jsonrpc",
    "odoo19-json2",
    "odoo14-xmlrpc",
    "odoo14-jsonrpc",
)


@dataclass(frozen=True, slots=True)
class Ground:
    """A server with a database: its two companies, its addon, and how the strong and the weak login get in.

    The first of each pair of logins has a password, the second an API key.
    """

    strong: tuple[ErpAccess, ErpAccess]
    weak: tuple[ErpAccess, ErpAccess]
    has_addon: bool
    companies: tuple[int, int] = (1, 2)
    server: SandboxServer | None = None


@dataclass(slots=True)
class Place:
    """An ERP to test over one transport: how to log in, an open session, its companies, how the weak login gets in."""

    name: str
    access: ErpAccess
    weak: ErpAccess
    session: Session
    has_addon: bool
    companies: tuple[int, int] = (1, 2)
    server: SandboxServer | None = None
    _numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, 10_000)))

    def unique(self, word: str) -> str:
        """A name that nothing else in this ERP has."""
        return f"{word} {self.name} {next(self._numbers)} {uuid4().hex[:6]}"

    def partners(self, *rows: dict[str, Any]) -> list[int]:
        """The ids of new partners; each gets a name if it has none."""
        return self.session.create("res.partner", [{"name": self.unique("Partner"), **row} for row in rows])

    def silent_call(self, partner: int) -> tuple[Any, ...]:
        """Model, method and arguments of a call that does its work and returns nothing."""
        if self.server is not None:
            self.server.plan.waiting.append(Disturbance("none", model="res.partner", method="write"))
            return "res.partner", "write", [partner], {"ref": "written"}
        if self.session.version < (19, 0):
            return "res.partner", "update_address", [partner], {}
        return "res.partner", "message_unsubscribe", [partner], [partner]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test runs on each ERP; those of the addon's endpoint where the addon can be: it is written for Odoo 19."""
    if "erp" in metafunc.fixturenames:
        wanted = ("sandbox", "odoo19", "odoo14")
        if "addon_erp" in metafunc.fixturenames:
            wanted = ("sandbox", "odoo19")
        if "one_erp" in metafunc.fixturenames:
            wanted = ("sandbox-json2", "odoo19-json2", "odoo14-jsonrpc")
        if "json2_odoo" in metafunc.fixturenames:
            wanted = ("odoo19-json2",)
        places = [name for name in PLACES if name.startswith(wanted)]
        metafunc.parametrize("erp", places, indirect=True, scope="session")


@pytest.fixture(scope="session")
def erp(request: pytest.FixtureRequest) -> Iterator[Place]:
    """Each ERP over each transport in turn."""
    with reach(request.getfixturevalue(f"{request.param.partition('-')[0]}_ground"), request.param) as place:
        yield place


@contextmanager
def reach(ground: Ground, name: str) -> Iterator[Place]:
    """The ground over the transport that its name ends with (`odoo19-xmlrpc`), with an open session."""
    transport = name.partition("-")[2]
    with_key = int(transport == "json2")
    access = replace(ground.strong[with_key], transport=transport)
    weak = replace(ground.weak[with_key], transport=transport)
    with connect(access) as session:
        yield Place(name, access, weak, session, ground.has_addon, ground.companies, ground.server)


@pytest.fixture(scope="session")
def odoo19_ground() -> Iterator[Ground]:
    """A fresh database of a real Odoo 19 with the addon."""
    yield from odoo(19)


@pytest.fixture(scope="session")
def odoo14_ground() -> Iterator[Ground]:
    """A fresh database of a real Odoo 14."""
    yield from odoo(14)


@pytest.fixture
def addon_erp(erp: Place) -> Place:
    """The same, where the KAM addon is installed."""
    assert erp.has_addon
    return erp


@pytest.fixture
def one_erp(erp: Place) -> Place:
    """Each ERP once: for what is dear and no matter of the transport."""
    return erp


@pytest.fixture
def json2_odoo(erp: Place) -> Place:
    """The real Odoo over JSON-2, alone."""
    return erp


@pytest.fixture(scope="session")
def sandbox_ground() -> Iterator[Ground]:
    """The sandbox with hand-made companies; the weak login is a second door to the same rights as in Odoo."""
    tables = {model: [dict(row) for row in rows] for model, rows in HAND_MADE.items()}
    weak_user = {"id": 3, "login": WEAK, "name": "Weak", "partner_id": 3, "company_id": 1}
    with (
        serve(tables) as strong,
        serve({**tables, "res.users": [weak_user]}, denied=UNREADABLE, login=WEAK, password=WEAK_KEY) as weak,
    ):
        yield Ground(_doors(strong), _doors(weak), has_addon=True, server=strong)


def _doors(server: SandboxServer) -> tuple[ErpAccess, ErpAccess]:
    access = _access(server.url, server.database, server.login, server.password)
    return access, replace(access, key=server.api_key)


def odoo(version: int) -> Iterator[Ground]:
    """A fresh database of a real server with a second company and a user who may read no accounting."""
    from rig import addon, checks, databases, keys, servers, templates
    from rig.errors import RigError

    reason = checks.why_not(version, ask_network=True)
    if reason:
        missing(reason)
    has_addon = version == 19
    try:
        template = addon.addon_template(version) if has_addon else templates.base_template(version)
        database = databases.fresh_database(version, template)
        access = _access(servers.ensure_current(version).url, database, "admin", "admin")
    except RigError as error:
        missing(" ".join(str(error).split()))
    try:
        companies = _prepare(access, has_addon=has_addon)
        weak = replace(access, login=WEAK, key=WEAK_KEY)
        with_keys = [replace(door, key=keys.make_api_key(version, database, door.login)) for door in (access, weak)]
        yield Ground((access, with_keys[0]), (weak, with_keys[1]), has_addon, companies)
    finally:
        databases.drop_database(version, database)


def _access(url: str, database: str, login: str, key: str) -> ErpAccess:
    return ErpAccess(url=url, database=database, login=login, key=key, timeout_read=240)


def _prepare(access: ErpAccess, *, has_addon: bool) -> tuple[int, int]:
    """The ids of both companies; the weak user is there."""
    with connect(access) as session:
        first = session.capabilities.companies[0]
        second = session.create("res.company", [{"name": "Second Company"}])[0]
        session.write("res.users", [session.uid], {"company_ids": [[4, second, 0]]})
        groups = "groups_id" if session.version < (19, 0) else "group_ids"
        internal = _group(session, "base", "group_user")
        weak = {"name": "Weak", "login": WEAK, "password": WEAK_KEY, groups: [[6, 0, [internal]]]}
        session.create("res.users", [weak], context={"no_reset_password": True})
        if has_addon:
            connector = _group(session, "kam_connector", "group_connector")
            session.write("res.users", [session.uid], {groups: [[4, connector, 0]]})
    return first, second


def _group(session: Session, module: str, name: str) -> int:
    rows = session.search_read("ir.model.data", [["module", "=", module], ["name", "=", name]], ["res_id"])
    return int(rows[0]["res_id"])
