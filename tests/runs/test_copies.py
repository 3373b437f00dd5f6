"""Which copies of frozen ageings are wanted: those that the ERP lacks, never one that is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
import pyarrow as pa
import pytest

from kam_connector import ledger
from kam_connector.ledger import Ledger
from kam_connector.runs import frozen
from kam_connector.runs.copies import missing_copies
from kam_connector.runs.frozen import Snapshot
from kam_connector.writeback.decided import Decided
from kam_connector.writeback.frozen import frozen_lines, frozen_sets
from tests.writeback.nights import ANCHOR, companies

KEY = "snapshot:due:2026-06-30:1"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Ledger]:
    """A frozen day of company 1: 11 owes 100.00 to two salespeople, 12 owes 7.00, 5.00 are nobody's."""
    with ledger.open(tmp_path / "ledger.sqlite") as opened:
        rows = pd.DataFrame(
            [(11, 7, 3, 60_00), (11, 0, 1, 40_00), (12, 7, 1, 7_00), (0, 0, 1, 5_00)],
            columns=["customer_id", "user_id", "item_count", "total_minor"],
        ).assign(oldest_due=20_000)
        tables = {"items": rows[:0], "matches": rows[:0], "later": rows[:0], "rows": rows}
        counts = {name: len(table) for name, table in tables.items()}
        totals = {"total_minor": 112_00, "not_due_minor": 112_00}
        made = Snapshot(1, "2026-06-30", "due", 1, 0, "", "r", "", {}, "CNY", 2, totals, 112_00, 0, counts, "", "")
        opened.append_many(frozen.entries(made, tables))
        yield opened


Sets = Sequence[tuple[int, int, str, bool]]
Lines = Sequence[tuple[int, str, bool]]


def erp(sets: Sets = (), lines: Lines = (), customers: tuple[int, ...] = (11, 12)) -> Any:
    """A mirror with these copies (id, company, key, deleted), lines (copy's id, key, deleted) and customers."""
    con = ibis.duckdb.connect()
    line = {"ageing_id": "int64", "kam_key": "string", "_deleted": "boolean"}
    ageing = {"id": "int64", "company_id": "int64", "kam_key": "string", "_deleted": "boolean"}
    for name, columns, rows in (("kam_ageing", ageing, sets), ("kam_ageing_line", line, lines)):
        listed = [dict(zip(columns, row, strict=True)) for row in rows]
        con.create_table(name, pa.Table.from_pylist(listed, schema=ibis.schema(columns).to_pyarrow()))
    con.create_table("res_partner", pd.DataFrame({"id": list(customers), "_deleted": [False] * len(customers)}))
    return con


def wanted(book: Ledger, con: Any) -> tuple[list[str], list[str]]:
    """The keys of the wanted sets and lines."""
    copies = missing_copies(book, con)
    decided = Decided(ANCHOR, companies(), frozen=copies.sets, frozen_lines=copies.lines)
    found = [frozen_sets(decided), frozen_lines(decided)]
    sets, lines = ([] if one is None else one.frame["kam_key"].tolist() for one in found)
    return sets, lines


ALL = [f"{KEY}:11:0", f"{KEY}:11:7", f"{KEY}:12:7"]


def test_an_erp_without_the_copy_gets_the_set_and_every_line_that_has_a_customer(book: Ledger) -> None:
    sets, lines = wanted(book, erp())
    assert (sets, sorted(lines)) == ([KEY], ALL)


def test_the_figures_are_the_frozen_ones(book: Ledger) -> None:
    copies = missing_copies(book, erp())
    decided = Decided(ANCHOR, companies(), frozen=copies.sets, frozen_lines=copies.lines)
    made, lines = frozen_sets(decided), frozen_lines(decided)
    assert made is not None
    assert lines is not None
    row = made.frame.iloc[0]
    assert (row["total_minor"], row["ledger_balance_minor"], row["difference_minor"]) == (112_00, 112_00, 0)
    assert (row["is_snapshot"], row["sequence"], row["as_of"].isoformat()) == (True, 1, "2026-06-30")
    line = lines.frame.set_index("kam_key").loc[f"{KEY}:11:7"]
    assert (line["total_minor"], line["partner_id"], line["ageing_id"]) == (60_00, 11, KEY)
    assert line["reason_args"] == '{"basis":"due","count":3,"due_date":"2024-10-04"}'


def test_a_copy_that_is_there_is_left_alone(book: Ledger) -> None:
    con = erp([(5, 1, KEY, False)], [(5, key, False) for key in ALL])
    assert wanted(book, con) == ([], [])


def test_a_copy_that_was_cut_short_gets_its_other_lines(book: Ledger) -> None:
    con = erp([(5, 1, KEY, False)], [(5, ALL[0], False)])
    assert wanted(book, con) == ([], ALL[1:])


def test_a_line_that_somebody_took_away_does_not_come_back(book: Ledger) -> None:
    con = erp([(5, 1, KEY, False)], [(5, ALL[0], True), (5, ALL[1], False)])
    assert wanted(book, con) == ([], [ALL[2]])


def test_a_copy_that_was_taken_back_is_made_again_with_its_lines(book: Ledger) -> None:
    con = erp([(5, 1, KEY, True)], [(5, key, True) for key in ALL])
    sets, lines = wanted(book, con)
    assert (sets, sorted(lines)) == ([KEY], ALL)


def test_the_same_key_in_another_company_is_another_copy(book: Ledger) -> None:
    con = erp([(6, 2, KEY, False)], [(6, key, False) for key in ALL])
    assert wanted(book, con)[0] == [KEY]


def test_a_customer_who_is_gone_has_no_line(book: Ledger) -> None:
    assert wanted(book, erp(customers=(12,))) == ([KEY], [f"{KEY}:12:7"])


def test_a_book_without_frozen_days_wants_nothing(tmp_path: Path) -> None:
    with ledger.open(tmp_path / "other.sqlite") as empty:
        assert wanted(empty, erp()) == ([], [])
