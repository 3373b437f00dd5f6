"""Pages of rows into Arrow: good ones converted, bad ones named, never a crash."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam_connector.erp.fields import Field
from kam_connector.erp.lanes import Page as Read
from kam_connector.erp.lanes.rows import page_of_rows
from kam_connector.mirror import Rejected, Table
from kam_connector.mirror.columns import Column, dates, flags, ints, moments, money, needed, numbers, ref, table, texts
from kam_connector.sync.amounts import Digits
from kam_connector.sync.conversion import Page, convert
from tests.sync.fake import TYPES

DIGITS = Digits({1: 2, 3: 0}, {1: 1, 2: 3})
TABLE: Table = table(
    "test.model",
    texts("name"),
    flags("active", default=True),
    ints("count"),
    dates("day"),
    moments("at"),
    numbers("quantity"),
    Column("rate", "rate"),
    money("currency_id", "amount"),
    money("company", "balance"),
    needed(ref("partner_id", "res.partner")),
    ref("currency_id", "res.currency"),
    ref("company_id", "res.company"),
)
GOOD: dict[str, Any] = {
    "id": 5,
    "name": "星河 Xinghe",
    "active": False,
    "count": 3,
    "day": "2026-06-30",
    "at": "2026-06-30 21:15:00",
    "quantity": 2.5,
    "rate": 0.127388535,
    "amount": 1500.0,
    "balance": 12.34,
    "partner_id": 7,
    "currency_id": 3,
    "company_id": 1,
    "write_date": "2026-07-01 01:02:03",
}


FIELDS = {column.field: Field(TYPES[column.kind], stored=True) for column in TABLE.columns}
FIELDS["write_date"] = Field("datetime", stored=True)


def read(rows: list[dict[str, Any]]) -> Read:
    """The rows as the rows lane gives them; the first row says which fields the ERP has."""
    fields = {name: field for name, field in FIELDS.items() if name in (rows or [GOOD])[0]}
    return page_of_rows(rows, fields, rows[-1]["id"] if rows else 0, complete=True)


def page(*rows: dict[str, Any]) -> Page:
    return convert(read([{**GOOD, **row} for row in rows]), TABLE, DIGITS)


def only(row: dict[str, Any]) -> Rejected:
    """The one rejection of a page whose other rows are good."""
    result = page({"id": 4}, row, {"id": 6})
    assert result.good["id"].to_pylist() == [4, 6]
    assert result.ids == (4, 5, 6)
    (rejected,) = result.bad
    return rejected


def test_every_kind_of_value_comes_out_as_its_type() -> None:
    assert page({}).good.to_pylist() == [
        {
            "id": 5,
            "name": "星河 Xinghe",
            "active": False,
            "count": 3,
            "day": date(2026, 6, 30),
            "at": datetime(2026, 6, 30, 21, 15, tzinfo=UTC),
            "quantity": Decimal("2.500000"),
            "rate": Decimal("0.127388535000000"),
            "amount_minor": 1500,
            "balance_minor": 1234,
            "partner_id": 7,
            "currency_id": 3,
            "company_id": 1,
            "_write_date": datetime(2026, 7, 1, 1, 2, 3, tzinfo=UTC),
        }
    ]


def test_an_empty_page_is_an_empty_table() -> None:
    result = convert(read([]), TABLE, DIGITS)
    assert (result.good.num_rows, result.bad, result.ids) == (0, (), ())


def test_a_field_that_this_erp_does_not_have_is_empty_or_its_default() -> None:
    row = {key: value for key, value in GOOD.items() if key not in ("active", "day", "amount")}
    (found,) = convert(read([row]), TABLE, DIGITS).good.to_pylist()
    assert (found["active"], found["day"], found["amount_minor"]) == (True, None, None)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("amount", float("nan"), "is not a finite amount"),
        ("amount", float("inf"), "is not a finite amount"),
        ("amount", "a lot", "is not a finite amount"),
        ("amount", 1e17, "is not a finite amount"),
        ("amount", 10**400, "is not a finite amount"),
        ("day", "2026-02-30", "is not a date"),
        ("day", 20260230, "is not a date"),
        ("at", "yesterday", "is not a moment"),
        ("write_date", "2026-13-01 00:00:00", "is not a moment"),
        ("name", "half a \ud800", "is not readable text"),
        ("name", 5, "is not readable text"),
        ("count", 1.5, "is not a whole number"),
        ("count", True, "is not a whole number"),
        ("partner_id", [7, "Acme"], "is not a record's id"),
        ("partner_id", None, "is empty"),
        ("quantity", float("nan"), "is not a finite number in range"),
        ("rate", 1e30, "is not a finite number in range"),
        ("active", "yes", "is neither true nor false"),
    ],
)
def test_one_bad_value_sets_aside_its_row_only(field: str, value: Any, reason: str) -> None:
    assert only({field: value}) == Rejected(5, field, reason)


def test_an_unknown_currency_is_a_reason_of_its_own() -> None:
    assert only({"currency_id": 99}) == Rejected(5, "amount", "has no known currency")
    assert only({"currency_id": None}) == Rejected(5, "amount", "has no known currency")
    assert only({"company_id": 99}) == Rejected(5, "balance", "has no known currency")


@pytest.mark.parametrize("nothing", [None, 0.0, -0.0])
def test_an_amount_of_nothing_needs_no_currency(nothing: float | None) -> None:
    (row,) = page({"currency_id": None, "amount": nothing}).good.to_pylist()
    assert row["amount_minor"] == 0


def test_a_row_with_two_faults_is_named_once() -> None:
    assert only({"day": "never", "amount": float("nan")}) == Rejected(5, "day", "is not a date")


def test_a_large_whole_number_may_come_as_a_float() -> None:
    assert page({"count": 3000000000.0}).good["count"].to_pylist() == [3000000000]


def test_an_amount_as_a_number_and_one_as_a_text_go_together() -> None:
    rows = page({"id": 1, "amount": 12.0}, {"id": 2, "amount": "12"}, {"id": 3, "amount": "much"})
    assert rows.good["amount_minor"].to_pylist() == [12, 12]
    assert rows.bad == (Rejected(3, "amount", "is not a finite amount"),)


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**40), 2**40),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["2026-06-30", "2026-06-30 21:15:00", "2026-99-99", "\ud800", "0000-00-00"]),
    st.lists(st.integers(0, 9), max_size=2),
)


@given(st.lists(st.dictionaries(st.sampled_from(sorted(GOOD.keys() - {"id"})), VALUES, max_size=4), max_size=6))
def test_whatever_comes_every_row_is_either_good_or_named(changes: list[dict[str, Any]]) -> None:
    result = page(*[{"id": number, **change} for number, change in enumerate(changes, 1)])
    good = result.good["id"].to_pylist()
    bad = [rejected.id for rejected in result.bad]
    assert sorted([*good, *bad]) == list(range(1, len(changes) + 1))
    assert result.good.schema == TABLE.arrow_schema()
