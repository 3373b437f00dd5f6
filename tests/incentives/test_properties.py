"""What holds for every plan and all credits: order, batches, refunds, splits, settling twice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_connector.money import Currency
from kam_connector.policy.plans import Plan
from kam_connector.rules.pay.engine import Pay, compute_pay
from kam_connector.rules.pay.given import PAID_COLUMNS, Given
from kam_connector.rules.pay.rows import pay_rows

CNY = {1: Currency("CNY", 2)}
LAST = date(2026, 3, 31)
AMOUNTS = st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=8)
SALES = st.lists(st.integers(1, 10**9), min_size=1, max_size=8)
STARTS = st.lists(st.integers(1, 10**6), max_size=4, unique=True).map(lambda starts: [0, *sorted(starts)])
FEW = settings(max_examples=4, deadline=None)
pytestmark = pytest.mark.long


def plan(starts: list[int], mode: str = "marginal", **tables: Any) -> Plan:
    """Rates that rise by one percent from bracket to bracket."""
    lines = [{"from": str(start), "rate": f"0.0{place + 1}"} for place, start in enumerate(starts)]
    return Plan.model_validate({
        "plan": {"code": "p", "valid_from": date(2026, 1, 1)}, "payees": {"users": ["*"]},
        "component": [{"kind": "commission", "mode": mode, "accumulate": "quarter", "brackets": lines}], **tables,
    })  # fmt: skip


def credits(amounts: list[int], first: int = 1, origins: list[int] | None = None) -> pd.DataFrame:
    """One credit a day from 1 January on; `origins`: what each reverses."""
    days = pd.date_range("2026-01-01", periods=90)
    numbers = range(first, first + len(amounts))
    return pd.DataFrame({
        "credit_id": list(numbers), "document_id": list(numbers), "company_id": 1, "payee_id": 1,
        "date": [days[(number * 7) % 90] for number in numbers], "kind": "invoice",
        "origin_id": origins or [0] * len(amounts), "currency_id": 1, "net_minor": amounts,
    })  # fmt: skip


def pay(which: Plan, table: pd.DataFrame, **more: Any) -> Pay:
    return compute_pay(which, Given(table, LAST, CNY, {1: 1}, **more))


def paid(result: Pay) -> int:
    return sum(statement.payout for statement in result.statements)


@FEW
@given(STARTS, AMOUNTS, st.sampled_from(["marginal", "whole", "crossing"]), st.randoms(use_true_random=False))
def test_batches_in_another_order_change_nothing(starts: list[int], amounts: list[int], mode: str, random: Any) -> None:
    table = credits(amounts)
    places = list(range(len(amounts)))
    random.shuffle(places)
    one, other = pay(plan(starts, mode), table), pay(plan(starts, mode), table.iloc[places])
    pd.testing.assert_frame_equal(pay_rows(one, CNY), pay_rows(other, CNY))
    assert one.statements == other.statements


@FEW
@given(STARTS, AMOUNTS, st.randoms(use_true_random=False))
def test_the_marginal_total_does_not_depend_on_which_credit_came_first(
    starts: list[int], amounts: list[int], random: Any
) -> None:
    shuffled = amounts[:]
    random.shuffle(shuffled)
    assert paid(pay(plan(starts), credits(amounts))) == paid(pay(plan(starts), credits(shuffled)))


@FEW
@given(STARTS, SALES)
def test_with_rising_rates_a_slab_pays_no_less_than_slices(starts: list[int], amounts: list[int]) -> None:
    table = credits(amounts)
    assert paid(pay(plan(starts, "whole"), table)) >= paid(pay(plan(starts), table))


@FEW
@given(
    STARTS, SALES, st.sampled_from(["marginal", "whole", "crossing"]),
    st.sampled_from(["recompute", "historic", "money_only"]),
)  # fmt: skip
def test_a_refund_of_everything_gives_zero(starts: list[int], amounts: list[int], mode: str, policy: str) -> None:
    sold = credits(amounts)
    back = credits([-amount for amount in amounts], len(amounts) + 1, sold["credit_id"].tolist())
    back["date"] = pd.Timestamp("2026-03-31")
    result = pay(plan(starts, mode, clawback={"policy": policy}), pd.concat([sold, back], ignore_index=True))
    assert paid(result) == 0
    assert sum(result.slices.amount) == 0


@FEW
@given(SALES, st.integers(1, 10**5), st.booleans(), st.randoms(use_true_random=False))
def test_a_refund_of_everything_gives_zero_with_limits_and_gates(
    amounts: list[int], cap: int, reduces: bool, random: Any
) -> None:
    """Whatever order the returns come in, after the last sale or between them."""
    effect = {"effect": "reduce", "factor": "0.3"} if reduces else {"effect": "hold"}
    gate = {"fact": "overdue_share", "above": "0.5", **effect}
    sold = credits(amounts)
    back = credits([-amount for amount in amounts], len(amounts) + 1, sold["credit_id"].tolist())
    back["date"] = [max(day, pd.Timestamp(2026, random.choice([2, 3]), 28)) for day in sold["date"]]
    table = pd.concat([sold, back], ignore_index=True)
    assert paid(pay(plan([0, 500]), table)) == 0
    assert paid(pay(plan([0, 500], limits={"cap": cap}), table)) == 0
    assert paid(pay(plan([0, 500], gate=[gate]), table)) == 0
    assert paid(pay(plan([0, 500], gate=[gate], limits={"cap": cap}), table)) == 0
    assert paid(pay(plan([0, 500], limits={"holdback": "0.1"}), table)) == 0
    assert paid(pay(plan([0, 500], gate=[gate], limits={"cap": cap, "holdback": "0.1"}), table)) == 0


@FEW
@given(AMOUNTS, st.lists(st.integers(1, 99), min_size=2, max_size=4))
def test_splits_conserve_the_cent(amounts: list[int], weights: list[int]) -> None:
    total = sum(weights)
    shares = [Decimal(weight * 10**8 // total).scaleb(-8) for weight in weights]
    shares[0] += 1 - sum(shares)
    table = credits(amounts)
    parts = [table.assign(payee_id=place + 1, share=share) for place, share in enumerate(shares)]
    rows = pay(plan([0]), pd.concat(parts, ignore_index=True)).credits
    assert rows.groupby("credit_id")["base_minor"].sum().tolist() == amounts


@FEW
@given(STARTS, AMOUNTS, AMOUNTS)
def test_to_settle_twice_is_to_settle_once(starts: list[int], first: list[int], more: list[int]) -> None:
    table = credits([*first, *more])
    early = pay(plan(starts), table.iloc[: len(first)])
    rows = [(1, 1, "p", f"2026-0{each.stage % 12 + 1}", 1, each.payout) for each in early.statements]
    settled = pd.DataFrame(rows, columns=list(PAID_COLUMNS))
    late = pay(plan(starts), table, paid=settled)
    assert paid(early) + paid(late) == paid(pay(plan(starts), table))


@FEW
@given(st.integers(1, 10**7), st.lists(st.integers(1, 10**6), min_size=1, max_size=6))
def test_instalments_of_cash_release_the_whole_to_the_cent(net: int, parts: list[int]) -> None:
    table = credits([net]).assign(document_total_minor=sum(parts))
    days = pd.date_range("2026-01-10", periods=len(parts), freq="13D")
    cash = pd.DataFrame({"document_id": 1, "date": days, "kind": "cash", "amount_minor": parts})
    result = pay(plan([0], credit={"source": "cash"}), table, cash=cash)
    assert sum(result.released) == sum(result.slices.amount)
    assert paid(result) == sum(statement.earned for statement in result.statements)
