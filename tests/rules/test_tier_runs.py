"""Earlier runs counted again from scores and tiers, and where tiers come to rest."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from kam_connector.rules.replay import replay_runs
from kam_connector.rules.settling import settle_tiers
from kam_connector.rules.stability import NO_TIERS
from kam_connector.rules.tiers import decide_tiers
from tests.rules.papers import points_of, scored, tier_policy

TODAY = date(2026, 6, 30)
POLICY = tier_policy()


def runs(*each: tuple[float | None, str]) -> pd.DataFrame:
    """Runs of customer 1, the last one of yesterday."""
    days = [TODAY - timedelta(days=len(each) - place) for place in range(len(each))]
    scores, tiers = zip(*each, strict=True)
    frame = pd.DataFrame({"company_id": 1, "customer_id": 1, "as_of": pd.to_datetime(pd.Series(days)), "tier": tiers})
    return frame.assign(score=pd.Series(scores, dtype="float64"))


@pytest.mark.parametrize(
    ("history", "left"),
    [
        ([(82, "gold")], 0),
        ([(82, "gold"), (74.99, "gold")], 1),
        ([(82, "gold"), (75, "gold")], 0),
        ([(82, "gold"), (74, "gold"), (73, "gold")], 2),
        ([(74, "gold"), (76, "gold"), (74, "gold")], 1),
        ([(74, "gold"), (None, "gold"), (73, "gold")], 2),
        ([(74, "gold"), (20, "silver")], 0),
        ([(20, "silver"), (20, "silver")], 2),
        ([(20, "platinum"), (20, "platinum")], 0),
        ([(None, "gold")], 0),
    ],
)
def test_runs_below_are_counted_from_scores_and_tiers(history: list[tuple[float | None, str]], left: int) -> None:
    (row,) = replay_runs(runs(*history), scored(70), POLICY, TODAY).to_dict("records")
    assert (row["tier"], row["runs_below"]) == (history[-1][1], left)


def test_replaying_comes_to_what_the_rule_itself_remembers() -> None:
    scores = [82, 74, 76, 74.99, 73, 20, 20, 56, 30]
    previous, seen = NO_TIERS, []
    for place, score in enumerate(scores):
        day = TODAY - timedelta(days=len(scores) - place)
        previous = decide_tiers(scored(score), previous, POLICY, day).frame.assign(as_of=day)
        seen.append((float(score), previous["tier"][0]))
        (row,) = replay_runs(runs(*seen), scored(70), POLICY, TODAY).to_dict("records")
        assert (row["tier"], row["runs_below"]) == (previous["tier"][0], previous["runs_below"][0])


def test_the_run_of_the_day_and_later_ones_do_not_count() -> None:
    history = runs((82, "gold"), (74, "gold")).assign(as_of=pd.to_datetime(["2026-06-29", "2026-06-30"]))
    (row,) = replay_runs(history, scored(70), POLICY, TODAY).to_dict("records")
    assert row["runs_below"] == 0


def test_runs_in_which_the_customer_was_new_do_not_count() -> None:
    facts = scored(20).assign(first_invoice=TODAY - timedelta(days=181))
    (row,) = replay_runs(runs((20, "gold"), (20, "gold"), (20, "gold")), facts, POLICY, TODAY).to_dict("records")
    assert row["runs_below"] == 1  # new until the day before yesterday


@pytest.mark.parametrize(("group_since", "left"), [(500, 3), (181, 1), (None, 0)])
def test_a_new_subsidiary_of_a_known_group_is_not_new(group_since: int | None, left: int) -> None:
    first = None if group_since is None else TODAY - timedelta(days=group_since)
    facts = scored(20).assign(first_invoice=TODAY - timedelta(days=30), group_first_invoice=first)
    (row,) = replay_runs(runs((20, "gold"), (20, "gold"), (20, "gold")), facts, POLICY, TODAY).to_dict("records")
    assert row["runs_below"] == left


def settled(facts: pd.DataFrame, previous: pd.DataFrame, **changes: Any) -> list[tuple[str | None, str | None, int]]:
    policy = tier_policy(**changes)

    def decide(before: pd.DataFrame) -> pd.DataFrame:
        return decide_tiers(facts, before, policy, TODAY).frame

    first = decide(previous)
    rest = settle_tiers(first, decide, policy)
    return list(zip(first["tier"], rest["tier"], rest["settled_in"], strict=True))


def had(*tiers: str) -> pd.DataFrame:
    return pd.DataFrame({
        "company_id": 1, "customer_id": range(1, len(tiers) + 1), "tier": tiers, "runs_below": 0,
    })  # fmt: skip


def test_a_demotion_settles_in_the_run_that_its_patience_ends_in() -> None:
    assert settled(scored(70), had("gold")) == [("gold", "silver", 2)]
    assert settled(scored(20), had("gold")) == [("gold", "bronze", 4)]


def test_what_does_not_move_has_settled_in_the_first_run() -> None:
    assert settled(scored(82, 60), had("gold", "bronze")) == [("gold", "gold", 1), ("silver", "silver", 1)]
    assert settled(points_of([[None] * 4]), NO_TIERS) == [(None, None, 1)]


def test_a_freed_seat_goes_to_who_waits_in_the_run_after() -> None:
    tiers = [tier.model_dump() for tier in POLICY.tier]
    seats = [{**tiers[0], "capacity": 1}, *tiers[1:]]
    assert settled(scored(70, 90), had("gold", "silver"), tier=seats) == [("gold", "silver", 2), ("silver", "gold", 2)]
