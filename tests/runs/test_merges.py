"""Merged customers: what stood under one that vanished is read under the survivor, from the day of the merge on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from kam_connector import ledger
from kam_connector.ledger import Entry, Ledger
from kam_connector.ledger.merges import Merge, find_survivors, survivors
from kam_connector.mirror.merging import Merge as Found
from kam_connector.rules.tiers import decide_tiers
from kam_connector.runs.known import record_tiers, tiers_on
from kam_connector.runs.known_merges import merged_customers, record_merges
from kam_connector.runs.known_warnings import WARNING, previous_warnings
from kam_connector.runs.tier_spans import tier_spans, tiers_by_day
from kam_connector.writeback.journal import key_after_merge
from tests.rules.papers import scored, tier_policy

POLICY = tier_policy()
MOMENT = datetime(2026, 6, 14, 18, tzinfo=UTC)
"""02:00 on June 15 in Shanghai."""
ZONES = {1: ZoneInfo("Asia/Shanghai")}


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Ledger]:
    with ledger.open(tmp_path / "ledger.db") as found:
        yield found


def decide(book: Ledger, day: int, customers: dict[int, float], frozen: pd.DataFrame | None = None) -> list[str]:
    """The reasons of a run of that day of June, for these customers with these scores."""
    as_of = date(2026, 6, day)
    facts = scored(*customers.values()).assign(customer_id=list(customers))
    decisions = decide_tiers(facts, tiers_on(book, as_of), POLICY, as_of, frozen=frozen)
    record_tiers(book, decisions.frame, as_of)
    return decisions.frame["reason_code"].tolist()


def merge(book: Ledger, vanished: int, survivor: int, moment: datetime = MOMENT) -> int:
    return record_merges(book, [Found(vanished, survivor, moment)], ZONES, POLICY)


def tiers(book: Ledger, day: int) -> dict[int, str]:
    found = tiers_on(book, date(2026, 6, day))
    return dict(zip(found["customer_id"].tolist(), found["tier"], strict=True))


def spans(book: Ledger) -> list[tuple[int, int, str, str, str]]:
    frame = tier_spans(book, date(2026, 6, 30))
    days = [frame[name].dt.strftime("%d").fillna("") for name in ("valid_from", "valid_to")]
    return list(zip(frame["customer_id"], frame["formerly"], frame["tier"], *days, strict=True))


@pytest.mark.parametrize(
    ("vanished", "survivor", "after"), [(82, 50, "gold"), (50, 82, "gold"), (82, 82, "gold"), (50, 30, "bronze")]
)
def test_the_survivor_goes_on_from_the_higher_tier(book: Ledger, vanished: float, survivor: float, after: str) -> None:
    decide(book, 10, {1: survivor, 2: vanished})
    merge(book, 2, 1)
    assert tiers(book, 15) == {1: after}


def test_a_merge_stands_in_the_book_once(book: Ledger) -> None:
    decide(book, 10, {1: 50, 2: 82})
    assert [merge(book, 2, 1), merge(book, 2, 1)] == [1, 0]
    assert len(book.history("merge", "res.partner")) == 1
    assert len(book.history("tier", "1:1")) == 2


def test_the_history_shows_both_until_the_day_before_the_merge(book: Ledger) -> None:
    decide(book, 10, {1: 50, 2: 82})
    merge(book, 2, 1)
    assert spans(book) == [(1, 0, "bronze", "10", "14"), (1, 0, "gold", "15", ""), (1, 2, "gold", "10", "14")]


def test_before_the_merge_the_survivors_own_tier_stands(book: Ledger) -> None:
    decide(book, 10, {1: 50, 2: 82})
    merge(book, 2, 1)
    assert tiers(book, 14) == {1: "bronze"}


def test_a_survivor_without_a_tier_has_that_of_the_vanished_one_on_every_day(book: Ledger) -> None:
    decide(book, 10, {2: 82})
    merge(book, 2, 1)
    assert [tiers(book, day) for day in (9, 10, 20)] == [{}, {1: "gold"}, {1: "gold"}]


def test_the_run_of_the_day_goes_on_from_the_higher_tier_and_so_does_a_second_one(book: Ledger) -> None:
    """Customer 1 was decided about on the 15th already when the merge was found; 74 is below gold's exit cut of 75."""
    decide(book, 10, {1: 50, 2: 82})
    decide(book, 15, {1: 50, 2: 82})
    merge(book, 2, 1)
    for _ in range(2):
        assert decide(book, 15, {1: 74}) == ["tier.demotion_waits"]
    assert decide(book, 16, {1: 74}) == ["tier.demoted"]
    assert tiers(book, 16) == {1: "silver"}


def test_the_tier_stands_still_while_the_merge_is_young(book: Ledger) -> None:
    decide(book, 10, {1: 50, 2: 82})
    merge(book, 2, 1)
    reasons = []
    for day in (15, 16, 17):
        frozen = merged_customers(book, date(2026, 6, day), 2, [1]).assign(cause="merge")
        reasons += decide(book, day, {1: 30}, frozen)
    assert reasons == ["tier.frozen_merge", "tier.frozen_merge", "tier.demotion_waits"]


@pytest.mark.parametrize(("day", "found"), [(14, []), (15, [1]), (21, [1]), (22, [])])
def test_a_merge_freezes_from_its_day_on_for_so_many_days(book: Ledger, day: int, found: list[int]) -> None:
    decide(book, 10, {1: 50, 2: 82})
    merge(book, 2, 1)
    assert merged_customers(book, date(2026, 6, day), 7, [1])["customer_id"].tolist() == found


def test_a_company_in_which_the_vanished_one_was_no_customer_is_not_frozen(book: Ledger) -> None:
    decide(book, 10, {1: 50, 2: 82})
    merge(book, 2, 1)
    assert merged_customers(book, date(2026, 6, 15), 7, [2]).empty


def test_a_chain_ends_at_its_last_customer(book: Ledger) -> None:
    decide(book, 10, {1: 50, 2: 68, 3: 82})
    merge(book, 3, 2)
    merge(book, 2, 1, datetime(2026, 6, 19, 18, tzinfo=UTC))
    assert tiers(book, 30) == {1: "gold"}
    assert survivors(book) == {3: 1, 2: 1}
    assert spans(book)[0] == (1, 0, "bronze", "10", "19")


def test_a_chain_found_by_one_pull_hands_the_highest_tier_on(book: Ledger) -> None:
    decide(book, 10, {1: 50, 2: 68, 3: 82})
    record_merges(book, [Found(2, 1, MOMENT), Found(3, 1, MOMENT)], ZONES, POLICY)
    assert tiers(book, 15) == {1: "gold"}


def test_a_circle_of_merges_ends_at_the_customer_that_is_there() -> None:
    made = [Merge(1, 2, MOMENT, {}), Merge(2, 3, MOMENT, {}), Merge(3, 1, MOMENT, {})]
    assert find_survivors(made) == {2: 1, 3: 1}


def test_an_open_warning_goes_on_under_the_survivor_unless_it_has_the_same(book: Ledger) -> None:
    for customer, rule, checks in ((1, "order_gap", 1), (2, "order_gap", 2), (2, "overdue", 3)):
        payload = {"company_id": 1, "customer_id": customer, "rule": rule, "checks": checks, "as_of": "2026-06-10"}
        book.append_many([Entry(WARNING, f"1:{customer}:{rule}", payload)])
    merge(book, 2, 1)
    found = previous_warnings(book, date(2026, 6, 15))
    assert sorted(found[["customer_id", "rule", "checks"]].itertuples(index=False, name=None)) == [
        (1, "order_gap", 1), (1, "overdue", 3),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "after"),
    [
        ("task:2:2:reminder1", "task:1:2:reminder1"),
        ("warning:2:order_gap:2026-06-01:1", "warning:1:order_gap:2026-06-01:1"),
        ("case:2:900", "case:1:900"),
        ("task:22:2:reminder1", "task:22:2:reminder1"),
        ("customer:2", "customer:2"),
        ("score:2:2026-06-10", "score:2:2026-06-10"),
        ("kam.promise,2", "kam.promise,2"),
    ],
)
def test_keys_of_work_that_goes_on_name_the_survivor(key: str, after: str) -> None:
    assert key_after_merge(key, {2: 1}) == after


def test_the_tiers_of_many_days_follow_the_merges(book: Ledger) -> None:
    """1 and 2 vanish into 3, which is decided about from the 12th on; 4 into 5, which never is: as on each day."""
    decide(book, 8, {1: 60.0, 2: 99.0, 4: 82.0})
    decide(book, 10, {2: 98.0, 4: 60.0})
    decide(book, 12, {1: 99.0, 2: 99.0, 3: 60.0})
    for vanished, survivor in ((1, 3), (2, 3), (4, 5)):
        merge(book, vanished, survivor)
    asked = [(customer, day) for day in range(1, 31) for customer in (1, 2, 3, 4, 5)]
    rows = pd.DataFrame(asked, columns=["customer_id", "day"])
    rows = rows.assign(company_id=1, date=[date(2026, 6, day) for day in rows["day"]])
    assert tiers_by_day(book, rows) == [tiers(book, day).get(customer, "") for customer, day in asked]
    assert tiers(book, 9)[3] != tiers(book, 10)[3]
