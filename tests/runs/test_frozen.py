"""Frozen days in the book: written whole or not at all, read back as they were, compared with the mirror of today."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from kam_connector import ledger
from kam_connector.errors import Contradiction
from kam_connector.ledger import Ledger
from kam_connector.policy import load as load_policy
from kam_connector.runs import frozen
from kam_connector.runs.comparing import compare_frozen
from kam_connector.runs.freezing import _untied
from kam_connector.runs.frozen import Snapshot
from kam_connector.runs.positions import Standing, read_standings
from kam_connector.runs.sources import Sources
from tests.facts.conftest import Pulled, pulled
from tests.sync.books import Books

pytestmark = pytest.mark.long

__all__ = ["pulled"]
APRIL, NOVEMBER = date(2026, 4, 30), date(2026, 11, 20)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Ledger]:
    with ledger.open(tmp_path / "ledger.sqlite") as opened:
        yield opened


@pytest.fixture
def books() -> Books:
    made = Books()
    made.partner("Acme")
    return made


def sources(con: Any, book: Ledger) -> Sources:
    return Sources(con, book, load_policy(), {1: ZoneInfo("UTC")}, False, datetime.now(UTC))


def snapshot_of(standing: Standing, **more: Any) -> Snapshot:
    tables = standing.tables()
    values: dict[str, Any] = {
        "company_id": standing.company_id, "as_of": standing.as_of.isoformat(), "basis": standing.policy.basis,
        "sequence": 1, "former": 0, "frozen_on": "2026-07-01T02:00:00+00:00", "run": "r1", "policy_hash": "ab",
        "parameters": standing.policy.model_dump(mode="json"), "currency": "CNY", "digits": 2,
        "totals": standing.totals, "ledger_minor": standing.ledger_minor,
        "difference_minor": standing.total_minor - standing.ledger_minor,
        "counts": {name: len(table) for name, table in tables.items()}, "content": standing.content,
        "inputs": frozen.inputs_of(tables),
    }  # fmt: skip
    return Snapshot(**values | more)


def freeze(con: Any, book: Ledger, day: date, **more: Any) -> Snapshot:
    """The day of company 1 stands in the book."""
    standing = read_standings(sources(con, book), day, [1])[0]
    made = snapshot_of(standing, **more)
    book.append_many(frozen.entries(made, standing.tables()))
    return made


def told(con: Any, book: Ledger, day: date) -> list[tuple[int, int, int, str]]:
    """Item, was, is in whole units and cause of every line of the frozen day that moved."""
    [compared] = compare_frozen(sources(con, book), {1: day})
    frame = compared.moved.frame
    rows = zip(*(frame[name].tolist() for name in ("item_id", "was_minor", "is_minor", "cause")), strict=True)
    return [(item, was // 100, now // 100, cause) for item, was, now, cause in rows]


@pytest.mark.requirement("S4-39")
def test_cases_c1_and_c2_from_the_erp_to_the_book_and_back(books: Books, pulled: Pulled, book: Ledger) -> None:
    invoice = books.invoice(1, 500.0, "2026-02-01", due="2026-03-01")
    credit = books.invoice(1, 120.0, "2026-04-25", kind="out_refund")
    made = freeze(pulled(books), book, APRIL)
    assert made.totals["total_minor"] == made.ledger_minor == 380_00
    assert (made.totals["d31_60_minor"], made.totals["d1_30_minor"]) == (500_00, -120_00)
    match = books.match(books.item(invoice), books.item(credit), 120.0)
    con = pulled(books)
    assert told(con, book, APRIL) == [
        (books.item(invoice), 500, 380, "late_match"),
        (books.item(credit), -120, 0, "late_match"),
    ]
    [compared] = compare_frozen(sources(con, book), {1: APRIL})
    assert compared.standing.total_minor == 380_00
    assert set(compared.moved.detail["match_id"]) == {match}


@pytest.mark.requirement("S4-39")
def test_case_l_a_payment_dated_later_moves_no_line_until_it_is_dated_back(
    books: Books, pulled: Pulled, book: Ledger
) -> None:
    invoice = books.invoice(1, 700.0, "2026-09-01", due="2026-10-01")
    payment = books.payment(1, 700.0, "2026-12-21")
    con = pulled(books)
    assert freeze(con, book, NOVEMBER).totals["d31_60_minor"] == 700_00
    books.match(books.item(invoice), books.item(payment), 700.0)
    assert told(pulled(books), book, NOVEMBER) == []
    books.change("account.move", payment, date="2026-11-15")
    books.change("account.move.line", books.item(payment), date="2026-11-15", date_maturity="2026-11-15")
    assert told(pulled(books), book, NOVEMBER) == [(books.item(invoice), 700, 0, "redated")]


@pytest.mark.requirement("S4-39")
def test_case_n4_an_invoice_reset_to_draft_leaves_its_payment(books: Books, pulled: Pulled, book: Ledger) -> None:
    invoice = books.invoice(1, 100.0, "2026-03-01", due="2026-03-31")
    payment = books.payment(1, 100.0, "2026-04-10")
    books.match(books.item(invoice), books.item(payment), 100.0)
    made = freeze(pulled(books), book, APRIL)
    assert (made.totals["total_minor"], made.counts["items"], made.counts["matches"]) == (0, 0, 1)
    books.draft(invoice)
    assert told(pulled(books), book, APRIL) == [(books.item(payment), 0, -100, "draft")]


def test_undone_dated_back_deleted_and_merged_are_told_from_the_mirror(
    books: Books, pulled: Pulled, book: Ledger
) -> None:
    other = books.partner("Acme too")
    paid, gone = books.invoice(1, 50.0, "2026-03-01"), books.invoice(1, 70.0, "2026-03-01")
    moved, payment = books.invoice(1, 90.0, "2026-03-01"), books.payment(1, 50.0, "2026-03-05")
    match = books.match(books.item(paid), books.item(payment), 50.0)
    freeze(pulled(books), book, APRIL)
    items = {name: books.item(move) for name, move in (("paid", paid), ("gone", gone), ("moved", moved))}
    items["payment"] = books.item(payment)
    books.remove("account.partial.reconcile", match)
    books.remove("account.move.line", items["gone"])
    books.change("account.move.line", items["moved"], partner_id=other, date_maturity="2026-05-15")
    late = books.invoice(1, 30.0, "2026-04-30")
    assert sorted(told(pulled(books), book, APRIL)) == sorted([
        (items["paid"], 0, 50, "unmatched"),
        (items["payment"], 0, -50, "unmatched"),
        (items["gone"], 70, 0, "deleted"),
        (items["moved"], 90, 90, "due_date_changed"),
        (items["moved"], 90, 90, "customer_changed"),
        (books.item(late), 0, 30, "back_dated"),
    ])  # fmt: skip


def test_a_day_that_is_not_frozen_is_not_compared(books: Books, pulled: Pulled, book: Ledger) -> None:
    con = pulled(books)
    freeze(con, book, APRIL)
    assert compare_frozen(sources(con, book), {1: NOVEMBER}) == []
    assert compare_frozen(sources(con, book), {1: APRIL}, "recognition") == []
    assert len(compare_frozen(sources(con, book), {1: APRIL}, "due")) == 1


def test_an_empty_company_is_frozen_with_zeros(books: Books, pulled: Pulled, book: Ledger) -> None:
    made = freeze(pulled(books), book, APRIL)
    assert set(made.totals.values()) == {0}
    assert set(made.counts.values()) == {0}


def test_what_was_frozen_comes_back_as_it_was(books: Books, pulled: Pulled, book: Ledger) -> None:
    for number in range(5):
        books.invoice(1, 10.0 + number, "2026-03-01", due=f"2026-04-0{number + 1}")
    con = pulled(books)
    made = freeze(con, book, APRIL)
    [found] = frozen.read_all(book)
    assert (found.snapshot, found.superseded) == (made, False)
    standing = read_standings(sources(con, book), APRIL, [1])[0]
    position = frozen.read_position(book, made)
    assert position.items["item_id"].tolist() == standing.items["item_id"].sort_values().tolist()
    assert position.items["residual_minor"].sum() == 60_00
    assert [str(day.date()) for day in position.items["due_date"]] == [f"2026-04-0{day}" for day in range(1, 6)]
    assert made.policy == standing.policy
    assert frozen.inputs_of(standing.tables()) == made.inputs


def test_keys_of_the_policy_that_this_version_does_not_know_are_left_aside(
    books: Books, pulled: Pulled, book: Ledger
) -> None:
    made = freeze(pulled(books), book, APRIL)
    later = replace(made, parameters={**made.parameters, "moon": "full"})
    assert later.policy == made.policy


def big(rows: int) -> tuple[Snapshot, dict[str, pd.DataFrame]]:
    """A frozen day of so many items and matches, and its tables."""
    ids = np.arange(1, rows + 1)
    items = pd.DataFrame(dict.fromkeys(("item_id", "customer_id", "user_id", "move_id", "residual_minor"), ids))
    matches = pd.DataFrame(dict.fromkeys(("match_id", "debit_item_id", "credit_item_id", "amount_minor"), ids))
    tables = {"items": items, "matches": matches, "later": pd.DataFrame({"item_id": ids[:0]}), "rows": items[:0]}
    counts = {name: len(table) for name, table in tables.items()}
    made = Snapshot(1, "2026-06-30", "due", 1, 0, "", "r1", "", {}, "CNY", 2, {}, 0, 0, counts, "c", "i")
    return made, tables


def test_a_table_of_several_parts_is_read_whole(book: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frozen, "PART_ROWS", 7)
    made, tables = big(30)
    numbers = book.append_many(frozen.entries(made, tables))
    assert len(numbers) == 5 + 5 + 1
    assert frozen.read_table(book, made, "items")["item_id"].tolist() == list(range(1, 31))
    assert ledger.verify(book) == []


def test_a_part_that_is_missing_is_a_contradiction(book: Ledger) -> None:
    made, tables = big(30)
    book.append_many(list(frozen.entries(made, tables))[1:])
    with pytest.raises(Contradiction, match="does not hold all lines of the ageing of 2026-06-30"):
        frozen.read_table(book, made, "items")
    with pytest.raises(Contradiction, match="does not hold all lines"):
        frozen.read_table(book, replace(made, counts={**made.counts, "matches": 31}), "matches")


def test_a_second_freezing_supersedes_the_first_and_leaves_it_in_the_book(book: Ledger) -> None:
    first, tables = big(3)
    book.append_many(frozen.entries(first, tables))
    second = replace(first, sequence=2, former=4)
    book.append_many(frozen.entries(second, {**tables, "items": tables["items"][:0]}))
    assert [(one.snapshot.sequence, one.superseded) for one in frozen.read_all(book)] == [(1, True), (2, False)]
    assert frozen.read_latest(book)[first.key].snapshot == second
    assert len(frozen.read_table(book, first, "items")) == 3
    assert first.copy_key != second.copy_key


def dies(path: Path, arrange: Callable[[Ledger], None]) -> bool:
    """True when a forked process was killed while it froze a day: ten parts of items, ten of matches, the figures."""
    child = os.fork()
    if child == 0:
        try:
            with ledger.open(path) as book:
                arrange(book)
                frozen.PART_ROWS = 1000
                book.append_many(frozen.entries(*big(10_000)))
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


@pytest.mark.parametrize("part", [1, 2, 11, 20])
def test_killed_between_two_parts_the_book_holds_nothing_of_the_day(tmp_path: Path, part: int) -> None:
    seen: list[int] = []

    def kill_at(_kind: int, _database: str, table: str, _row: int) -> None:
        seen.append(_row)
        if table == "event" and len(seen) == part:
            os.kill(os.getpid(), signal.SIGKILL)

    path = tmp_path / "ledger.sqlite"
    assert dies(path, lambda book: book.connection.set_update_hook(kill_at))
    with ledger.open(path) as book:
        assert (book.head().seq, frozen.read_all(book), ledger.verify(book)) == (0, [], [])


@pytest.mark.parametrize(("moment", "events"), [("ledger.append:1", 0), ("ledger.committed:1", 21)])
def test_killed_before_or_after_the_commit_the_day_is_there_as_a_whole_or_not(
    tmp_path: Path, moment: str, events: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAM_CRASH_AT", moment)
    path = tmp_path / "ledger.sqlite"
    assert dies(path, lambda book: None)
    monkeypatch.delenv("KAM_CRASH_AT")
    with ledger.open(path) as book:
        assert book.head().seq == events
        for found in frozen.read_all(book):
            assert len(list(book.events(frozen.LINES))) == 20
            assert found.snapshot.counts["matches"] == 10_000


def test_no_name_is_in_the_book(books: Books, pulled: Pulled, book: Ledger) -> None:
    books.invoice(1, 10.0, "2026-03-01", name="SECRET/1")
    freeze(pulled(books), book, APRIL)
    texts = [text for (text,) in book.connection.execute("SELECT kind || key || payload FROM event")]
    assert not any(word in text for text in texts for word in ("Acme", "SECRET"))


def test_an_ageing_that_does_not_tie_is_frozen_with_its_difference(books: Books, pulled: Pulled, book: Ledger) -> None:
    books.invoice(1, 10.0, "2026-03-01")
    con = pulled(books)
    con.raw_sql("UPDATE control_total SET balance_minor = balance_minor - 3")
    made = freeze(con, book, APRIL)
    assert (made.totals["total_minor"], made.ledger_minor, made.difference_minor) == (10_00, 9_97, 3)
    [finding] = _untied([made])
    assert finding.message.endswith("differs from the ledger by 0.03 CNY.")
    assert list(_untied([replace(made, difference_minor=0)])) == []
