"""Which tier a customer had on which day, by the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from kam_connector import ledger
from kam_connector.ledger import Ledger
from kam_connector.rules.stability import NO_TIERS
from kam_connector.rules.tiers import decide_tiers
from kam_connector.runs.known import record_tiers, tiers_on
from kam_connector.runs.tier_spans import MOVES, SCORES, STANDINGS, tier_spans, tiers_by_day
from tests.rules.papers import scored, tier_policy
from tests.runs import nights

POLICY = tier_policy()


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Ledger]:
    with ledger.open(tmp_path / "ledger.db") as found:
        yield found


def run(book: Ledger, day: str, *scores: float) -> int:
    """How many decisions a run of that day of June writes, for customers 1, 2, ... with these scores."""
    as_of = date.fromisoformat(f"2026-06-{day}")
    return record_tiers(book, decide_tiers(scored(*scores), tiers_on(book, as_of), POLICY, as_of).frame, as_of)


def on(book: Ledger, day: str) -> list[str]:
    return tiers_on(book, date.fromisoformat(f"2026-06-{day}"))["tier"].tolist()


def spans(
    book: Ledger, changes: Sequence[str] = MOVES, owner: tuple[int, int] | None = None
) -> list[tuple[int, str, str, str]]:
    frame = tier_spans(book, date(2026, 6, 30), changes, owner)
    days = [frame[name].dt.strftime("%d").fillna("") for name in ("valid_from", "valid_to")]
    return list(zip(frame["customer_id"], frame["tier"], *days, strict=True))


@pytest.mark.requirement("S4-81")
def test_the_tier_on_a_day_is_that_of_the_last_run_until_then(book: Ledger) -> None:
    for day, score in (("10", 82), ("12", 74), ("13", 74)):
        run(book, day, score)
    assert [on(book, day) for day in ("09", "10", "11", "12", "13", "29")] == [
        [], ["gold"], ["gold"], ["gold"], ["silver"], ["silver"],
    ]  # fmt: skip
    assert spans(book) == [(1, "gold", "10", "12"), (1, "silver", "13", "")]


def test_with_scores_a_row_ends_where_the_score_changes(book: Ledger) -> None:
    for day, score in (("10", 82), ("11", 82), ("12", 90), ("13", 90)):
        run(book, day, score)
    assert spans(book) == [(1, "gold", "10", "")]
    assert spans(book, SCORES) == [(1, "gold", "10", "11"), (1, "gold", "12", "")]


def test_of_two_runs_of_a_day_the_last_counts(book: Ledger) -> None:
    run(book, "10", 82)
    run(book, "10", 70)
    assert on(book, "10") == ["silver"]
    assert spans(book) == [(1, "silver", "10", "")]


def test_a_run_for_an_earlier_day_changes_no_later_one(book: Ledger) -> None:
    run(book, "15", 82)
    run(book, "10", 70)
    assert on(book, "14") == ["silver"]
    assert on(book, "15") == ["gold"]
    assert run(book, "16", 82) == 1  # the tier before is known now
    assert run(book, "17", 82) == 0
    assert spans(book) == [(1, "silver", "10", "14"), (1, "gold", "15", "")]


def test_what_a_later_day_decides_as_an_earlier_one_did_stands_in_the_book_all_the_same(book: Ledger) -> None:
    run(book, "15", 82)
    run(book, "10", 20)
    run(book, "16", 20)
    run(book, "17", 20)
    assert spans(book) == [(1, "bronze", "10", "14"), (1, "gold", "15", "16"), (1, "silver", "17", "")]


def test_an_unchanged_run_writes_nothing_and_customers_stand_apart(book: Ledger) -> None:
    assert run(book, "10", 82, 70) == 2
    assert run(book, "11", 82, 70) == 2  # the tier before is known now
    assert run(book, "12", 82, 70) == 0
    assert run(book, "13", 82, 85) == 1
    assert spans(book) == [(1, "gold", "10", ""), (2, "silver", "10", "12"), (2, "gold", "13", "")]


def test_the_history_says_of_each_day_what_is_in_force_on_it(book: Ledger) -> None:
    for day, scores in (("15", (82, 70)), ("10", (20, 70)), ("12", (90, 85)), ("12", (20, 85)), ("20", (60, 60))):
        run(book, day, *scores)
    for number in range(9, 25):
        day = date(2026, 6, number)
        told = tier_spans(book, day, STANDINGS).drop_duplicates("customer_id", keep="last")
        assert told["tier"].tolist() == tiers_on(book, day)["tier"].tolist(), day


def test_the_history_of_one_customer_is_his_part_of_that_of_all(book: Ledger) -> None:
    for day in ("10", "11", "12"):
        run(book, day, 82, 60 + int(day), 20)
    assert spans(book, SCORES, (1, 2)) == [row for row in spans(book, SCORES) if row[0] == 2]
    assert spans(book, SCORES, (2, 2)) == []


def test_the_segment_stands_with_the_tier_and_its_change_is_told_with_the_scores(book: Ledger) -> None:
    for day, segment in (("10", "key"), ("11", "key"), ("12", "strategic")):
        as_of = date(2026, 6, int(day))
        rated = decide_tiers(scored(82), tiers_on(book, as_of), POLICY, as_of).frame
        record_tiers(book, rated.assign(segment=segment), as_of)
    assert list(tiers_on(book, date(2026, 6, 11))["segment"]) == ["key"]
    assert list(tiers_on(book, date(2026, 6, 12))["segment"]) == ["strategic"]
    assert spans(book) == [(1, "gold", "10", "")]
    assert spans(book, SCORES) == [(1, "gold", "10", "11"), (1, "gold", "12", "")]


def test_an_empty_book_has_no_tiers(book: Ledger) -> None:
    assert list(tiers_on(book, date(2026, 6, 30)).columns[:2]) == list(NO_TIERS.columns[:2])
    assert on(book, "30") == []
    assert spans(book) == []


def test_the_command_shows_what_a_night_has_recorded(shared_folder: Path, tmp_path: Path) -> None:
    with nights.after_one(shared_folder, tmp_path) as (place, _):
        words = ("tiers", "history", "--as-of", nights.ANCHOR, "--format", "json")
        rows = json.loads(place.kam(*words).stdout)["rows"]
        shown = json.loads(place.kam("tiers", "show", "--as-of", nights.ANCHOR, "--format", "json").stdout)["rows"]
        assert {(row["company"], row["customer"], row["tier"]) for row in rows} == {
            (row["company"], row["customer"], row["tier"]) for row in shown
        }
        assert {(row["valid_from"], row["valid_to"]) for row in rows} == {(nights.ANCHOR, None)}
        one = rows[0]["customer"]
        assert {row["customer"] for row in json.loads(place.kam(*words, "--customer", str(one)).stdout)["rows"]} == {
            one
        }
        assert json.loads(place.kam(*words, "--to", "2026-06-29").stdout)["rows"] == []
        assert len(json.loads(place.kam(*words, "--from", "2026-07-01").stdout)["rows"]) == len(rows)
        backwards = place.kam(*words, "--from", "2026-07-02", "--to", "2026-07-01")
        assert (backwards.returncode, "before it begins on 2026-07-02" in backwards.stderr) == (2, True)


def test_the_tiers_of_many_days_are_those_of_each_day(book: Ledger) -> None:
    """Four customers, decided about on odd days, one day twice and one day late: every day of June, in any order."""
    for day, *scores in (
        ("03", 82, 50),
        ("05", 60, 90),
        ("05", 90, 90),
        ("11", 30, 85, 99),
        ("07", 10, 99),
        ("20", 95),
    ):
        run(book, str(day), *map(float, scores))
    asked = [(customer, day) for day in range(30, 0, -1) for customer in (3, 1, 4, 2)]
    rows = pd.DataFrame(asked, columns=["customer_id", "day"])
    rows = rows.assign(company_id=1, date=[date(2026, 6, day) for day in rows["day"]])
    wanted = []
    for customer, day in asked:
        known = tiers_on(book, date(2026, 6, day)).set_index("customer_id")["tier"]
        wanted.append(known.get(customer, ""))
    assert tiers_by_day(book, rows) == wanted
    assert len(set(wanted)) > 2
    assert tiers_by_day(book, rows.assign(company_id=2)) == [""] * len(rows)
    assert tiers_by_day(book, rows.iloc[:0]) == []
