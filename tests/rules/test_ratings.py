"""What people say of a customer as figures of the score: missing is not low, old is missing, a class has points."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_connector import policy as policies
from kam_connector.policy.measures import CLASSES, RATINGS
from kam_connector.policy.tiering import TierPolicy
from kam_connector.rules.measures import complete
from kam_connector.rules.ratings import add_ratings, forget_old_ratings
from kam_connector.rules.scores import explain_scores, score_customers
from kam_connector.rules.stability import NO_TIERS
from kam_connector.rules.tiers import decide_tiers
from tests.rules.papers import tier_policy

TODAY = date(2026, 6, 30)
KEYS = pd.DataFrame({"company_id": [1, 1, 2], "customer_id": [7, 8, 7]})
PAYERS = pd.DataFrame({"company_id": [1, 2], "customer_id": [8, 7], "payer_class": ["slow", "new"]})
FIVE = [["1", 0], ["2", 25], ["3", 50], ["4", 75], ["5", 100]]
CODES = {"prompt": 100, "honest_short": 60, "slow": 50, "unreliable": 20, "bad": 0}


def said(*rows: dict[str, Any]) -> pd.DataFrame:
    """Rows as `facts.ratings`, of customer 7 in company 1 unless said otherwise."""
    blank = dict.fromkeys((*RATINGS, "wallet_estimate_minor"), None)
    first = {"company_id": 1, "customer_id": 7, "rated_on": TODAY, **blank}
    return pd.DataFrame([{**first, **row} for row in rows], columns=list(first))


def rating_policy(**ratings: Any) -> TierPolicy:
    """Contribution 40: orders, and influence if rated; loyalty 25: recommendation; growth 20; risk 15: payer class."""
    hundred = [[str(value), str(value)] for value in range(101)]
    items = {
        "contribution": [{"fact": "orders_12m", "points": hundred},
                         {"fact": "influence", "optional": True, "points": FIVE}],
        "loyalty": [{"fact": "recommendation", "points": FIVE}],
        "growth": [{"fact": "wallet_share", "points": [["0", 100], ["0.25", 60], ["1", 0]]}],
        "risk": [{"fact": "payer_class", "points": CODES}],
    }  # fmt: skip
    weights = {"contribution": 40, "loyalty": 25, "growth": 20, "risk": 15}
    dimensions = [{"name": name, "weight": weights[name], "item": items[name]} for name in items]
    return tier_policy(dimension=dimensions, **({"ratings": ratings} if ratings else {}))


def facts(**columns: Any) -> pd.DataFrame:
    """One old customer with 80 orders and these figures."""
    row = {"company_id": [1], "customer_id": [7], "orders_12m": [80.0], "first_invoice": [date(2020, 1, 1)]}
    return pd.DataFrame({**row, **{name: [value] for name, value in columns.items()}})


def score(frame: pd.DataFrame, policy: TierPolicy | None = None, as_of: date = TODAY) -> tuple[int, int]:
    """Score and coverage of the first row, in hundredths."""
    scores = score_customers(frame, policy or rating_policy(), as_of)
    return int(scores.score[0]), int(scores.coverage[0])


@pytest.mark.requirement("S2-17")
def test_ratings_join_their_customer_and_who_is_not_rated_has_none() -> None:
    ratings = said({"influence": "4", "recommendation": "1", "wallet_estimate_minor": 80_000_000},
                   {"company_id": 2, "wallet_estimate_minor": 0})  # fmt: skip
    joined = add_ratings(KEYS.assign(digits=2, revenue_12m_minor=20_000_000), ratings, PAYERS)
    found = complete(joined, TODAY)
    assert found["influence"].tolist()[:1] == [4.0]
    assert np.isnan(found["influence"].tolist()[1:]).all()
    assert found["recommendation"][0] == 1.0
    assert np.isnan(found["strategic_fit"]).all()
    assert found["wallet_share"][0] == 0.25  # 200,000 of 800,000
    assert np.isnan(found["wallet_share"].tolist()[1:]).all()  # no estimate is no share, and neither is one of nothing
    assert [CLASSES["payer_class"][int(place)] for place in found["payer_class"][1:]] == ["slow", "new"]
    assert np.isnan(found["payer_class"][0])


@pytest.mark.parametrize(("revenue", "share"), [(20_000_000, 0.25), (80_000_000, 1), (90_000_000, 1), (-500, 0)])
def test_the_share_of_a_need_lies_between_nothing_and_all_of_it(revenue: int, share: float) -> None:
    row = facts(revenue_12m_minor=revenue, wallet_estimate_minor=80_000_000, digits=2)
    assert complete(row, TODAY)["wallet_share"].tolist() == [share]


@pytest.mark.requirement("S4-82")
@pytest.mark.parametrize(
    ("revenue", "left"), [(20_000_000, 600_000.0), (80_000_000, 0.0), (90_000_000, 0.0), (-500, 800_000.0)]
)
def test_what_is_still_to_be_won_is_the_need_less_what_was_bought(revenue: int, left: float) -> None:
    row = facts(revenue_12m_minor=revenue, wallet_estimate_minor=80_000_000, digits=2)
    assert complete(row, TODAY)["wallet_open"].tolist() == [left]
    assert np.isnan(complete(row.assign(wallet_estimate_minor=0), TODAY)["wallet_open"]).all()


@pytest.mark.requirement("S2-17")
@pytest.mark.parametrize(
    ("revenue", "rated_on", "count"),
    [(80_000_000, TODAY, 0), (80_000_001, TODAY, 1), (80_000_001, date(2025, 6, 30), 1),
     (80_000_001, date(2025, 6, 29), 0)],
)  # fmt: skip
def test_a_need_below_what_was_invoiced_is_a_finding_while_it_counts(revenue: int, rated_on: date, count: int) -> None:
    row = facts(revenue_12m_minor=revenue, wallet_estimate_minor=80_000_000, digits=2, rated_on=rated_on)
    found = [each for each in decide_tiers(row, NO_TIERS, rating_policy(), TODAY).findings
             if each.source == "rules.ratings"]  # fmt: skip
    assert [(each.severity, each.record) for each in found] == [("warning", "7")] * count
    assert all("put at 800,000.00, and 800,000.01 was invoiced" in each.message for each in found)


@pytest.mark.parametrize("value", ["", "0", "6", "4.5", "-1", "high", None])
def test_what_is_none_of_one_to_five_is_no_rating(value: str | None) -> None:
    joined = add_ratings(KEYS.assign(digits=2), said({"influence": value}), PAYERS)
    assert np.isnan(complete(joined, TODAY)["influence"]).all()


def test_a_rating_has_its_points_and_no_rating_renormalises_with_the_coverage() -> None:
    # contribution (80 + 75) / 2 = 77.5, loyalty 25, growth 60, risk 50: 31 + 6.25 + 12 + 7.5 = 56.75
    whole = facts(influence=4.0, recommendation=2.0, wallet_share=0.25, payer_class="slow")
    assert score(whole) == (5675, 100)
    # without influence, which is optional: contribution 80, still at full coverage: 32 + 25.75 = 57.75
    assert score(whole.assign(influence=np.nan)) == (5775, 100)
    # without recommendation too: (32 + 12 + 7.5) / 0.75 = 68.67 at 75 %; as zero it would have been 51.50
    assert score(whole.assign(influence=np.nan, recommendation=np.nan)) == (6867, 75)


@pytest.mark.parametrize(("days", "counts"), [(-1, False), (0, True), (364, True), (365, True), (366, False)])
def test_a_rating_counts_for_so_many_days(days: int, counts: bool) -> None:
    row = facts(influence=4.0, recommendation=2.0, wallet_share=0.25, payer_class="slow")
    row = row.assign(rated_on=TODAY - timedelta(days=days))
    assert score(row) == ((5675, 100) if counts else (7182, 55))  # (32 + 7.5) / 0.55 = 71.82: the payer class stays
    assert np.isnan(forget_old_ratings(row, 365, TODAY)["influence"][0]) == (not counts)


def test_the_policy_says_how_long_a_rating_counts_and_one_without_a_day_does_not_age() -> None:
    row = facts(influence=4.0, recommendation=2.0, wallet_share=0.25, payer_class="slow")
    aged = row.assign(rated_on=TODAY - timedelta(days=31))
    assert score(aged, rating_policy(valid_days=31)) == (5675, 100)
    assert score(aged, rating_policy(valid_days=30)) == (7182, 55)
    assert score(row.assign(rated_on=pd.NaT), rating_policy(valid_days=1)) == (5675, 100)


@pytest.mark.requirement("S2-18")
@pytest.mark.parametrize(("code", "points"), [*CODES.items(), ("new", None), ("", None), ("unheard_of", None)])
def test_a_class_has_the_points_of_its_code_and_one_without_points_is_missing(code: str, points: int | None) -> None:
    row = explain_scores(facts(payer_class=code), rating_policy(), TODAY).to_dict("records")[-1]
    assert (row["fact"], row["points"]) == ("payer_class", points)
    assert row["from_value"] == (None if points is None else code)
    assert (row["line_no"] == -1) == (points is None)
    assert np.isnan(row["value"]) == (points is None)


def test_the_order_of_the_codes_in_the_file_changes_nothing() -> None:
    dump = rating_policy().model_dump(mode="json")
    dump["dimension"][3]["item"][0]["points"] = dict(reversed(CODES.items()))
    dump["tiering"]["valid_from"] = date(2026, 1, 1)
    other = TierPolicy.model_validate(dump)
    for code in CODES:
        row = facts(payer_class=code, recommendation=2.0)
        assert score(row, other) == score(row)


def test_a_new_payer_has_points_where_the_policy_gives_them() -> None:
    dump = rating_policy().model_dump(mode="json")
    dump["dimension"][3]["item"][0]["points"] = {**CODES, "new": 40}
    dump["tiering"]["valid_from"] = date(2026, 1, 1)
    rows = explain_scores(facts(payer_class="new"), TierPolicy.model_validate(dump), TODAY)
    assert rows.iloc[-1]["points"] == Decimal(40)


def test_the_shipped_policy_scores_who_is_not_rated_as_before() -> None:
    """The shipped items of people are optional: the figures of W-cases stay, and a rating moves the score."""
    shipped = policies.load().at(TODAY).tiers
    row = facts(revenue_12m=110_000.0, orders_12m=9.0, days_late_mean=4.2, revenue_growth=1.1)
    row = row.assign(overdue_share=0.3, days_since_invoice=29.0)
    # 0.40 x 40 + 0.25 x (2 x 75 + 100 + 100) / 4 + 0.20 x 70 + 0.15 x (100 + 50) / 2 = 63.125
    assert score(row, shipped) == (6313, 100)
    # contribution (40 + 0.25 x 100 + 0.25 x 50) / 1.5 = 51.67: 4.67 more
    assert score(row.assign(influence=5.0, strategic_fit=3.0), shipped) == (6779, 100)


RATING = st.one_of(st.none(), st.integers(1, 5))
ROWS = st.lists(st.tuples(RATING, RATING, st.sampled_from([*CODES, "new", None])), min_size=1, max_size=8)


@settings(max_examples=25, deadline=None)
@given(ROWS)
def test_a_better_rating_never_scores_less_and_others_never_matter(rows: list[tuple[Any, ...]]) -> None:
    frame = pd.DataFrame(rows, columns=["influence", "recommendation", "payer_class"])
    frame = frame.astype({"influence": "float64", "recommendation": "float64"}).assign(
        company_id=1, customer_id=range(1, len(rows) + 1), orders_12m=50.0, first_invoice=date(2020, 1, 1)
    )
    whole = score_customers(frame, rating_policy(), TODAY).score.tolist()
    for place in range(len(rows)):
        assert score(frame.iloc[[place]].reset_index(drop=True))[0] == whole[place]
    for name in ("influence", "recommendation"):
        better = frame.assign(**{name: frame[name].where(frame[name].isna(), np.minimum(frame[name] + 1, 5))})
        raised = score_customers(better, rating_policy(), TODAY).score.tolist()
        assert all(after >= before for before, after in zip(whole, raised, strict=True))
