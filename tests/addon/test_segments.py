"""On a real Odoo: segments by which customers are grouped, and what a tier is owed beside each of its customers."""

from __future__ import annotations

import pytest

from tests.addon.cast import Cast
from tests.addon.rpc import Refused

pytestmark = [pytest.mark.odoo, pytest.mark.long]
OWED = ("visit_days", "executive_visits", "sla_class", "discount_limit", "credit_factor")


@pytest.mark.requirement("S1-16", "S0-5")
def test_the_customer_shows_what_its_tier_is_owed_and_follows_it(cast: Cast) -> None:
    record = figures_of(cast, "Beta")
    manager = cast.login("li")
    found = manager.read("kam.customer", record, *OWED)
    assert [found[name] for name in OWED] == [30, 1, "B", 0.1, 2.0]
    [gold] = manager.search("kam.tier", [["code", "=", "gold"]])
    manager.write("kam.customer", record, tier_override_id=gold, override_reason="Promised by the board")
    found = manager.read("kam.customer", record, *OWED)
    assert [found[name] for name in OWED] == [14, 4, "A", 0.15, 3.0]
    on_partner = manager.read("res.partner", cast.partners["Beta"], *(f"kam_{name}" for name in OWED))
    assert [on_partner[f"kam_{name}"] for name in OWED] == [14, 4, "A", 0.15, 3.0]
    manager.write("kam.customer", record, tier_override_id=False, override_reason=False)


@pytest.mark.requirement("S2-2", "S0-3")
def test_customers_are_grouped_by_segment_in_the_order_of_the_policy(cast: Cast) -> None:
    ours = ["company_id", "=", cast.company_a]
    groups = cast.login("dir").call("kam.customer", "formatted_read_group", [ours], ["segment_id"], ["__count"])
    assert [(group["segment_id"][1], group["__count"]) for group in groups] == [("Key account", 2), ("Small", 2)]


def test_the_reason_names_the_segment_in_the_readers_language(cast: Cast) -> None:
    record = figures_of(cast, "Alpha")
    read = cast.admin.call("kam.customer", "read", [record], ["segment_reason"])[0]["segment_reason"]
    assert read.startswith("Segment “Key account”: its conditions hold (tier Gold); tier Gold.")
    chinese = cast.admin.call("kam.customer", "read", [record], ["segment_reason"], context={"lang": "zh_CN"})
    assert chinese[0]["segment_reason"].startswith("客户类别“重点客户”：条件全部满足（等级为金牌）；等级“金牌”。")


def test_people_name_a_segment_and_do_not_say_who_is_in_it(cast: Cast) -> None:
    manager = cast.login("li")
    [key] = manager.search("kam.segment", [["code", "=", "key"]])
    manager.write("kam.segment", key, name="Our key accounts")
    with pytest.raises(Refused, match="somebody else keeps them"):
        manager.write("kam.customer", figures_of(cast, "Alpha"), segment_id=False)
    with pytest.raises(Refused, match="somebody else keeps them"):
        manager.write("kam.tier", manager.search("kam.tier", [["code", "=", "gold"]])[0], discount_limit=0.5)
    manager.write("kam.segment", key, name="Key account")


def figures_of(cast: Cast, name: str) -> int:
    found = cast.admin.search(
        "kam.customer", [["partner_id", "=", cast.partners[name]], ["company_id", "=", cast.company_a]]
    )
    return int(found[0])
