"""Ageing: the reference figures of collections.md section 3, edges, properties, tie-out."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_connector import policy
from kam_connector.policy.receivables import Ageing
from kam_connector.rules.ageing import bucket_items, by_customer, roll_up, tie_out
from kam_connector.rules.decisions import Decisions
from kam_connector.rules.disputes import mark_disputes
from tests.rules.papers import COMPANIES, item, items

AGEING = policy.load().at(date(2026, 6, 30)).collections.ageing
BUCKETS = [f"{bucket.column}_minor" for bucket in AGEING.columns]


def aged(rows: pd.DataFrame, as_of: str, ageing: Ageing = AGEING) -> Decisions:
    day = date.fromisoformat(as_of)
    return by_customer(bucket_items(rows, ageing, day), ageing)


def figures(rows: pd.DataFrame, as_of: str, ageing: Ageing = AGEING) -> list[int]:
    """Total and buckets of the one customer."""
    (row,) = aged(rows, as_of, ageing).frame[["total_minor", *(f"{b.column}_minor" for b in ageing.columns)]].to_numpy()
    return [int(value) for value in row]


EDGES = (-1, 0, 1, 29, 30, 31, 60, 61, 90, 91, 120, 121, 180, 181)
CASE_B = items(*(
    item(place, 2**place, (date(2026, 6, 30) - timedelta(days=late)).isoformat()) for place, late in enumerate(EDGES)
))  # fmt: skip


@pytest.mark.requirement("S4-39")
def test_case_b_every_edge_lies_in_one_bucket_and_nothing_is_lost() -> None:
    assert figures(CASE_B, "2026-06-30") == [16383, 3, 28, 96, 384, 7680, 8192]


def test_case_b_with_the_limits_of_the_oca_report() -> None:
    ageing = Ageing.model_validate({"valid_from": date(2026, 1, 1), "buckets": [30, 60, 90, 120]})
    assert figures(CASE_B, "2026-06-30", ageing) == [16383, 3, 28, 96, 384, 1536, 14336]
    assert [bucket.column for bucket in ageing.columns][-1] == "d121_plus"


def test_case_c_an_unmatched_credit_note_stands_negative_in_its_own_bucket() -> None:
    unmatched = items(item(1, 50000, "2026-03-01"), item(2, -12000, "2026-04-25"))
    assert figures(unmatched, "2026-04-30") == [38000, 0, -12000, 50000, 0, 0, 0]
    assert figures(unmatched, "2026-05-31") == [38000, 0, 0, -12000, 0, 50000, 0]
    assert figures(items(item(1, 38000, "2026-03-01")), "2026-04-30") == [38000, 0, 0, 38000, 0, 0, 0]


def test_case_m_an_entry_without_a_due_date_ages_from_its_own_day() -> None:
    entry = items(item(1, 500000, None, date="2025-12-31", kind="entry"))
    assert figures(entry, "2026-06-30") == [500000, 0, 0, 0, 0, 0, 500000]
    assert aged(entry, "2026-06-30").findings == ()


def test_case_t_instalments_are_aged_each_on_its_own() -> None:
    terms = items(item(1, 30000, "2026-05-21"), item(2, 40000, "2026-06-20"), item(3, 30000, "2026-07-20"))
    assert figures(terms, "2026-06-30") == [100000, 30000, 40000, 30000, 0, 0, 0]


def test_oca_383_six_monthly_invoices() -> None:
    due = ["2018-01-15", "2017-12-15", "2017-11-15", "2017-10-15", "2017-09-15", "2017-08-15"]
    amounts = [500, 1000, 2000, 4000, 8000, 160000]
    rows = items(*(item(n, amount * 100, day) for n, (amount, day) in enumerate(zip(amounts, due, strict=True))))
    assert figures(rows, "2017-12-31") == [17550000, 50000, 100000, 200000, 400000, 16800000, 0]


def test_oca_487_terms_of_thirty_sixty_ninety_days() -> None:
    rows = items(item(1, 27000, "2018-11-26"), item(2, 27000, "2018-12-26"), item(3, 36000, "2019-01-25"))
    assert figures(rows, "2018-11-28") == [90000, 63000, 27000, 0, 0, 0, 0]


def test_by_recognition_the_age_counts_from_the_document() -> None:
    ageing = Ageing.model_validate({"valid_from": date(2026, 1, 1), "basis": "recognition"})
    rows = items(item(1, 100, "2026-06-30", date="2026-04-01"))
    assert figures(rows, "2026-06-30") == [100, 100, 0, 0, 0, 0, 0]
    assert figures(rows, "2026-06-30", ageing) == [100, 0, 0, 0, 100, 0, 0]


def test_credits_pending_cash_disputes_and_doubtful_debts_have_their_own_columns() -> None:
    rows = items(
        item(1, 30000, "2025-12-01"), item(2, 20000, "2026-06-01"), item(3, 10000, "2026-08-01"),
        item(4, -5000, "2026-06-20", kind="payment"), item(5, 7000, "2026-06-10", pending=True),
        item(6, -900, "2026-06-29", kind="pending"),
    )  # fmt: skip
    rows = mark_disputes(rows, pd.DataFrame({"move_id": [1002], "disputed_minor": [8000]}))
    (row,) = aged(rows, "2026-06-30").frame.to_dict("records")
    assert row["total_minor"] == 30000 + 20000 + 10000 - 5000 + 7000
    assert row["overdue_minor"] == 30000 + 20000 + 7000
    assert row["unapplied_minor"] == 5000
    assert row["pending_minor"] == 7000 + 900
    assert row["disputed_minor"] == 8000
    assert row["doubtful_minor"] == 30000
    assert row["claim_minor"] == 30000 + 12000
    assert row["item_count"] == 5
    assert pd.Timestamp(row["oldest_due"]).date() == date(2025, 12, 1)
    assert (row["user_id"], row["team_id"], row["currency_id"]) == (5, 3, 10)


def test_a_customer_at_net_zero_still_has_a_row() -> None:
    rows = items(item(1, 30000, "2026-04-10"), item(2, -30000, "2026-04-20"))
    assert figures(rows, "2026-06-30") == [0, 0, 0, 0, 0, 0, 0]


def test_companies_customers_and_salespeople_are_kept_apart_and_add_up() -> None:
    rows = items(
        item(1, 90000, "2026-03-01"), item(2, 50000, "2026-03-01", company_id=2, company_currency_id=20),
        item(3, 100, "2026-03-01", user_id=None), item(4, 200, "2026-03-01", customer_id=8),
    )  # fmt: skip
    frame = aged(rows, "2026-03-31").frame
    keys = frame[["company_id", "customer_id", "user_id"]].to_numpy().tolist()
    assert keys == [[1, 7, 0], [1, 7, 5], [1, 8, 5], [2, 7, 5]]
    by_company = roll_up(frame, ["company_id"])
    totals = by_company[["company_id", "currency_id", "total_minor"]].to_numpy().tolist()
    assert totals == [[1, 10, 90300], [2, 20, 50000]]


def test_the_reason_says_how_many_items_and_since_when() -> None:
    (args,) = aged(items(item(1, 100, "2026-03-01"), item(2, 100, "2026-02-01")), "2026-06-30").frame["reason_args"]
    assert json.loads(args) == {"basis": "due", "count": 2, "due_date": "2026-02-01"}
    (credit,) = aged(items(item(1, -100, "2026-03-01")), "2026-06-30").frame["reason_args"]
    assert json.loads(credit)["due_date"] == ""


def test_bad_items_are_findings_and_still_count() -> None:
    rows = items(
        item(1, 100, "2026-03-01", customer_id=None), item(2, 200, None), item(3, 400, "2026-03-01", balance_minor=-400)
    )
    decided = aged(rows, "2026-06-30")
    assert [found.record for found in decided.findings] == ["1", "2", "3"]
    assert {found.severity for found in decided.findings} == {"warning"}
    assert decided.frame["total_minor"].sum() == 700
    assert decided.frame["not_due_minor"].sum() == 200


def test_nothing_open_makes_no_row() -> None:
    rows = items(item(1, 100, "2026-03-01")).iloc[:0]
    assert aged(rows, "2026-06-30").frame.empty


def test_the_ageing_ties_to_the_ledger_or_says_by_how_much_it_does_not() -> None:
    rows = aged(items(item(1, 5709000, "2026-03-01"), item(2, 100, "2026-01-01", company_id=3)), "2026-03-31").frame
    ledger = pd.DataFrame({"company_id": [1, 1, 2], "account_id": [1, 2, 3], "ledger_minor": [5700000, 9000, 50]})
    tied = tie_out(rows, ledger, COMPANIES)
    assert tied.frame.to_numpy().tolist() == [[1, 10, 5709000, 5709000, 0], [2, 20, 0, 50, -50], [3, 30, 100, 0, 100]]
    assert [(found.record, found.message) for found in tied.findings] == [
        ("2", "The ageing sums to 0.00 EUR, the ledger to 0.50: difference -0.50."),
        ("3", "The ageing sums to 100 JPY, the ledger to 0: difference 100."),
    ]
    assert {found.severity for found in tied.findings} == {"error"}


def test_a_dispute_lies_on_the_earliest_instalments_and_never_exceeds_what_is_open() -> None:
    terms = item(1, 70000, "2026-06-01", move_id=9), item(2, 30000, "2026-05-01", move_id=9)
    rows = items(*terms, item(3, 100, "2026-05-01"))
    disputed = pd.DataFrame({"move_id": [9, 9, 55], "disputed_minor": [30000, 10000, 999]})
    assert mark_disputes(rows, disputed)["disputed_minor"].tolist() == [10000, 30000, 0]
    over = pd.DataFrame({"move_id": [9], "disputed_minor": [10**9]})
    assert mark_disputes(rows, over)["disputed_minor"].tolist() == [70000, 30000, 0]
    assert mark_disputes(rows, over.iloc[:0])["disputed_minor"].tolist() == [0, 0, 0]


DAY = st.dates(date(2024, 1, 1), date(2027, 12, 31))
AMOUNT = st.integers(-(10**12), 10**12).filter(bool)
ROWS = st.lists(st.tuples(AMOUNT, DAY, DAY, st.integers(1, 4)), min_size=1, max_size=20)
LIMITS = st.lists(st.integers(1, 400), min_size=1, max_size=6, unique=True)


def ledger_of(rows: list[tuple[int, date, date, int]]) -> pd.DataFrame:
    made = [
        item(n, amount, due.isoformat(), date=day.isoformat(), customer_id=customer, user_id=customer % 2)
        for n, (amount, due, day, customer) in enumerate(rows)
    ]
    return items(*made)


@settings(max_examples=25, deadline=None)
@given(ROWS, DAY, LIMITS, st.sampled_from(["due", "recognition"]))
def test_the_buckets_of_every_row_sum_to_its_total(rows: list, as_of: date, limits: list[int], basis: str) -> None:  # type: ignore[type-arg]
    ageing = Ageing.model_validate({"valid_from": date(2020, 1, 1), "buckets": sorted(limits), "basis": basis})
    frame = by_customer(bucket_items(ledger_of(rows), ageing, as_of), ageing).frame
    columns = [f"{bucket.column}_minor" for bucket in ageing.columns]
    assert (frame[columns].sum(axis=1) == frame["total_minor"]).all()
    assert frame["total_minor"].sum() == sum(row[0] for row in rows)
    assert (frame["overdue_minor"] >= frame["doubtful_minor"]).all()


@settings(max_examples=25, deadline=None)
@given(ROWS, DAY, st.randoms(use_true_random=False))
def test_the_order_of_items_changes_nothing(rows: list, as_of: date, random) -> None:  # type: ignore[no-untyped-def,type-arg]
    table = ledger_of(rows)
    order = list(range(len(table)))
    random.shuffle(order)
    one, other = (by_customer(bucket_items(each, AGEING, as_of), AGEING).frame for each in (table, table.iloc[order]))
    pd.testing.assert_frame_equal(one, other)


@settings(max_examples=25, deadline=None)
@given(ROWS, DAY)
def test_splitting_an_item_in_two_changes_no_sum(rows: list, as_of: date) -> None:  # type: ignore[type-arg]
    half = [(amount // 2, due, day, customer) for amount, due, day, customer in rows]
    rest = [(amount - amount // 2, due, day, customer) for amount, due, day, customer in rows]
    parts = [row for row in half + rest if row[0]]
    whole, split = (by_customer(bucket_items(ledger_of(each), AGEING, as_of), AGEING).frame for each in (rows, parts))
    columns = ["company_id", "customer_id", "user_id", "total_minor", *BUCKETS]
    pd.testing.assert_frame_equal(whole[columns], split[columns])
