"""Pages, domains, values and groups: the same rows from every server."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest

from kam_connector.errors import AccessRefused, ErpDefect
from tests.contract.conftest import Place

HOSTILE = "=cmd|' /C calc'!A0 <b>&amp;\"\\ \t end]]> 客户 🎈"


@pytest.fixture(scope="session")
def family(erp: Place) -> dict[str, int]:
    """Six partners by short names: ranks 1 to 5, one archived, one contact, one without a reference."""
    parent = erp.partners({"ref": "R-a", "is_company": True, "customer_rank": 1, "company_id": erp.companies[0]})[0]
    rows: list[dict[str, Any]] = [
        {"ref": "R-b", "customer_rank": 2, "company_id": erp.companies[1]},
        {"ref": "R-c", "customer_rank": 3, "parent_id": parent, "is_company": False},
        {"customer_rank": 4},
        {"ref": "R-e", "customer_rank": 5, "active": False},
        {"customer_rank": 1},
    ]
    return dict(zip("abcdef", [parent, *erp.partners(*rows)], strict=True))


def names(family: dict[str, int], ids: Sequence[int]) -> str:
    return "".join(name for name, row_id in family.items() if row_id in ids)


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ([], "abcdef"),
        ([["ref", "=", "R-a"]], "a"),
        ([["ref", "!=", "R-a"]], "bcdef"),
        ([["ref", "=", False]], "df"),
        ([["ref", "!=", False]], "abce"),
        ([["ref", "in", ["R-a", "R-b"]]], "ab"),
        ([["ref", "in", ["R-a", False]]], "adf"),
        ([["ref", "not in", ["R-a", "R-b"]]], "cdef"),
        ([["ref", "in", []]], ""),
        ([["ref", "not in", []]], "abcdef"),
        ([["customer_rank", ">", 3]], "de"),
        ([["customer_rank", ">=", 3]], "cde"),
        ([["customer_rank", "<", 2]], "af"),
        ([["customer_rank", "<=", 2]], "abf"),
        (["|", ["ref", "=", "R-a"], ["customer_rank", "=", 5]], "ae"),
        (["&", ["customer_rank", ">", 1], ["customer_rank", "<", 4]], "bc"),
        (["!", ["ref", "=", "R-a"]], "bcdef"),
        (["!", "|", ["ref", "=", "R-a"], ["ref", "=", "R-b"]], "cdef"),
        ([["is_company", "=", True]], "a"),
        ([["active", "=", False]], "e"),
        ([["parent_id", "!=", False]], "c"),
        ([["parent_id.ref", "=", "R-a"]], "c"),
        ([["parent_id.ref", "in", ["R-a", "R-x"]]], "c"),
        ([["commercial_partner_id.is_company", "=", True]], "ac"),
        ([["write_date", ">=", "2020-01-01 00:00:00"]], "abcdef"),
        ([["write_date", "<", "2020-01-01 00:00:00"]], ""),
    ],
)
def test_a_domain_finds_the_same_rows(erp: Place, family: dict[str, int], domain: list[Any], expected: str) -> None:
    found = erp.session.search_ids("res.partner", [*domain, ["id", "in", list(family.values())]])
    assert names(family, found) == expected
    assert found == sorted(found)


@pytest.mark.parametrize("limit", [1, 2, 4, 5, 6, 7])
def test_pages_of_any_size_give_each_row_once_archived_ones_too(erp: Place, family: dict[str, int], limit: int) -> None:
    domain = [["id", "in", list(family.values())]]
    pages = list(erp.session.pages("res.partner", domain, ["customer_rank"], limit=limit))
    assert [row["id"] for page in pages for row in page] == sorted(family.values())
    assert max(len(page) for page in pages) <= limit
    assert all(pages)


def test_a_page_begins_after_the_given_id(erp: Place, family: dict[str, int]) -> None:
    domain = [["id", "in", list(family.values())]]
    rows = erp.session.search_read("res.partner", domain, [], after_id=family["d"])
    assert rows == [{"id": family["e"]}, {"id": family["f"]}]


def test_empty_cells_are_none_and_many2one_are_ids(erp: Place, family: dict[str, int]) -> None:
    fields = ["ref", "parent_id", "commercial_partner_id", "is_company", "customer_rank", "user_id", "create_date"]
    rows = {row["id"]: row for row in erp.session.read("res.partner", list(family.values()), fields)}
    contact, bare = rows[family["c"]], rows[family["d"]]
    assert (contact["parent_id"], contact["commercial_partner_id"]) == (family["a"], family["a"])
    assert (bare["parent_id"], bare["ref"], bare["user_id"]) == (None, None, None)
    assert (bare["is_company"], bare["customer_rank"]) == (False, 4)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", contact["create_date"])
    assert list(contact) == ["id", *fields]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (HOSTILE, HOSTILE.strip()),
        ("a\x00b\x07c\x1bd", "abcd"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("\ufffe\uffff x \ud800", "x"),
    ],
)
def test_texts_come_back_as_they_were_sent_without_control_characters(erp: Place, sent: str, kept: str) -> None:
    partner = erp.partners({"ref": sent})[0]
    assert erp.session.read("res.partner", [partner], ["ref"])[0]["ref"].strip() == kept


def test_an_empty_text_is_none(erp: Place) -> None:
    partner = erp.partners({"ref": ""})[0]
    assert erp.session.read("res.partner", [partner], ["ref"])[0]["ref"] is None


def test_a_row_written_this_second_is_found_by_its_own_write_date(erp: Place) -> None:
    partner = erp.partners({})[0]
    stamp = erp.session.read("res.partner", [partner], ["write_date"])[0]["write_date"]
    assert erp.session.search_ids("res.partner", [["write_date", ">=", stamp], ["id", "=", partner]]) == [partner]


def test_ids_that_do_not_exist_are_left_out(erp: Place, family: dict[str, int]) -> None:
    rows = erp.session.read("res.partner", [999_999, family["a"]], ["ref"])
    assert rows == [{"id": family["a"], "ref": "R-a"}]
    assert erp.session.read("res.partner", [999_999], ["ref"]) == []


def test_rows_of_a_company_are_seen_for_that_company_only(erp: Place, family: dict[str, int]) -> None:
    first, second = erp.companies
    domain = [["id", "in", list(family.values())]]
    assert names(family, erp.session.search_ids("res.partner", domain, companies=[first])) == "acdef"
    assert names(family, erp.session.search_ids("res.partner", domain, companies=[second])) == "bcdef"
    assert erp.session.search_count("res.partner", domain) == 6


def test_sums_by_company_and_by_day_have_ids_and_iso_days(erp: Place, family: dict[str, int]) -> None:
    domain = [["id", "in", list(family.values())]]
    rows = erp.session.read_group_sum("res.partner", domain, ["customer_rank"], ["company_id", "create_date:day"])
    sums = {row["company_id"]: (row["customer_rank"], row["__count"]) for row in rows}
    assert sums == {erp.companies[0]: (1, 1), erp.companies[1]: (2, 1), None: (13, 4)}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", row["create_date:day"]) for row in rows)


def test_sums_by_a_text_and_by_nothing(erp: Place, family: dict[str, int]) -> None:
    domain = [["id", "in", list(family.values())]]
    by_ref = erp.session.read_group_sum("res.partner", domain, ["customer_rank"], ["ref"])
    assert {row["ref"]: row["customer_rank"] for row in by_ref}["R-e"] == 5
    assert {row["ref"]: row["customer_rank"] for row in by_ref}[None] >= 4
    whole = erp.session.read_group_sum("res.partner", domain, ["customer_rank"], [])
    assert whole == [{"customer_rank": 16, "__count": 6}]
    nobody = erp.session.read_group_sum("res.partner", [["id", "=", 0]], ["customer_rank"], ["company_id"])
    assert nobody == []


def test_fields_tell_type_relation_and_what_is_stored(erp: Place) -> None:
    fields = erp.session.fields("res.partner")
    assert (fields["name"].type, fields["name"].stored) == ("char", True)
    parent = fields["commercial_partner_id"]
    assert (parent.type, parent.relation, parent.stored, parent.readonly) == ("many2one", "res.partner", True, True)
    assert erp.session.fields("res.currency.rate")["name"].type == "date"


def test_a_model_that_is_not_there_is_no_error_to_look_for_and_one_to_use(erp: Place) -> None:
    assert erp.session.fields("kam.nowhere") == {}
    assert not erp.session.capabilities.has("kam.nowhere")
    assert not erp.session.capabilities.rights("kam.nowhere").read
    with pytest.raises(AccessRefused, match=r"no model kam\.nowhere"):
        erp.session.search_read("kam.nowhere", [], ["name"])
    with pytest.raises(ErpDefect, match=r"(doesn't|does not) exist"):
        erp.session.search_ids("kam.nowhere", [])


def test_a_field_that_is_not_there_is_named_before_anything_is_sent(erp: Place) -> None:
    with pytest.raises(AccessRefused, match=r"res\.partner has no field nonsense"):
        erp.session.search_read("res.partner", [], ["name", "nonsense"])


@pytest.mark.parametrize(
    "domain", [[["nonsense", "=", 1]], [["name", "~~", "x"]], [["parent_id.nonsense", "=", 1]], ["|", ["id", "=", 1]]]
)
def test_a_domain_that_means_nothing_is_a_defect_without_a_traceback(erp: Place, domain: list[Any]) -> None:
    with pytest.raises(ErpDefect) as caught:
        erp.session.search_ids("res.partner", domain)
    assert "Traceback" not in str(caught.value)
    assert 'File "' not in str(caught.value)


def test_a_method_that_is_not_there_is_a_defect_and_a_private_one_a_refusal(erp: Place) -> None:
    with pytest.raises(ErpDefect, match="no_such_method"):
        erp.session.call("res.partner", "no_such_method")
    with pytest.raises(AccessRefused):
        erp.session.call("res.partner", "_write")
