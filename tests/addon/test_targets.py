"""How far targets are reached, on real Odoo 19: who reads it, who writes it, and when it says nothing any more."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from tests.addon.cast import Cast
from tests.addon.rpc import Refused

pytestmark = [pytest.mark.odoo, pytest.mark.long]
MODEL = "kam.target"
REACHED = {"actual": 920.0, "is_measured": True, "as_of": "2027-06-30"}
_YEARS = count(2041)


def goal(cast: Cast, name: str = "anna", **more: Any) -> dict[str, Any]:
    """The values of a target of 1,000 in a year of its own."""
    year = next(_YEARS)
    given = {"user_id": cast.users[name], "period": str(year), "date_from": f"{year}-01-01", "date_to": f"{year}-12-31"}
    return {**given, "kind": "revenue", "amount": 1000.0, **more}


def counted(cast: Cast, number: int, **values: Any) -> dict[str, Any]:
    """The answer of the endpoint to what was reached of the target."""
    told = cast.admin.read(MODEL, number, "kam_key", "kam_version")
    row = {**cast.row(told["kam_key"], **(values or REACHED)), "id": number, "version": told["kam_version"]}
    [answer] = cast.apply(MODEL, row)
    return answer


@pytest.mark.requirement("S0-11")
def test_a_person_reads_the_own_attainment_and_a_second_count_writes_nothing(cast: Cast) -> None:
    number = cast.login("li").create(MODEL, **goal(cast))
    assert counted(cast, number)["status"] == "updated"
    assert cast.login("anna").read(MODEL, number, "actual", "attainment", "as_of") == {
        "id": number, "actual": 920.0, "attainment": 92.0, "as_of": "2027-06-30",
    }  # fmt: skip
    assert counted(cast, number)["status"] == "unchanged"
    for person, sees in (("bo", False), ("cara", False), ("li", True), ("dir", True), ("fin", True)):
        assert bool(cast.login(person).search(MODEL, [["id", "=", number]])) == sees, person


@pytest.mark.requirement("S0-11")
def test_the_teams_people_read_what_it_reached_and_others_do_not(cast: Cast) -> None:
    [north] = cast.admin.search("crm.team", [["name", "=", "North"]])
    number = cast.login("li").create(MODEL, **goal(cast, user_id=False, team_id=north))
    counted(cast, number)
    assert cast.login("bo").read(MODEL, number, "attainment")["attainment"] == 92.0
    assert cast.login("cara").search(MODEL, [["id", "=", number]]) == []


@pytest.mark.parametrize("name", sorted(REACHED))
@pytest.mark.parametrize("person", ["li", "dir"])
def test_nobody_writes_a_count_by_hand(cast: Cast, person: str, name: str) -> None:
    login, value = cast.login(person), REACHED[name]
    with pytest.raises(Refused, match=name):
        login.create(MODEL, **goal(cast, **{name: value}))
    number = login.create(MODEL, **goal(cast))
    with pytest.raises(Refused, match=name):
        login.write(MODEL, number, **{name: value})
    with pytest.raises(Refused):
        login.write(MODEL, number, attainment=120.0)


def test_another_amount_moves_the_attainment_and_another_meaning_empties_it(cast: Cast) -> None:
    li = cast.login("li")
    number = li.create(MODEL, **goal(cast))
    counted(cast, number)
    li.write(MODEL, number, amount=800.0)
    assert li.read(MODEL, number, "attainment", "is_measured") == {
        "id": number,
        "attainment": 115.0,
        "is_measured": True,
    }
    li.write(MODEL, number, amount=0.0)
    assert li.read(MODEL, number, "attainment")["attainment"] == 0.0
    li.write(MODEL, number, kind="collection")
    assert li.read(MODEL, number, "actual", "is_measured", "as_of") == {
        "id": number, "actual": 0.0, "is_measured": False, "as_of": False,
    }  # fmt: skip


def test_a_copy_is_not_counted(cast: Cast) -> None:
    number = cast.login("li").create(MODEL, **goal(cast))
    counted(cast, number)
    [copy] = cast.login("li").call(MODEL, "copy", [number])
    assert cast.login("li").read(MODEL, copy, "actual", "is_measured")["is_measured"] is False


def test_the_mean_attainment_leaves_out_what_is_not_counted_or_is_zero(cast: Cast) -> None:
    li = cast.login("li")
    one, later, none = (li.create(MODEL, **goal(cast, amount=amount)) for amount in (1000.0, 1000.0, 0.0))
    counted(cast, one)
    counted(cast, none)

    def mean(*numbers: int) -> Any:
        [group] = li.call(MODEL, "formatted_read_group", [["id", "in", numbers]], [], ["attainment:avg", "__count"])
        return group["__count"], group["attainment:avg"]

    assert mean(one, later, none) == (3, 92.0)
    number, nothing = mean(later, none)
    assert number == 2
    assert not nothing


def test_a_target_made_by_hand_stays_the_persons_after_a_count(cast: Cast) -> None:
    director = cast.login("dir")
    number = director.create(MODEL, **goal(cast))
    assert counted(cast, number)["status"] == "updated"
    director.write(MODEL, number, company_id=cast.company_a)
    assert director.read(MODEL, number, "is_measured")["is_measured"] is False
    [answer] = cast.apply(MODEL, cast.row("target:user:imported", **goal(cast)))
    with pytest.raises(Refused, match="company_id"):
        director.write(MODEL, answer["id"], company_id=cast.company_a)
