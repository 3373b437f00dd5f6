"""Where a text stands in the customers' records: every place, by its edges, and texts that mean to do harm."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kam_connector import mirror
from kam_connector.facts.archive import find_text
from tests.facts.conftest import Pulled, mirror_of, pulled, rows
from tests.facts.test_assortment import HOSE, PUMP, bought, made_books
from tests.sync.books import Books

__all__ = ["pulled"]
JUNE = date(2026, 6, 30)
HOSTILE = "100% 'q\"uo_te\\ [a]*(b) {x} =1+1 <i>"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """`found(text)`: place and ids of the hits in books with Acme (1), its contacts, and a customer called HOSTILE."""
    books = made_books()
    books.change("res.partner", 1, ref="K-100.7", vat="CN 9131-0000", name="Acme 华泰 Pumpworks")
    books.partner("Wang Wei", 1, is_company=False)
    books.partner(HOSTILE, ref="K-200")
    bought(books, PUMP, "2026-01-01")
    bought(books, HOSE, "2024-06-30")
    books.change("product.product", PUMP, default_code="P-77")
    with mirror.open(mirror_of(books), read_only=True) as opened:
        yield lambda text: sorted(
            (row["place"], row["customer_id"], row["record_id"]) for row in rows(find_text(opened.ibis, text, JUNE))
        )


@pytest.mark.requirement("S2-59")
@pytest.mark.parametrize(
    ("wanted", "hits"),
    [
        ("acme", [("name", 1, 1)]),
        ("华泰", [("name", 1, 1)]),
        ("WANG", [("contact", 1, 2)]),
        ("k-100.7", [("number", 1, 1)]),
        ("k1007", [("number", 1, 1)]),
        ("cn 9131", [("vat", 1, 1)]),
        ("CN91310000", [("vat", 1, 1)]),
        ("pump", [("name", 1, 1), ("product", 1, PUMP)]),
        ("p-77", [("product", 1, PUMP)]),
        ("hose", []),
        ("2", [("id", 1, 2), ("number", 3, 3)]),
        ("nobody", []),
    ],
)
def test_a_text_is_found_where_it_stands(found: Any, wanted: str, hits: list[tuple[str, int, int]]) -> None:
    assert found(wanted) == hits


@pytest.mark.parametrize(
    "wanted", [HOSTILE, "100%", "'q\"uo_te\\", "[a]*(b)", "{x}", "=1+1", "<i>", "_te\\ ["]
)  # fmt: skip
def test_signs_of_patterns_and_quotes_are_found_as_they_stand(found: Any, wanted: str) -> None:
    assert found(wanted) == [("name", 3, 3)]


@pytest.mark.parametrize("wanted", ["%", "_c_", "ac.e", ".*", "' OR 1=1 --", "\\", "a" * 5000, "😀"])
def test_patterns_find_nothing_that_does_not_stand_there(found: Any, wanted: str) -> None:
    assert {place for place, customer, _ in found(wanted) if customer == 1} == set()


def test_deleted_partners_are_not_found(pulled: Pulled) -> None:
    books = Books()
    books.partner("Acme")
    books.partner("Gone")
    pulled(books)
    books.remove("res.partner", 2)
    assert rows(find_text(pulled(books), "gone", JUNE)) == []
