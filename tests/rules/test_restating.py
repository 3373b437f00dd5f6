"""What becomes known of a closed period: rows of the open one that sum to the difference, paid once."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_connector.rules.decisions import currencies_of
from kam_connector.rules.pay.engine import compute_versions
from kam_connector.rules.pay.given import Given
from kam_connector.rules.payouts import KEYS, ClosedBooks, Payouts, state_payouts
from kam_connector.rules.restating import Carried, open_period, origin_of, restated_rows
from tests.rules.papers import COMPANIES
from tests.rules.test_payouts import HOMES, credit, plan

FEBRUARY, MARCH, APRIL = "2026-02", "2026-03", "2026-04"
TODAY = date(2026, 3, 31)
CLOSED = (1, "p", FEBRUARY)
Rows = list[dict[str, Any]]


def state(rows: Rows, settled: pd.DataFrame, closed: ClosedBooks | None = None) -> Payouts:
    table, money = pd.DataFrame(rows, columns=list(credit(0, 0))), currencies_of(COMPANIES)
    paid = settled.rename(columns={"settled_minor": "amount_minor"})
    pays = compute_versions([(plan(), Given(table, TODAY, money, HOMES, paid=paid))])
    return state_payouts(pays, {"p": [FEBRUARY, MARCH]}, settled, money, closed)


def nothing() -> pd.DataFrame:
    return pd.DataFrame(columns=[*KEYS, "sequence", "settled_minor"]).astype({"settled_minor": "int64"})


def settle(settled: pd.DataFrame, payouts: Payouts, periods: tuple[str, ...]) -> pd.DataFrame:
    """Approved in these periods, what they carry over for the period that it is of."""
    rows = []
    for row in payouts.frame[payouts.frame["period"].isin(periods)].to_dict("records"):
        who = [row[name] for name in KEYS]
        own = payouts.detail[(payouts.detail[KEYS] == who).all(axis=1)]
        carried = {origin_of(component): Decimal(0) for component in own["component"] if origin_of(component)}
        for component, amount in zip(own["component"], own["amount_exact"], strict=True):
            if origin := origin_of(component):
                carried[origin] += amount
        total = int(sum(carried.values()) * 100)
        rows.append([*who, row["sequence"], row["payout_minor"] - total])
        rows += [[*who[:3], origin, who[4], 0, int(amount * 100)] for origin, amount in carried.items()]
    made = pd.DataFrame(rows, columns=[*KEYS, "sequence", "settled_minor"])
    return pd.concat([settled, made], ignore_index=True)


def closing(rows: Rows) -> tuple[pd.DataFrame, ClosedBooks]:
    """February is closed and approved by what is known: what is settled, and the rows."""
    first = state(rows, nothing())
    kept = {key: table for key, table in first.detail.groupby(KEYS, sort=False) if key[3] == FEBRUARY}
    return settle(nothing(), first, (FEBRUARY,)), ClosedBooks(frozenset({CLOSED}), kept)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("later", "amounts", "code", "figures"),
    [
        ([credit(2, 40000, "2026-02-20")], ["20"], "pay.came_later", {"now": "20.00"}),
        ([credit(2, -40000, "2026-02-20", origin_id=1)], ["-20"], "pay.came_later", {"now": "-20.00"}),
    ],
)
def test_a_document_dated_back_is_a_row_of_the_open_period(
    later: Rows, amounts: list[str], code: str, figures: dict[str, str]
) -> None:
    """R-68: 100.00 was paid of February; an invoice or credit note of 400 dated back is 20.00 in March."""
    settled, closed = closing([credit(1, 200000, "2026-02-10")])
    decided = state([credit(1, 200000, "2026-02-10"), *later], settled, closed)
    rows = decided.detail[decided.detail["component"] == "restated 2026-02"]
    assert [str(amount) for amount in rows["amount_exact"]] == amounts
    assert rows[["move_id", "period", "reason_code"]].values.tolist() == [[2, MARCH, code]]
    told = json.loads(rows["reason_args"].iloc[0])
    assert {**told, **figures, "origin": FEBRUARY} == told
    (march,) = decided.frame.to_dict("records")
    assert (march["period"], march["earned_minor"], march["payout_minor"]) == (MARCH, 0, int(amounts[0]) * 100)
    assert march["adjustments_minor"] == march["payout_minor"]


def test_what_changed_and_what_is_gone_are_told_apart() -> None:
    sold = [credit(1, 200000, "2026-02-10"), credit(2, 40000, "2026-02-11"), credit(3, 10000, "2026-03-05")]
    settled, closed = closing(sold)
    decided = state([credit(1, 100000, "2026-02-10"), sold[2]], settled, closed)
    rows = decided.detail[decided.detail["component"] == "restated 2026-02"]
    assert rows[["credit_id", "reason_code"]].values.tolist() == [[1, "pay.changed_since"], [2, "pay.gone_since"]]
    assert [str(amount) for amount in rows["amount_exact"]] == ["-50", "-20"]
    (march,) = decided.frame.to_dict("records")
    assert (march["earned_minor"], march["adjustments_minor"], march["payout_minor"]) == (500, -7000, -6500)


def line(earned: str, amount: str, base: int = 100000) -> pd.DataFrame:
    """A row of invoice 1 in February: so much is earned of its base, so much of it released by cash."""
    about = {"company_id": 1, "payee_id": 5, "plan": "p", "period": FEBRUARY, "currency_id": 10}
    row = {"component": "commission", "credit_id": 1, "move_id": 1, "customer_id": 7}
    return pd.DataFrame([{**about, **row, "earned_exact": Decimal(earned),
                          "amount_exact": Decimal(amount), "base_minor": base}])  # fmt: skip


@pytest.mark.parametrize(
    ("was", "now", "by_margin", "base", "code"),
    [
        (("100", "100"), ("100", "60"), False, 100000, "pay.bounced_since"),
        (("100", "100"), ("100", "0"), False, 100000, "pay.bounced_since"),
        (("-100", "-100"), ("-100", "-60"), False, 100000, "pay.bounced_since"),
        (("100", "60"), ("100", "100"), False, 100000, "pay.paid_since"),
        (("100", "0"), ("100", "60"), False, 100000, "pay.paid_since"),
        (("100", "100"), ("80", "80"), True, 80000, "pay.margin_since"),
        (("100", "100"), ("80", "80"), True, 100000, "pay.changed_since"),
        (("100", "100"), ("80", "80"), False, 80000, "pay.changed_since"),
        (("100", "100"), ("0", "0"), True, 100000, "pay.gone_since"),
        (("0", "0"), ("80", "80"), True, 100000, "pay.came_later"),
    ],
)
def test_a_bounced_payment_and_another_margin_are_told_apart(
    was: tuple[str, str], now: tuple[str, str], by_margin: bool, base: int, code: str
) -> None:
    """100.00 were earned and paid; 40.00 of the cash bounced: as much is earned, 60.00 is released.

    The margin is another one only where the base is: 100.00 that a lower bracket pays 80.00 for are the same margin.
    """
    money, key = currencies_of(COMPANIES), (1, 5, "p", FEBRUARY, 10)
    change = int((Decimal(now[1]) - Decimal(was[1])) * 100)
    carried = [Carried(1, 5, "p", FEBRUARY, 10, MARCH, change, date(2026, 1, 1))]
    (row,) = restated_rows(carried, line(*now, base), {key: line(*was)}, money, None, {"p"} if by_margin else ())
    assert (row["reason_code"], row["amount_exact"]) == (code, Decimal(change) / 100)


@pytest.mark.parametrize(
    ("origin", "closed", "taken"),
    [
        (FEBRUARY, [FEBRUARY], MARCH), (FEBRUARY, [FEBRUARY, MARCH], APRIL), (MARCH, [FEBRUARY, MARCH], APRIL),
        (APRIL, [FEBRUARY, APRIL], MARCH), (MARCH, [FEBRUARY, MARCH, APRIL], None),
    ],
)  # fmt: skip
def test_the_first_open_period_after_a_closed_one_takes_over(origin: str, closed: list[str], taken: str | None) -> None:
    """In the first days of April March is still to be closed: what is known of February is in March, not in April."""
    places = [(1, "p", code) for code in closed]
    assert open_period((1, "p", origin), [FEBRUARY, MARCH, APRIL], places) == taken


def test_a_statement_of_a_closed_period_is_not_stated_again() -> None:
    sold = [credit(1, 200000, "2026-02-10")]
    settled, closed = closing(sold)
    decided = state(sold, settled, closed)
    assert decided.frame.empty
    assert not len(decided.detail)


def test_while_every_period_is_closed_nothing_is_carried() -> None:
    settled, closed = closing([credit(1, 200000, "2026-02-10")])
    every = ClosedBooks(frozenset({CLOSED, (1, "p", MARCH)}), closed.rows)
    assert state([credit(1, 400000, "2026-02-10")], settled, every).frame.empty


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 10**7), min_size=1, max_size=6), st.lists(st.integers(-(10**7), 10**7), max_size=6))
@pytest.mark.long
def test_the_rows_sum_and_settling_twice_settles_once(sold: list[int], later: list[int]) -> None:
    """Rows sum to the payout but for its one rounding; settled, nothing is due; refunded, all payouts sum to zero."""
    rows = [credit(number, net, "2026-02-10") for number, net in enumerate(sold, start=1)]
    settled, closed = closing(rows)
    rows += [credit(100 + number, net, "2026-02-20") for number, net in enumerate(later)]
    decided = state(rows, settled, closed)
    for row in decided.frame.to_dict("records"):
        assert abs(sum(decided.detail["amount_exact"]) * 100 - row["payout_minor"]) <= 1
    settled = settle(settled, decided, (MARCH,))
    again = state(rows, settled, closed)
    assert not again.frame["payout_minor"].any()
    back = [credit(200 + row["credit_id"], -row["net_minor"], "2026-02-25", origin_id=row["credit_id"]) for row in rows]
    settled = settle(settled, state([*rows, *back], settled, closed), (MARCH,))
    assert settled["settled_minor"].sum() == 0


def test_what_comes_after_a_statement_of_carried_rows_alone_is_in_the_next_one() -> None:
    """Nothing was sold in March: 20.00 carried is its first statement; settled, 5.00 more is its second."""
    sold = [credit(1, 200000, "2026-02-10")]
    settled, closed = closing(sold)
    sold.append(credit(2, 40000, "2026-02-20"))
    first = state(sold, settled, closed)
    settled = settle(settled, first, (MARCH,))
    known = ClosedBooks(closed.periods, closed.rows, {(1, 5, "p", FEBRUARY, 10): {2: 2000}})
    second = state([*sold, credit(3, 10000, "2026-02-21")], settled, known)
    told = second.detail[["move_id", "reason_code", "amount_exact"]].values.tolist()
    assert told == [[3, "pay.came_later", Decimal(5)]]
    stated = [decided.frame[["period", "sequence", "payout_minor"]].values.tolist() for decided in (first, second)]
    assert stated == [[[MARCH, 1, 2000]], [[MARCH, 2, 500]]]


def test_a_merge_of_customers_changes_no_row() -> None:
    """Customer 7 stands under 8 since: only what came later is carried over, not all that he was sold."""
    settled, closed = closing([credit(1, 200000, "2026-02-10")])
    moved = [credit(1, 200000, "2026-02-10", customer_id=8), credit(2, 40000, "2026-02-20", customer_id=8)]
    rows = state(moved, settled, closed).detail
    assert rows[["credit_id", "customer_id", "reason_code"]].values.tolist() == [[2, 8, "pay.came_later"]]
    assert [str(amount) for amount in rows["amount_exact"]] == ["20"]


def test_what_was_carried_over_and_is_another_amount_or_gone_since_says_so() -> None:
    """Carried before: 20.00 and 5.00. Now the one is 30.00, the other is gone: 10.00 more and 5.00 less."""
    settled, closed = closing([credit(1, 200000, "2026-02-10")])
    known = ClosedBooks(closed.periods, closed.rows, {(1, 5, "p", FEBRUARY, 10): {2: 2000, 3: 500}})
    settled = pd.concat([settled, settled.assign(sequence=0, settled_minor=2500)], ignore_index=True)
    rows = state([credit(1, 200000, "2026-02-10"), credit(2, 60000, "2026-02-20")], settled, known).detail
    told = [json.loads(args) for args in rows["reason_args"]]
    assert [(each["was"], each.get("now")) for each in told] == [("5.00", None), ("20.00", "30.00")]
    assert [str(amount) for amount in rows["amount_exact"]] == ["-5", "10"]
