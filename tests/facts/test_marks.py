"""Marks of an appraisal: of whom, for what, released or not; a period typed with blanks is the period."""

from __future__ import annotations

from decimal import Decimal

from kam_connector.facts import marks, targets
from tests.facts.conftest import Pulled, rows
from tests.sync.books import Books

GIVEN = {"company_id": 1, "person_id": 5, "period": " 2026-06 ", "item": "results", "mark": 4.5, "state": "released"}


def test_a_mark_is_released_or_a_draft_and_its_period_has_no_blanks(pulled: Pulled) -> None:
    books = Books()
    books.add("kam.appraisal.mark", id=3, **GIVEN)
    books.add("kam.appraisal.mark", id=4, **{**GIVEN, "item": "attitude", "state": "draft"})
    told = {"company_id": 1, "user_id": 5, "period": "2026-06", "mark": Decimal("4.5")}
    assert sorted(rows(marks.marks(pulled(books))), key=lambda row: int(row["mark_id"])) == [
        {"mark_id": 3, "item": "results", "is_released": True, **told},
        {"mark_id": 4, "item": "attitude", "is_released": False, **told},
    ]


def test_without_the_addon_there_are_none(pulled: Pulled) -> None:
    assert rows(marks.marks(pulled(Books()))) == []


def test_a_target_of_a_period_with_blanks_is_of_that_period(pulled: Pulled) -> None:
    books = Books()
    books.add("kam.target", company_id=1, user_id=5, period=" 2026-Q2 ", kind="revenue", amount=1.0,
              date_from="2026-04-01", date_to="2026-06-30", kam_key="kam.target,1")  # fmt: skip
    (row,) = rows(targets.targets(pulled(books)))
    assert (row["period"], row["measure"]) == ("2026-Q2", "revenue")
