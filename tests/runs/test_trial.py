"""What-if on files: the cases of collections.md as items.csv and matches.csv, without any ERP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kam_connector import policy
from kam_connector.errors import InputError
from kam_connector.runs.decisions import How
from kam_connector.runs.result import Result
from kam_connector.runs.trial_answers import Files, try_ageing, try_worklist

HEAD = "item,customer,kind,date,due_date,balance\n"
Ageing = Callable[..., Result]
BUCKETS = ("not_due", "d1_30", "d31_60", "d61_90", "d91_180", "d181_plus")


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., Files]:
    """Files of these texts, as of a day."""

    def write(items: str, as_of: str, matches: str = "", tasks: str = "") -> Files:
        paths: dict[str, Path | None] = {}
        for name, text in (("items", items), ("matches", matches), ("tasks", tasks)):
            paths[name] = tmp_path / f"{name}.csv" if text else None
            if text:
                (tmp_path / f"{name}.csv").write_text(text, "utf-8")
        assert paths["items"] is not None
        day = date.fromisoformat(as_of)
        return Files(paths["items"], paths["matches"], paths["tasks"], day, policy.load(), "en")

    return write


@pytest.fixture
def aged(files: Callable[..., Files]) -> Ageing:
    def age(items: str, as_of: str, matches: str = "", *, by: str = "customer", **how: Any) -> Result:
        return try_ageing(files(items, as_of, matches), by=by, how=How(**how))

    return age


def figures(result: Result) -> list[str]:
    """Total and buckets of the one row."""
    (row,) = result.rows
    return [row[name] for name in ("total", *BUCKETS)]


CASE_C = HEAD + "I,C,invoice,2026-01-30,2026-03-01,500.00\nN,C,credit_note,2026-04-25,2026-04-25,-120.00\n"
MATCH_C = "debit_item,credit_item,amount\nI,N,120.00\n"


@pytest.mark.requirement("S4-39")
def test_case_c_before_and_after_the_match(aged: Ageing) -> None:
    nothing = "0.00"
    assert figures(aged(CASE_C, "2026-04-30")) == ["380.00", nothing, "-120.00", "500.00", nothing, nothing, nothing]
    assert figures(aged(CASE_C, "2026-04-30", MATCH_C))[3] == "380.00"
    assert figures(aged(CASE_C, "2026-04-30", view="net"))[3] == "380.00"
    assert figures(aged(CASE_C, "2026-04-24", MATCH_C))[:4] == ["500.00", nothing, nothing, "500.00"]


def test_case_l_a_payment_dated_later_leaves_the_invoice_open_until_then(aged: Ageing) -> None:
    items = HEAD + "I,L,invoice,2026-09-01,2026-10-01,700\nP,L,payment,2026-12-21,,-700\n"
    match = "debit_item,credit_item,amount\nI,P,700\n"
    assert figures(aged(items, "2026-11-21", match))[3] == "700"
    assert aged(items, "2027-01-20", match).rows == []


def test_case_m_an_entry_without_a_due_date_ages_from_its_own_day(aged: Ageing) -> None:
    entry = aged(HEAD + "E,M,entry,2025-12-31,,5000.00\n", "2026-06-30")
    assert figures(entry)[6] == "5000.00"
    assert entry.findings == ()
    invoice = aged(HEAD + "E,M,invoice,2025-12-31,,5000.00\n", "2026-06-30")
    assert [(found.source, found.record) for found in invoice.findings] == [("items", "E")]


def test_case_n4_a_match_with_a_draft_does_not_count_and_is_told(aged: Ageing) -> None:
    items = (
        "item,customer,kind,date,balance,posted\nI,N,invoice,2026-03-01,100.00,false\nP,N,payment,2026-04-10,-100.00,\n"
    )
    result = aged(items, "2026-04-30", "debit_item,credit_item,amount\nI,P,100.00\n")
    assert figures(result)[0] == "-100.00"
    assert [found.record for found in result.findings if found.source == "matches"] == ["I"]
    assert result.totals[0]["tie_out"] == {"ageing": "-100.00", "ledger": "-100.00", "difference": "0.00"}  # type: ignore[index]


def test_a_match_without_its_item_is_told_and_the_totals_still_tie(aged: Ageing) -> None:
    result = aged(CASE_C, "2026-04-30", "debit_item,credit_item,amount\nI,N,120.00\nI,X,80.00\n")
    assert figures(result)[3] == "380.00"
    assert [(found.source, found.record) for found in result.findings] == [("matches", "3")]


def test_pending_cash_disputes_and_doubtful_debts_have_their_columns(aged: Ageing) -> None:
    items = (
        "item,customer,kind,date,due_date,balance,disputed\nA,C,invoice,2025-10-01,2025-11-01,300.00,\n"
        "B,C,invoice,2026-05-01,2026-06-01,200.00,80.00\nP,C,pending,2026-06-20,,-50.00,\n"
    )
    (row,) = aged(items, "2026-06-30").rows
    assert [row[name] for name in ("total", "pending", "disputed", "doubtful")] == [
        "500.00",
        "50.00",
        "80.00",
        "300.00",
    ]


TWO = (
    "item,company,customer,group,salesperson,team,tier,kind,date,due_date,currency,balance,amount_currency\n"
    "1,CN,A,Alpha,王,East,gold,invoice,2026-05-01,2026-05-31,CNY,700.00,\n"
    "2,CN,B,Alpha,王,East,silver,invoice,2026-05-01,2026-05-31,USD,710.50,100.00\n"
    "3,JP,A,,李,East,gold,invoice,2026-05-01,2026-07-31,JPY,5000,\n"
)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("customer", [("CN", "B", "CNY", "710.50"), ("CN", "A", "CNY", "700.00"), ("JP", "A", "JPY", "5000")]),
        ("group", [("CN", "Alpha", "CNY", "1410.50"), ("JP", "A", "JPY", "5000")]),
        ("salesperson", [("CN", "王", "CNY", "1410.50"), ("JP", "李", "JPY", "5000")]),
        ("team", [("CN", "East", "CNY", "1410.50"), ("JP", "East", "JPY", "5000")]),
        ("tier", [("CN", "silver", "CNY", "710.50"), ("CN", "gold", "CNY", "700.00"), ("JP", "gold", "JPY", "5000")]),
        ("company", [("CN", "CN", "CNY", "1410.50"), ("JP", "JP", "JPY", "5000")]),
    ],
)
def test_the_ageing_is_added_up_by_what_is_asked(aged: Ageing, by: str, expected: list[tuple[str, ...]]) -> None:
    result = aged(TWO, "2026-06-30", by=by)
    assert [(row["company"], row[by], row["currency"], row["total"]) for row in result.rows] == expected
    assert [(row["company"], row["tie_out"]["difference"]) for row in result.totals] == [("CN", "0.00"), ("JP", "0")]  # type: ignore[index,union-attr]


def test_two_currencies_without_an_amount_in_them_leave_the_own_one_unknown(aged: Ageing) -> None:
    items = (
        "item,company,customer,kind,date,currency,balance\n"
        "1,X,A,invoice,2026-05-01,CNY,1\n2,X,A,invoice,2026-05-01,EUR,1\n"
    )
    with pytest.raises(InputError, match="items of X without amount_currency are in CNY, EUR"):
        aged(items, "2026-06-30")


def test_an_item_that_stands_twice_and_a_negative_match_are_refused(aged: Ageing) -> None:
    with pytest.raises(InputError, match="row 3: the item I stands there a second time"):
        aged(HEAD + "I,C,invoice,2026-01-01,,1\nI,C,invoice,2026-01-01,,1\n", "2026-06-30")
    with pytest.raises(InputError, match=r"row 2: the amount -120.00 of a match is negative"):
        aged(CASE_C, "2026-06-30", "debit_item,credit_item,amount\nI,N,-120.00\n")


def test_more_matched_than_there_was_is_told_with_the_files_own_item(aged: Ageing) -> None:
    result = aged(CASE_C, "2026-06-30", "debit_item,credit_item,amount\nI,N,130.00\n")
    assert [found.record for found in result.findings] == ["N"]
    assert figures(result)[0] == "380.00"


def test_the_worklist_asks_once_a_customer_and_takes_the_next_step_after_the_last(files: Callable[..., Files]) -> None:
    items = HEAD + "1,A,invoice,2026-03-01,2026-04-01,100.00\n2,A,invoice,2026-04-01,2026-05-01,50.00\n"
    first = try_worklist(files(items, "2026-06-30"))
    assert [(row["customer"], row["level"], row["amount"]) for row in first.rows] == [("A", 1, "150.00")]
    acted = "customer,step,level,acted_on\nA,remind,1,2026-06-20\nZ,remind,1,2026-06-20\n"
    second = try_worklist(files(items, "2026-06-30", tasks=acted))
    assert [(row["customer"], row["level"]) for row in second.rows] == [("A", 2)]
    soon = "customer,step,level,acted_on\nA,remind,1,2026-06-28\n"
    assert try_worklist(files(items, "2026-06-30", tasks=soon)).rows == []


def test_a_file_without_items_answers_with_nothing(aged: Ageing) -> None:
    result = aged(HEAD, "2026-06-30")
    assert (result.rows, result.totals, result.findings) == ([], [], ())


def test_odd_matches_of_a_file_are_told_with_its_own_items(aged: Ageing) -> None:
    items = (
        "item,company,customer,kind,date,due_date,balance\nI,A,C,invoice,2026-03-01,2026-03-31,100.00\n"
        "J,A,C,invoice,2026-03-01,2026-03-31,50.00\nP,A,D,payment,2026-04-10,,-40.00\nQ,B,C,payment,2026-04-10,,-50.00\n"
        "L,A,C,payment,2026-06-10,,-10.00\n"
    )
    matches = "debit_item,credit_item,amount\nI,P,40.00\nJ,Q,50.00\nI,L,10.00\n"
    result = aged(items, "2026-04-30", matches)
    told = [(found.severity, found.record, found.message.split(":")[0]) for found in result.findings]
    assert told == [
        ("info", "I", "The match of I with P joins two customers"),
        ("warning", "J", "The match of J with Q joins two companies"),
        ("info", "I", "The match of I with L does not count yet"),
        ("error", "A", "The ageing sums to 60.00 , the ledger to 110.00"),
        ("error", "B", "The ageing sums to 0.00 , the ledger to -50.00"),
    ]
