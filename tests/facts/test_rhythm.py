"""How regularly customers order, seasons, and what else early warnings look at."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kam_connector.facts import rhythm, watched
from tests.facts.conftest import Pulled, rows
from tests.sync.books import Books

JUNE = date(2024, 6, 30)


@pytest.fixture
def books() -> Books:
    made = Books()
    made.partner("Acme")
    return made


def order(books: Books, moment: str, **values: Any) -> int:
    row = {"name": "S", "partner_id": 1, "company_id": 1, "currency_id": 1, "state": "sale", "date_order": moment}
    return books.add("sale.order", **{**row, **values})


def one(table: Any) -> dict[str, Any]:
    (row,) = rows(table)
    return row


def test_w10_two_orders_of_one_day_are_one_order_day(books: Books, pulled: Pulled) -> None:
    """W10: orders on 1 January (two), 1 March and 30 May 2024; on 30 June the last one is 31 days old."""
    for day in ("2024-01-01", "2024-01-01", "2024-03-01", "2024-05-30"):
        order(books, f"{day} 03:00:00")
    order(books, "2024-06-15 03:00:00", state="draft")
    order(books, "2024-07-01 03:00:00")
    assert one(rhythm.rhythm(pulled(books), JUNE)) == {
        "company_id": 1, "customer_id": 1, "last_order": date(2024, 5, 30), "days_since_last": 31, "order_days_12m": 3,
        "gaps_24m": 2, "gap_days_mean": 75.0, "gap_days_spread": 15.0,
    }  # fmt: skip


def test_a_single_order_has_no_rhythm(books: Books, pulled: Pulled) -> None:
    order(books, "2024-06-30 03:00:00")
    found = one(rhythm.rhythm(pulled(books), JUNE))
    assert (found["days_since_last"], found["gaps_24m"]) == (0, 0)
    assert (found["gap_days_mean"], found["gap_days_spread"]) == (None, None)


@pytest.mark.parametrize(("first", "gaps", "last_year"), [("2022-06-30", 1, 1), ("2022-07-01", 2, 1)])
def test_both_ends_of_a_gap_lie_within_24_months(
    books: Books, pulled: Pulled, first: str, gaps: int, last_year: int
) -> None:
    for day in (first, "2023-06-30", "2023-07-01"):
        order(books, f"{day} 03:00:00")
    found = one(rhythm.rhythm(pulled(books), JUNE))
    assert (found["gaps_24m"], found["order_days_12m"]) == (gaps, last_year)


def test_an_order_belongs_to_its_day_in_the_companys_zone(books: Books, pulled: Pulled) -> None:
    order(books, "2024-06-29 16:00:00")
    con = pulled(books)
    assert one(rhythm.rhythm(con, JUNE))["last_order"] == date(2024, 6, 29)
    shanghai = one(rhythm.rhythm(con, JUNE, {1: ZoneInfo("Asia/Shanghai")}))
    assert (shanghai["last_order"], shanghai["days_since_last"]) == (JUNE, 0)


@pytest.mark.long
@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2024-01-14 22:59:59", date(2024, 1, 14)),
        ("2024-01-14 23:00:00", date(2024, 1, 15)),
        ("2024-06-14 21:59:59", date(2024, 6, 14)),
        ("2024-06-14 22:00:00", date(2024, 6, 15)),
        ("2023-10-29 23:00:00", date(2023, 10, 30)),
    ],
)
def test_summer_time_moves_midnight(books: Books, pulled: Pulled, moment: str, day: date) -> None:
    order(books, moment)
    assert one(rhythm.rhythm(pulled(books), JUNE, {1: ZoneInfo("Europe/Berlin")}))["last_order"] == day


@pytest.mark.parametrize("as_of", [date(2026, 6, 30), date(2026, 7, 15), date(2026, 7, 30)])
def test_a_season_is_three_whole_months_beside_those_of_the_year_before(
    books: Books, pulled: Pulled, as_of: date
) -> None:
    days = ["2025-03-31", "2025-04-01", "2025-06-30", "2025-07-01", "2026-03-31", "2026-04-01", "2026-06-30"]
    for power, day in enumerate(days):
        books.invoice(1, float(10**power), day)
    books.invoice(1, 400.0, "2026-05-05", kind="out_refund")
    found = one(rhythm.season(pulled(books), as_of))
    assert found["revenue_3m_minor"] == (100_000 + 1_000_000 - 400) * 100
    assert found["revenue_3m_before_minor"] == (10 + 100) * 100


@pytest.mark.long
@pytest.mark.parametrize(
    ("received", "state", "count"),
    [
        ("2026-04-01 23:59:59", "received", None),
        ("2026-04-02 00:00:00", "received", 1),
        ("2026-06-30 23:59:59", "closed", 1),
        ("2026-07-01 00:00:00", "received", None),
        ("2026-06-30 12:00:00", "rejected", None),
    ],
)
def test_complaints_of_the_last_90_days_count(
    books: Books, pulled: Pulled, received: str, state: str, count: int | None
) -> None:
    books.add(
        "kam.complaint", name="K", company_id=1, partner_id=1, received_at=received, state=state, severity="low",
        type="product",
    )  # fmt: skip
    found = rows(watched.recent_complaints(pulled(books), date(2026, 6, 30), 90))
    assert [row["complaints"] for row in found] == ([count] if count else [])


@pytest.mark.long
@pytest.mark.parametrize(
    ("moment", "state", "decided"),
    [
        ("2026-01-01 23:59:59", "cancel", None),
        ("2026-01-02 00:00:00", "cancel", (1, 1)),
        ("2026-06-30 23:59:59", "sale", (1, 0)),
        ("2026-06-30 23:59:59", "done", (1, 0)),
        ("2026-07-01 00:00:00", "cancel", None),
        ("2026-06-01 12:00:00", "sent", None),
    ],
)
def test_offers_of_the_last_180_days_are_won_or_lost(
    books: Books, pulled: Pulled, moment: str, state: str, decided: tuple[int, int] | None
) -> None:
    contact = books.partner("Wang", parent_id=1, commercial_partner_id=1)
    order(books, moment, state=state, partner_id=contact)
    found = rows(watched.decided_offers(pulled(books), date(2026, 6, 30), 180))
    assert [(row["customer_id"], row["offers"], row["lost_offers"]) for row in found] == (
        [(1, *decided)] if decided else []
    )


@pytest.mark.long
@pytest.mark.requirement("S2-48")
@pytest.mark.parametrize(
    ("state", "validity", "decided"),
    [
        ("sent", "2026-06-29", (1, 1)),
        ("sent", "2026-06-30", None),
        ("sent", "2026-07-01", None),
        ("sent", None, None),
        ("draft", "2026-06-29", (1, 1)),
        ("sale", "2026-06-29", (1, 0)),
        ("cancel", "2026-07-31", (1, 1)),
        ("cancel", None, (1, 1)),
    ],
)
def test_an_offer_is_lost_from_the_day_after_its_validity_unless_it_became_an_order(
    books: Books, pulled: Pulled, state: str, validity: str | None, decided: tuple[int, int] | None
) -> None:
    order(books, "2026-06-01 12:00:00", state=state, validity_date=validity)
    found = rows(watched.decided_offers(pulled(books), date(2026, 6, 30), 180))
    assert [(row["offers"], row["lost_offers"]) for row in found] == ([decided] if decided else [])


def test_debts_are_past_due_from_the_day_after_and_credits_lower_nothing(books: Books, pulled: Pulled) -> None:
    books.invoice(1, 100.0, "2026-05-01", due="2026-06-29")
    books.invoice(1, 10.0, "2026-05-01", due="2026-06-30")
    books.invoice(1, 50.0, "2026-05-01", kind="out_refund")
    found = one(watched.debts(pulled(books), date(2026, 6, 30)))
    assert found == {"company_id": 1, "customer_id": 1, "debts_minor": 11000, "debts_overdue_minor": 10000}


def test_a_gone_contact_is_archived_and_stood_on_a_paper_of_the_months(books: Books, pulled: Pulled) -> None:
    gone = books.partner("Wang", parent_id=1, commercial_partner_id=1, active=False)
    there = books.partner("Li", parent_id=1, commercial_partner_id=1)
    unknown = books.partner("Zhao", parent_id=1, commercial_partner_id=1, active=False)
    early = books.partner("Qian", parent_id=1, commercial_partner_id=1, active=False)
    for contact, moment in ((gone, "2025-07-01 00:00:00"), (there, "2026-06-01 00:00:00")):
        order(books, moment, partner_id=1, partner_invoice_id=contact)
    order(books, "2025-06-30 23:59:59", partner_id=early)
    found = rows(watched.gone_contacts(pulled(books), date(2026, 6, 30), 12))
    assert found == [{"company_id": 1, "customer_id": 1, "contact_id": gone}]
    assert unknown != gone


def test_the_contacts_of_an_archived_customer_are_not_missed(books: Books, pulled: Pulled) -> None:
    gone = books.partner("Wang", parent_id=1, commercial_partner_id=1, active=False)
    order(books, "2026-06-01 00:00:00", partner_id=gone)
    books.change("res.partner", 1, active=False)
    assert rows(watched.gone_contacts(pulled(books), date(2026, 6, 30), 12)) == []
