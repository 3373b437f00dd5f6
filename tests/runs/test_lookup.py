"""Which customer a person means."""

from __future__ import annotations

import pytest

from kam_connector.errors import InputError
from kam_connector.messages import tell
from kam_connector.runs.lookup import find_customer
from tests.facts.conftest import Pulled, pulled
from tests.sync.books import Books

__all__ = ["pulled"]


@pytest.fixture
def books() -> Books:
    """Acme (1) with a buyer (2), two of one name (3, 4), and one whose number is the id of another (5)."""
    made = Books()
    made.partner("Acme", ref="K-1")
    made.partner("Buyer", 1, is_company=False)
    made.partner("Twin Ltd", ref="K-3")
    made.partner("Twin Ltd", ref="K-4")
    made.partner("Fifth", ref="3")
    return made


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("1", 1), (" 1 ", 1), ("2", 1), ("K-1", 1), ("Acme", 1), ("Buyer", 1), ("3", 3), ("K-4", 4), ("5", 5)],
)
def test_the_id_comes_first_then_the_number_then_the_name(
    books: Books, pulled: Pulled, wanted: str, found: int
) -> None:
    assert find_customer(pulled(books), wanted).id == found


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("Twin Ltd", "Several customers are called 'Twin Ltd': 3 Twin Ltd, 4 Twin Ltd. Name one by its id."),
        ("twin", "No customer is called exactly 'twin'. Similar ones: 3 Twin Ltd, 4 Twin Ltd. Name one by its id."),
        ("Nobody", "The mirror has no customer Nobody. Look up its id with `kam ageing show`, or pull first with "
                   "`kam sync run`."),
        ("99999999999999999999", "The mirror has no customer 99999999999999999999. Look up its id with "
                                 "`kam ageing show`, or pull first with `kam sync run`."),
    ],
)  # fmt: skip
def test_nobody_and_several_are_refused_with_candidates(books: Books, pulled: Pulled, wanted: str, said: str) -> None:
    with pytest.raises(InputError) as refused:
        find_customer(pulled(books), wanted)
    assert str(refused.value) == said
    assert tell(refused.value, "zh_CN") != said


def test_a_blank_name_means_nobody_and_many_candidates_are_cut_short(books: Books, pulled: Pulled) -> None:
    for number in range(12):
        books.partner(f"Chain {number:02d}")
    con = pulled(books)
    with pytest.raises(InputError, match="no customer ''"):
        find_customer(con, " ")
    with pytest.raises(InputError, match=r"15 Chain 09, \.\.\.\. Name"):
        find_customer(con, "chain")
