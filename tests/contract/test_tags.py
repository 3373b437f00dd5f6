"""Tags of partners: one added and one taken away at a time, found by their XML id; the same on every server."""

from __future__ import annotations

import pytest

from kam_connector.errors import ErpDefect
from tests.contract.conftest import Place


def test_a_tag_is_added_and_taken_away_and_the_others_stay(erp: Place) -> None:
    gold, silver, own = erp.session.create("res.partner.category", [{"name": name} for name in ("G", "S", "VIP")])
    partner, other = erp.partners({"category_id": [[6, 0, [silver, own]]]}, {})
    erp.session.write("res.partner", [partner, other], {"category_id": [[4, gold], [3, silver]]})
    rows = {
        row["id"]: set(row["category_id"]) for row in erp.session.read("res.partner", [partner, other], ["category_id"])
    }
    assert rows == {partner: {gold, own}, other: {gold}}
    assert erp.session.search_ids("res.partner", [("category_id", "in", [gold])]) == sorted((partner, other))
    assert erp.session.search_ids("res.partner", [("category_id", "in", [silver])]) == []


def test_who_carries_a_tag_is_asked_by_its_name_archived_ones_too(erp: Place) -> None:
    dealer, shop = (erp.unique(name) for name in ("Dealer", "Shop"))
    one, other = erp.session.create("res.partner.category", [{"name": dealer}, {"name": shop}])
    both, gone, last, _ = erp.partners(
        {"category_id": [[6, 0, [one, other]]]}, {"category_id": [[6, 0, [one]]], "active": False},
        {"category_id": [[6, 0, [other]]]}, {},
    )  # fmt: skip
    assert erp.session.search_ids("res.partner", [("category_id.name", "=", dealer)]) == sorted((both, gone))
    assert erp.session.search_ids("res.partner", [("category_id.name", "=", shop)]) == sorted((both, last))
    assert erp.session.search_ids("res.partner", [("category_id.name", "=", erp.unique("Nobody"))]) == []


def test_a_tag_is_found_by_its_xml_id_and_one_that_is_not_there_is_said(erp: Place) -> None:
    tag = erp.session.create("res.partner.category", [{"name": erp.unique("Gold")}])[0]
    name = f"tag_{tag}_{erp.name.replace('-', '_')}"
    row = {"module": "kam_external", "name": name, "model": "res.partner.category", "res_id": tag}
    erp.session.create("ir.model.data", [row])
    found = erp.session.call("ir.model.data", "check_object_reference", "kam_external", name)
    assert list(found) == ["res.partner.category", tag]
    with pytest.raises(ErpDefect, match="External ID not found"):
        erp.session.call("ir.model.data", "check_object_reference", "kam_external", "tag_0_nobody")
