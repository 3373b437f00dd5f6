"""The sample company tells the story that demo and tests count on, and tells it the same way each time."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from datetime import date, timedelta

import pytest

from kam_connector.errors import InputError
from kam_connector.sample import SampleCompany, build
from kam_connector.sample.cast import GROUP
from kam_connector.sample.figures import ANCHOR
from kam_connector.sample.names import HOSTILE
from kam_connector.sample.payments import POSTDATER


def test_same_arguments_give_the_same_company(small: SampleCompany) -> None:
    again = build("small", ANCHOR)
    assert again.hash == small.hash
    assert again.tables == small.tables


def test_another_process_with_another_hash_seed_gives_the_same_hash(small: SampleCompany) -> None:
    words = [sys.executable, "-c", "from kam_connector.sample import build; print(build('small').hash)"]
    printed = subprocess.run(words, capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "77"})
    assert printed.stdout.strip() == small.hash


@pytest.mark.parametrize("anchor", [date(2024, 2, 29), date(2025, 1, 1), date(2026, 11, 22)])
def test_any_day_can_be_the_anchor(anchor: date) -> None:
    documents = build("small", anchor).documents
    days = [invoice.day for invoice in documents.invoices]
    assert anchor - timedelta(days=740) < min(days) < anchor - timedelta(days=600)
    assert anchor - timedelta(days=20) < max(days) <= anchor


def test_an_unknown_size_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match=r'no size "huge".* small, full'):
        build("huge")  # type: ignore[arg-type]


def test_the_full_company_is_built_in_seconds() -> None:
    started = time.process_time()
    build("full", ANCHOR)
    assert time.process_time() - started < 6


def test_the_full_company_is_as_large_as_promised(full: SampleCompany) -> None:
    documents = full.documents
    customers = [partner for partner in documents.partners if partner.is_company]
    assert len(customers) == 400
    assert len(documents.orders) == 3000
    assert 3700 <= len(documents.invoices) <= 4100
    assert len(documents.complaints) == 150
    assert len([person for person in documents.people if person.team]) == 8
    assert {invoice.currency for invoice in documents.invoices} == {"CNY", "EUR", "JPY"}


def test_the_story_lasts_24_months_without_a_gap(full: SampleCompany) -> None:
    months = Counter((i.company, i.day.year, i.day.month) for i in full.documents.invoices)
    assert len(months) == 2 * 24
    assert min(months.values()) >= 10


def test_a_yen_amount_has_no_decimals(small: SampleCompany) -> None:
    yen = next(row["id"] for row in small.tables["res.currency"] if row["name"] == "JPY")
    moves = [row for row in small.tables["account.move"] if row["currency_id"] == yen]
    assert len(moves) > 50
    assert all(row["amount_total"] == int(row["amount_total"]) for row in moves)


def test_every_way_to_settle_and_not_to_settle_is_there(any_size: SampleCompany) -> None:
    documents, tables = any_size.documents, any_size.tables
    states = {row["payment_state"] for row in tables["account.move"] if row["move_type"] == "out_invoice"}
    matched = {settlement.source for settlement in documents.settlements}
    refunds = [invoice.key for invoice in documents.invoices if invoice.kind == "out_refund"]
    assert states == {"paid", "partial", "not_paid", "reversed"}
    assert any(key in matched for key in refunds)
    assert any(key not in matched for key in refunds)
    assert any(payment.write_off_minor for payment in documents.payments)
    assert any(payment.key not in matched for payment in documents.payments)
    assert documents.bad_debts
    assert any(len(invoice.dues) == 3 for invoice in documents.invoices)
    assert any(row["display_type"] == "product" and not row["product_id"] for row in tables["account.move.line"])


def test_a_payment_entered_today_may_be_dated_after_the_anchor(any_size: SampleCompany) -> None:
    later = [payment for payment in any_size.documents.payments if payment.day > ANCHOR]
    assert later
    assert {payment.customer for payment in later} == {POSTDATER}


def test_every_ageing_bucket_has_something_in_it(full: SampleCompany) -> None:
    buckets: Counter[tuple[str, int]] = Counter()
    for entry in full.entries:
        for line in entry.receivables if entry.state == "posted" else ():
            age = (ANCHOR - (line.maturity or entry.day)).days
            bucket = sum(age > limit for limit in (0, 30, 60, 90, 180))
            buckets[entry.company, bucket] += max(0, line.residual)
    assert set(buckets) == {(company, bucket) for company in ("cn", "eu") for bucket in range(6)}
    assert min(buckets.values()) > 0


def test_a_group_buys_from_both_companies(any_size: SampleCompany) -> None:
    family = {p.key for p in any_size.documents.partners if p.is_company and GROUP in (p.key, p.parent)}
    sellers = {invoice.company for invoice in any_size.documents.invoices if invoice.customer in family}
    assert len(family) == 4
    assert sellers == {"cn", "eu"}


def test_one_group_is_two_levels_deep(full: SampleCompany) -> None:
    parents = {p.key: p.parent for p in full.documents.partners if p.is_company}
    assert parents[parents["haichuan-by"]] == "haichuan"


def test_hostile_names_are_customers_with_invoices(any_size: SampleCompany) -> None:
    buying = {invoice.customer for invoice in any_size.documents.invoices}
    names = {p.name for p in any_size.documents.partners if p.key in buying}
    assert set(HOSTILE) <= names


def test_names_of_customers_are_unique(full: SampleCompany) -> None:
    names = [partner.name for partner in full.documents.partners if partner.is_company]
    assert len(names) == len(set(names))


def test_growing_customers_grow_and_lost_ones_stop(full: SampleCompany) -> None:
    nets: Counter[tuple[str, bool]] = Counter()
    for invoice in full.documents.invoices:
        if invoice.state == "posted":
            late = invoice.day > ANCHOR - timedelta(days=365)
            nets[invoice.customer, late] += invoice.total_minor * (1 if invoice.kind == "out_invoice" else -1)
    assert nets["yuanjing", True] > nets["yuanjing", False] > 0
    assert nets["dingsheng", False] > nets["dingsheng", True]
    assert nets["xinrui", False] == 0 < nets["xinrui", True]


def test_the_one_who_left_has_old_invoices_and_no_new_ones(full: SampleCompany) -> None:
    days = [i.day for i in full.documents.invoices if i.user == "zhao" and i.kind == "out_invoice"]
    assert len(days) > 100
    assert max(days) < ANCHOR - timedelta(days=60)


def test_complaints_are_open_and_closed_answered_in_time_and_late(full: SampleCompany) -> None:
    complaints = full.documents.complaints
    assert {c.type for c in complaints} == {"product", "contract", "transport", "service"}
    assert {c.severity for c in complaints} == {"low", "medium", "high", "critical"}
    hours = [(c.responded - c.received).total_seconds() / 3600 for c in complaints if c.responded]
    assert min(hours) < 4
    assert max(hours) > 24
    assert {"received", "rejected", "closed", "reviewed"} <= {c.state for c in complaints}
    assert all(c.received.date() < ANCHOR for c in complaints)


def test_only_what_is_unpaid_is_disputed_and_only_by_open_complaints(any_size: SampleCompany) -> None:
    moves = {row["id"]: row for row in any_size.tables["account.move"]}
    disputed = [row for row in any_size.tables["kam.complaint"] if row["disputed_amount"]]
    assert len(disputed) >= 3
    for row in disputed:
        assert 0 < row["disputed_amount"] <= moves[row["move_id"]]["amount_residual_signed"]
        assert not row["resolved_at"]


def test_each_salesperson_has_a_target_for_each_month(full: SampleCompany) -> None:
    targets = Counter((t.user, t.kind) for t in full.documents.targets)
    assert len(targets) == 16
    assert targets["chen", "revenue"] == 30
    assert all(target.amount_minor >= 100_000 for target in full.documents.targets)
