"""Frames of a row a company and customer beside each other."""

from __future__ import annotations

import pandas as pd
import pytest

from kam_connector.rules.pairs import gather, put_beside


def pairs(keys: list[tuple[int, int]], **columns: list[object]) -> pd.DataFrame:
    company, customer = ([key[place] for key in keys] for place in (0, 1))
    return pd.DataFrame({"company_id": company, "customer_id": customer, **columns})


def test_rows_keep_their_order_and_lack_what_a_part_does_not_have() -> None:
    rows = pairs([(2, 7), (1, 7), (1, 9)], revenue=[30, 10, 20]).set_axis([5, 6, 7])
    found = put_beside(rows, pairs([(1, 9), (1, 7)], orders=[2, 1]), pairs([(2, 7)], tier=["gold"]))
    assert found.index.tolist() == [5, 6, 7]
    assert found["revenue"].tolist() == [30, 10, 20]
    assert found["orders"].fillna(-1).tolist() == [-1, 1, 2]
    assert found["tier"].fillna("").tolist() == ["gold", "", ""]


def test_whole_numbers_stay_whole_where_none_is_missing() -> None:
    found = put_beside(pairs([(1, 7), (1, 8)]), pairs([(1, 8), (1, 7)], orders=[2, 1]))
    assert found["orders"].tolist() == [1, 2]
    assert found["orders"].dtype == "int64"


def test_gathering_has_each_pair_once_by_company_then_customer() -> None:
    found = gather(pairs([(2, 1), (1, 12)], a=[1, 2]), pairs([(1, 3), (2, 1)], b=[3, 4]), pairs([], c=[]))
    assert found[["company_id", "customer_id"]].to_numpy().tolist() == [[1, 3], [1, 12], [2, 1]]
    assert found["a"].fillna(0).tolist() == [0, 2, 1]
    assert found["b"].fillna(0).tolist() == [3, 0, 4]
    assert found["c"].isna().all()


def test_the_largest_ids_of_a_database_do_not_meet_another_pair() -> None:
    top = 2**31 - 1
    found = gather(pairs([(top, top), (top, 0), (top - 1, top)], a=[1, 2, 3]))
    assert found["customer_id"].tolist() == [top, 0, top]
    assert found["a"].tolist() == [3, 2, 1]


def test_a_part_that_has_a_pair_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="duplicate"):
        put_beside(pairs([(1, 7)]), pairs([(1, 7), (1, 7)], orders=[1, 2]))
