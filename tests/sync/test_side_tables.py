"""Values that depend on the company: one row a record and company, each read as that company sees it (R-26)."""

from __future__ import annotations

import pytest

from kam_connector.erp.fields import Field
from kam_connector.mirror import Mirror
from tests.sync.books import EUR, Books
from tests.sync.conftest import pull
from tests.sync.fake import ByCompany, FakeSession

DEPENDENT = {
    ("res.partner", "credit_limit"): Field("float", stored=True, company_dependent=True),
    ("res.partner", "trust"): Field("selection", stored=False, company_dependent=True),
    ("res.partner", "property_payment_term_id"): Field("many2one", stored=True, company_dependent=True),
}


@pytest.fixture
def books() -> Books:
    made = Books()
    made.company(2, EUR)
    made.partner("Acme", credit_limit=ByCompany({1: 111.0, 2: 222.5}), trust=ByCompany({1: "good", 2: "bad"}))
    return made


def session(books: Books) -> FakeSession:
    return books.session(types=DEPENDENT)


def values(store: Mirror) -> list[tuple[object, ...]]:
    return store.db.execute(
        "SELECT id, company_id, credit_limit_minor, trust FROM res_partner_company WHERE NOT _deleted ORDER BY ALL"
    ).fetchall()


def test_each_company_has_its_own_value(store: Mirror, books: Books) -> None:
    pull(session(books), store)
    assert values(store) == [(1, 1, 11100, "good"), (1, 2, 22250, "bad")]


def test_a_change_is_read_for_every_company_and_an_unchanged_night_writes_nothing(store: Mirror, books: Books) -> None:
    pull(session(books), store, "run 1")
    books.written = "2026-05-01 00:00:00"
    books.change("res.partner", 1, credit_limit=ByCompany({1: 111.0, 2: 300.0}))
    report = pull(session(books), store, "run 2")
    assert values(store) == [(1, 1, 11100, "good"), (1, 2, 30000, "bad")]
    assert {one.model: one.rows for one in report.models}["res.partner+company"] == 2  # both have the new write date
    assert pull(session(books), store, "run 3").rows == 0


def test_a_deleted_partner_has_no_values_any_more(store: Mirror, books: Books) -> None:
    books.partner("Other", credit_limit=ByCompany({1: 1.0}))
    pull(session(books), store, "run 1")
    books.remove("res.partner", 1)
    pull(session(books), store, "run 2")
    assert [row[0] for row in values(store)] == [2, 2]


def test_a_new_company_of_the_login_is_read_whole(store: Mirror, books: Books) -> None:
    alone = session(books)
    alone.capabilities.companies = (1,)
    pull(alone, store, "run 1")
    assert [row[1] for row in values(store)] == [1]
    pull(session(books), store, "run 2")
    assert [row[1] for row in values(store)] == [1, 2]
