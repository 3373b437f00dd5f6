"""The connector's notice to the administrator: one activity, renewed, closed; and nothing else can be done with it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.addon.cast import Cast
from tests.addon.rpc import Refused

pytestmark = [pytest.mark.odoo, pytest.mark.long]

MARK = "(KAM night main)"
MODEL = "kam.notice"


def leave(cast: Cast, who: str = "bot", mark: str = MARK, login: str = "admin", note: str = "<p>Why</p>") -> Any:
    return cast.login(who).call(MODEL, "leave", mark, login, f"The night failed (1) {mark}", note)


def activities(cast: Cast) -> list[dict[str, Any]]:
    fields = ["user_id", "res_model", "res_id", "summary", "note", "create_uid"]
    domain = [["summary", "like", MARK]]
    found: list[dict[str, Any]] = cast.admin.call("mail.activity", "search_read", domain, fields, load="")
    return found


def test_failing_nights_leave_one_activity_and_a_good_one_closes_it(cast: Cast) -> None:
    first = leave(cast)
    assert leave(cast, note="<p>Second night</p>") == first
    [activity] = activities(cast)
    company = cast.admin.read("res.company", cast.company_a, "partner_id")
    assert (activity["res_model"], activity["res_id"]) == ("res.partner", company["partner_id"])
    assert activity["user_id"] == cast.admin.uid
    assert "Second night" in activity["note"]
    assert cast.login("bot").call(MODEL, "settle", MARK, "admin", "Works again") == 1
    assert activities(cast) == []
    assert cast.login("bot").call(MODEL, "settle", MARK, "admin", "Works again") == 0
    fresh = leave(cast)
    assert fresh != first
    assert cast.login("bot").call(MODEL, "settle", MARK, "admin", "") == 1


def test_a_script_in_the_note_is_cut(cast: Cast) -> None:
    leave(cast, note="<p>a</p><script>alert(1)</script><img src=x onerror=alert(1)>")
    [activity] = activities(cast)
    assert "<script" not in activity["note"]
    assert "onerror" not in activity["note"]
    cast.login("bot").call(MODEL, "settle", MARK, "admin", "")


@pytest.mark.parametrize("who", ["anna", "li", "dir", "fin", "out"])
def test_nobody_but_the_connector_may_leave_one(cast: Cast, who: str) -> None:
    with pytest.raises(Refused):
        leave(cast, who)
    with pytest.raises(Refused):
        cast.login(who).call(MODEL, "settle", MARK, "admin", "")
    assert activities(cast) == []


def test_only_activities_with_the_mark_of_a_night_are_touched(cast: Cast) -> None:
    with pytest.raises(Refused):
        leave(cast, mark="(KAM ")
    with pytest.raises(Refused):
        leave(cast, mark="")
    with pytest.raises(Refused):
        leave(cast, login="nobody")
    leave(cast)
    assert cast.login("bot").call(MODEL, "settle", "(KAM night %)", "admin", "") == 0
    assert cast.login("bot").call(MODEL, "settle", "(KAM night mai_)", "admin", "") == 0
    assert cast.login("bot").call(MODEL, "settle", MARK, "admin", "") == 1
