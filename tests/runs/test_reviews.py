"""Signatures come home once, withdrawals too; a record that is not in the mirror says nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest

from kam_connector import ledger
from kam_connector.ledger import Ledger
from kam_connector.runs.reviews import REVIEW, Review, find_review, read_reviews, record_reviews

SCHEMA = {
    "id": "int64", "company_id": "int64", "kam_key": "string", "basis": "string", "is_snapshot": "boolean",
    "as_of": "date", "total_minor": "int64", "difference_minor": "int64", "reviewed_by": "int64",
    "reviewed_on": "timestamp('UTC')", "reviewed_as_of": "date", "reviewed_total_minor": "int64",
    "reviewed_difference_minor": "int64", "review_note": "string", "_deleted": "boolean",
}  # fmt: skip
JUNE, JULY = date(2026, 6, 30), date(2026, 7, 1)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Ledger]:
    with ledger.open(tmp_path / "ledger.sqlite") as opened:
        yield opened


def mirror(*rows: dict[str, Any]) -> Any:
    con = ibis.duckdb.connect()
    listed = [{name: row.get(name) for name in SCHEMA} for row in rows]
    con.create_table("kam_ageing", pa.Table.from_pylist(listed, schema=ibis.schema(SCHEMA).to_pyarrow()))
    return con


def ageing(**more: Any) -> dict[str, Any]:
    """The current set of company 1, signed on 2 July as of 30 June; by now it is a day older and 5.00 less."""
    row = {
        "id": 1, "company_id": 1, "kam_key": "ageing:due", "basis": "due", "is_snapshot": False, "as_of": JULY,
        "total_minor": 95_00, "difference_minor": 0, "reviewed_by": 9,
        "reviewed_on": datetime(2026, 7, 2, 8, tzinfo=UTC), "reviewed_as_of": JUNE, "reviewed_total_minor": 100_00,
        "reviewed_difference_minor": 1, "review_note": "Bank charge of Li.", "_deleted": False,
    }  # fmt: skip
    return row | more


UNSIGNED = dict.fromkeys(
    ("reviewed_by", "reviewed_on", "reviewed_as_of", "reviewed_total_minor", "reviewed_difference_minor")
)


def test_a_signature_is_one_event_with_the_figures_that_were_signed(book: Ledger) -> None:
    assert record_reviews(book, mirror(ageing())) == 1
    assert record_reviews(book, mirror(ageing())) == 0
    assert record_reviews(book, mirror(ageing(total_minor=80_00, as_of=date(2026, 7, 3)))) == 0
    [review] = read_reviews(book).values()
    assert review == Review(1, "ageing:due", "due", False, "2026-06-30", 100_00, 1, 9, "2026-07-02T08:00:00+00:00")


def test_the_note_stands_beside_the_chain(book: Ledger) -> None:
    record_reviews(book, mirror(ageing()))
    assert book.remarks(REVIEW) == {"1:ageing:due": "Bank charge of Li."}
    [event] = book.events(REVIEW)
    assert "Li" not in str(event.payload)
    book.erase_remarks()
    assert record_reviews(book, mirror(ageing())) == 0


def test_a_second_signature_is_a_second_event(book: Ledger) -> None:
    record_reviews(book, mirror(ageing()))
    later = ageing(reviewed_on=datetime(2026, 8, 2, 8, tzinfo=UTC), reviewed_by=10)
    assert record_reviews(book, mirror(later)) == 1
    assert [event.payload["reviewed_by"] for event in book.events(REVIEW)] == [9, 10]


def test_a_withdrawal_is_one_event_and_signing_again_another(book: Ledger) -> None:
    record_reviews(book, mirror(ageing()))
    assert record_reviews(book, mirror(ageing(**UNSIGNED))) == 1
    assert record_reviews(book, mirror(ageing(**UNSIGNED))) == 0
    assert read_reviews(book) == {}
    assert record_reviews(book, mirror(ageing())) == 1
    assert [event.payload["state"] for event in book.events(REVIEW)] == ["signed", "withdrawn", "signed"]


@pytest.mark.parametrize("rows", [(), (ageing(_deleted=True),)])
def test_an_empty_mirror_withdraws_nothing(book: Ledger, rows: tuple[dict[str, Any], ...]) -> None:
    record_reviews(book, mirror(ageing()))
    assert record_reviews(book, mirror(*rows)) == 0
    assert len(read_reviews(book)) == 1


def test_an_erp_that_does_not_say_what_was_signed_has_shown_the_record(book: Ledger) -> None:
    record_reviews(book, mirror(ageing(reviewed_as_of=None, reviewed_total_minor=None, reviewed_difference_minor=None)))
    [review] = read_reviews(book).values()
    assert (review.as_of, review.total_minor, review.difference_minor) == ("2026-07-01", 95_00, 0)


def test_an_unsigned_ageing_and_another_company_are_apart(book: Ledger) -> None:
    rows = (ageing(), ageing(id=2, company_id=2, **UNSIGNED), ageing(id=3, kam_key="ageing:recognition", **UNSIGNED))
    assert record_reviews(book, mirror(*rows)) == 1
    reviews = read_reviews(book).values()
    assert find_review(reviews, 1, "due", JUNE) is not None
    assert find_review(reviews, 2, "due", JUNE) is None
    assert find_review(reviews, 1, "recognition", JUNE) is None
    assert find_review(reviews, 1, "due", JULY) is None


def test_of_a_frozen_copy_and_the_current_set_the_copys_signature_counts(book: Ledger) -> None:
    copy = ageing(id=2, kam_key="snapshot:due:2026-06-30:1", is_snapshot=True, reviewed_by=11)
    record_reviews(book, mirror(ageing(), copy))
    found = find_review(read_reviews(book).values(), 1, "due", JUNE)
    assert found is not None
    assert found.reviewed_by == 11
