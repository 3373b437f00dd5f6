"""What a session makes of answers: forms of cells, strange rows, groups of older versions."""

from __future__ import annotations

from typing import Any

import pytest

from kam_connector.erp.fields import Field, parse_fields
from kam_connector.erp.groups import group_call, group_rows
from kam_connector.erp.values import check_fields, normal_ids, normal_rows
from kam_connector.erp.versions import dialect_of
from kam_connector.errors import AccessRefused, ErpDefect

FIELDS = {
    "name": Field("char", stored=True),
    "active": Field("boolean", stored=True),
    "rank": Field("integer", stored=True),
    "credit": Field("monetary", stored=True),
    "user_id": Field("many2one", stored=True, relation="res.users"),
    "res_id": Field("many2one_reference", stored=True),
    "date": Field("date", stored=True),
    "tag_ids": Field("many2many", stored=True),
}


@pytest.mark.parametrize(
    ("field", "came", "cell"),
    [
        ("name", False, None),
        ("name", "", None),
        ("name", "x", "x"),
        ("active", False, False),
        ("rank", 0, 0),
        ("credit", 0.0, 0.0),
        ("user_id", False, None),
        ("user_id", [7, "Ann"], 7),
        ("user_id", 7, 7),
        ("user_id", [], None),
        ("res_id", 0, None),
        ("res_id", False, None),
        ("res_id", 5, 5),
        ("date", False, None),
        ("date", "2026-06-30", "2026-06-30"),
        ("tag_ids", [], []),
    ],
)
def test_a_cell_has_one_form_whatever_the_version_sent(field: str, came: Any, cell: Any) -> None:
    assert normal_rows("m", FIELDS, [field], [{"id": 1, field: came}]) == [{"id": 1, field: cell}]


def test_rows_are_sorted_and_hold_only_what_was_asked() -> None:
    """R-95."""
    rows = normal_rows("m", FIELDS, ["id", "name"], [{"id": 2, "name": "b", "evil": 1}, {"id": 1, "name": "a"}])
    assert rows == [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]


@pytest.mark.parametrize(
    "came",
    [
        None,
        "rows",
        7,
        {"id": 1},
        [1],
        [{"id": 1}],
        [{"name": "x"}],
        [{"id": "1", "name": "x"}],
        [{"id": True, "name": "x"}],
    ],
)
def test_answers_that_are_no_rows_are_a_defect(came: Any) -> None:
    with pytest.raises(ErpDefect):
        normal_rows("m", FIELDS, ["name"], came)


@pytest.mark.parametrize("came", [None, 5, "12", [1, "2"], [True], [1.0], {}])
def test_answers_that_are_no_ids_are_a_defect(came: Any) -> None:
    with pytest.raises(ErpDefect):
        normal_ids("m", came)


def test_missing_fields_are_named_with_model_and_login() -> None:
    with pytest.raises(AccessRefused, match=r"m has no field a, b that the login kam may see"):
        check_fields("m", FIELDS, ["name", "a", "b", "id"], "kam")


def test_fields_are_read_from_their_traits() -> None:
    told = {"partner_id": {"type": "many2one", "relation": "res.partner", "store": True, "required": True}}
    assert parse_fields(told) == {"partner_id": Field("many2one", True, "res.partner", required=True)}


BY = ["company_id", "date:day"]


def test_groups_of_odoo_14_get_their_day_from_the_groups_own_domain() -> None:
    """The label is in words of the user's language: 30 Jun 2026."""
    domain = ["&", "&", ["date", ">=", "2026-06-30"], ["date", "<", "2026-07-01"], ["company_id", "=", 1]]
    came = [
        {"company_id": [1, "A"], "date:day": "30 Jun 2026", "balance": 12.5, "__count": 3, "__domain": domain},
        {"company_id": False, "date:day": False, "balance": None, "__count": 1, "__domain": [["date", "=", False]]},
    ]
    assert group_rows(dialect_of((14, 0)), came, ["balance"], BY) == [
        {"company_id": 1, "date:day": "2026-06-30", "balance": 12.5, "__count": 3},
        {"company_id": None, "date:day": None, "balance": 0, "__count": 1},
    ]


def test_groups_of_odoo_19_get_their_day_from_the_value() -> None:
    came = [{"company_id": [1, "A"], "date:day": ["2026-06-30", "30 Jun 2026"], "balance:sum": 12.5, "__count": 3}]
    assert group_rows(dialect_of((19, 0)), came, ["balance"], BY) == [
        {"company_id": 1, "date:day": "2026-06-30", "balance": 12.5, "__count": 3}
    ]


@pytest.mark.parametrize("came", [None, [{}], [7], [{"company_id": [1, "A"], "date:day": "x", "balance": 1}], "no"])
def test_groups_in_another_form_are_a_defect(came: Any) -> None:
    with pytest.raises(ErpDefect):
        group_rows(dialect_of((14, 0)), came, ["balance"], BY)


def test_each_version_gets_the_group_call_that_it_knows() -> None:
    assert group_call(dialect_of((14, 0)), [], ["balance"], BY) == (
        "read_group",
        [[], ["balance:sum"], BY],
        {"lazy": False},
    )
    assert group_call(dialect_of((19, 0)), [], ["balance"], BY) == (
        "formatted_read_group",
        [[], BY, ["__count", "balance:sum"]],
        {"order": "__count"},
    )
