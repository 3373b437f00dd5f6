"""Versions in all their forms, and pages of a session that never end."""

from __future__ import annotations

from typing import Any

import pytest
import responses

from kam_connector.erp.versions import DIALECTS, dialect_of, parse_version
from kam_connector.errors import ErpDefect, SettingsError
from tests.erp.test_choosing import API_KEY, NAMED, VERSION, admit, opened, version_page
from tests.erp.tongues import JSON2, reply


@pytest.mark.parametrize(
    ("info", "version"),
    [
        ([19, 0, 0, "final", 0, ""], (19, 0)),
        ([14, 0, 0, "final", 0, "e"], (14, 0)),
        (["saas~18", 2, 0, "final", 0, "e"], (18, 2)),
    ],
)
def test_versions_are_read_in_all_their_forms(info: list[Any], version: tuple[int, int]) -> None:
    assert parse_version(info) == version


@pytest.mark.parametrize(
    ("version", "load", "groups", "access_method", "receivable"),
    [
        ((14, 0), False, "read_group", "check_access_rights", "internal_type"),
        ((15, 0), True, "read_group", "check_access_rights", "internal_type"),
        ((16, 0), True, "read_group", "check_access_rights", "account_type"),
        ((17, 0), True, "read_group", "check_access_rights", "account_type"),
        ((18, 2), True, "read_group", "has_access", "account_type"),
        ((19, 0), True, "formatted_read_group", "has_access", "account_type"),
        ((19, 2), True, "formatted_read_group", "has_access", "account_type"),
    ],
)
def test_each_version_is_asked_in_its_own_words(
    version: tuple[int, int], load: bool, groups: str, access_method: str, receivable: str
) -> None:
    dialect = dialect_of(version)
    assert (dialect.search_read_load, dialect.group_method, dialect.access_method) == (load, groups, access_method)
    assert dialect.receivable[0] == receivable


def test_odoo_13_is_too_old() -> None:
    with pytest.raises(SettingsError, match=r"Odoo 13\.0; kam-connector needs 14\.0"):
        dialect_of((13, 0))


def test_the_table_of_versions_rises() -> None:
    since = [dialect.since for dialect in DIALECTS]
    assert since == sorted(set(since))


def test_pages_that_never_rise_end_in_a_defect_and_not_in_an_endless_loop(http: responses.RequestsMock) -> None:
    """R-95."""
    reply(http, version_page(19), url=VERSION, method="GET")
    admit(http, JSON2)
    reply(http, JSON2.answer({"name": {"type": "char", "store": True}}), url=NAMED)
    reply(http, JSON2.answer([{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]), url=NAMED)
    pages = opened(key=API_KEY).pages("res.partner", [], ["name"], after_id=5, limit=2)
    assert len(next(pages)) == 2
    with pytest.raises(ErpDefect, match="after id 5"):
        next(pages)
