"""How rows that are alike are found."""

from __future__ import annotations

import numpy as np
import pytest

from kam_connector.rules.decisions import boxed, kinds_of


def test_rows_alike_in_all_columns_are_one_kind_with_its_first_row() -> None:
    first, kind = kinds_of([np.array([1, 2, 1, 1, 2]), boxed(["a", "b", "a", "c", "b"])])
    assert first.tolist() == [0, 1, 3]
    assert kind.tolist() == [0, 1, 0, 2, 1]


def test_nothing_known_is_a_kind_of_its_own() -> None:
    days = np.array(["2026-06-30", "NaT", "NaT"], dtype="datetime64[D]")
    first, kind = kinds_of([days, boxed([None, None, "x"])])
    assert first.tolist() == [0, 1, 2]
    assert kind.tolist() == [0, 1, 2]


def test_no_rows_are_no_kinds() -> None:
    first, kind = kinds_of([np.zeros(0, dtype=np.int64), boxed([])])
    assert first.size == kind.size == 0


@pytest.mark.parametrize("columns", [2, 9])
def test_more_possible_kinds_than_a_number_holds_are_told_apart(columns: int) -> None:
    rows = np.arange(4000) % 2000  # 2000 values a column: with nine columns 2000 to the ninth power
    first, kind = kinds_of([(rows * (place + 7)) % 2003 for place in range(columns)])
    assert first.tolist() == list(range(2000))
    assert kind.tolist() == rows.tolist()
