"""The ageing in the documents' own currencies, on files: the cases of collections.md 2.7 and 3.3."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kam_connector import policy
from kam_connector.runs.aged import How
from kam_connector.runs.result import Result
from kam_connector.runs.trial_answers import Files, try_ageing

Ageing = Callable[..., Result]
HEAD = "item,company,customer,kind,date,due_date,currency,balance,amount_currency,disputed\n"
MATCHES = "debit_item,credit_item,amount,debit_amount_currency,credit_amount_currency\n"


@pytest.fixture
def aged(tmp_path: Path) -> Ageing:
    def age(items: str, matches: str = "", as_of: str = "2026-06-30", by: str = "customer", **how: Any) -> Result:
        paths = [tmp_path / "items.csv", tmp_path / "matches.csv"]
        for path, text in zip(paths, (HEAD + items, MATCHES + matches), strict=True):
            path.write_text(text, "utf-8")
        files = Files(paths[0], paths[1], None, date.fromisoformat(as_of), policy.load(), "en")
        return try_ageing(files, by=by, how=How(**{"currency": "document", **how}))

    return age


def totals(result: Result) -> list[tuple[str, ...]]:
    """Customer, currency, total of every row."""
    return [(row["customer"], row["currency"], row["total"]) for row in result.rows]


def tied(result: Result) -> dict[str, dict[str, str]]:
    """The tie-out by currency."""
    assert isinstance(result.totals, list)
    return {row["currency"]: row["tie_out"] for row in result.totals}


PARTLY_PAID = (
    "H,C,X,invoice,2026-05-01,2026-05-31,USD,1.00,,\n"
    "I,C,X,invoice,2026-05-01,2026-05-31,EUR,1100.00,1000.00,165.00\n"
    "P,C,X,payment,2026-06-10,,EUR,-440.00,-400.00,\n"
)
PAID = "I,P,440.00,400.00,400.00\n"


@pytest.mark.requirement("S4-39")
def test_600_eur_open_of_1000_booked_at_110_are_660_at_home_and_600_in_the_document(aged: Ageing) -> None:
    home = aged(PARTLY_PAID, PAID, currency="company")
    assert totals(home) == [("X", "USD", "661.00")]
    documents = aged(PARTLY_PAID, PAID)
    assert totals(documents) == [("X", "EUR", "600.00"), ("X", "USD", "1.00")]
    assert documents.rows[0]["d1_30"] == "600.00"
    assert documents.rows[0]["disputed"] == "150.00"
    whole = {"across": "0.00", "difference": "0.00"}
    assert tied(documents) == {
        "EUR": {"ageing": "600.00", "ledger": "600.00", **whole},
        "USD": {"ageing": "1.00", "ledger": "1.00", **whole},
    }


def test_a_match_counts_in_the_document_from_the_same_day_on(aged: Ageing) -> None:
    assert totals(aged(PARTLY_PAID, PAID, "2026-06-09"))[0] == ("X", "EUR", "1000.00")
    assert totals(aged(PARTLY_PAID, PAID, "2026-06-10"))[0] == ("X", "EUR", "600.00")


REVALUED = (
    "I,C,X,invoice,2026-05-01,2026-05-31,USD,8000.00,100.00,\n"
    "R,C,X,{kind},2026-06-30,,{currency},500.00,{amount},\n"
    "H,C,Y,invoice,2026-06-30,2026-06-30,INR,1.00,,\n"
)


def test_a_revaluation_of_the_foreign_item_stands_in_the_companys_currency_alone(aged: Ageing) -> None:
    items = REVALUED.format(kind="exchange", currency="USD", amount="0.00")
    assert totals(aged(items, currency="company"))[0] == ("X", "INR", "8500.00")
    assert totals(aged(items)) == [("Y", "INR", "1.00"), ("X", "USD", "100.00")]


def test_a_revaluation_in_the_companys_currency_has_a_row_of_its_own(aged: Ageing) -> None:
    items = REVALUED.format(kind="entry", currency="INR", amount="")
    assert totals(aged(items)) == [("X", "INR", "500.00"), ("Y", "INR", "1.00"), ("X", "USD", "100.00")]


ACROSS = (
    "H,C,Y,invoice,2026-05-01,2026-05-31,USD,1.00,,\n"
    "I,C,X,invoice,2026-05-01,2026-05-31,EUR,110.00,100.00,\n"
    "P,C,X,payment,2026-06-10,,USD,-110.00,,\n"
)


def test_a_payment_in_another_currency_is_told_apart_from_a_difference(aged: Ageing) -> None:
    result = aged(ACROSS, "I,P,110.00,100.00,110.00\n")
    assert totals(result) == [("Y", "USD", "1.00")]
    assert tied(result) == {
        "EUR": {"ageing": "0.00", "ledger": "100.00", "across": "-100.00", "difference": "0.00"},
        "USD": {"ageing": "1.00", "ledger": "-109.00", "across": "110.00", "difference": "0.00"},
    }
    assert result.findings == ()


def test_a_match_that_takes_more_of_one_side_than_it_gives_to_the_other_does_not_tie(aged: Ageing) -> None:
    result = aged(PARTLY_PAID, "I,P,440.00,400.00,390.00\n")
    assert tied(result)["EUR"]["difference"] == "-10.00"
    assert [(found.source, found.record) for found in result.findings] == [("rules.ageing.tie_out", "C")]


def test_credits_clear_debts_of_their_own_currency_alone(aged: Ageing) -> None:
    items = (
        "H,C,X,invoice,2026-01-01,2026-03-01,USD,50.00,,\nI,C,X,invoice,2026-05-01,2026-05-31,EUR,110.00,100.00,\n"
        "N,C,X,credit_note,2026-06-01,,EUR,-33.00,-30.00,\n"
    )
    euro, dollar = aged(items, view="net").rows
    assert (euro["total"], euro["d1_30"], euro["unapplied"]) == ("70.00", "70.00", "0.00")
    assert (dollar["total"], dollar["d91_180"]) == ("50.00", "50.00")


def test_by_company_each_currency_has_its_row(aged: Ageing) -> None:
    rows = aged(PARTLY_PAID, PAID, by="company").rows
    assert [(row["company"], row["currency"], row["total"]) for row in rows] == [
        ("C", "EUR", "600.00"), ("C", "USD", "1.00"),
    ]  # fmt: skip


def test_a_file_without_items_answers_with_nothing(aged: Ageing) -> None:
    assert aged("").rows == []
