"""The events that the log noted of complaints."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kam_connector.facts import complaint_events, complaints, disputes
from tests.facts.conftest import Pulled, rows
from tests.sync.books import Books

JUNE = date(2026, 6, 30)


@pytest.fixture
def books() -> Books:
    """Acme, with one gold complaint of 1 June."""
    made = Books()
    made.partner("Acme")
    made.add("kam.tier", id=2, code="gold", name="Gold", active=True)
    complain(made)
    return made


def complain(books: Books, **values: Any) -> int:
    row = {
        "name": "C", "partner_id": 1, "company_id": 1, "state": "investigating", "type": "product", "severity": "high",
        "received_at": "2026-06-01 08:00:00", "tier_id": 2,
    }  # fmt: skip
    return books.add("kam.complaint", **{**row, **values})


def note(books: Books, event: str, at: str, complaint: int = 1) -> int:
    return books.add("kam.complaint.event", complaint_id=complaint, company_id=1, event=event, at=f"2026-06-{at}:00")


def events(con: Any, as_of: date = JUNE, complaint: int = 1) -> list[tuple[str, str]]:
    found = [row for row in rows(complaint_events.complaint_events(con, as_of)) if row["complaint_id"] == complaint]
    found.sort(key=lambda row: (row["at"], row["place"]))
    return [(f"{row['at']:%d %H:%M}", row["event"]) for row in found]


@pytest.mark.requirement("S4-77")
def test_the_log_is_told_in_its_order_without_the_steps_that_no_clock_counts(books: Books, pulled: Pulled) -> None:
    for event, at in (
        ("received", "01 08:00"), ("moved", "01 09:00"), ("handed_over", "01 10:00"),
        ("waiting_customer", "02 09:00"),
        ("customer_message", "03 09:00"), ("resumed", "04 09:00"), ("resolved", "04 09:00"), ("reopened", "05 09:00"),
    ):  # fmt: skip
        note(books, event, at)
    assert events(pulled(books)) == [
        ("01 08:00", "received"), ("02 09:00", "waiting_customer"), ("03 09:00", "customer_message"),
        ("04 09:00", "resumed"), ("04 09:00", "resolved"), ("05 09:00", "reopened"),
    ]  # fmt: skip


def test_a_corrected_moment_is_a_further_row(books: Books, pulled: Pulled) -> None:
    for event, at in (("received", "01 08:00"), ("responded", "01 12:00"), ("responded", "01 09:00")):
        note(books, event, at)
    assert events(pulled(books)) == [("01 08:00", "received"), ("01 09:00", "responded"), ("01 12:00", "responded")]


def test_each_event_has_the_type_and_severity_that_it_left(books: Books, pulled: Pulled) -> None:
    for severity in ("medium", "critical"):
        books.add("kam.complaint.event", complaint_id=1, company_id=1, event="changed", at="2026-06-01 09:00:00",
                  type="product", severity=severity)  # fmt: skip
    found = rows(complaint_events.complaint_events(pulled(books), JUNE))
    said = [(row["type"], row["severity"]) for row in sorted(found, key=lambda row: row["place"])]
    assert said == [("product", "medium"), ("product", "critical")]


def test_a_complaint_that_is_older_than_the_log_has_no_row(books: Books, pulled: Pulled) -> None:
    number = complain(books, responded_at="2026-06-01 09:00:00", resolved_at="2026-06-03 08:00:00", state="confirmed")
    note(books, "received", "01 08:00")
    con = pulled(books)
    assert (len(events(con, complaint=1)), events(con, complaint=number)) == (1, [])


@pytest.mark.long
@pytest.mark.parametrize(("day", "known"), [(2, 1), (3, 2), (4, 2)])
def test_an_event_is_known_from_its_day_on(books: Books, pulled: Pulled, day: int, known: int) -> None:
    note(books, "received", "01 08:00")
    note(books, "waiting_customer", "03 23:59")
    assert len(events(pulled(books), date(2026, 6, day))) == known


@pytest.mark.long
@pytest.mark.parametrize(("day", "later"), [(9, True), (10, False), (11, False)])
@pytest.mark.parametrize("end", ["resolved_at", "closed_at", "noted"])
def test_an_end_after_the_day_is_known_to_come(books: Books, pulled: Pulled, end: str, day: int, later: bool) -> None:
    if end == "noted":
        note(books, "resolved", "10 08:00")
    else:
        books.change("kam.complaint", 1, state="closed", **{end: "2026-06-10 08:00:00"})
    [row] = rows(complaints.complaints(pulled(books), date(2026, 6, day)))
    assert row["ends_later"] is later


@pytest.mark.long
def test_a_complaint_with_lines_disputes_the_invoices_of_its_lines(books: Books, pulled: Pulled) -> None:
    complaint = complain(books, move_id=7, disputed_amount=99.0)
    plain = complain(books, move_id=7, disputed_amount=5.0)
    for move, amount in ((7, 30.0), (8, 12.5), (None, 1.0), (9, 0.0)):
        books.add("kam.complaint.line", complaint_id=complaint, company_id=1, move_id=move, disputed_amount=amount)
    con = pulled(books)
    found = {row["move_id"]: row["disputed_minor"] for row in rows(disputes.disputed(con, JUNE))}
    assert found == {7: 3500, 8: 1250, None: 100}
    parts = [(row["complaint_id"], row["move_id"]) for row in rows(disputes.open_disputes(con, JUNE))]
    assert sorted(parts, key=str) == sorted([(complaint, 7), (complaint, 8), (complaint, None), (plain, 7)], key=str)


@pytest.mark.long
@pytest.mark.parametrize(("day", "minor"), [(9, 500), (10, 0)])
def test_a_case_that_was_closed_later_disputes_until_then(books: Books, pulled: Pulled, day: int, minor: int) -> None:
    number = complain(books, name="CMP/0002", move_id=7, disputed_amount=5.0, state="closed")
    note(books, "closed", "10 08:00", complaint=number)
    found = rows(disputes.open_disputes(pulled(books), date(2026, 6, day)))
    assert [(row["number"], row["disputed_minor"]) for row in found] == ([("CMP/0002", minor)] if minor else [])
