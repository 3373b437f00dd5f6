"""Good faith or not: points with what takes them off, bands, independent kinds, and never a chance."""

from __future__ import annotations

import json
import re
from typing import Any

import pandas as pd
import pytest

from kam_connector.messages import LANGUAGES, load_catalog, render
from kam_connector.policy.evidence import GROUPS
from tests.rules import compensation_cases
from tests.rules.evidence_cases import asked, case, code, note, paper, policy, rejected, stranger, told, upheld, weigh

EARLIER = [rejected(number, "2026-03-01") for number in (11, 12, 13)]
X = [*EARLIER, case(1, claimed_minor=3_000_01)]
LOT, LINE = note("foreign_lot"), paper(total=1_000_00)


@pytest.mark.requirement("S4-74")
def test_w24_x_has_55_points_and_is_looked_at_again() -> None:
    assert told(X, LOT, LINE) == (
        55, "review", [("foreign_lot", 30), ("rejected_before", 20), ("excess_claim", 15), ("in_window", -10)],
    )  # fmt: skip


@pytest.mark.requirement("S4-74", "S4-76")
def test_w24_y_refused_an_inspection_twice_has_70_points_and_is_suspected() -> None:
    assert told(X, LOT, LINE, note("refuses_inspection", 1))[:2] == (55, "review")
    assert told(X, LOT, LINE, note("refuses_inspection", 2))[:2] == (70, "suspected")


@pytest.mark.requirement("S4-74", "S4-76")
def test_w24_z_a_test_that_confirms_the_defect_takes_40_of_80_points_off() -> None:
    known = (LOT, paper(day="2026-04-30"), note("refuses_inspection", 2))
    assert told(X, *known)[:2] == (80, "suspected")
    assert told(X, *known, note("independent_test"))[:2] == (40, "review")


@pytest.mark.requirement("S4-74")
@pytest.mark.parametrize(("points", "band"), [(29, "good_faith"), (30, "review"), (31, "review")])
def test_people_look_again_from_30_points_on(points: int, band: str) -> None:
    found = told([case(1)], LOT, by=policy({"kind": "foreign_lot", "points": points}))
    assert found[:2] == (points, band)


@pytest.mark.requirement("S4-76")
@pytest.mark.parametrize(("points", "band"), [(49, "review"), (50, "suspected"), (51, "suspected")])
def test_a_suspicion_begins_at_60_points(points: int, band: str) -> None:
    by = policy({"kind": "foreign_lot", "points": points})
    assert told([case(1)], LOT, note("publicity_threat"), by=by)[:2] == (points + 10, band)


@pytest.mark.requirement("S4-76")
def test_two_kinds_of_one_group_are_one_kind_and_no_suspicion() -> None:
    by = policy({"kind": "foreign_lot", "points": 45})
    found = code([case(1)], LOT, note("unsupported_order"), by=by)
    assert found == ("evidence.one_kind", {
        "kinds": 1, "kinds_needed": 2, "suspected_from": "60", "total_points": "70", "valid_from": "2026-01-01",
    })  # fmt: skip
    assert told([case(1)], LOT, note("unsupported_order"), by=by)[:2] == (70, "review")
    assert told([case(1)], LOT, note("several_channels"), note("publicity_threat"), by=by)[:2] == (65, "suspected")
    three = policy({"kind": "foreign_lot", "points": 45}, kinds=3)
    assert told([case(1)], LOT, note("several_channels"), note("publicity_threat"), by=three)[:2] == (65, "review")


def test_one_kind_alone_is_never_enough() -> None:
    assert told([case(1)], LOT, by=policy({"kind": "foreign_lot", "points": 100}))[:2] == (100, "review")


def test_points_stay_within_0_and_100() -> None:
    assert told([case(1)], LINE, note("independent_test")) == (
        0, "good_faith", [("independent_test", -40), ("in_window", -10)],
    )  # fmt: skip
    by = policy({"kind": "foreign_lot", "points": 100})
    assert told([case(1)], LOT, note("several_channels"), by=by)[:2] == (100, "suspected")
    assert told([case(1)]) == (0, "good_faith", [])


@pytest.mark.parametrize(
    ("days", "counts"),
    [
        (["2025-06-01", "2026-01-01", "2026-06-01"], True),
        (["2025-05-31", "2026-01-01", "2026-06-01"], False),
        (["2026-01-01", "2026-01-02"], False),
        (["2026-01-01", "2026-01-02", "2026-06-02"], False),
    ],
)
def test_three_rejected_within_twelve_months_before_it_count(days: list[str], counts: bool) -> None:
    before = [rejected(number, day) for number, day in enumerate(days, 11)]
    late = pd.Timestamp("2026-06-01 09:00", tz="UTC")
    assert told([*before, case(1, received_at=late)])[0] == (20 if counts else 0)


@pytest.mark.parametrize("other", [{"customer_id": 8}, {"company_id": 2}, {"was_rejected": False}])
def test_other_customers_companies_and_outcomes_do_not_count(other: dict[str, Any]) -> None:
    assert told([*EARLIER[:2], rejected(13, "2026-03-01", **other), case(1)])[0] == 0


@pytest.mark.parametrize(("good", "bad", "counts"), [(1, 1, True), (1, 2, False), (1, 0, True), (0, 1, False)])
def test_half_of_the_decided_complaints_justified_speaks_for_the_customer(good: int, bad: int, counts: bool) -> None:
    before = [upheld(20 + number, "2026-03-01") for number in range(good)]
    before += [rejected(30 + number, "2026-03-02") for number in range(bad)]
    assert (("upheld_before", -15) in told([*before, case(1)])[2]) is counts
    assert ("upheld_before", -15) not in told([*before, case(1, "2028-01-01")])[2]


@pytest.mark.parametrize(("claimed", "found"), [(2_999_99, 0), (3_000_00, 0), (3_000_01, 15)])
def test_above_three_times_what_it_was_sold_for_is_too_much(claimed: int, found: int) -> None:
    line = paper(total=1_000_00, day="2026-01-01")
    assert told([case(1, claimed_minor=claimed)], line)[0] == found
    assert told([case(1, claimed_minor=claimed)])[0] == 0


def test_what_it_was_sold_for_is_all_its_papers_each_at_its_own_rate() -> None:
    """W12: 10,000 EUR at 0.14 are 71,428.57; with a line of 1,000.00 the limit is 217,285.71."""
    euro = paper(total=10_000_00, day="2026-01-01", paper="account.move,3", currency_id=20, currency_rate="0.14")
    papers = (paper(total=1_000_00, day="2026-01-01"), euro)
    assert [told([case(1, claimed_minor=minor)], *papers)[0] for minor in (217_285_71, 217_285_72)] == [0, 15]
    twice = (*papers, paper(total=1_000_00, day="2026-01-02"))
    assert [told([case(1, claimed_minor=minor)], *twice)[0] for minor in (217_285_71, 217_285_72)] == [0, 15]


@pytest.mark.parametrize(("day", "found"), [("2026-05-02", -10), ("2026-05-01", 0), ("2026-06-02", -10)])
def test_within_thirty_days_of_its_latest_paper_speaks_for_the_customer(day: str, found: int) -> None:
    early = paper(day="2026-01-01", paper="account.move,3")
    pieces = dict(told([case(1)], early, paper(day=day))[2])
    assert pieces.get("in_window", 0) == found


@pytest.mark.parametrize(
    ("days", "counts"),
    [(["2026-05-31"], True), (["2026-06-01"], False), (["2026-04-30"], False), (["2026-05-01"], True),
     (["2026-04-01", "2026-05-02"], True), ([], False)],
)  # fmt: skip
def test_raised_only_after_payment_of_the_overdue_invoice_was_asked_for(days: list[str], counts: bool) -> None:
    line = paper(day="2026-03-30", due_on=pd.Timestamp("2026-04-30"))
    known = [asked(day) for day in days]
    assert told([case(1)], line, *known)[0] == (10 if counts else 0)
    others = [asked(day, customer=8) for day in days] + [asked(day, company=2) for day in days]
    assert told([case(1)], line, *others)[0] == 0


def test_the_paper_of_another_customer_counts_once_with_what_people_noted_and_is_worth_nothing() -> None:
    foreign = paper(total=1_00, is_foreign=True)
    both = told([case(1, claimed_minor=9_00)], foreign, note("unsupported_order"))
    assert both == (25, "good_faith", [("unsupported_order", 25)])
    [piece] = json.loads(weigh([case(1)], foreign).iloc[0]["evidence"])
    assert (piece["code"], json.loads(piece["args"])) == (
        "evidence.other_customer", {"record": "sale.order.line,1", "weight": "25"},
    )  # fmt: skip


@pytest.mark.requirement("S4-74")
def test_every_paper_of_a_stranger_is_told_also_beside_one_of_the_customers_own() -> None:
    papers = (paper(), stranger("sale.order,5"), stranger("account.move,3"))
    assert told([case(1)], *papers)[2] == [("unsupported_order", 25), ("in_window", -10)]
    pieces = json.loads(weigh([case(1)], *papers).iloc[0]["evidence"])
    assert json.loads(pieces[0]["args"])["record"] == "account.move,3; sale.order,5"


@pytest.mark.parametrize(("claimed", "found"), [(3_000_00, 0), (3_000_01, 15)])
def test_a_line_and_its_order_are_worth_the_order_once(claimed: int, found: int) -> None:
    order = {"whole": "sale.order,5", "whole_minor": 1_000_00}
    papers = (paper(total=600_00, **order), paper(total=1_000_00, paper="sale.order,5", **order))
    kinds = dict(told([case(1, claimed_minor=claimed)], *papers)[2])
    assert kinds.get("excess_claim", 0) == found


@pytest.mark.parametrize("state", ["rejected", "closed", "reviewed"])
def test_what_is_over_is_not_weighed_any_more(state: str) -> None:
    assert weigh([case(1, state=state), case(2)], LOT)["complaint_id"].tolist() == [2]


def test_without_lines_or_complaints_nothing_is_weighed() -> None:
    assert weigh([case(1)], LOT, by=compensation_cases.policy()).empty
    assert weigh([]).empty


@pytest.mark.requirement("S4-74")
def test_the_figures_are_told() -> None:
    row = weigh(X, LOT, LINE).iloc[0]
    pieces = json.loads(row["evidence"])
    sentences = [render(piece["code"], piece["args"], "en_US") for piece in pieces]
    assert sentences == [
        "30 points: the lot or document is not ours (notes: 1).",
        "20 points: complaints of the customer that came in within 12 months before this one and were rejected: 3.",
        "15 points: CNY 3,000.01 are claimed, more than 3 times the CNY 1,000.00 that it was sold for.",
        "-10 points: it came in within 30 days of the paper of 20 May 2026.",
    ]
    assert render(row["evidence_code"], row["evidence_args"], "en_US").startswith(
        "55 points: from 30 on people look again, from 60 on a complaint may be suspected."
    )


@pytest.mark.requirement("S4-76")
@pytest.mark.parametrize("lang", LANGUAGES)
def test_w25_points_are_never_called_a_chance_nor_anybody_malicious(lang: str) -> None:
    texts = [message.texts[lang] for key, message in load_catalog().items() if key.startswith("evidence")]
    assert len(texts) > len(GROUPS)
    said = re.compile(
        "probab|likel|chance|percent|%|malic|fraud|概率|可能性|机率|機率|恶意|惡意|欺诈|詐欺", re.IGNORECASE
    )
    assert [text for text in texts if said.search(text)] == []
