"""What is learned from a complaint on a real Odoo 19: whose words they are, who adds a cause, how a case begins."""

from __future__ import annotations

import pytest

from tests.addon.cast import Cast
from tests.addon.rpc import Refused

pytestmark = [pytest.mark.odoo, pytest.mark.long]
MODEL, CAUSE = "kam.complaint", "kam.complaint.cause"
NAMES = ("cause_id", "first_contact", "improvement", "improvement_user_id")


@pytest.fixture
def material(cast: Cast) -> int:
    return cast.admin.xml_id("kam_connector.kam_complaint_cause_material")


def complain(cast: Cast) -> int:
    return cast.login("anna").create(MODEL, partner_id=cast.partners["Alpha"], received_at="2026-06-01 08:00:00")


@pytest.mark.requirement("S4-72")
def test_whoever_works_on_a_case_says_what_it_teaches_and_the_connector_never_does(cast: Cast, material: int) -> None:
    case, anna = complain(cast), cast.login("anna")
    said = {"cause_id": material, "first_contact": "no", "improvement": "Thicker boxes",
            "improvement_user_id": cast.users["li"]}  # fmt: skip
    anna.write(MODEL, case, **said)
    assert anna.read(MODEL, case, *NAMES) == {"id": case, **said}
    [answer] = cast.apply(MODEL, cast.row(f"{MODEL},{case}", cause_id=False, improvement="Ours", severity="high"))
    assert answer["status"] == "updated"
    assert anna.read(MODEL, case, *NAMES, "severity") == {"id": case, **said, "severity": "high"}
    for name, value in said.items():
        with pytest.raises(Refused):
            cast.login("bot").write(MODEL, case, **{name: value})


def test_a_case_that_continues_another_begins_without_its_cause(cast: Cast, material: int) -> None:
    case = complain(cast)
    cast.admin.write(MODEL, case, cause_id=material, first_contact="yes", improvement="Thicker boxes")
    copy = cast.admin.call(MODEL, "copy", [case])[0]
    assert cast.admin.read(MODEL, copy, *NAMES[:3]) == {"id": copy, **dict.fromkeys(NAMES[:3], False)}


def test_a_manager_adds_a_cause_and_nobody_has_two_of_one_code(cast: Cast) -> None:
    number = cast.login("li").create(CAUSE, code="tools", name="Worn tools")
    assert cast.login("anna").read(CAUSE, number, "name")["name"] == "Worn tools"
    with pytest.raises(Refused, match="There is a cause with this code already"):
        cast.login("dir").create(CAUSE, code="tools", name="Tools")
    for name in ("anna", "fin", "bot", "out"):
        with pytest.raises(Refused):
            cast.login(name).create(CAUSE, code=f"of.{name}", name="Mine")
    for name in ("li", "dir", "fin", "bot"):
        with pytest.raises(Refused):
            cast.login(name).call(CAUSE, "unlink", [number])


def test_shipped_causes_are_read_in_the_readers_language(cast: Cast, material: int) -> None:
    assert cast.login("dir", lang="zh_CN").read(CAUSE, material, "name")["name"] == "材料"


def test_the_causes_have_list_form_and_search_views_and_a_case_is_found_by_its_cause(cast: Cast, material: int) -> None:
    views = cast.admin.call("ir.ui.view", "search_read", [["model", "=", CAUSE]], ["type"])
    assert {"list", "form", "search"} <= {view["type"] for view in views}
    case = complain(cast)
    cast.admin.write(MODEL, case, cause_id=material)
    groups = cast.login("anna").call(MODEL, "formatted_read_group", [["id", "=", case]], ["cause_id"], ["__count"])
    assert [(group["cause_id"][0], group["__count"]) for group in groups] == [(material, 1)]
