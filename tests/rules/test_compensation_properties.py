"""Whatever complaints there are: no proposal is above one of its limits, and no limit is passed together."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.compensation_cases import agreed, case, loss, policy, propose

MINOR = st.integers(0, 6_000_00)
ROWS = st.lists(
    st.tuples(MINOR, MINOR, st.integers(1, 28), st.integers(7, 8), st.booleans(), st.integers(1, 3)), max_size=9
)
STEP = 50


def made(rows: list[tuple[int, int, int, int, bool, int]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The complaints, with the loss that each has on one of three lines sold for 4,000.00."""
    cases, losses = [], []
    for number, (minor, given_minor, day, customer, is_agreed, line) in enumerate(rows, start=1):
        about: dict[str, Any] = {"day": f"2026-06-{day:02d}", "customer_id": customer}
        made_of = agreed(number, minor, given_minor, **about) if is_agreed else case(number, minor, **about)
        cases.append(made_of)
        if minor:
            losses.append(loss(number, minor, 4_000_00, paper=f"sale.order.line,{line}"))
    return cases, losses


@given(ROWS)
def test_no_proposal_passes_loss_value_or_budget_alone_or_together(rows: list[Any]) -> None:
    cases, losses = made(rows)
    found = propose(cases, *losses, by=policy(rounding=[{"currency": "CNY", "to": "0.50"}]))
    got = dict(zip(found.frame["complaint_id"], found.frame["proposed_amount_minor"], strict=True))
    by_customer, by_line = defaultdict(int), defaultdict(int)
    paper = {row["complaint_id"]: row["paper"] for row in losses}
    for row in cases:
        number, amount = row["complaint_id"], got.get(row["complaint_id"], 0)
        assert 0 <= amount <= row["loss_minor"]
        assert amount <= 2_000_00
        assert amount % STEP == 0
        by_customer[row["customer_id"]] += amount + row["agreed_minor"]
        by_line[paper.get(number)] += amount + row["agreed_minor"] * bool(row["loss_minor"])
    proposed_to = {row["customer_id"] for row in cases if got.get(row["complaint_id"])}
    assert all(by_customer[customer] <= 5_000_00 for customer in proposed_to)
    lines = {paper[number] for number, amount in got.items() if amount}
    assert all(by_line[line] <= 2_000_00 for line in lines)


@pytest.mark.long
@given(ROWS, st.randoms())
def test_the_order_in_which_the_rows_come_changes_nothing(rows: list[Any], chance: Any) -> None:
    cases, losses = made(rows)
    frame = propose(cases, *losses).frame
    chance.shuffle(cases)
    chance.shuffle(losses)
    assert propose(cases, *losses).frame.equals(frame)
