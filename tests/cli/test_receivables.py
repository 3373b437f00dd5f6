"""Payers, metrics and provision as a person asks for them: the figures agree with each other and with the ageing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.runs import nights

pytestmark = pytest.mark.long

ZERO = Decimal(0)


@pytest.fixture(scope="module")
def place(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[nights.Place]:
    with nights.after_one(shared_folder, tmp_path_factory.mktemp("home")) as (found, _):
        yield found


def ask(place: nights.Place, *words: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(place.kam(*words, "--as-of", nights.ANCHOR, "--format", "json").stdout)
    return answer


@cache
def told(home: Path) -> dict[tuple[str, ...], dict[str, Any]]:
    """What was answered about a home that nobody has changed since, by the words of the question."""
    return {}


def look(place: nights.Place, *words: str) -> dict[str, Any]:
    """The answer of a home as its night has left it: asked once."""
    answers = told(place.home)
    if words not in answers:
        answers[words] = ask(place, *words)
    return answers[words]


def summed(rows: list[dict[str, Any]], name: str, company: int) -> Decimal:
    return sum((Decimal(row[name]) for row in rows if row["company"] == company), ZERO)


@pytest.mark.requirement("S4-41")
def test_receivable_less_credit_balances_is_the_ledger_and_customers_sum_to_their_company(place: nights.Place) -> None:
    ledger = {row["company"]: Decimal(row["tie_out"]["ledger"]) for row in look(place, "ageing", "show")["totals"]}
    companies, customers = (look(place, "ageing", "metrics", "--by", by)["rows"] for by in ("company", "customer"))
    assert {row["company"] for row in companies} == set(ledger)
    for row in companies:
        assert Decimal(row["receivable"]) - Decimal(row["credit_balance"]) == ledger[row["company"]]
        for name in ("receivable", "current", "overdue", "credit_balance", "opening", "sales", "cash", "doubtful"):
            assert summed(customers, name, row["company"]) == Decimal(row[name]), name
        assert Decimal(row["days_delinquent"]) == Decimal(row["dso"]) - Decimal(row["best_dso"])


def test_the_dso_is_that_of_the_months_asked_for(place: nights.Place) -> None:
    for months, days, first in (("1", 30, "2026-06-01"), ("3", 91, "2026-04-01"), ("12", 365, "2025-07-01")):
        for row in look(place, "ageing", "metrics", "--months", months)["rows"]:
            expected = Decimal(row["receivable"]) / Decimal(row["sales"]) * days
            assert abs(Decimal(row["dso"]) - expected) <= Decimal("0.05")
            assert row["period_from"] == first


def test_the_provision_is_the_sum_of_its_rows_and_stands_on_the_whole_receivable(place: nights.Place) -> None:
    answer = look(place, "ageing", "provision")
    receivable = {row["company"]: Decimal(row["receivable"]) for row in look(place, "ageing", "metrics")["rows"]}
    totals = {(row["company"], row["band"]): row for row in answer["totals"]}
    for company, owed in receivable.items():
        whole = totals[company, "total"]
        assert Decimal(whole["amount"]) == summed(answer["rows"], "amount", company) == owed
        assert Decimal(whole["provision"]) == summed(answer["rows"], "provision", company)
    for row in answer["rows"]:
        exact = Decimal(row["amount"]) * Decimal(row["rate"])
        assert abs(Decimal(row["provision"]) - exact) <= Decimal("0.005")


def test_payers_are_classed_and_their_next_payment_is_the_first_of_their_debts(place: nights.Place) -> None:
    payers, debts = look(place, "collections", "show")["rows"], look(place, "collections", "show", "--items")["rows"]
    assert {"slow", "unreliable"} <= {row["payer_class"] for row in payers}
    assert all(row["expected_on"] >= nights.ANCHOR for row in debts)
    for row in payers:
        days = [debt for debt in debts if (debt["company"], debt["customer"]) == (row["company"], row["customer"])]
        first = min((debt["expected_on"] for debt in days), default=None)
        assert row["expected_on"] == first
        if first:
            assert sum((Decimal(d["amount"]) for d in days if d["expected_on"] == first), ZERO) == Decimal(
                row["expected"]
            )


def test_rows_stand_by_company_and_falling_exposure(place: nights.Place) -> None:
    rows = [row for row in look(place, "collections", "show")["rows"] if row["exposure"] is not None]
    order = [(row["company"], -Decimal(row["exposure"]), row["customer"]) for row in rows]
    assert order == sorted(order)


def test_one_customer_can_be_asked_for(place: nights.Place) -> None:
    (row,) = look(place, "collections", "show", "--customer", "36")["rows"]
    assert (row["company"], row["customer"], row["payer_class"]) == (1, 36, "slow")
    # Gold may have credit for three mean months of its sales: 3 481 353.04 / 12 x 3.
    assert (row["credit_allowed"], row["currency"]) == ("870338.26", "CNY")
    assert look(place, "collections", "show", "--customer", "999999")["rows"] == []


@pytest.mark.requirement("S4-49")
def test_a_limit_in_the_mirror_leads_to_advice(place: nights.Place) -> None:
    import duckdb

    with duckdb.connect(str(next(Path(place.home).rglob("*.duckdb")))) as db:
        db.execute("INSERT INTO res_partner_company (id, company_id, credit_limit_minor, trust, _seen_run, _deleted) "
                   "VALUES (36, 1, 100000000, 'normal', 'test', false)")  # fmt: skip
    try:
        (row,) = ask(place, "collections", "show", "--customer", "36")["rows"]
    finally:
        with duckdb.connect(str(next(Path(place.home).rglob("*.duckdb")))) as db:
            db.execute("DELETE FROM res_partner_company WHERE id = 36")
    assert (row["limit"], row["headroom"], row["advice"]) == ("1000000.00", "-10031.74", "hold")
    assert row["advice_reason"].startswith("Hold deliveries on credit: exposure CNY 1,010,031.74 is above")


@pytest.mark.requirement("S4-41")
def test_a_night_above_the_limits_says_so_and_one_below_does_not(place: nights.Place) -> None:
    sharp = place.home / "policy" / "collections.toml"
    assert ask(place, "ageing", "metrics")["findings"] == []
    place.kam("policy", "init")
    text = sharp.read_text(encoding="utf-8")
    sharp.write_text(text.replace("dso_days = 120", "dso_days = 75"), encoding="utf-8")
    try:
        answer = ask(place, "ageing", "metrics")
        night = place.kam(*nights.NIGHT)
    finally:
        sharp.write_text(text, encoding="utf-8")
    assert {(each["source"], each["record"]) for each in answer["findings"]} == {
        ("rules.alerts.dso", "1"), ("rules.alerts.dso", "2"),
    }  # fmt: skip
    assert answer["findings"][0]["message"].startswith("Sales stay unpaid for 75.2 days")
    assert night.returncode == 1
    assert "Sales stay unpaid for 75.2 days (DSO of 3 months); the policy bears 75." in night.stdout


def test_a_reader_of_chinese_gets_chinese_titles_classes_and_bands(place: nights.Place) -> None:
    shown = place.kam("--lang", "zh_CN", "collections", "show", "--as-of", nights.ANCHOR).stdout
    assert all(word in shown for word in ("付款类别", "缓慢", "授信敞口", "恶化"))
    provided = place.kam("--lang", "zh_TW", "ageing", "provision", "--as-of", nights.ANCHOR).stdout
    assert all(word in provided for word in ("備抵呆帳", "0–365 天", "合計"))
