"""Bonuses for events that the mirror and the book tell: new customers, new key accounts, key accounts kept."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest

from kam_connector import ledger, mirror, policy
from kam_connector.rules.pay.given import PAID_COLUMNS, no_rows
from kam_connector.runs import known
from kam_connector.runs.pay_reading import read_given
from kam_connector.runs.pay_trial import Asked, Spoken, try_given
from kam_connector.runs.sources import Sources
from tests.facts.conftest import mirror_of
from tests.incentives.trying import plan_text
from tests.runs.paid_books import ANN, BOB, paid, read_plan, sellers
from tests.sync.books import Books

BONUS = '[[component]]\nkind = "bonus"\ncode = "{0}"\nevent = "{0}"\namount = "500.00"\n{1}\n'
MARCH = "2026-03-31"


@pytest.fixture
def books() -> Books:
    """Ann sold to her customer in 2025, Bob to his in March 2026."""
    made = sellers(Books())
    made.invoice(1, 100.0, "2025-06-02", invoice_user_id=ANN)
    made.invoice(2, 200.0, "2026-03-03", invoice_user_id=BOB)
    return made


FIGURES = dict.fromkeys(("score", "contribution", "loyalty", "growth", "risk"), 50.0)


def rated(folder: Path, day: str, **tiers: str) -> None:
    """The book knows these tiers since the day, customers as c1, c2."""
    same = {"company_id": 1, "coverage": 1.0, "status": "rated", "segment": "", "runs_below": 0, "previous_tier": "",
            "previous_runs_below": 0, "reason_code": "tier.kept", "reason_args": "{}", **FIGURES}  # fmt: skip
    rows = [{**same, "customer_id": int(name[1:]), "tier": tier} for name, tier in tiers.items()]
    with ledger.open(folder / "ledger.db") as book:
        known.record_tiers(book, pd.DataFrame(rows), pd.Timestamp(day).date())


def bonus(event: str, more: str = "") -> str:
    return plan_text(BONUS.format(event, more))


@pytest.mark.requirement("S0-20")
def test_a_new_customer_is_paid_once_to_the_salesperson_of_the_first_invoice(tmp_path: Path, books: Books) -> None:
    books.invoice(2, 50.0, "2026-03-09", invoice_user_id=ANN)
    books.partner("Branch", 2)
    books.invoice(3, 70.0, "2026-03-10", invoice_user_id=ANN)
    assert paid(tmp_path, books, bonus("new_customer"), MARCH) == [(BOB, "2026-03", "500.00")]
    assert paid(tmp_path, books, bonus("new_customer"), "2026-03-02") == []
    assert paid(tmp_path, books, bonus("new_customer"), "2026-04-30") == [(BOB, "2026-03", "500.00")]


def test_a_trial_names_no_record_of_an_event(tmp_path: Path, books: Books) -> None:
    """The number by which an event is known from run to run is no id of the ERP that somebody could look up."""
    plan = read_plan(tmp_path, bonus("new_customer"))
    with mirror.open(mirror_of(books)) as store, ledger.open(tmp_path / "ledger.db") as book:
        sources = Sources(store.ibis, book, policy.load(), {}, True, datetime.now(UTC))
        given = read_given(sources, plan, date(2026, 3, 31), [1], no_rows(PAID_COLUMNS), plan.valid_from)
    spoken = Spoken({BOB: "Bob"}, None, given.currencies)
    (row,) = try_given(lambda _: given, spoken, Asked(plan, None, None, None, "en"), given.as_of).rows
    assert (row["payee"], row["credit"], row["amount_exact"]) == ("Bob", "", "500")


@pytest.mark.requirement("S0-20")
def test_a_new_key_account_is_paid_once_on_its_day(tmp_path: Path, books: Books) -> None:
    rated(tmp_path, "2026-01-01", c1="standard", c2="standard")
    rated(tmp_path, "2026-02-10", c1="silver")
    rated(tmp_path, "2026-03-10", c1="gold", c2="bronze")
    rated(tmp_path, "2026-03-20", c1="standard")
    rated(tmp_path, "2026-03-25", c1="gold")
    assert paid(tmp_path, books, bonus("new_key_account"), MARCH) == [
        (ANN, "2026-02", "500.00"), (BOB, "2026-03", "500.00"),
    ]  # fmt: skip
    golden = bonus("new_key_account", 'filter = { tiers = ["gold"] }')
    assert paid(tmp_path, books, golden, MARCH) == [(ANN, "2026-03", "500.00")]


@pytest.mark.long
def test_what_was_so_on_the_first_night_pays_nobody(tmp_path: Path, books: Books) -> None:
    rated(tmp_path, "2026-02-01", c1="gold", c2="standard")
    assert paid(tmp_path, books, bonus("new_key_account"), MARCH) == []


@pytest.mark.long
def test_an_event_stays_whose_it_was_when_the_customer_changes_hands(tmp_path: Path, books: Books) -> None:
    rated(tmp_path, "2026-01-01", c1="standard", c2="standard")
    rated(tmp_path, "2026-02-10", c1="gold")
    books.change("res.partner", 1, user_id=BOB)
    books.invoice(1, 1.0, "2026-02-11", invoice_user_id=BOB)
    assert paid(tmp_path, books, bonus("new_key_account"), MARCH) == [(ANN, "2026-02", "500.00")]


@pytest.mark.long
def test_a_split_shares_the_event(tmp_path: Path, books: Books) -> None:
    """Bob sold last, the customer is Ann's: 300.00 and 200.00."""
    rated(tmp_path, "2026-01-01", c1="standard", c2="standard")
    books.invoice(1, 1.0, "2026-03-01", invoice_user_id=BOB)
    rated(tmp_path, "2026-03-10", c1="gold")
    split = '[[split]]\nrole = "salesperson"\nshare = "0.6"\n[[split]]\nrole = "owner"\nshare = "0.4"\n'
    found = paid(tmp_path, books, plan_text(BONUS.format("new_key_account", ""), split), MARCH)
    assert found == [(ANN, "2026-03", "200.00"), (BOB, "2026-03", "300.00")]


@pytest.mark.long
def test_a_tier_that_was_wrong_takes_its_event_back(tmp_path: Path, books: Books) -> None:
    rated(tmp_path, "2026-01-01", c1="standard", c2="standard")
    rated(tmp_path, "2026-02-10", c1="gold")
    assert paid(tmp_path, books, bonus("new_key_account"), MARCH) == [(ANN, "2026-02", "500.00")]
    rated(tmp_path, "2026-02-10", c1="standard")
    assert paid(tmp_path, books, bonus("new_key_account"), MARCH) == []


@pytest.mark.long
@pytest.mark.requirement("S0-18")
def test_who_was_kept_a_year_is_paid_on_the_day(tmp_path: Path, books: Books) -> None:
    """Customer 1 is gold from 10 March 2025 and bought in June; customer 2 bought on 3 March 2026, silver since May."""
    rated(tmp_path, "2025-03-10", c1="gold", c2="standard")
    rated(tmp_path, "2025-05-01", c2="silver")
    assert paid(tmp_path, books, bonus("retained"), "2026-03-09") == []
    assert paid(tmp_path, books, bonus("retained"), MARCH) == [(ANN, "2026-03", "500.00")]
    assert paid(tmp_path, books, bonus("retained"), "2026-05-31") == [
        (ANN, "2026-03", "500.00"), (BOB, "2026-05", "500.00"),
    ]  # fmt: skip


@pytest.mark.long
def test_an_event_of_nobody_is_left_out_and_told_with_its_place(tmp_path: Path, books: Books) -> None:
    """Customers 3 and 4 are new in March, on invoices of nobody; Bob's 500.00 stay."""
    for number in (3, 4):
        books.partner(f"Customer {number}")
        books.invoice(number, 10.0, f"2026-03-0{number + 1}")
    findings: list[str] = []
    assert paid(tmp_path, books, bonus("new_customer"), MARCH, findings) == [(BOB, "2026-03", "500.00")]
    told = [each for each in findings if "new_customer" in each]
    assert told == [
        'Events "new_customer" without a salesperson (2): plan p leaves them out. '
        "Customer and day: 3 (2026-03-04), 4 (2026-03-05)."
    ]
    findings.clear()
    assert paid(tmp_path, books, bonus("new_customer"), "2026-03-04", findings) == [(BOB, "2026-03", "500.00")]
    assert [each for each in findings if "(1)" in each and "Customer and day: 3 (2026-03-04)." in each]


@pytest.mark.long
def test_of_many_events_of_nobody_the_last_five_are_named(tmp_path: Path, books: Books) -> None:
    for number in range(3, 9):
        books.partner(f"Customer {number}")
        books.invoice(number, 10.0, f"2026-03-0{number}")
    findings: list[str] = []
    paid(tmp_path, books, bonus("new_customer"), MARCH, findings)
    (told,) = [each for each in findings if "new_customer" in each]
    assert "(6)" in told
    assert "3 (2026-03-03)" not in told
    assert told.endswith("4 (2026-03-04), 5 (2026-03-05), 6 (2026-03-06), 7 (2026-03-07), 8 (2026-03-08).")
