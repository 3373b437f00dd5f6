"""Opening a session: what each step refuses, and that a login is tried once."""

from __future__ import annotations

from typing import Any

import pytest
import requests
import responses

from kam_connector.erp import Session, connect
from kam_connector.erp.versions import DIALECTS, dialect_of, parse_version
from kam_connector.errors import ErpDefect, ErpUnreachable, LoginRefused, SettingsError
from tests.erp.conftest import COMMON, KEY, OBJECT, VERSION_19, access, answer, fault, reply, traceback


def open_session(http: responses.RequestsMock, **user: Any) -> Session:
    row = {"id": 2, "company_ids": [3, 1], "lang": "zh_CN", **user}
    for body, url in ((VERSION_19, COMMON), (2, COMMON), ([row], OBJECT), (1, OBJECT)):
        reply(http, answer(body), url=url)
    return connect(access(), sleep=lambda _: None)


def test_a_session_knows_its_version_user_companies_and_language(http: responses.RequestsMock) -> None:
    session = open_session(http)
    assert (session.version, session.uid, session.capabilities.companies) == ((19, 0), 2, (1, 3))
    assert session.login.lang == "en_US"
    assert session.dialect.group_method == "formatted_read_group"
    assert KEY not in repr(session)


def test_the_users_own_language_is_used_where_english_is_not_installed(http: responses.RequestsMock) -> None:
    row = {"id": 2, "company_ids": [1], "lang": "zh_CN"}
    for body, url in ((VERSION_19, COMMON), (2, COMMON), ([row], OBJECT), (0, OBJECT)):
        reply(http, answer(body), url=url)
    assert connect(access()).login.lang == "zh_CN"


def test_a_refused_login_is_asked_exactly_once(http: responses.RequestsMock) -> None:
    """R-18: a server blocks the address after five."""
    reply(http, answer(VERSION_19), url=COMMON)
    reply(http, answer(False), url=COMMON)
    with pytest.raises(LoginRefused, match=r'login "kam@example.com".*database "production"') as caught:
        connect(access())
    assert len(http.calls) == 2
    assert KEY not in str(caught.value)
    assert "key" in caught.value.next_step


def test_a_login_whose_answer_is_lost_is_not_asked_again(http: responses.RequestsMock) -> None:
    reply(http, answer(VERSION_19), url=COMMON)
    reply(http, requests.ConnectionError("aborted"), url=COMMON)
    with pytest.raises(ErpUnreachable):
        connect(access(), sleep=lambda _: None)
    assert len(http.calls) == 2


def test_a_database_that_is_not_there_is_named(http: responses.RequestsMock) -> None:
    reply(http, answer(VERSION_19), url=COMMON)
    text = traceback('psycopg2.OperationalError: FATAL:  database "production" does not exist')
    reply(http, fault(1, text), url=COMMON)
    with pytest.raises(LoginRefused, match='no database "production"'):
        connect(access())


@pytest.mark.parametrize("told", [{}, "19.0", {"server_version": "19.0"}, {"server_version_info": ["x", "y"]}, 7])
def test_an_xmlrpc_server_that_is_no_odoo_is_named(http: responses.RequestsMock, told: Any) -> None:
    reply(http, answer(told), url=COMMON)
    with pytest.raises(ErpDefect, match="does not tell a version"):
        connect(access())


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
    session = open_session(http)
    reply(http, answer({"name": {"type": "char", "store": True}}))
    reply(http, answer([{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]))
    pages = session.pages("res.partner", [], ["name"], after_id=5, limit=2)
    assert len(next(pages)) == 2
    with pytest.raises(ErpDefect, match="after id 5"):
        next(pages)
