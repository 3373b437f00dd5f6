"""Which customer took over from one that vanished, as the documents tell it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kam_connector.mirror import Mirror, merging
from kam_connector.sync import merges
from tests.sync.books import Books
from tests.sync.conftest import pull

pytestmark = pytest.mark.long

DOCUMENTS = ("account.move", "account.move.line")


@pytest.fixture
def books() -> Books:
    """Customers 1 to 6 with two invoices each; 7 is a contact of 6, with an invoice of its own."""
    made = Books()
    for number in range(1, 7):
        made.partner(f"Customer {number}")
    made.partner("Contact", 6, is_company=False)
    for number in (1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6, 7):
        made.invoice(number, 10.0, "2026-01-10")
    return made


def merge(books: Books, vanished: int, survivor: int, *, documents: Sequence[int] | None = None) -> None:
    """Odoo's wizard: the documents stand under the survivor, their moment of change untouched."""
    for model in DOCUMENTS:
        for row in books.tables[model]:
            if row["partner_id"] == vanished and (documents is None or row["id"] in documents):
                row.update(partner_id=survivor, **({"commercial_partner_id": survivor} if "ref" in row else {}))
    books.remove("res.partner", vanished)


def found(store: Mirror) -> list[tuple[int, int]]:
    return [(each.vanished, each.survivor) for each in merging.found_merges(store.db)]


def told(store: Mirror, books: Books, run: str = "run 2", *, full: bool = False) -> list[str]:
    """What the pull says about customers that are gone."""
    report = pull(books.session(), store, run, full=full)
    return [str(each.text) for each in report.findings if each.source == "sync.res_partner"]


@pytest.mark.parametrize("full", [False, True])
def test_the_customer_that_has_all_documents_now_took_over(store: Mirror, books: Books, full: bool) -> None:
    pull(books.session(), store)
    merge(books, 2, 1)
    assert told(store, books, full=full) == []
    assert found(store) == [(2, 1)]
    pull(books.session(), store, "run 3")
    assert found(store) == [(2, 1)]


def test_documents_that_were_changed_by_the_way_tell_the_same(store: Mirror, books: Books) -> None:
    pull(books.session(), store)
    merge(books, 2, 1)
    books.written = "2026-06-01 00:00:00"
    for row in books.tables["account.move"]:
        row["write_date"] = books.written
    told(store, books)
    assert found(store) == [(2, 1)]


def test_a_chain_of_merges_between_two_pulls_ends_at_its_last(store: Mirror, books: Books) -> None:
    pull(books.session(), store)
    merge(books, 3, 2)
    merge(books, 2, 1)
    told(store, books)
    assert found(store) == [(2, 1), (3, 1)]


def test_a_merge_into_a_contact_is_one_into_its_customer(store: Mirror, books: Books) -> None:
    pull(books.session(), store)
    merge(books, 2, 7)
    told(store, books)
    assert found(store) == [(2, 6)]


def test_a_merged_contact_is_no_merge_of_customers(store: Mirror, books: Books) -> None:
    pull(books.session(), store)
    merge(books, 7, 1)
    assert (told(store, books), found(store)) == ([], [])


def test_documents_under_several_customers_are_a_finding_and_no_guess(store: Mirror, books: Books) -> None:
    pull(books.session(), store)
    merge(books, 2, 1, documents=[2])
    merge(books, 2, 3)
    [said] = told(store, books)
    assert "(1, 3)" in said
    assert found(store) == []
    assert told(store, books, "run 3") == []


def test_a_customer_deleted_with_its_documents_was_not_merged(store: Mirror, books: Books) -> None:
    pull(books.session(), store)
    for model in DOCUMENTS:
        books.remove(model, *(row["id"] for row in books.tables[model] if row["partner_id"] == 2))
    books.remove("res.partner", 2)
    assert (told(store, books), found(store)) == ([], [])


def test_a_pull_that_was_killed_before_it_concluded_is_made_good_by_the_next(
    store: Mirror, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    pull(books.session(), store)
    merge(books, 2, 1)
    with monkeypatch.context() as patch:
        patch.setattr(merges, "find_merges", _killed)
        with pytest.raises(KeyboardInterrupt):
            pull(books.session(), store, "run 2")
    told(store, books, "run 3")
    assert found(store) == [(2, 1)]


def _killed(*_: object) -> None:
    raise KeyboardInterrupt
