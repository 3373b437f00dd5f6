"""Real servers that `kam erp prepare` has prepared: 19 with the addon, 19 and 14 without it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from kam_connector import sample
from kam_connector.sample.company import SampleCompany
from tests.conftest import first_of, missing
from tests.runs import nights
from tests.security.desk import ADMIN, SERVICE, Desk

KINDS = first_of(["odoo19_addon", "odoo19", "odoo14"])


@pytest.fixture(scope="session")
def small_company() -> SampleCompany:
    """The sample company that the sandbox serves."""
    return sample.build("small", date(2026, 6, 30))


def desks(kind: str, home: pytest.TempPathFactory) -> Iterator[Desk]:
    """A fresh copy of the small sample company, not prepared yet."""
    from rig import checks, databases, sample, servers
    from rig.errors import RigError

    version = 14 if kind == "odoo14" else 19
    reason = checks.why_not(version, ask_network=True)
    if reason:
        missing(reason)
    try:
        template = sample.sample_template(version, "small", with_addon=kind == "odoo19_addon")
        database = databases.fresh_database(version, template)
        url = servers.ensure(version).url
    except RigError as error:
        missing(" ".join(str(error).split()))
    try:
        keys = {"KAM_ERP_URL": url, "KAM_ERP_DATABASE": database, "KAM_ERP_LOGIN": SERVICE}
        place = nights.Place(home.mktemp(kind), keys)
        yield Desk(kind, version, database, url, place)
    finally:
        databases.drop_database(version, database)


def prepared(kind: str, home: pytest.TempPathFactory) -> Iterator[Desk]:
    """The same, prepared by its administrator."""
    for desk in desks(kind, home):
        done = desk.as_admin("erp", "prepare", "--admin", ADMIN, "--login", SERVICE, "--yes")
        assert done.returncode == 0, done.stderr
        yield desk


@pytest.fixture(scope="module", params=KINDS)
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Each prepared server in turn."""
    yield from prepared(request.param, tmp_path_factory)


@pytest.fixture(scope="module", params=KINDS)
def bare(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Each server in turn, before anybody has prepared it."""
    yield from desks(request.param, tmp_path_factory)
