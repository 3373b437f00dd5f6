"""One database for all tests of this folder, one browser, one window for each person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from rig import chromium as debian
from rig.errors import RigError

from tests.addon import odoo
from tests.addon.cast import Cast
from tests.browser.pages import Person, log_in
from tests.conftest import missing


@pytest.fixture(scope="session")
def odoo19_office() -> Iterator[Cast]:
    """The people and their customers; the connector has run once. Dir, the director, reads Chinese."""
    for cast in odoo.copied_cast():
        cast.admin.write("res.users", cast.users["dir"], lang="zh_CN")
        yield cast


@pytest.fixture(scope="session")
def chromium_browser() -> Iterator[Any]:
    """A running Chromium without a window."""
    try:
        path = debian.install()
    except RigError as error:
        missing(f"there is no Chromium: {error}")
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as player:
        browser = player.chromium.launch(executable_path=path, args=list(debian.FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def chromium_people(chromium_browser: Any, odoo19_office: Cast) -> Callable[[str], Person]:
    """Logs a person in once and gives the same window again."""
    people: dict[str, Person] = {}

    def find(name: str) -> Person:
        if name not in people:
            admin = odoo19_office.admin
            people[name] = log_in(chromium_browser, admin.url, admin.database, name)
        return people[name]

    return find


@pytest.fixture
def cast(odoo19_office: Cast) -> Cast:
    """The people and their customers."""
    return odoo19_office


@pytest.fixture
def anna(chromium_people: Callable[[str], Person]) -> Person:
    """Anna, a salesperson."""
    return chromium_people("anna")


@pytest.fixture
def fin(chromium_people: Callable[[str], Person]) -> Person:
    """Fin, the accountant."""
    return chromium_people("fin")


@pytest.fixture
def director(chromium_people: Callable[[str], Person]) -> Person:
    """Dir, the director, who reads Chinese."""
    return chromium_people("dir")
