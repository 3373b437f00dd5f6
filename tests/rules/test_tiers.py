"""Scores and tiers: the worked cases W1, W2, W4, W9, W40, patience, overrides, properties."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_connector import policy as policies
from kam_connector.policy.tiering import Freeze
from kam_connector.rules.measures import assemble, complete
from kam_connector.rules.scores import explain_scores
from kam_connector.rules.tiers import decide_tiers
from tests.rules.papers import COMPANIES, NO_TIERS, points_of, scored, tier_policy

TODAY = date(2026, 6, 30)
POLICY = tier_policy()


def decide(facts: pd.DataFrame, previous: pd.DataFrame = NO_TIERS, **more: Any) -> pd.DataFrame:
    return decide_tiers(facts, previous, more.pop("policy", POLICY), more.pop("as_of", TODAY), **more).frame


def one(frame: pd.DataFrame) -> dict[str, Any]:
    (row,) = frame.to_dict("records")
    return row


@pytest.mark.requirement("S4-81")
def test_w1_weighted_score() -> None:
    row = one(decide(points_of([[80, 60, 50, 70]])))
    assert (row["score"], row["coverage"], row["status"], row["tier"]) == (Decimal("67.50"), 1, "rated", "silver")
    assert [row[name] for name in ("contribution", "loyalty", "growth", "risk")] == [80, 60, 50, 70]
    assert row["reason_code"] == "tier.entered"
    assert json.loads(row["reason_args"]) == {
        "score": "67.50", "coverage": "1.00", "tier": "silver", "enter": "60.00", "valid_from": "2026-01-01",
    }  # fmt: skip


def test_w2_a_missing_dimension_is_renormalised_and_shown_as_coverage() -> None:
    row = one(decide(points_of([[80, 60, None, 70]])))
    assert (row["score"], row["coverage"]) == (Decimal("71.88"), Decimal("0.80"))
    assert row["growth"] is None


@pytest.mark.parametrize(
    ("points", "coverage", "status"),
    [
        ([80, None, 80, None], "0.60", "rated"),
        ([None, 80, 80, None], "0.45", "unrated"),
        ([None] * 4, "0.00", "unrated"),
    ],
)
def test_too_little_known_is_unrated_and_never_a_demotion(points: list[Any], coverage: str, status: str) -> None:
    previous = pd.DataFrame({"company_id": [1], "customer_id": [1], "tier": ["gold"], "runs_below": [1]})
    row = one(decide(points_of([points]), previous))
    assert (row["coverage"], row["status"], row["tier"]) == (Decimal(coverage), status, "gold")
    assert row["runs_below"] == (0 if status == "rated" else 1)
    assert (row["score"] is None) == (status == "unrated")


def test_unrated_without_an_earlier_tier_has_none() -> None:
    row = one(decide(points_of([[None] * 4])))
    assert row["tier"] is None
    assert json.loads(row["reason_args"])["tier"] == ""


def test_w4_equal_facts_have_equal_scores() -> None:
    assert len(set(decide(scored(5, 5, 5, 9))["score"].iloc[:3])) == 1


def test_w9_a_new_customer_is_drawn_to_the_prior_and_provisional() -> None:
    new = points_of([[90, 90, 90, 90]]).assign(first_invoice=TODAY - timedelta(days=45))
    row = one(decide(new))
    assert (row["score"], row["status"], row["tier"]) == (Decimal("58.00"), "provisional", "bronze")
    assert row["growth"] is None
    assert row["coverage"] == Decimal("0.80")
    assert json.loads(row["reason_args"])["first_invoice"] == "2026-05-16"
    assert json.loads(row["reason_args"])["until"] == "2026-11-11"


@pytest.mark.parametrize(("days", "score"), [(44, "55.71"), (45, "58.00"), (59, "58.00"), (60, "60.00"), (0, "50.00")])
def test_the_own_score_of_a_new_customer_gains_weight_by_half_months(days: int, score: str) -> None:
    new = points_of([[90, 90, 90, 90]]).assign(first_invoice=TODAY - timedelta(days=days))
    assert str(one(decide(new))["score"]) == score


@pytest.mark.parametrize(("days", "status"), [(179, "provisional"), (180, "rated"), (181, "rated")])
def test_new_are_the_first_two_quarters(days: int, status: str) -> None:
    new = points_of([[90, 90, 90, 90]]).assign(first_invoice=TODAY - timedelta(days=days))
    assert one(decide(new))["status"] == status


def test_a_new_customer_is_not_demoted() -> None:
    new = points_of([[10, 10, 10, 10]]).assign(first_invoice=TODAY - timedelta(days=100))
    previous = pd.DataFrame({"company_id": [1], "customer_id": [1], "tier": ["gold"], "runs_below": [1]})
    row = one(decide(new, previous))
    assert (row["tier"], row["runs_below"]) == ("gold", 0)


def nights(scores: list[float], **more: Any) -> list[tuple[str, str]]:
    """Tier and reason of a customer, night after night, as the ledger hands them on."""
    previous, seen = NO_TIERS, []
    for number, score in enumerate(scores):
        day = TODAY + timedelta(days=number)
        frame = decide(scored(score), previous, as_of=day, **more)
        seen.append((frame["tier"][0], frame["reason_code"][0].removeprefix("tier.")))
        previous = frame.assign(as_of=day)
    return seen


def test_going_down_takes_two_runs_below_the_exit_cut_and_one_step() -> None:
    assert nights([82, 74, 76, 74.99, 73, 20, 20, 20]) == [
        ("gold", "entered"), ("gold", "demotion_waits"), ("gold", "kept"), ("gold", "demotion_waits"),
        ("silver", "demoted"), ("silver", "demotion_waits"), ("bronze", "demoted"), ("bronze", "demoted"),
    ]  # fmt: skip


def test_between_the_cuts_nothing_moves() -> None:
    assert [tier for tier, _ in nights([79, 80, 75, 79, 80])] == ["silver", "gold", "gold", "gold", "gold"]


@pytest.mark.parametrize("scores", [[82, 82, 82], [10, 85, 85, 85]])
def test_an_unchanged_customer_keeps_the_reason_of_the_last_move(scores: list[float]) -> None:
    assert len(set(nights(scores)[-2:])) == 1
    assert nights(scores)[-1][1] in ("entered", "promoted")
    previous = decide(scored(82)).assign(as_of=TODAY)
    next_day = decide(scored(82), previous, as_of=TODAY + timedelta(days=1))
    again = decide(scored(82), next_day.assign(as_of=TODAY + timedelta(days=1)), as_of=TODAY + timedelta(days=1))
    assert next_day["reason_args"].tolist() == previous["reason_args"].tolist() == again["reason_args"].tolist()
    newer = tier_policy(tiering={"valid_from": date(2026, 7, 1), "coverage_min": "0.60"})
    assert decide(scored(82), previous, as_of=date(2026, 7, 1), policy=newer)["reason_code"].tolist() == ["tier.kept"]


def test_going_up_needs_no_patience() -> None:
    assert nights([10, 85]) == [("bronze", "entered"), ("gold", "promoted")]


def test_a_run_repeated_on_the_same_day_is_the_same_run() -> None:
    first = decide(scored(82), as_of=TODAY).assign(as_of=TODAY)
    second = decide(scored(70), first, as_of=TODAY + timedelta(days=1)).assign(as_of=TODAY + timedelta(days=1))
    again = decide(scored(70), second, as_of=TODAY + timedelta(days=1))
    pd.testing.assert_frame_equal(again, second.drop(columns="as_of"))
    assert again["reason_code"][0] == "tier.demotion_waits"
    third = decide(scored(70), second, as_of=TODAY + timedelta(days=2))
    assert third["tier"][0] == "silver"


def test_later_runs_do_not_count_for_an_earlier_day() -> None:
    later = pd.DataFrame({"company_id": [1], "customer_id": [1], "tier": ["gold"], "runs_below": [0],
                          "as_of": ["2026-07-15"]})  # fmt: skip
    assert one(decide(scored(70), later))["previous_tier"] is None


def test_a_tier_that_the_policy_does_not_have_any_more_is_a_finding() -> None:
    previous = pd.DataFrame({"company_id": [1], "customer_id": [1], "tier": ["platinum"], "runs_below": [0]})
    decided = decide_tiers(scored(70), previous, POLICY, TODAY)
    assert decided.frame["tier"][0] == "silver"
    assert "platinum" in decided.findings[0].message


@pytest.mark.parametrize(("until", "tier", "status"), [
    ("2026-06-29", "silver", "rated"), ("2026-06-30", "gold", "overridden"), (None, "gold", "overridden"),
])  # fmt: skip
def test_an_override_wins_until_its_last_day(until: str | None, tier: str, status: str) -> None:
    overrides = pd.DataFrame({"company_id": [1], "customer_id": [1], "tier": ["gold"], "until": [until]})
    row = one(decide(scored(70), overrides=overrides))
    assert (row["tier"], row["status"], row["scored_tier"]) == (tier, status, "silver")


def test_an_override_to_an_unknown_tier_is_a_finding() -> None:
    overrides = pd.DataFrame({"company_id": [1], "customer_id": [1], "tier": ["Gold+"], "until": [None]})
    decided = decide_tiers(scored(70), NO_TIERS, POLICY, TODAY, overrides)
    assert decided.frame["tier"][0] == "silver"
    assert decided.findings[0].message == (
        'The override sets tier "Gold+", which is not defined. Known tiers: gold, silver, bronze.'
    )


def frozen(cause: str, *customers: int) -> pd.DataFrame:
    return pd.DataFrame({"company_id": 1, "customer_id": customers, "cause": cause})


@pytest.mark.requirement("S4-81")
@pytest.mark.parametrize("cause", [cause for cause in get_args(Freeze) if cause != "complaint"])
@pytest.mark.parametrize("score", [20, 95])
def test_while_frozen_the_tier_stays_and_no_run_counts(cause: str, score: int) -> None:
    previous = pd.DataFrame({"company_id": [1, 1], "customer_id": [1, 2], "tier": "silver", "runs_below": 1})
    row, other = decide(scored(score, score), previous, frozen=frozen(cause, 1)).to_dict("records")
    assert (row["tier"], row["status"], row["runs_below"], row["score"]) == ("silver", "frozen", 1, score)
    assert (row["reason_code"], json.loads(row["reason_args"])["tier"]) == (f"tier.frozen_{cause}", "silver")
    assert (other["tier"], other["status"]) == ("bronze" if score == 20 else "gold", "rated")


@pytest.mark.parametrize(
    ("score", "tier", "reason", "runs"),
    [("59.99", "silver", "kept", 0), ("54.99", "silver", "frozen_complaint", 1), ("95.00", "gold", "promoted", 0)],
)
def test_an_open_severe_complaint_holds_off_a_demotion_alone(score: str, tier: str, reason: str, runs: int) -> None:
    previous = pd.DataFrame({"company_id": [1], "customer_id": [1], "tier": ["silver"], "runs_below": [1]})
    row = one(decide(scored(Decimal(score)), previous, frozen=frozen("complaint", 1)))
    assert (row["tier"], row["reason_code"], row["runs_below"]) == (tier, f"tier.{reason}", runs)
    assert row["status"] == ("frozen" if reason == "frozen_complaint" else "rated")


def test_a_dispute_in_the_middle_of_a_fall_only_delays_it() -> None:
    previous, seen = NO_TIERS, []
    for number, (score, cause) in enumerate([(82, ""), (70, ""), (70, "dispute"), (70, "dispute"), (70, "")]):
        day = TODAY + timedelta(days=number)
        frame = decide(scored(score), previous, as_of=day, frozen=frozen(cause, 1) if cause else None)
        seen.append((frame["tier"][0], frame["reason_code"][0].removeprefix("tier.")))
        previous = frame.assign(as_of=day)
    assert seen == [
        ("gold", "entered"), ("gold", "demotion_waits"), ("gold", "frozen_dispute"), ("gold", "frozen_dispute"),
        ("silver", "demoted"),
    ]  # fmt: skip


def test_who_is_frozen_without_a_tier_gets_the_first_one() -> None:
    row = one(decide(scored(82), frozen=frozen("dispute", 1)))
    assert (row["tier"], row["status"]) == ("gold", "frozen")


def test_an_override_and_too_little_data_come_before_a_freeze() -> None:
    overrides = pd.DataFrame({"company_id": [1], "customer_id": [1], "tier": ["gold"], "until": [None]})
    facts = points_of([[70] * 4, [None] * 4])
    frame = decide(facts, overrides=overrides, frozen=frozen("data_gap", 1, 2))
    assert frame["status"].tolist() == ["overridden", "unrated"]


def test_a_frozen_customer_keeps_its_seat() -> None:
    previous = pd.DataFrame({"company_id": [1], "customer_id": [1], "tier": ["gold"], "runs_below": [1]})
    frame = decide(scored(20, 95), previous, policy=with_seats(1), frozen=frozen("dispute", 1))
    assert list(zip(frame["tier"], frame["status"], strict=True)) == [("gold", "frozen"), ("silver", "waiting")]


def with_seats(gold: int) -> Any:
    tiers = [tier.model_dump() for tier in POLICY.tier]
    return tier_policy(tier=[{**tiers[0], "capacity": gold}, *tiers[1:]])


def test_w40_who_qualifies_beyond_the_seats_waits() -> None:
    scores = [80 + number * 37 % 20 for number in range(110)]
    frame = decide(scored(*scores), policy=with_seats(96))
    assert frame["tier"].value_counts().to_dict() == {"gold": 96, "silver": 14}
    waiting = frame[frame["status"] == "waiting"]
    last = sorted(range(1, 111), key=lambda customer: (-scores[customer - 1], customer))[96:]
    assert waiting["customer_id"].tolist() == sorted(last)
    assert json.loads(waiting["reason_args"].iloc[0])["wanted_tier"] == "gold"


def test_who_has_a_seat_keeps_it_against_a_better_newcomer() -> None:
    previous = pd.DataFrame({"company_id": [1], "customer_id": [1], "tier": ["gold"], "runs_below": [0]})
    frame = decide(scored(81, 95), previous, policy=with_seats(1))
    assert frame["tier"].tolist() == ["gold", "silver"]
    assert frame["status"].tolist() == ["rated", "waiting"]


def test_equal_scores_are_seated_by_revenue_then_tenure_then_id() -> None:
    facts = scored(90, 90, 90, 90).assign(
        revenue_12m_minor=[100, 200, 200, 200],
        first_invoice=[date(2019, 1, 1), date(2021, 1, 1), date(2020, 1, 1), date(2020, 1, 1)],
    )
    frame = decide(facts, policy=with_seats(2))
    assert frame.loc[frame["tier"] == "gold", "customer_id"].tolist() == [3, 4]


def test_seats_are_counted_by_company() -> None:
    facts = scored(90, 90).assign(company_id=[1, 2])
    assert decide(facts, policy=with_seats(1))["tier"].tolist() == ["gold", "gold"]


def test_more_credited_than_invoiced_is_a_finding() -> None:
    facts = scored(90).assign(revenue_12m_minor=-5000)
    (finding,) = decide_tiers(facts, NO_TIERS, POLICY, TODAY).findings
    assert finding.record == "1"


def test_a_customer_that_stands_there_twice_is_a_defect_of_the_caller() -> None:
    with pytest.raises(ValueError, match="twice"):
        decide(scored(90, 80).assign(customer_id=1))


def test_no_customers_at_all() -> None:
    assert decide(scored()).empty


def test_the_facts_of_a_night_make_the_figures_of_the_shipped_policy() -> None:
    revenue = pd.DataFrame({
        "company_id": [1], "customer_id": [7], "revenue_12m_minor": [110_000_00],
        "revenue_prev_12m_minor": [100_000_00], "orders_12m": [9], "first_invoice": [date(2024, 6, 30)],
        "last_invoice": [date(2026, 6, 1)], "invoices_12m": [11],
    })  # fmt: skip
    behaviour = pd.DataFrame({"company_id": [1], "customer_id": [7], "paid_items": [5], "days_late_mean": [4.2],
                              "share_late": [0.2]})  # fmt: skip
    ageing = pd.DataFrame({
        "company_id": [1, 1, 3], "customer_id": [7, 7, 8], "user_id": [0, 5, 0], "currency_id": [10, 10, 30],
        "total_minor": [500, 500, 90], "overdue_minor": [300, 0, 90], "doubtful_minor": [0, 0, 90],
        "oldest_due": [pd.NaT] * 3,
    })  # fmt: skip
    facts = assemble(COMPANIES, revenue, behaviour, ageing)
    assert facts[["company_id", "customer_id", "digits"]].to_numpy().tolist() == [[1, 7, 2], [3, 8, 0]]
    row, other = complete(facts, TODAY).to_dict("records")
    assert (row["revenue_12m"], row["revenue_growth"]) == (110000, 1.1)
    assert (row["overdue_share"], row["doubtful_share"]) == (0.3, 0)
    assert (row["tenure_days"], row["days_since_invoice"], row["orders_12m"]) == (730, 29, 9)
    assert (other["overdue"], other["doubtful_share"], np.isnan(other["revenue_12m"])) == (90, 1, True)
    frame = decide(facts, policy=policies.load().at(TODAY).tiers)
    assert frame[["contribution", "loyalty", "growth", "risk"]].iloc[0].tolist() == [40, Decimal("87.50"), 70, 75]
    assert frame["score"].iloc[0] == Decimal("63.13")
    assert frame["status"].tolist() == ["rated", "unrated"]


def test_explaining_a_score_shows_each_figure_and_the_line_that_decided() -> None:
    facts = points_of([[80.5, None, 50, 70]])
    rows = explain_scores(facts, POLICY, TODAY).to_dict("records")
    assert (rows[0]["fact"], rows[0]["value"], rows[0]["from_value"], rows[0]["points"]) == ("orders_12m", 80.5, 80, 80)
    assert rows[1]["points"] is None


POINTS = st.one_of(st.none(), st.integers(0, 100))
CUSTOMERS = st.lists(st.tuples(POINTS, POINTS, POINTS, POINTS), min_size=1, max_size=8)


@settings(max_examples=25, deadline=None)
@given(CUSTOMERS)
def test_scores_are_exact(rows: list[tuple[int | None, ...]]) -> None:
    frame = decide(points_of(rows))
    for row, score in zip(rows, frame["score"], strict=True):
        known = [(weight, value) for weight, value in zip((40, 25, 20, 15), row, strict=True) if value is not None]
        total = sum(weight for weight, _ in known)
        if total < 60:
            assert score is None
            continue
        exact = Fraction(sum(weight * value for weight, value in known), total)
        assert score == Decimal(int(exact * 100 + Fraction(1, 2))) / 100


@settings(max_examples=12, deadline=None)
@given(CUSTOMERS, st.randoms(use_true_random=False))
def test_others_and_their_order_change_no_tier(rows: list[tuple[int | None, ...]], random: Any) -> None:
    whole = points_of(rows)
    order = list(range(len(whole)))
    random.shuffle(order)
    together = decide(whole)
    shuffled = decide(whole.iloc[order].reset_index(drop=True)).sort_values("customer_id").reset_index(drop=True)
    pd.testing.assert_frame_equal(together, shuffled)
    alone = decide(whole.iloc[[0]].reset_index(drop=True))
    pd.testing.assert_frame_equal(alone, together.iloc[[0]].reset_index(drop=True), check_dtype=False)
