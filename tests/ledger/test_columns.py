"""Columns of whole numbers as texts of the ledger: any number comes back, rising ids take little room."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam_connector.errors import Contradiction
from kam_connector.ledger.columns import pack, unpack

WHOLE = st.integers(-(2**63), 2**63 - 1)


@given(st.lists(WHOLE, max_size=200))
def test_every_column_comes_back_as_it_was(numbers: list[int]) -> None:
    text = pack(np.array(numbers, dtype=np.int64))
    assert text.isascii()
    assert unpack(text, len(numbers)).tolist() == numbers


def test_the_ends_of_the_range_stand_side_by_side() -> None:
    ends = [-(2**63), 2**63 - 1, 0, -1, -(2**63)]
    assert unpack(pack(ends), 5).tolist() == ends


def test_rising_ids_take_less_than_a_byte_and_a_half_each() -> None:
    ids = np.cumsum(np.random.default_rng(7).integers(1, 40, 50_000))
    assert len(pack(ids)) < 75_000


@pytest.mark.parametrize("rows", [0, 2, 4])
def test_another_number_of_rows_is_refused(rows: int) -> None:
    with pytest.raises(Contradiction, match=f"does not hold its {rows} numbers"):
        unpack(pack([1, 2, 3]), rows)


@pytest.mark.parametrize("text", ["", "%%", "eJx7", "AAAA", pack([1, 2, 3])[:-4], "ä"])
def test_a_text_that_is_no_column_is_refused(text: str) -> None:
    with pytest.raises(Contradiction, match="kam verify"):
        unpack(text, 3)
