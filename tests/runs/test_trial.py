"""What-if on files: the cases of collections.md as items.csv and matches.csv, without any ERP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kam_connector import policy
from kam_connector.errors import InputError
from kam_connector.runs.aged import How
from kam_connector.runs.result import Result
from kam_connector.runs.trial_answers import Files, try_ageing, try_worklist

HEAD = "item,customer,kind,date,due_date,balance\n"
Ageing = Callable[..., Result]
BUCKETS = ("not_due", "d1_30", "d31_60", "d61_90", "d91_180", "d181_plus")


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., Files]:
    """Files of these texts, as of a day."""

    def write(items: str, as_of: str, matches: str = "", tasks: str = "", promises: str = "") -> Files:
        paths: dict[str, Path | None] = {}
        for name, text in (("items", items), ("matches", matches), ("tasks", tasks), ("promises", promises)):
            paths[name] = tmp_path / f"{name}.csv" if text else None
            if text:
                (tmp_path / f"{name}.csv").write_text(text, "utf-8")
        assert paths["items"] is not None
        day = date.fromisoformat(as_of)
        return Files(paths["items"], paths["matches"], paths["tasks"], day, policy.load(), "en", paths["promises"])

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


CLASSED = "item,customer,kind,date,due_date,balance,payer_class,tier\n"


def test_the_payer_class_of_the_file_decides_who_is_asked_early_and_how(files: Callable[..., Files]) -> None:
    items = (
        f"{CLASSED}1,A,invoice,2026-05-01,2026-07-03,500.00,slow,gold\n"
        "2,B,invoice,2026-05-01,2026-07-03,500.00,prompt,\n3,C,invoice,2026-05-01,2026-06-01,500.00,BAD,\n"
    )
    rows = try_worklist(files(items, "2026-06-30")).rows
    assert [(row["customer"], row["step"], row["level"], row["channel"], row["tone"]) for row in rows] == [
        ("C", "remind", 1, "email", "straight"), ("A", "before_due", 0, "call", "friendly"),
    ]  # fmt: skip
    assert str(rows[1]["advice"]).startswith("Call, in a friendly tone; payer class: Slow.")
    assert str(rows[0]["urgency"]).startswith("18.00 points: 10.00 for level 1, 3.00 for the size of the amount")


@pytest.mark.long
def test_an_open_task_keeps_the_deadline_of_the_day_on_which_it_was_opened(files: Callable[..., Files]) -> None:
    items = HEAD + "1,A,invoice,2026-03-01,2026-04-01,100.00\n"
    for opened, deadline in (("2026-06-20", "2026-06-23"), ("", "2026-07-03")):
        tasks = f"customer,step,level,opened\nA,remind,1,{opened}\n"
        (row,) = try_worklist(files(items, "2026-06-30", tasks=tasks)).rows
        assert (row["level"], row["deadline"]) == (1, deadline)


def test_a_class_that_nobody_knows_is_refused_with_its_place(files: Callable[..., Files]) -> None:
    with pytest.raises(InputError, match=r"row 2.*payer_class"):
        try_worklist(files(f"{CLASSED}1,A,invoice,2026-05-01,2026-07-03,500.00,late,\n", "2026-06-30"))


DEBT = HEAD + "1,A,invoice,2026-03-01,2026-05-10,1000.00\n"
SAID = "customer,item,amount,promised_for,made_on\n"
DONE = "customer,step,level,acted_on\nA,remind,1,2026-06-02\n"


@pytest.mark.long
@pytest.mark.parametrize(
    ("as_of", "cash", "expected"),
    [
        ("2026-06-02", "", []),
        ("2026-06-08", "", [("call", "promise for 5 June 2026 was broken")]),
        ("2026-06-05", "P,A,payment,2026-06-04,,-400.00\n", [("call", "less came in than was promised")]),
        ("2026-06-06", "P,A,payment,2026-06-04,,-1000.00\n", []),
    ],
)
def test_the_promises_of_a_file_hold_and_raise_the_step(
    files: Callable[..., Files], as_of: str, cash: str, expected: list[tuple[str, str]]
) -> None:
    """1 000 promised on 2 June for the 5th, with two days of grace."""
    said = f"{SAID}A,,1000.00,2026-06-05,2026-06-02\n"
    rows = try_worklist(files(DEBT + cash, as_of, tasks=DONE, promises=said)).rows
    assert [row["step"] for row in rows] == [step for step, _ in expected]
    for row, (_, why) in zip(rows, expected, strict=True):
        assert why in str(row["reason"])


@pytest.mark.long
def test_a_promise_about_an_item_counts_what_is_matched_with_it(files: Callable[..., Files]) -> None:
    """900 of 1 000 came in and cleared the item of 900 that was promised; a payment for something else counts not."""
    items = DEBT + "2,A,invoice,2026-03-01,2026-05-11,900.00\nP,A,payment,2026-06-04,,-900.00\n"
    said = f"{SAID}A,2,900.00,2026-06-05,2026-06-02\n"
    matched = "debit_item,credit_item,amount\n{},P,900.00\n"
    right = try_worklist(files(items, "2026-06-08", matched.format(2), DONE, said))
    assert [row["step"] for row in right.rows] == []
    wrong = try_worklist(files(items, "2026-06-08", matched.format(1), DONE, said))
    assert [row["step"] for row in wrong.rows] == ["call"]


def test_a_payment_that_was_paid_back_keeps_no_promise(files: Callable[..., Files]) -> None:
    items = DEBT + "P,A,payment,2026-06-04,,-1000.00\nQ,A,payment,2026-06-05,,1000.00\n"
    said = f"{SAID}A,,1000.00,2026-06-05,2026-06-02\n"
    back = "debit_item,credit_item,amount\nQ,P,1000.00\n"
    (row,) = try_worklist(files(items, "2026-06-08", back, DONE, said)).rows
    assert "was broken" in str(row["reason"])


@pytest.mark.long
def test_what_is_odd_in_the_file_of_promises_is_told(files: Callable[..., Files]) -> None:
    said = f"{SAID}A,X,1.00,2026-06-05,2026-06-02\nZ,,1.00,2026-06-05,2026-06-02\nA,,0.00,2026-06-05,2026-06-02\n"
    result = try_worklist(files(DEBT, "2026-06-03", promises=said))
    assert [(found.source, found.record) for found in result.findings] == [("promises", "2"), ("rules.promises", "4")]


def test_what_cannot_be_used_in_the_file_of_promises_is_refused(files: Callable[..., Files]) -> None:
    with pytest.raises(InputError, match=r"row 2: the amount 1\.005 has more decimals"):
        try_worklist(files(DEBT, "2026-06-03", promises=f"{SAID}A,,1.005,2026-06-05,2026-06-02\n"))
    both = (
        "item,company,customer,kind,date,due_date,balance\n1,X,A,invoice,2026-03-01,2026-05-10,1.00\n"
        "2,Y,A,invoice,2026-03-01,2026-05-10,1.00\n"
    )
    with pytest.raises(InputError, match="row 2: the customer has items in several companies"):
        try_worklist(files(both, "2026-06-03", promises=f"{SAID}A,,1.00,2026-06-05,2026-06-02\n"))


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
