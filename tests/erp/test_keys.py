"""When the key ends: told by the server, else kept with the settings; warned of two weeks ahead."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import responses

from kam_connector.erp import Check, Session, key_expiry
from kam_connector.erp.checks import _key
from tests.erp.test_choosing import API_KEY, NAMED, VERSION, admit, opened, version_page
from tests.erp.tongues import JSON2, JSONRPC, reply

TODAY = dt.datetime.now(dt.UTC).date()


def session_with(http: responses.RequestsMock, *ends: Any, **changes: Any) -> Session:
    """A session whose server tells these ends of our keys."""
    reply(http, version_page(19), url=VERSION, method="GET")
    admit(http, JSON2)
    stored = {"scope": {"type": "char", "store": True}, "expiration_date": {"type": "datetime", "store": True}}
    reply(http, JSON2.answer(stored), url=NAMED)
    rows = [{"id": at, "scope": False, "expiration_date": end and f"{end} 23:59:59"} for at, end in enumerate(ends, 1)]
    reply(http, JSON2.answer(rows), url=NAMED)
    return opened(key=API_KEY, **changes)


def days(count: int) -> dt.date:
    return TODAY + dt.timedelta(days=count)


@pytest.mark.parametrize(
    ("ends", "kept", "known"),
    [
        ([days(30)], None, days(30)),
        ([days(30)], days(5), days(30)),
        ([False], days(5), None),
        ([days(30), days(60)], None, days(30)),
        ([days(30), days(60)], days(60), days(60)),
        ([days(-3), days(60)], None, days(60)),
        ([False, days(60)], None, days(60)),
        ([], days(5), days(5)),
        ([], None, None),
    ],
)
def test_the_end_is_the_servers_where_it_is_clear_else_the_kept_one(
    http: responses.RequestsMock, ends: list[Any], kept: dt.date | None, known: dt.date | None
) -> None:
    assert key_expiry(session_with(http, *ends, key_expires=kept)) == known


def test_a_password_has_no_end_but_the_kept_one(http: responses.RequestsMock) -> None:
    reply(http, version_page(19), url=VERSION, method="GET")
    admit(http, JSONRPC)
    assert key_expiry(opened()) is None
    assert len(http.calls) == 4


@pytest.mark.parametrize(("left", "ok"), [(15, True), (14, True), (13, False), (0, False)])
def test_r18_the_doctor_warns_two_weeks_ahead(http: responses.RequestsMock, left: int, ok: bool) -> None:
    today = dt.datetime.now(dt.UTC).date()  # by now it may be past midnight
    [check] = list(_key(session_with(http, today + dt.timedelta(days=left))))
    assert isinstance(check, Check)
    assert (check.name, check.ok) == ("key", ok)
    assert f"in {left} days" in str(check.detail)
    assert ("rotate-key" in str(check.next_step)) == (not ok)
