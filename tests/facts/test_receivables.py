"""Open receivables as of a day: the worked cases of the field (collections.md 3) with their figures."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

from kam_connector.facts import receivables
from tests.facts.conftest import Pulled, rows
from tests.sync.books import EUR, JPY, NON_TRADE, RECEIVABLE, Books

MARCH, APRIL, MAY, JUNE = date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 30)
AMOUNTS = ("item_id", "company_id", "non_trade", "due_date", "residual_minor", "customer_id")
BUCKETS = ((0, "current"), (30, "1-30"), (60, "31-60"), (90, "61-90"), (120, "91-120"))


@pytest.fixture
def books() -> Books:
    made = Books()
    made.partner("Acme")
    return made


def open_items(con: Any, as_of: date) -> list[dict[str, Any]]:
    """The open items with what they are called on paper and how many days they are past due."""
    papers = {row["item_id"]: row for row in rows(receivables.open_papers(con, as_of))}
    found = sorted(rows(receivables.open_items(con, as_of)), key=lambda row: row["item_id"])
    amounts = sorted(rows(receivables.open_amounts(con, as_of)), key=lambda row: row["item_id"])
    assert amounts == [{name: row[name] for name in AMOUNTS} for row in found]
    return [row | papers[row["item_id"]] | {"days_past_due": (as_of - row["due_date"]).days} for row in found]


def aged(con: Any, as_of: date) -> dict[str, int]:
    """Residuals in whole units by OCA's buckets: 1-30 and so on by inclusive day numbers, day 0 is current."""
    totals: Counter[str] = Counter()
    for row in open_items(con, as_of):
        bucket = next((name for limit, name in BUCKETS if row["days_past_due"] <= limit), "older")
        totals[bucket] += row["residual_minor"] // 100
    return dict(totals)


def ties_out(con: Any, as_of: date) -> int:
    """The balance of both sides, in whole units; fails when they differ."""
    ageing = sum(row["residual_minor"] for row in open_items(con, as_of))
    ledger = sum(row["ledger_minor"] for row in rows(receivables.ledger_balance(con, as_of)))
    items = sum(row["mirror_minor"] for row in rows(receivables.mirror_balance(con, as_of)))
    assert ageing == ledger == items
    return int(ageing // 100)


@pytest.mark.requirement("S4-39")
def test_case_b_every_day_falls_into_its_bucket(books: Books, pulled: Pulled) -> None:
    days = [-1, 0, 1, 29, 30, 31, 60, 61, 90, 91, 120, 121, 180, 181]
    for power, late in enumerate(days):
        due = date.fromordinal(JUNE.toordinal() - late).isoformat()
        books.invoice(1, float(2**power), "2025-12-01", due=due)
    con = pulled(books)
    expected = {"current": 3, "1-30": 28, "31-60": 96, "61-90": 384, "91-120": 1536, "older": 14336}
    assert aged(con, JUNE) == expected
    assert ties_out(con, JUNE) == 16383


def credit_note(books: Books) -> tuple[int, int]:
    invoice = books.invoice(1, 500.0, "2026-02-01", due="2026-03-01")
    return invoice, books.invoice(1, 120.0, "2026-04-25", kind="out_refund")


def test_case_c1_an_unmatched_credit_note_is_an_item_of_its_own(books: Books, pulled: Pulled) -> None:
    credit_note(books)
    con = pulled(books)
    assert aged(con, APRIL) == {"1-30": -120, "31-60": 500}
    assert aged(con, MAY) == {"31-60": -120, "91-120": 500}
    assert [row["kind"] for row in open_items(con, APRIL)] == ["invoice", "credit_note"]
    assert ties_out(con, APRIL) == 380


def test_case_c2_a_match_takes_the_credit_off_the_invoice(books: Books, pulled: Pulled) -> None:
    invoice, credit = credit_note(books)
    books.match(books.item(invoice), books.item(credit), 120.0)
    con = pulled(books)
    assert aged(con, APRIL) == {"31-60": 380}
    assert aged(con, MARCH) == {"1-30": 500}
    assert ties_out(con, APRIL) == 380


def test_case_g_a_contacts_invoice_stands_under_its_company(books: Books, pulled: Pulled) -> None:
    child = books.partner("Child", 1, is_company=False)
    books.invoice(child, 210.0, "2026-03-15", due="2026-04-15")
    books.invoice(1, 90.0, "2026-03-01", due="2026-03-31")
    con = pulled(books)
    assert {row["customer_id"] for row in open_items(con, APRIL)} == {1}
    assert aged(con, APRIL) == {"1-30": 300}
    assert aged(con, MAY) == {"31-60": 210, "61-90": 90}


def test_case_h_only_posted_documents_count(books: Books, pulled: Pulled) -> None:
    books.invoice(1, 333.0, "2026-03-01", due="2026-03-31")
    books.invoice(1, 111.0, "2026-03-01", due="2026-03-31", state="draft")
    books.invoice(1, 222.0, "2026-03-01", due="2026-03-31", state="cancel")
    con = pulled(books)
    assert aged(con, APRIL) == {"1-30": 333}
    assert ties_out(con, APRIL) == 333


def test_case_k_companies_stand_apart(books: Books, pulled: Pulled) -> None:
    books.company(2, EUR)
    books.invoice(1, 900.0, "2026-02-01", due="2026-03-01")
    books.invoice(1, 500.0, "2026-02-01", due="2026-03-01", company=2, currency_id=EUR)
    con = pulled(books)
    found = [(row["company_id"], row["company_currency_id"], row["residual_minor"]) for row in open_items(con, MARCH)]
    assert found == [(1, 1, 90000), (2, EUR, 50000)]
    assert {row["company_id"]: row["ledger_minor"] for row in rows(receivables.ledger_balance(con, MARCH))} == {
        1: 90000,
        2: 50000,
    }


def test_case_l_a_payment_dated_later_leaves_the_invoice_open_until_then(books: Books, pulled: Pulled) -> None:
    invoice = books.invoice(1, 700.0, "2026-09-01", due="2026-10-01")
    payment = books.payment(1, 700.0, "2026-12-21")
    books.match(books.item(invoice), books.item(payment), 700.0)
    con = pulled(books)
    assert aged(con, date(2026, 11, 20)) == {"31-60": 700}
    assert aged(con, date(2026, 11, 21)) == {"31-60": 700}
    assert ties_out(con, date(2026, 12, 20)) == 700
    assert aged(con, date(2026, 12, 21)) == {}
    assert ties_out(con, date(2027, 1, 20)) == 0


def test_case_m_an_entry_without_due_date_ages_from_its_own_date(books: Books, pulled: Pulled) -> None:
    books.entry(1, 5000.0, "2025-12-31")
    (row,) = open_items(pulled(books), JUNE)
    assert (row["kind"], row["due_date"], row["days_past_due"]) == ("entry", date(2025, 12, 31), 181)


def test_case_n1_a_part_payment_leaves_the_rest(books: Books, pulled: Pulled) -> None:
    invoice = books.invoice(1, 100.0, "2026-03-01", payment_state="partial")
    payment = books.payment(1, 40.0, "2026-04-10")
    books.match(books.item(invoice), books.item(payment), 40.0)
    con = pulled(books)
    assert [row["residual_minor"] for row in open_items(con, APRIL)] == [6000]
    assert [row["residual_minor"] for row in open_items(con, date(2026, 4, 9))] == [10000]


def test_cases_n2_n3_a_registered_payment_without_entry_is_pending(books: Books, pulled: Pulled) -> None:
    books.invoice(1, 100.0, "2026-03-01", payment_state="in_payment")
    books.invoice(1, 50.0, "2026-03-01", payment_state="not_paid")
    found = [(row["residual_minor"], row["pending"]) for row in open_items(pulled(books), APRIL)]
    assert found == [(10000, True), (5000, False)]


def test_case_n4_a_match_of_an_invoice_put_back_to_draft_does_not_count(books: Books, pulled: Pulled) -> None:
    invoice = books.invoice(1, 100.0, "2026-03-01")
    payment = books.payment(1, 100.0, "2026-04-10")
    books.match(books.item(invoice), books.item(payment), 100.0)
    books.draft(invoice)
    con = pulled(books)
    assert [(row["kind"], row["residual_minor"]) for row in open_items(con, APRIL)] == [("payment", -10000)]
    assert ties_out(con, APRIL) == -100


def test_cases_n5_and_r_the_state_of_payment_is_no_residual(books: Books, pulled: Pulled) -> None:
    paid = books.invoice(1, 100.0, "2026-03-01", payment_state="blocked")
    payment = books.payment(1, 100.0, "2026-04-10")
    books.match(books.item(paid), books.item(payment), 100.0)
    books.invoice(1, 640.0, "2026-02-01", due="2026-03-01", payment_state="blocked")
    assert aged(pulled(books), APRIL) == {"31-60": 640}


def test_case_p_a_full_reversal_closes_from_its_own_date(books: Books, pulled: Pulled) -> None:
    invoice = books.invoice(1, 800.0, "2026-02-01", due="2026-03-01", payment_state="reversed")
    reversal = books.invoice(1, 800.0, "2026-05-20", kind="out_refund", reversed_entry_id=invoice)
    books.match(books.item(invoice), books.item(reversal), 800.0)
    con = pulled(books)
    assert aged(con, APRIL) == {"31-60": 800}
    assert aged(con, MAY) == {}


def test_case_t_instalments_age_one_by_one(books: Books, pulled: Pulled) -> None:
    terms = [("2026-10-12", 300.0), ("2026-11-11", 400.0), ("2026-12-11", 300.0)]
    books.invoice(1, 1000.0, "2026-10-12", terms=terms)
    assert aged(pulled(books), date(2026, 11, 21)) == {"31-60": 300, "1-30": 400, "current": 300}


def test_thread_487_ninety_thousand_in_three_instalments(books: Books, pulled: Pulled) -> None:
    terms = [("2018-11-26", 27000.0), ("2018-12-26", 27000.0), ("2019-01-25", 36000.0)]
    books.invoice(1, 90000.0, "2018-10-27", terms=terms)
    con = pulled(books)
    assert aged(con, date(2018, 11, 28)) == {"1-30": 27000, "current": 63000}
    assert aged(con, date(2018, 11, 26)) == {"current": 90000}
    assert aged(con, date(2018, 11, 27)) == {"1-30": 27000, "current": 63000}


def test_thread_16235_three_part_payments_leave_5500(books: Books, pulled: Pulled) -> None:
    invoice = books.invoice(1, 10000.0, "2016-11-30", due="2017-02-28")
    for amount, day in ((1500.0, "2016-11-09"), (1000.0, "2016-11-30"), (2000.0, "2017-01-30")):
        payment = books.payment(1, amount, day)
        books.match(books.item(invoice), books.item(payment), amount)
    con = pulled(books)
    (row,) = open_items(con, date(2017, 4, 4))
    assert (row["residual_minor"], row["days_past_due"]) == (550000, 35)
    assert ties_out(con, date(2016, 11, 9)) == -1500


def test_a_foreign_invoice_keeps_its_booking_rate_until_paid(books: Books, pulled: Pulled) -> None:
    invoice = books.invoice(1, 1000.0, "2026-01-10", currency_id=EUR, rate=1 / 1.1)
    payment = books.payment(1, 400.0, "2026-02-10", currency_id=EUR, rate=1 / 1.1)
    books.match(books.item(invoice), books.item(payment), 440.0, debit_amount_currency=400, credit_amount_currency=400)
    (row,) = open_items(pulled(books), APRIL)
    assert (row["residual_minor"], row["residual_currency_minor"], row["currency_id"]) == (66000, 60000, EUR)


def test_an_exchange_difference_closes_a_foreign_invoice_and_has_its_own_kind(books: Books, pulled: Pulled) -> None:
    invoice = books.invoice(1, 100.0, "2026-01-10", currency_id=EUR, rate=0.125)
    payment = books.payment(1, 100.0, "2026-03-10", currency_id=EUR, rate=1 / 8.5)
    difference = books.entry(1, 50.0, "2026-03-10", currency_id=EUR, amount_currency=0.0)
    ids = [books.item(move) for move in (invoice, payment, difference)]
    books.match(ids[0], ids[1], 800.0, debit_amount_currency=100, credit_amount_currency=100)
    books.match(ids[2], ids[1], 50.0, debit_amount_currency=0, credit_amount_currency=0)
    con = pulled(books)
    assert aged(con, APRIL) == {}
    from kam_connector.facts.items import item_kinds

    assert {row["item_id"]: row["kind"] for row in rows(item_kinds(con, APRIL))} == dict(
        zip(ids, ["invoice", "payment", "exchange"], strict=True)
    )


def test_a_currency_without_decimals_is_counted_in_whole_units(books: Books, pulled: Pulled) -> None:
    books.invoice(1, 150000.0, "2026-01-10", currency_id=JPY, rate=20.0)
    (row,) = open_items(pulled(books), APRIL)
    assert (row["residual_minor"], row["residual_currency_minor"]) == (750000, 150000)


def test_a_write_off_entry_is_told_from_another_entry(books: Books, pulled: Pulled) -> None:
    invoice = books.invoice(1, 100.0, "2026-01-10")
    write_off = books.entry(1, -100.0, "2026-02-10", due="2026-02-10")
    advance = books.entry(1, -30.0, "2026-02-10")
    books.match(books.item(invoice), books.item(write_off), 100.0)
    con = pulled(books)
    from kam_connector.facts.items import item_kinds

    kinds = {row["item_id"]: row["kind"] for row in rows(item_kinds(con, APRIL))}
    assert kinds == {books.item(invoice): "invoice", books.item(write_off): "write_off", books.item(advance): "entry"}
    kinds_before = {row["item_id"]: row["kind"] for row in rows(item_kinds(con, date(2026, 1, 31)))}
    assert kinds_before == {books.item(invoice): "invoice"}


def test_a_bank_line_without_payment_is_a_payment_too(books: Books, pulled: Pulled) -> None:
    books.entry(1, -80.0, "2026-02-10", statement_line_id=4)
    assert [row["kind"] for row in open_items(pulled(books), APRIL)] == ["payment"]


def test_non_trade_receivables_are_in_and_flagged(books: Books, pulled: Pulled) -> None:
    books.invoice(1, 10.0, "2026-01-10")
    books.entry(1, 20.0, "2026-01-10", account=NON_TRADE)
    con = pulled(books)
    assert [(row["account_id"], row["non_trade"]) for row in open_items(con, APRIL)] == [
        (RECEIVABLE, False),
        (NON_TRADE, True),
    ]
    assert ties_out(con, APRIL) == 30


def test_an_item_without_partner_counts_under_no_customer(books: Books, pulled: Pulled) -> None:
    books.entry(None, 20.0, "2026-01-10")
    con = pulled(books)
    (row,) = open_items(con, APRIL)
    assert (row["customer_id"], row["group_id"], row["partner_id"], row["user_id"]) == (0, 0, None, None)
    assert ties_out(con, APRIL) == 20


def test_the_salesperson_is_the_invoices_else_the_partners_and_never_the_bookkeepers(
    books: Books, pulled: Pulled
) -> None:
    for number in (7, 8, 9):
        books.add("res.users", id=number, login=f"user{number}", active=True)
    books.add("crm.team", id=3, name="North", active=True)
    books.add("crm.team.member", user_id=8, crm_team_id=3, active=True)
    books.change("res.partner", 1, user_id=8)
    books.invoice(1, 10.0, "2026-01-10", invoice_user_id=7, team_id=5)
    books.invoice(1, 11.0, "2026-01-10")
    books.payment(1, 5.0, "2026-01-20", invoice_user_id=9, team_id=6)
    found = [(row["user_id"], row["team_id"]) for row in open_items(pulled(books), APRIL)]
    assert found == [(7, 5), (8, 3), (8, 3)]


def test_matching_changes_no_total_and_a_later_document_changes_nothing(books: Books, pulled: Pulled) -> None:
    invoice, credit = credit_note(books)
    con = pulled(books)
    before = (ties_out(con, APRIL), aged(con, MARCH))
    books.match(books.item(invoice), books.item(credit), 120.0)
    books.invoice(1, 999.0, "2026-05-01")
    con = pulled(books)
    assert (ties_out(con, APRIL), aged(con, MARCH)) == before


def test_an_empty_mirror_has_no_open_items(pulled: Pulled) -> None:
    con = pulled(Books())
    assert open_items(con, APRIL) == []
    assert ties_out(con, APRIL) == 0
