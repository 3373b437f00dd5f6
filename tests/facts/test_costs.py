"""Costs of lines to the smallest unit: as exact fractions give them, where binary ones do not."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import ibis
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kam_connector import mirror
from kam_connector.facts import costs
from tests.facts.conftest import mirror_of, rows
from tests.runs.paid_books import product, sellers
from tests.runs.test_pay_margins import invoiced, order
from tests.sync.books import Books

Line = tuple[int, int, int, int]
"""Cost in 10^-12, quantity and ordered quantity in 10^-6, digits of the currency."""
MICRO, PICO = 10**6, 10**12


def exact(line: Line) -> int:
    """Half up, in fractions."""
    cost, quantity, ordered, digits = line
    part = Fraction(cost * quantity * 10**digits, PICO * ordered)
    return int((2 * part.numerator + part.denominator) // (2 * part.denominator))


def parted(lines: list[Line]) -> list[int | None]:
    """What the engine makes of them."""
    return _engine(lines, lambda t: costs._part_in_minor(t.cost, t.quantity, t.ordered, t.digits))


def _engine(lines: list[Line], expression: Any) -> list[int | None]:
    texts = [[f"{Decimal(cost).scaleb(-12):f}", *(f"{Decimal(each).scaleb(-6):f}" for each in two), digits]
             for cost, *two, digits in lines]  # fmt: skip
    frame = pd.DataFrame(texts, columns=["cost", "quantity", "ordered", "digits"]).assign(place=range(len(lines)))
    con = ibis.duckdb.connect()
    table = con.create_table("line", frame)
    typed = {"cost": "decimal(38, 12)", "quantity": "decimal(20, 6)", "ordered": "decimal(38, 6)", "digits": "int64"}
    table = table.cast(typed)
    found = table.select("place", found=expression(table)).order_by("place").to_pyarrow()
    return list(found["found"].to_pylist())


def test_half_a_smallest_unit_is_rounded_up_where_binary_fractions_lie_below() -> None:
    """0.105 * 1 / 3 = 0.035; 0.175 * 3 / 7 = 0.075; 1.005 of one in one: each is half a cent above."""
    lines = [(PICO * 105 // 1000, MICRO, 3 * MICRO, 2), (PICO * 175 // 1000, 3 * MICRO, 7 * MICRO, 2),
             (PICO * 1005 // 1000, MICRO, MICRO, 2)]  # fmt: skip
    assert parted(lines) == [4, 8, 101] == [exact(line) for line in lines]


@given(
    st.lists(
        st.tuples(
            st.integers(1, 10**9 * PICO), st.integers(1, 10**4 * MICRO), st.integers(1, 10**6 * MICRO),
            st.sampled_from([0, 2, 3]),
        ), min_size=1, max_size=40,
    )
)  # fmt: skip
@example([(PICO * 12345678901 // 1000 * 5, 3 * MICRO, 15 * MICRO, 2)])
def test_the_engine_rounds_as_fractions_do(lines: list[Line]) -> None:
    for line, found in zip(lines, parted(lines), strict=True):
        if exact(line) < 10**15 - 1:
            assert found == exact(line), line


@given(st.lists(st.tuples(st.integers(0, 10**12), st.integers(1, 999), st.sampled_from([2, 3])), min_size=1))
def test_halves_of_all_sizes(halves: list[tuple[int, int, int]]) -> None:
    """(n + 1/2) smallest units, bought as a part of more: n + 1, and never n."""
    lines = [((2 * n + 1) * PICO // (2 * 10**digits) * count, MICRO, count * MICRO, digits)
             for n, count, digits in halves]  # fmt: skip
    assert parted(lines) == [n + 1 for n, _, _ in halves]


@given(st.lists(st.tuples(st.integers(0, 10**16), st.sampled_from([0, 2, 3])), min_size=1))
def test_costs_of_order_lines_are_rounded_as_decimals_are(found: list[tuple[int, int]]) -> None:
    lines = [(cost * MICRO, MICRO, MICRO, digits) for cost, digits in found]
    wanted = [int((Decimal(cost).scaleb(-6 + digits)).quantize(Decimal(1), ROUND_HALF_UP)) for cost, digits in found]
    assert _engine(lines, lambda t: costs._in_minor(t.cost, t.digits)) == wanted


def test_what_is_too_large_to_be_told_exactly_is_not_known() -> None:
    assert parted([(10**14 * PICO, 10**5 * MICRO, MICRO, 2), (PICO, MICRO, MICRO, 2)]) == [None, 100]


@pytest.mark.long
@pytest.mark.parametrize(("cost", "found"), [(0.335, 101), (0.345, 104), (1.005, 302)])
def test_three_units_of_an_order(cost: float, found: int) -> None:
    """3 * 0.335 = 1.005 is 1.01, by the order line and by its invoice."""
    books = sellers(Books())
    good = product(books, "good")
    ordered = order(books, "2026-03-01", (good, 3, 100, cost))
    invoiced(books, ordered, "2026-03-03", (good, 3, 100))
    with mirror.open(mirror_of(books)) as store:
        assert [row["cost_minor"] for row in rows(costs.order_costs(store.ibis))] == [found]
        assert [row["cost_minor"] for row in rows(costs.invoice_costs(store.ibis))] == [found]
