"""Closed statements in the book: read back as they were written, and proven."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from kam_connector import ledger
from kam_connector.errors import Contradiction
from kam_connector.ledger import Entry, Ledger
from kam_connector.money import Currency
from kam_connector.runs import pay_book
from kam_connector.runs.pay_book import Stated
from tests.rules.test_payouts import compute, credit

CNY = Currency("CNY", 2)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Ledger]:
    with ledger.open(tmp_path / "ledger.sqlite") as opened:
        yield opened


def closed(*nets: int, **more: Any) -> tuple[Stated, dict[str, Any]]:
    """The statement of March for these invoices, and its rows."""
    decided = compute(*(credit(number, net) for number, net in enumerate(nets, start=1)))
    (row,) = decided.frame.to_dict("records")
    fields, columns = pay_book.contents_of(row, decided.detail, CNY)
    about = {"revision": 1, "versions": [{"valid_from": "2026-01-01", "inputs": "ab"}], "policy_hash": "cd"}
    return replace(Stated(**fields, **about, closed_on="2026-04-01T02:00:00+00:00", run="r1"), **more), columns


def stated(*nets: int, **more: Any) -> Stated:
    return closed(*nets, **more)[0]


def write(book: Ledger, made: Stated, columns: dict[str, Any]) -> None:
    entries = pay_book.statement_entries(made, columns)
    payload = {"state": "computed", "statements": {made.key: made.content}}
    book.append_many([*entries, Entry(pay_book.PERIOD, pay_book.period_key(1, "p", "2026-03"), payload)])


def test_what_was_closed_comes_back_as_it_was(book: Ledger) -> None:
    made, columns = closed(100000, 20123)
    write(book, made, columns)
    (read,) = pay_book.read_statements(book)
    assert (read.key, read.payout, read.exact, read.rounding) == (
        "1:p:2026-03:5:10:1", 6006, "60.0615", pay_book.ROUNDING,
    )  # fmt: skip
    decided = compute(credit(1, 100000), credit(2, 20123))
    lines = decided.detail.assign(exchange=[str(each) for each in decided.detail["exchange"]])
    lines["date"] = pd.to_datetime(lines["date"])
    pd.testing.assert_frame_equal(pay_book.lines_of(book, read), lines, check_dtype=False)
    pd.testing.assert_frame_equal(pay_book.payouts_of([read]), decided.frame, check_dtype=False)
    assert pay_book.find_problems(book) == []
    assert pay_book.read_periods(book)[1, "p", "2026-03"]["state"] == "computed"


def test_the_same_statement_has_the_same_content_on_any_day() -> None:
    assert stated(100000).content == stated(100000, closed_on="2026-05-01", run="r9").content != stated(100001).content


@pytest.mark.parametrize(
    "change",
    [
        {"figures": {"earned": 5000, "released": 5000, "adjustments": 0, "settled": 0, "payout": 5001}},
        {"exact": "50.01"}, {"earned_exact": "51"}, {"currency": "EUR"}, {"carried": {"2026-02": 1}},
        {"rounding": "never"}, {"payee_id": 6}, {"reason_args": "{}"},
    ],
)  # fmt: skip
def test_a_statement_that_was_written_otherwise_is_found(book: Ledger, change: dict[str, Any]) -> None:
    write(book, *closed(100000, **change))
    assert [problem.seq for problem in pay_book.find_problems(book)] == [2]


def test_a_row_that_was_written_otherwise_is_found(book: Ledger) -> None:
    made, columns = closed(100000)
    write(book, made, {**columns, "amount_exact": ["51"]})
    assert "1:p:2026-03:5:10:1" in pay_book.find_problems(book)[0].message


def test_a_period_that_lost_a_statement_is_found(book: Ledger) -> None:
    made = stated(100000)
    payload = {"state": "computed", "statements": {made.key: made.content}}
    book.append(pay_book.PERIOD, "1:p:2026-03", payload)
    assert [problem.seq for problem in pay_book.find_problems(book)] == [1]


def test_rows_that_are_missing_are_a_contradiction(book: Ledger) -> None:
    made = stated(100000)
    book.append_many([pay_book.void_entry(made)])
    assert [problem.seq for problem in pay_book.find_problems(book)] == [1]
    with pytest.raises(Contradiction, match="does not hold the rows of statement 1:p:2026-03:5:10:1"):
        pay_book.lines_of(book, made)


def test_no_name_and_no_float_is_in_the_book() -> None:
    made, columns = closed(100000)
    text = json.dumps([asdict(made), columns])
    assert "@" not in text
    assert not any(isinstance(each, float) for part in json.loads(text) for each in part.values())


def test_what_a_statement_carries_over_is_settled_of_its_origin() -> None:
    made = stated(100000, carried={"2026-02": 1200})
    rows = pay_book.settled_of([made])[["period", "sequence", "settled_minor"]].values.tolist()
    assert rows == [["2026-03", 1, 3800], ["2026-02", 0, 1200]]


def test_a_void_statement_settles_nothing_and_carries_nothing() -> None:
    made = stated(100000, carried={"2026-02": 1200}, void=True)
    assert pay_book.settled_of([made]).empty


def test_the_content_is_that_of_the_figures_however_they_are_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another version of the compressor writes other bytes of the same figures: nothing is closed anew for that."""
    one, columns = closed(100000, 20123)
    monkeypatch.setattr("kam_connector.ledger.columns._LEVEL", 0)
    other, packed = closed(100000, 20123)
    assert (one.content, columns["base_minor"] != packed["base_minor"]) == (other.content, True)
