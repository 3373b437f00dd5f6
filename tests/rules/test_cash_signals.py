"""A customer who was asked in vain and shows that he has money, written as a collector's diary."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from kam_connector.policy.cash_signals import ALL_KINDS
from kam_connector.policy.methods import Priority
from kam_connector.policy.receivables import CollectionsPolicy
from kam_connector.rules.ageing import bucket_items, by_customer
from kam_connector.rules.cash_signals import SIGNAL_COLUMNS
from kam_connector.rules.debtors import Debtors
from kam_connector.rules.decisions import Decisions
from kam_connector.rules.dunning import decide_tasks
from tests.rules.papers import COMPANIES, NO_TASKS, NO_TIERS, item, items
from tests.rules.test_promised import outcomes, task

pytestmark = pytest.mark.long

DEBT = items(item(1, 100000, "2026-05-10"))
"""22 days past due on 1 June: the second step (15 days) is reached, the third (31 days) from 10 June on."""
CALLED = task(2, "done", "2026-06-02")
STEPS = [("remind", 1), ("call", 15), ("demand", 31)]


def policy(**signals: Any) -> CollectionsPolicy:
    return CollectionsPolicy.model_validate(
        {
            "ageing": {"valid_from": date(2026, 1, 1)},
            "step": [{"code": code, "level": n + 1, "after_days": days} for n, (code, days) in enumerate(STEPS)],
            "cash_signals": signals,
        }
    )


def sign(kind: str, on: str, amount: int = 5000, due: str | None = None, **more: Any) -> dict[str, Any]:
    row = {
        "company_id": 1, "customer_id": 7, "kind": kind, "document": f"{kind}/1", "date": date.fromisoformat(on),
        "due_date": None if due is None else date.fromisoformat(due), "currency": "CNY", "digits": 2,
        "amount_minor": amount,
    }  # fmt: skip
    return row | more


NEWER = sign("payment", "2026-06-04", due="2026-05-20")


def decide(
    as_of: str, *signals: dict[str, Any], tasks: pd.DataFrame = CALLED, rows: pd.DataFrame = DEBT, **own: Any
) -> Decisions:
    day, rules = date.fromisoformat(as_of), policy(**own)
    open_items = bucket_items(rows, rules.ageing, day)
    seen = pd.DataFrame(list(signals), columns=list(SIGNAL_COLUMNS)) if signals else None
    ageing = by_customer(open_items, rules.ageing).frame
    return decide_tasks(ageing, open_items, NO_TIERS, tasks, rules, day, COMPANIES, known=Debtors(signals=seen))


@pytest.mark.requirement("S4-59")
def test_without_a_signal_the_interval_is_kept() -> None:
    assert outcomes(decide("2026-06-04")) == ["none_interval"]


@pytest.mark.requirement("S4-59")
def test_a_newer_invoice_paid_makes_a_task_at_the_same_level_at_once() -> None:
    (row,) = decide("2026-06-04", NEWER).frame.to_dict("records")
    assert (row["reason_code"], row["step"], row["level"], row["occasion"]) == (
        "task.cash_signal", "call", 2, "2026-06-04",
    )  # fmt: skip
    assert json.loads(row["reason_args"]) == {
        "amount": "1000.00", "currency": "CNY", "signal": "paid_newer", "document": "payment/1", "seen": "CNY 50.00",
        "signal_on": "2026-06-04", "step": "call", "level": 2, "valid_from": "2026-01-01",
    }  # fmt: skip
    assert row["priority"] == 24  # 20 for the level, 4 for the digits of 1 000


def test_money_that_is_known_to_be_there_brings_the_task_up() -> None:
    day, rules = date(2026, 6, 4), policy()
    rules = rules.model_copy(update={"priority": Priority(cash_signal=Decimal(10))})
    open_items = bucket_items(DEBT, rules.ageing, day)
    known = Debtors(signals=pd.DataFrame([NEWER], columns=list(SIGNAL_COLUMNS)))
    rows = by_customer(open_items, rules.ageing).frame
    (row,) = decide_tasks(rows, open_items, NO_TIERS, CALLED, rules, day, COMPANIES, known=known).frame.to_dict(
        "records"
    )
    assert (row["priority"], json.loads(row["priority_args"])["day_points"]) == (34, "10.00")


@pytest.mark.requirement("S4-59")
@pytest.mark.parametrize(
    ("as_of", "outcome"),
    [
        ("2026-06-03", "none_interval"),
        ("2026-06-04", "cash_signal"),
        ("2026-06-08", "cash_signal"),
        ("2026-06-09", "cash_signal"),
    ],
)
def test_from_its_day_on_a_signal_counts_also_when_the_interval_is_over(as_of: str, outcome: str) -> None:
    assert outcomes(decide(as_of, NEWER)) == [outcome]


@pytest.mark.requirement("S4-59")
@pytest.mark.parametrize(("days", "outcome"), [(4, "none_interval"), (5, "cash_signal"), (6, "cash_signal")])
def test_a_signal_counts_for_so_many_days(days: int, outcome: str) -> None:
    """On 8 June a signal of the 4th is four days old, and today is the fifth day."""
    assert outcomes(decide("2026-06-08", NEWER, days=days)) == [outcome]


@pytest.mark.requirement("S4-59")
@pytest.mark.parametrize(
    ("acted", "outcome"),
    [("2026-06-03", "cash_signal"), ("2026-06-04", "none_interval"), ("2026-06-05", "none_interval")],
)
def test_each_signal_counts_once_until_a_task_was_acted_on_after_it(acted: str, outcome: str) -> None:
    assert outcomes(decide("2026-06-06", NEWER, tasks=task(2, "done", acted))) == [outcome]


def test_an_open_task_stays_as_it_is() -> None:
    assert outcomes(decide("2026-06-06", NEWER, tasks=task(2, "open", None))) == ["open"]


def test_the_open_task_that_a_signal_made_keeps_its_key() -> None:
    (row,) = decide("2026-06-06", NEWER, tasks=task(2, "open", None).assign(occasion="2026-06-04")).frame.to_dict(
        "records"
    )
    assert (row["reason_code"], row["occasion"]) == ("task.open", "2026-06-04")


def test_nobody_who_was_never_asked_is_asked_for_a_signal() -> None:
    assert outcomes(decide("2026-06-06", NEWER, tasks=NO_TASKS)) == ["opened"]


def test_a_paid_item_is_no_failure() -> None:
    rows = items(item(2, 5000, "2026-05-25"))
    assert outcomes(decide("2026-06-06", NEWER, rows=rows)) == ["opened"]


def test_the_next_level_goes_before_a_signal_at_the_same_level() -> None:
    """On 10 June the debt is 31 days late and the interval is over."""
    assert outcomes(decide("2026-06-10", sign("order", "2026-06-08"))) == ["raised"]


def test_a_signal_does_not_wait_for_the_interval_before_the_next_level() -> None:
    called = task(2, "done", "2026-06-08")
    assert outcomes(decide("2026-06-10", sign("order", "2026-06-09"), tasks=called)) == ["cash_signal"]


@pytest.mark.requirement("S4-59")
@pytest.mark.parametrize(
    ("seen", "kind"),
    [
        (sign("payment", "2026-06-04", company_id=2, currency="EUR"), "paid_elsewhere"),
        (sign("payment", "2026-06-04", due="2026-05-11"), "paid_newer"),
        (sign("payment", "2026-06-04", due="2026-05-10"), ""),
        (sign("payment", "2026-06-04"), ""),
        (sign("credit_note", "2026-06-04"), "credit_note"),
        (sign("refund", "2026-06-04"), "refund"),
        (sign("order", "2026-06-04"), "order"),
        (sign("order", "2026-06-04", company_id=2), ""),
        (sign("order", "2026-06-04", customer_id=8), ""),
    ],
)
def test_what_is_a_signal(seen: dict[str, Any], kind: str) -> None:
    """A payment here counts when it paid what was due later; anything but a payment counts in the same company."""
    found = decide("2026-06-06", seen)
    assert [json.loads(args)["signal"] for args in found.frame["reason_args"]] == ([kind] if kind else [])


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_only_the_kinds_of_the_policy_count(kind: str) -> None:
    seen = [
        sign("payment", "2026-06-04", company_id=2), NEWER, sign("credit_note", "2026-06-04"),
        sign("refund", "2026-06-04"), sign("order", "2026-06-04"),
    ]  # fmt: skip
    found = decide("2026-06-06", *seen, kinds=[kind])
    assert [json.loads(args)["signal"] for args in found.frame["reason_args"]] == [kind]
    assert outcomes(decide("2026-06-06", *seen, kinds=[])) == ["none_interval"]


def test_the_latest_signal_is_named_and_of_one_day_the_first_by_document() -> None:
    seen = [sign("credit_note", "2026-06-03"), sign("refund", "2026-06-04", 2), sign("order", "2026-06-04", 1)]
    (row,) = decide("2026-06-06", *seen).frame.to_dict("records")
    told = json.loads(row["reason_args"])
    assert (told["signal"], told["signal_on"], told["seen"]) == ("order", "2026-06-04", "CNY 0.01")


def test_a_signal_keeps_the_digits_of_its_currency() -> None:
    (row,) = decide(
        "2026-06-06", sign("payment", "2026-06-04", 5000, company_id=3, currency="JPY", digits=0)
    ).frame.to_dict("records")
    assert json.loads(row["reason_args"])["seen"] == "JPY 5000"


def test_a_signal_of_tomorrow_has_not_come() -> None:
    assert outcomes(decide("2026-06-06", sign("order", "2026-06-07"))) == ["none_interval"]
