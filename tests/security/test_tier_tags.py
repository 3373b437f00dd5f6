"""What `kam erp prepare` makes for tags and levels: nothing without being asked, tags below one parent a company."""

from __future__ import annotations

import pytest

from kam_connector.erp_setup import NamedTier, Wanted, tier_tags
from kam_connector.erp_setup.pieces import ADDON_GROUP, Made, Piece, XmlId, pieces
from kam_connector.erp_setup.unpreparing import ORDER

GOLD = NamedTier("gold", {"en": "Gold", "zh_CN": "金牌", "zh_TW": "金牌"}, 3)


def made(wanted: Wanted, *, has_addon: bool) -> dict[str, Piece]:
    return {piece.name: piece for piece in pieces(wanted, (19, 0), has_addon=has_addon, has_key_length=True)}


@pytest.mark.parametrize("has_addon", [True, False])
def test_without_the_places_nothing_of_them_is_made(has_addon: bool) -> None:
    names = made(Wanted("svc", (1,)), has_addon=has_addon)
    assert not any(name.startswith("tag_") for name in names)
    assert ("access_res_partner" in names) is (not has_addon)


def test_with_the_addon_the_right_to_write_customers_comes_with_its_rule() -> None:
    found = made(Wanted("svc", (1,), on_partners=True), has_addon=True)
    assert list(found)[-3:] == ["user", "access_res_partner", "rule_res_partner"]
    assert "access_res_partner" not in made(Wanted("svc", (1,)), has_addon=True)
    assert found["access_res_partner"].values["group_id"] == XmlId(ADDON_GROUP)
    assert found["access_res_partner"].values["perm_write"] is True
    assert found["access_res_partner"].values["perm_create"] is False


def test_one_company_has_one_parent_and_several_have_one_each() -> None:
    alone = list(tier_tags({1: "First"}, (GOLD,)))
    assert [(tag.tier, tag.names["en"]) for tag in alone] == [("", "Key account"), ("gold", "Gold")]
    several = list(tier_tags({1: "First", 2: "Second"}, (GOLD,)))
    assert [tag.names["en"] for tag in several if not tag.tier] == ["Key account: First", "Key account: Second"]
    assert several[0].names["zh_CN"] == "大客户：First"


def test_tags_come_after_their_parent_and_go_with_the_rest() -> None:
    wanted = Wanted("svc", (1,), tuple(tier_tags({1: "First"}, (GOLD,))), on_partners=True)
    found = made(wanted, has_addon=False)
    assert list(found)[:2] == ["tag_1", "tag_1_gold"]
    assert found["tag_1_gold"].values == {"name": "Gold", "color": 3, "parent_id": Made("tag_1")}
    assert found["tag_1_gold"].titles["zh_CN"] == {"name": "金牌"}
    assert {piece.model for piece in found.values()} <= set(ORDER)
