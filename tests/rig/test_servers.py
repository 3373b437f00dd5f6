"""The rig on real servers: a copy of a template is whole, quiet, usable at once, and seen by its own version only."""

from __future__ import annotations

import xmlrpc.client
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from rig import checks, databases, postgres, servers, templates, versions
from rig.errors import RigError

from tests.conftest import missing

pytestmark = [pytest.mark.odoo, pytest.mark.timeout(900)]


@dataclass(frozen=True, slots=True)
class Copy:
    """A fresh copy of a base template, and the server that serves it."""

    server: servers.Server
    name: str


def make_copy(version: int) -> Iterator[Copy]:
    reason = checks.why_not(version, ask_network=True)
    if reason:
        missing(reason)
    try:
        server = servers.ensure(version)
        name = databases.fresh_database(version, templates.base_template(version))
    except RigError as error:
        missing(f"there is no Odoo {version}: {error}")
    yield Copy(server, name)
    databases.drop_database(version, name)


@pytest.fixture(scope="module")
def odoo19() -> Iterator[Copy]:
    yield from make_copy(19)


@pytest.fixture(scope="module")
def odoo14() -> Iterator[Copy]:
    yield from make_copy(14)


@pytest.fixture(params=["odoo19", "odoo14"])
def copy(request: pytest.FixtureRequest) -> Copy:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Copy)
    return found


def ask(copy: Copy, model: str, method: str, *args: object) -> object:
    """The answer of the server over XML-RPC, asked as the administrator."""
    common = xmlrpc.client.ServerProxy(f"{copy.server.url}/xmlrpc/2/common")
    uid = common.authenticate(copy.name, versions.LOGIN, versions.PASSWORD, {})
    models = xmlrpc.client.ServerProxy(f"{copy.server.url}/xmlrpc/2/object")
    return models.execute_kw(copy.name, uid, versions.PASSWORD, model, method, list(args))


def count(copy: Copy, sql: str) -> int:
    return int(databases.query(copy.server.version, copy.name, sql)[0]["count"])


def test_copy_answers_over_rpc_in_english_and_chinese(copy: Copy) -> None:
    languages = ask(copy, "res.lang", "search_read", [], ["code"])
    assert isinstance(languages, list)
    assert {"en_US", "zh_CN"} <= {row["code"] for row in languages}


def test_copy_has_a_chart_of_accounts_and_no_demo_data(copy: Copy) -> None:
    assert count(copy, "SELECT count(*) FROM account_account") > 20
    assert count(copy, "SELECT count(*) FROM account_journal WHERE type IN ('sale', 'bank')") >= 2
    assert count(copy, "SELECT count(*) FROM sale_order") == 0


def test_attachments_are_in_the_database_so_that_a_copy_is_whole(copy: Copy) -> None:
    assert count(copy, "SELECT count(*) FROM ir_attachment WHERE store_fname IS NOT NULL") == 0
    assert count(copy, "SELECT count(*) FROM ir_attachment WHERE db_datas IS NOT NULL") > 0


def test_no_scheduled_job_is_active(copy: Copy) -> None:
    assert count(copy, "SELECT count(*) FROM ir_cron WHERE active") == 0


def test_server_sees_the_databases_of_its_own_version_only(copy: Copy) -> None:
    seen = xmlrpc.client.ServerProxy(f"{copy.server.url}/xmlrpc/2/db").list()
    own = {found.name for found in databases.find_all() if found.version == copy.server.version}
    assert isinstance(seen, list)
    assert copy.name in seen
    assert not {name for name in seen if name.startswith("kam")}
    assert not {found.name for found in databases.find_all() if found.name not in own} & set(seen)


def test_template_lets_nobody_in(copy: Copy) -> None:
    name = templates.base_name(copy.server.version)
    with pytest.raises(Exception, match="not currently accepting connections"):
        databases.query(copy.server.version, name, "SELECT 1")


def test_running_server_is_found_again(copy: Copy) -> None:
    assert servers.ensure(copy.server.version).pid == copy.server.pid


def test_dropped_database_is_gone_while_the_server_runs_on(copy: Copy) -> None:
    version = copy.server.version
    other = Copy(copy.server, databases.fresh_database(version, templates.base_template(version)))
    assert ask(other, "res.users", "search_count", [])
    databases.drop_database(version, other.name)
    assert not databases.exists(other.name)
    assert ask(copy, "res.users", "search_count", [])


@pytest.mark.parametrize(("days_ago", "is_dropped"), [(14, False), (15, True)])
def test_a_template_that_nobody_copies_any_more_goes(odoo14: Copy, days_ago: int, is_dropped: bool) -> None:
    name = databases.new_name(14, "superseded")
    databases.copy(14, name, templates.base_template(14))
    template = name.replace("t14_", "kam14_")
    databases.seal(name, template)
    postgres.execute(f"COMMENT ON DATABASE {template} IS '{date.today() - timedelta(days=days_ago)}'")
    assert (template in databases.drop_unused(14, 14)) is is_dropped
    assert databases.exists(template) is not is_dropped
    assert databases.exists(templates.base_name(14))
    databases.drop(template)
