"""Real Odoo servers with the sample company, and a place from which `kam` reaches each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import first_of, missing
from tests.runs import nights


@dataclass(frozen=True, slots=True)
class Company:
    """A fresh copy of the sample company on a real server."""

    version: int
    database: str
    url: str

    def place(self, home: Path) -> nights.Place:
        return nights.at(home, self.url, self.database, "admin", "admin")

    def query(self, sql: str, *parameters: Any) -> list[dict[str, Any]]:
        from rig import databases

        return databases.query(self.version, self.database, sql, list(parameters))


def copies(version: int, size: str = "small") -> Iterator[Company]:
    """One fresh database; on 19 with the addon."""
    from rig import checks, databases, sample, servers
    from rig.errors import RigError

    reason = checks.why_not(version, ask_network=True)
    if reason:
        missing(reason)
    try:
        template = sample.sample_template(version, size, with_addon=version == 19)
        database = databases.fresh_database(version, template)
        url = servers.ensure(version).url
    except RigError as error:
        missing(" ".join(str(error).split()))
    try:
        yield Company(version, database, url)
    finally:
        databases.drop_database(version, database)


@pytest.fixture(scope="module")
def odoo19() -> Iterator[Company]:
    yield from copies(19)


@pytest.fixture(scope="module")
def odoo14() -> Iterator[Company]:
    yield from copies(14)


@pytest.fixture(scope="module", params=first_of(["odoo19", "odoo14"]))
def odoo(request: pytest.FixtureRequest) -> Company:
    """Each real server in turn."""
    company: Company = request.getfixturevalue(request.param)
    return company
