"""Marks of an appraisal on real Odoo 19: who rates whom, when a person reads the own ones, what stays fixed."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from tests.addon.cast import Cast
from tests.addon.rpc import Refused

pytestmark = [pytest.mark.odoo, pytest.mark.long]
MODEL, TARGET = "kam.appraisal.mark", "kam.target"
_YEARS = count(2031)


def item(cast: Cast, code: str) -> int:
    return cast.admin.xml_id(f"kam_connector.kam_appraisal_item_{code}")


def values(cast: Cast, name: str, **more: Any) -> dict[str, Any]:
    """A mark of a period of its own."""
    given = {"person_id": cast.users[name], "period": str(next(_YEARS)), "item_id": item(cast, "results"), "mark": 4.0}
    return {**given, **more}


@pytest.fixture
def given(cast: Cast) -> int:
    """Li has marked Anna; nothing is released."""
    return cast.login("li").create(MODEL, **values(cast, "anna", note="The tender of May."))


@pytest.mark.requirement("S4-28", "S4-31", "S2-40")
def test_the_manager_rates_and_the_person_reads_it_once_it_is_released(cast: Cast) -> None:
    li, anna = cast.login("li"), cast.login("anna")
    number = li.create(MODEL, **values(cast, "anna"))
    told = li.read(MODEL, number, "rated_by_id", "rated_on", "state", "item", "released_on")
    assert (told["rated_by_id"], told["state"], told["item"]) == (cast.users["li"], "draft", "results")
    assert (bool(told["rated_on"]), told["released_on"]) == (True, False)
    assert anna.search(MODEL, [["id", "=", number]]) == []
    li.call(MODEL, "action_release", [number])
    assert anna.read(MODEL, number, "mark", "state") == {"id": number, "mark": 4.0, "state": "released"}
    assert li.read(MODEL, number, "released_on")["released_on"]
    li.call(MODEL, "action_take_back", [number])
    assert anna.search(MODEL, [["id", "=", number]]) == []


def test_nobody_is_told_of_a_draft(cast: Cast, given: int) -> None:
    partner = cast.admin.read("res.users", cast.users["anna"], "partner_id")["partner_id"]
    domain = [["res_model", "=", MODEL], ["res_id", "=", given], ["partner_id", "=", partner]]
    assert cast.admin.search("mail.followers", domain) == []


def test_others_do_not_read_it(cast: Cast, given: int) -> None:
    cast.login("li").call(MODEL, "action_release", [given])
    for person in ("anna", "li", "dir", "bot"):
        assert cast.login(person).search(MODEL, [["id", "=", given]]) == [given], person
    for person in ("bo", "cara"):
        assert cast.login(person).search(MODEL, [["id", "=", given]]) == [], person
    for person in ("fin", "finb", "out"):
        with pytest.raises(Refused):
            cast.login(person).search(MODEL, [])


def test_a_manager_rates_the_own_team_only_and_a_director_all_others(cast: Cast, given: int) -> None:
    with pytest.raises(Refused):
        cast.login("li").create(MODEL, **values(cast, "cara"))
    with pytest.raises(Refused):
        cast.login("li").write(MODEL, given, person_id=cast.users["cara"])
    for person in ("anna", "fin", "bot", "out"):
        with pytest.raises(Refused):
            cast.login(person).create(MODEL, **values(cast, "bo"))
    for name in ("anna", "cara", "li"):
        assert cast.login("dir").create(MODEL, **values(cast, name))


def test_nobody_rates_himself(cast: Cast, given: int) -> None:
    for person in ("li", "dir"):  # li is a member of the team that she leads
        with pytest.raises(Refused):
            cast.login(person).create(MODEL, **values(cast, person))
        with pytest.raises(Refused):
            cast.login(person).write(MODEL, given, person_id=cast.users[person])
    own = cast.login("dir").create(MODEL, **values(cast, "li"))
    li = cast.login("li")
    assert li.search(MODEL, [["id", "=", own]]) == []
    cast.login("dir").call(MODEL, "action_release", [own])
    assert li.read(MODEL, own, "mark")["mark"] == 4.0
    with pytest.raises(Refused, match="Nobody rates himself"):
        li.call(MODEL, "action_take_back", [own])


@pytest.mark.parametrize(
    "typed",
    [{"rated_by_id": 1}, {"rated_on": "2020-01-01"}, {"state": "released"}, {"released_on": "2020-01-01"}],
)  # fmt: skip
def test_who_rated_when_and_whether_it_is_released_is_not_typed(cast: Cast, given: int, typed: dict[str, Any]) -> None:
    with pytest.raises(Refused, match=f"cannot write {next(iter(typed))}"):
        cast.login("li").create(MODEL, **values(cast, "anna"), **typed)
    with pytest.raises(Refused, match=f"cannot write {next(iter(typed))}"):
        cast.login("li").write(MODEL, given, **typed)


def test_a_default_of_the_context_signs_nothing(cast: Cast) -> None:
    li = cast.login("li", default_rated_by_id=cast.users["bo"], default_state="released")
    number = li.create(MODEL, **values(cast, "anna"))
    told = li.read(MODEL, number, "rated_by_id", "state", "released_on")
    assert told == {"id": number, "rated_by_id": cast.users["li"], "state": "draft", "released_on": False}


def test_a_released_mark_stays_and_a_change_is_signed_anew(cast: Cast, given: int) -> None:
    cast.login("dir").write(MODEL, given, mark=3.0)
    assert cast.login("li").read(MODEL, given, "rated_by_id")["rated_by_id"] == cast.users["dir"]
    cast.login("li").call(MODEL, "action_release", [given])
    with pytest.raises(Refused, match="Take it back first"):
        cast.login("li").write(MODEL, given, mark=5.0)
    for person in ("li", "dir", "anna"):
        with pytest.raises(Refused):
            cast.login(person).call(MODEL, "unlink", [given])


def test_one_mark_for_a_person_item_and_period_and_none_below_zero(cast: Cast) -> None:
    li, mine = cast.login("li"), values(cast, "anna")
    li.create(MODEL, **mine)
    with pytest.raises(Refused, match="has a mark for this item and period already"):
        li.create(MODEL, **mine)
    with pytest.raises(Refused, match="not below zero"):
        li.create(MODEL, **values(cast, "anna", mark=-1.0))


def test_a_period_is_one_and_has_no_blanks(cast: Cast) -> None:
    li = cast.login("li")
    number = li.create(MODEL, **values(cast, "anna", period=" 2029-Q1 "))
    assert li.read(MODEL, number, "period")["period"] == "2029-Q1"
    for text in ("June", "2026-13", "2026-q1"):
        with pytest.raises(Refused, match="is not a period"):
            li.create(MODEL, **values(cast, "anna", period=text))
    for nothing in ("", False):
        with pytest.raises(Refused, match=r"is not a period|required"):
            li.write(MODEL, number, period=nothing)
    goal = {"user_id": cast.users["anna"], "kind": "margin", "date_from": "2029-06-01", "date_to": "2029-06-30"}
    target = li.create(TARGET, **goal, period=" 2029-06 ")
    assert li.read(TARGET, target, "period")["period"] == "2029-06"
    with pytest.raises(Refused, match="is not a period"):
        li.write(TARGET, target, period="June")


def test_what_a_released_mark_is_for_cannot_be_changed_behind_it(cast: Cast, given: int) -> None:
    """Marks count by the item's code: neither the copy of it in the mark nor the item's own is typed over."""
    li = cast.login("li")
    li.call(MODEL, "action_release", [given])
    for person in ("li", "dir"):
        with pytest.raises(Refused, match="item"):
            cast.login(person).write(MODEL, given, item="attitude")
    with pytest.raises(Refused, match="item"):
        li.create(MODEL, **values(cast, "anna"), item="attitude")
    [made] = li.call(MODEL, "create", [values(cast, "anna")], context={"default_item": "attitude"})
    assert li.read(MODEL, made, "item")["item"] == "results"
    with pytest.raises(Refused, match="Marks count by the code results"):
        li.write("kam.appraisal.item", item(cast, "results"), code="output")
    li.write("kam.appraisal.item", item(cast, "results"), name="Outcome", code="results")
    spare = li.create("kam.appraisal.item", code="spare", name="Spare")
    li.write("kam.appraisal.item", spare, code="other")
    assert li.read(MODEL, given, "item")["item"] == "results"


def test_who_has_left_the_team_is_its_leaders_no_more_and_who_has_left_the_company_is(cast: Cast, given: int) -> None:
    """Odoo archives the membership of both: marks, pay and targets."""
    li, anna = cast.login("li"), cast.users["anna"]
    goal = {"user_id": anna, "kind": "margin", "date_from": "2029-07-01", "date_to": "2029-07-31", "period": "2029-07"}
    target = cast.admin.create(TARGET, **goal)
    theirs = {MODEL: [["id", "=", given]], "kam.payout": [["payee_id", "=", anna]], TARGET: [["id", "=", target]]}
    [member] = cast.admin.search("crm.team.member", [["user_id", "=", anna]])
    assert all(li.search(model, domain) for model, domain in theirs.items())
    cast.admin.write("crm.team.member", member, active=False)
    try:
        assert [model for model, domain in theirs.items() if li.search(model, domain)] == []
        with pytest.raises(Refused):
            li.create(MODEL, **values(cast, "anna"))
        cast.admin.write("res.users", anna, active=False)
        assert all(li.search(model, domain) for model, domain in theirs.items())
    finally:
        cast.admin.write("res.users", anna, active=True)
        cast.admin.write("crm.team.member", member, active=True)
