"""What complaints are made good with: three limits to the cent, one budget a year, approvers by what adds up."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from tests.rules.compensation_cases import agreed, amounts, case, loss, policy, propose, reason


@pytest.mark.requirement("S4-69")
@pytest.mark.parametrize(
    ("lost", "sold", "spent", "expected"),
    [
        (3_000_00, 4_500_00, 3_000_00, (2_000_00, "budget", "director")),
        (2_000_01, 4_500_00, 3_000_00, (2_000_00, "budget", "director")),
        (2_000_00, 4_500_00, 3_000_00, (2_000_00, "loss", "director")),
        (1_999_99, 4_500_00, 3_000_00, (1_999_99, "loss", "director")),
        (2_250_01, 4_500_00, 0, (2_250_00, "value", "manager")),
        (2_250_00, 4_500_00, 0, (2_250_00, "loss", "manager")),
        (2_249_99, 4_500_00, 0, (2_249_99, "loss", "manager")),
        (3_000_00, 4_500_01, 0, (2_250_00, "value", "manager")),
        (3_000_00, 4_500_02, 0, (2_250_01, "value", "manager")),
        (3_000_00, 4_500_00, 2_749_99, (2_250_00, "value", "director")),
        (3_000_00, 4_500_00, 2_750_01, (2_249_99, "budget", "director")),
    ],
)
def test_the_lowest_of_loss_capped_value_and_rest_of_the_budget_is_proposed(
    lost: int, sold: int, spent: int, expected: tuple[int, str, str]
) -> None:
    cases = [agreed(1, spent or 1, spent, "2026-05-01"), case(2, lost)]
    assert amounts(cases, loss(2, lost, sold))[2] == expected


@pytest.mark.requirement("S4-69")
def test_the_budget_of_a_year_is_given_out_in_the_order_of_receipt() -> None:
    cases = [
        case(4, 1_000_00, "2026-06-04"), case(3, 2_000_00, "2026-06-03"), case(2, 2_500_00, "2026-06-02"),
        case(1, 1_000_00, "2026-06-01"), case(5, 700_00, "2027-01-01"),
    ]  # fmt: skip
    assert {number: row[:2] for number, row in amounts(cases).items()} == {
        1: (1_000_00, "loss"), 2: (2_500_00, "loss"), 3: (1_500_00, "budget"), 4: (0, "budget"), 5: (700_00, "loss"),
    }  # fmt: skip


def test_what_people_agreed_comes_first_whenever_it_came_in() -> None:
    cases = [case(1, 3_000_00, "2026-06-01"), agreed(2, 100_00, 4_000_00, "2026-06-20")]
    assert amounts(cases) == {1: (1_000_00, "budget", "manager")}
    assert amounts(cases[:1]) == {1: (3_000_00, "loss", "manager")}


def test_an_amount_that_a_person_chose_before_the_approval_takes_its_part_of_the_budget() -> None:
    chosen = case(1, 3_000_00, "2026-06-01", remedy="goodwill", agreed_minor=4_500_00)
    assert amounts([chosen, case(2, 3_000_00, "2026-06-02")]) == {
        1: (3_000_00, "loss", "director"), 2: (500_00, "budget", "director"),
    }  # fmt: skip


@pytest.mark.parametrize("other", [{"customer_id": 8}, {"company_id": 2}, {"state": "rejected"}, {"state": "received"}])
def test_other_customers_companies_and_cases_that_nobody_accepted_take_nothing(other: dict[str, object]) -> None:
    found = amounts(
        [case(1, 4_000_00, "2026-06-01", **other), case(2, 4_000_00, "2026-06-02")], loss(1, 0, None, paper="")
    )
    assert found[2] == (4_000_00, "loss", "director")


@pytest.mark.parametrize("state", ["received", "rejected", "approved", "executing", "confirmed", "closed", "reviewed"])
def test_nothing_is_proposed_before_a_case_is_accepted_or_after_it_is_decided(state: str) -> None:
    assert amounts([case(1, 10_00, state=state)]) == {}


def test_without_a_documented_loss_or_a_policy_nothing_is_proposed() -> None:
    assert amounts([case(1, 0)]) == {}
    assert amounts([case(1, 10_00)], by=policy(remedy=[], budget=[], approver=[])) == {}
    assert amounts([]) == {}


@pytest.mark.requirement("S4-69")
@pytest.mark.parametrize(("before", "approver"), [(1_999_99, "manager"), (2_000_00, "manager"), (2_000_01, "director")])
def test_the_approver_follows_from_all_that_the_customer_gets_within_ninety_days(before: int, approver: str) -> None:
    cases = [agreed(1, before, before, "2026-03-04"), case(2, 1_000_00, "2026-06-01")]
    assert amounts(cases)[2] == (1_000_00, "loss", approver)


@pytest.mark.parametrize(
    ("day", "approver"), [("2026-03-05", "director"), ("2026-03-04", "director"), ("2026-03-03", "manager")]
)
def test_the_day_ninety_days_before_does_not_count_any_more(day: str, approver: str) -> None:
    cases = [agreed(1, 2_500_00, 2_500_00, day), case(2, 1_000_00, "2026-06-01")]
    assert amounts(cases)[2] == (1_000_00, "loss", approver)


def test_a_later_complaint_does_not_change_the_approver_of_an_earlier_one() -> None:
    cases = [case(1, 1_000_00, "2026-06-01"), case(2, 2_500_00, "2026-06-02")]
    assert {number: row[2] for number, row in amounts(cases).items()} == {1: "manager", 2: "director"}


def test_all_complaints_about_one_line_share_its_cap() -> None:
    cases = [case(1, 800_00, "2026-06-01"), case(2, 800_00, "2026-06-02")]
    shared = [loss(number, 800_00, 2_000_00, paper="sale.order.line,9") for number in (1, 2)]
    assert amounts(cases, *shared) == {1: (800_00, "loss", "manager"), 2: (200_00, "value", "manager")}
    cases[0] = agreed(1, 800_00, 950_00)
    assert amounts(cases, *shared) == {2: (50_00, "value", "manager")}


def test_lines_without_a_loss_of_their_own_size_are_capped_one_by_one() -> None:
    parts = [loss(1, 900_00, 1_000_00, paper="sale.order.line,1"), loss(1, 100_00, 9_000_00, paper="account.move,2")]
    assert amounts([case(1, 1_000_00)], *parts) == {1: (600_00, "value", "manager")}


@pytest.mark.parametrize(
    "chosen", [{}, {"remedy": "goodwill"}, {"remedy": "goodwill", "agreed_minor": 60_00},
               {"remedy": "goodwill", "agreed_minor": 120_00}],
)  # fmt: skip
def test_two_lines_about_one_paper_share_its_cap_whatever_a_person_has_chosen(chosen: dict[str, Any]) -> None:
    parts = [loss(1, 80_00, 200_00, paper="sale.order.line,9") for _ in range(2)]
    assert amounts([case(1, 160_00, **chosen)], *parts)[1][:2] == (100_00, "value")


def test_w12_a_line_in_another_currency_is_worth_what_it_was_at_the_orders_own_rate() -> None:
    sold = loss(1, 40_000_00, 10_000_00, currency_id=40, currency_rate="0.14")
    code, figures = reason([case(1, 40_000_00)], sold, by=policy(budget=[{"amount": "90000"}]))
    assert (code, figures["worth"], figures["amount"]) == ("compensation.value", "71428.57", "35714.28")


def test_where_no_paper_is_named_people_are_asked_for_one() -> None:
    found = propose([case(1, 50_00)], loss(1, 50_00, None, paper="", currency_id=None))
    row = found.frame.iloc[0]
    assert (row["proposed_remedy"], row["proposed_amount_minor"], row["approver"]) == ("", 0, "")
    assert (row["proposed_limit"], row["proposal_code"]) == ("paper", "compensation.paper")


def test_where_the_budget_is_used_up_the_highest_step_decides_alone() -> None:
    code, figures = reason([agreed(1, 1, 5_000_00, "2026-01-05"), case(2, 10_00)])
    assert code == "compensation.used_up"
    assert figures == {
        "approver": "director", "budget": "5000.00", "currency": "CNY", "loss": "10.00", "valid_from": "2026-01-01",
        "year": "2026",
    }  # fmt: skip


def test_the_reason_says_what_bound_what_was_left_and_why_this_approver() -> None:
    cases = [agreed(1, 1, 1_000_00, "2026-05-01"), case(2, 3_000_00)]
    code, figures = reason(cases, loss(2, 3_000_00, 4_500_00))
    assert code == "compensation.value"
    assert figures == {
        "amount": "2250.00", "approver": "director", "cap": "0.50", "cumulative_days": 90, "currency": "CNY",
        "left": "4000.00", "loss": "3000.00", "remedy": "credit", "valid_from": "2026-01-01", "within": "3250.00",
        "worth": "4500.00", "year": "2026",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("lost", "step", "expected"),
    [(123_99, "1", 123_00), (124_00, "1", 124_00), (124_01, "1", 124_00), (123_99, "0.05", 123_95), (99, "1", 0)],
)
def test_amounts_are_rounded_down_to_the_currencys_step(lost: int, step: str, expected: int) -> None:
    by = policy(rounding=[{"currency": "CNY", "to": step}])
    assert amounts([case(1, lost)], by=by)[1][0] == expected


def test_a_currency_without_cents_counts_whole_units() -> None:
    yen = case(1, 1_500, company_id=3, type="service")
    assert amounts([yen], loss(1, 1_500, 9_000, currency_id=30))[1] == (1_500, "loss", "manager")
    capped = case(1, 1_500, company_id=3, type="contract")
    assert amounts([capped], loss(1, 1_500, 2_001, currency_id=30))[1] == (1_000, "value", "manager")


def test_the_first_line_that_fits_chooses_remedy_and_budget() -> None:
    frame = propose([case(1, 2_000_00, type="service", tier="bronze"), case(2, 2_000_00, customer_id=8, tier="")]).frame
    columns = frame[["proposed_remedy", "proposed_amount_minor", "currency_id"]]
    assert columns.to_numpy().tolist() == [["goodwill", 1_000_00, 10], ["credit", 1_000_00, 10]]


def test_whose_tier_changed_within_the_year_has_the_higher_budget() -> None:
    cases = [case(1, 4_000_00, "2026-02-01", tier=""), case(2, 4_000_00, "2026-06-01")]
    assert {number: row[0] for number, row in amounts(cases).items()} == {1: 4_000_00, 2: 1_000_00}


@pytest.mark.parametrize(("claimed", "count"), [(2_599_99, 0), (2_600_00, 0), (2_600_01, 1)])
def test_w27_a_contract_claim_far_above_the_loss_is_for_a_lawyer(claimed: int, count: int) -> None:
    assert len(propose([case(1, 2_000_00, claimed_minor=claimed)]).findings) == count
    assert not propose([case(1, 2_000_00, claimed_minor=claimed, type="product")]).findings


def test_w27_the_sentence_names_claim_share_and_loss() -> None:
    [finding] = propose([case(1, 2_000_00, claimed_minor=3_200_00)]).findings
    assert finding.message == (
        "Complaint 1 claims 3200.00 CNY, above 130 % of the documented loss of 2000.00: have the penalty clause checked"
        " by a lawyer."
    )


def test_the_order_of_the_rows_changes_nothing() -> None:
    cases = [case(number, 1_700_00, f"2026-06-{number:02d}") for number in range(1, 6)]
    straight, turned = propose(cases).frame, propose(cases[::-1]).frame
    pd.testing.assert_frame_equal(straight, turned)


@pytest.mark.requirement("S4-76")
def test_what_two_reviewers_found_withholds_the_proposal_and_frees_cap_and_budget_until_a_test_confirms() -> None:
    paper = {"total": 4_000_00, "paper": "sale.order.line,9"}
    cases = [case(1, 2_000_00, "2026-06-01", is_withheld=True), case(2, 3_000_00, "2026-06-02", type="service")]
    losses = (loss(1, 2_000_00, **paper), loss(2, 3_000_00, **paper))
    assert amounts(cases, *losses) == {1: (0, "merits", "director"), 2: (3_000_00, "loss", "manager")}
    assert propose(cases, *losses).frame["proposed_remedy"].tolist() == ["", "goodwill"]
    assert reason(cases[:1], losses[0]) == (
        "compensation.merits",
        {"approver": "director", "currency": "CNY", "loss": "2000.00", "valid_from": "2026-01-01"},
    )
    cases[0]["is_withheld"] = False
    assert amounts(cases, *losses) == {1: (2_000_00, "loss", "manager"), 2: (2_000_00, "value", "director")}


def test_what_was_agreed_before_stays_agreed_and_what_people_chose_takes_its_part() -> None:
    chosen = case(1, 3_000_00, "2026-06-01", remedy="goodwill", agreed_minor=4_500_00, is_withheld=True)
    assert amounts([chosen, case(2, 3_000_00, "2026-06-02")]) == {
        1: (0, "merits", "director"), 2: (500_00, "budget", "director"),
    }  # fmt: skip
    assert amounts([agreed(1, 3_000_00, 100_00, is_withheld=True)]) == {}


ORDER: dict[str, Any] = {"whole": "sale.order,5", "whole_minor": 10_000_00}
"""Sold for 10,000.00 as a whole; half of it is made good, so 5,000.00."""


def about(number: int, minor: int, paper: str, total: int) -> dict[str, Any]:
    """A loss on a paper that is part of the order."""
    return loss(number, minor, total, paper=paper, **ORDER)


@pytest.mark.requirement("S4-69")
def test_a_line_its_invoice_and_the_whole_order_are_the_same_money() -> None:
    cases = [case(number, 4_000_00, f"2026-06-0{number}", customer_id=number) for number in (1, 2, 3)]
    papers = (
        about(1, 4_000_00, "sale.order.line,7", 6_000_00), about(2, 4_000_00, "sale.order,5", 10_000_00),
        about(3, 4_000_00, "account.move,3", 10_000_00),
    )  # fmt: skip
    assert {number: row[:2] for number, row in amounts(cases, *papers).items()} == {
        1: (3_000_00, "value"), 2: (2_000_00, "value"), 3: (0, "value"),
    }  # fmt: skip


@pytest.mark.parametrize(("held", "left"), [(4_999_99, 1), (5_000_00, 0), (5_000_01, 0), (2_000_00, 3_000_00)])
def test_what_was_agreed_about_the_whole_order_is_gone_from_its_lines(held: int, left: int) -> None:
    cases = [agreed(1, 6_000_00, held, customer_id=8), case(2, 4_000_00, "2026-06-02")]
    papers = (
        about(1, 6_000_00, "sale.order,5", 10_000_00), about(2, 4_000_00, "sale.order.line,7", 6_000_00),
    )  # fmt: skip
    assert amounts(cases, *papers)[2][0] == left


def test_a_case_about_a_line_and_its_order_has_the_orders_worth_once() -> None:
    papers = (about(1, 4_000_00, "sale.order.line,7", 6_000_00), about(1, 4_000_00, "sale.order,5", 10_000_00))
    big = policy(budget=[{"amount": "50000"}])
    assert amounts([case(1, 8_000_00)], *papers, by=big)[1][:2] == (5_000_00, "value")
    assert reason([case(1, 8_000_00)], *papers, by=big)[1]["worth"] == "10000.00"
    chosen = case(1, 8_000_00, remedy="goodwill", agreed_minor=8_000_00)
    assert amounts([chosen], *papers, by=big)[1][:2] == (5_000_00, "value")


def test_lines_that_are_capped_leave_the_order_what_they_did_not_get() -> None:
    """Two cases about a line of 1,000.00 share its 500.00; the order's other 4,500.00 are there for the third."""
    cases = [case(number, 5_000_00, f"2026-06-0{number}", customer_id=number) for number in (1, 2, 3)]
    papers = [about(number, 5_000_00, "sale.order.line,7", 1_000_00) for number in (1, 2)]
    papers.append(about(3, 5_000_00, "sale.order,5", 10_000_00))
    assert [row[0] for row in amounts(cases, *papers).values()] == [500_00, 0, 4_500_00]
