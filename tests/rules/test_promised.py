"""What promises to pay do to dunning, written as a collector's diary."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pandas as pd
import pytest

from kam_connector.policy.receivables import CollectionsPolicy
from kam_connector.rules.ageing import bucket_items, by_customer
from kam_connector.rules.decisions import Decisions
from kam_connector.rules.dunning import decide_tasks
from kam_connector.rules.promises import decide_promises
from tests.rules.papers import COMPANIES, NO_TASKS, NO_TIERS, item, items
from tests.rules.test_promises import EUR, EXACT, NOTHING, RECEIPTS, UNMATCHED, cash, promise, terms

pytestmark = pytest.mark.long

DEBT = items(item(1, 100000, "2026-05-10"))


def decide(
    rows: pd.DataFrame,
    said: list[Any],
    as_of: str,
    tasks: pd.DataFrame = NO_TASKS,
    came: list[Any] | None = None,
    policy: CollectionsPolicy = EXACT,
) -> Decisions:
    day = date.fromisoformat(as_of)
    receipts = pd.DataFrame(came, columns=RECEIPTS) if came else NOTHING
    judged = decide_promises(pd.DataFrame(said), receipts, UNMATCHED, policy, day, COMPANIES)
    open_items = bucket_items(rows, policy.ageing, day)
    ageing = by_customer(open_items, policy.ageing).frame
    return decide_tasks(ageing, open_items, NO_TIERS, tasks, policy, day, COMPANIES, judged.frame)


def outcomes(decided: Decisions) -> list[str]:
    return [code.removeprefix("task.") for code in (*decided.frame["reason_code"], *decided.rest["reason_code"])]


def task(level: int, state: str, acted: str | None, number: int = 1) -> pd.DataFrame:
    """A task about item 1 of customer 7; `acted` is the day on which a person finished it."""
    step = ("remind", "call", "demand", "escalate", "bad_debt")[level - 1]
    row = {"company_id": 1, "customer_id": 7, "step": step, "level": level, "oldest_item_id": number, "state": state}
    return pd.DataFrame([row | {"acted_on": acted}])


@pytest.mark.parametrize(("amount", "outcome"), [(99999, "opened"), (100000, "none_promise"), (100001, "none_promise")])
def test_dunning_waits_while_a_promise_covers_what_may_be_asked_for(amount: int, outcome: str) -> None:
    assert outcomes(decide(DEBT, [promise(amount=amount)], "2026-06-02")) == [outcome]


@pytest.mark.parametrize(("amount", "outcome"), [(49999, "opened"), (50000, "none_promise"), (50001, "none_promise")])
def test_the_policy_says_which_share_has_to_be_covered(amount: int, outcome: str) -> None:
    assert outcomes(decide(DEBT, [promise(amount=amount)], "2026-06-02", policy=terms(hold="0.5"))) == [outcome]


def test_the_reason_names_the_promised_day() -> None:
    (row,) = decide(DEBT, [promise(amount=100000)], "2026-06-02").rest.to_dict("records")
    assert json.loads(row["reason_args"]) == {
        "amount": "1000.00", "currency": "CNY", "promised_for": "2026-06-05", "valid_from": "2000-01-01",
    }  # fmt: skip


def test_two_promises_cover_together_and_one_invoice_is_not_covered_twice() -> None:
    rows = items(item(1, 60000, "2026-05-10"), item(2, 40000, "2026-05-20"))
    both = [promise(1, 60000, move_id=1001), promise(2, 40000, made="2026-06-02")]
    assert outcomes(decide(rows, both, "2026-06-02")) == ["none_promise"]
    twice = [promise(1, 60000, move_id=1001), promise(2, 60000, made="2026-06-02", move_id=1001)]
    assert outcomes(decide(rows, twice, "2026-06-02")) == ["opened"]


def test_a_promise_in_euros_covers_invoices_in_euros_and_no_others() -> None:
    euros = items(item(1, 780000, "2026-05-10", currency_id=EUR, residual_currency_minor=100000))
    assert outcomes(decide(euros, [promise(amount=100000, currency_id=EUR)], "2026-06-02")) == ["none_promise"]
    assert outcomes(decide(euros, [promise(amount=99999, currency_id=EUR)], "2026-06-02")) == ["opened"]
    assert outcomes(decide(DEBT, [promise(amount=900000, currency_id=EUR)], "2026-06-02")) == ["opened"]


def test_the_open_task_stays_while_a_promise_runs() -> None:
    decided = decide(DEBT, [promise()], "2026-06-02", task(1, "open", None))
    assert (outcomes(decided), decided.frame["step"].tolist()) == (["open"], ["remind"])


def test_somebody_elses_promise_holds_nothing() -> None:
    assert outcomes(decide(DEBT, [promise(customer_id=8), promise(2, company_id=2)], "2026-06-02")) == ["opened"]


@pytest.mark.requirement("S4-52")
def test_an_extension_holds_dunning_once_it_is_granted() -> None:
    later = promise(due="2026-07-20", kind="extension", approval="requested")
    assert outcomes(decide(DEBT, [later], "2026-06-02")) == ["opened"]
    granted = later | {"approval": "approved", "granted": True}
    assert outcomes(decide(DEBT, [granted], "2026-06-02")) == ["none_promise"]
    assert outcomes(decide(DEBT, [granted], "2026-07-22")) == ["none_promise"]
    assert outcomes(decide(DEBT, [granted], "2026-07-23")) == ["opened"]


@pytest.mark.requirement("S4-57")
@pytest.mark.parametrize(
    ("as_of", "outcome", "step"),
    [
        ("2026-06-07", "none_promise", []),
        ("2026-06-08", "promise_broken", ["call"]),
        ("2026-06-09", "promise_broken", ["call"]),
    ],
)
def test_a_broken_promise_raises_the_level_at_once(as_of: str, outcome: str, step: list[str]) -> None:
    """Reminded and done on 2 June: by interval and age the call would be due on 9 June at the earliest."""
    decided = decide(DEBT, [promise(made="2026-06-02")], as_of, task(1, "done", "2026-06-02"))
    assert (outcomes(decided), decided.frame["step"].tolist()) == ([outcome], step)


@pytest.mark.requirement("S4-57")
def test_a_broken_promise_raises_the_level_once() -> None:
    said, known = [promise(made="2026-06-02")], task(1, "done", "2026-06-02")
    raised = pd.concat([known, task(2, "open", None)], ignore_index=True)
    assert outcomes(decide(DEBT, said, "2026-06-09", raised)) == ["open"]
    called = pd.concat([known, task(2, "done", "2026-06-09")], ignore_index=True)
    assert outcomes(decide(DEBT, said, "2026-06-10", called)) == ["none_interval"]


def test_a_promise_that_fails_at_the_last_step_raises_nothing_more() -> None:
    last = task(5, "done", "2026-06-02")
    assert outcomes(decide(DEBT, [promise(made="2026-06-02")], "2026-06-20", last)) == ["none_acted"]


@pytest.mark.requirement("S4-58")
@pytest.mark.parametrize(
    ("as_of", "outcome"),
    [("2026-06-04", "none_promise"), ("2026-06-05", "short_payment"), ("2026-06-06", "short_payment")],
)
def test_less_than_was_agreed_is_objected_to_on_the_same_day(as_of: str, outcome: str) -> None:
    """400 of 1000 came on the 4th, unmatched: 600 may be asked for; until the 5th the promise of the rest runs."""
    rows = items(item(1, 100000, "2026-05-10"), item(2, -40000, "2026-06-04", kind="payment"))
    came = [cash(40000, "2026-06-04")]
    decided = decide(rows, [promise(made="2026-06-02")], as_of, task(1, "done", "2026-06-02"), came)
    assert outcomes(decided) == [outcome]
    if outcome == "short_payment":
        (row,) = decided.frame.to_dict("records")
        assert (row["step"], row["amount_minor"], row["deadline"].date().isoformat()) == ("call", 60000, as_of)


def test_a_short_payment_that_was_objected_to_is_not_objected_to_again_when_the_grace_is_over() -> None:
    rows = items(item(1, 100000, "2026-05-10"), item(2, -40000, "2026-06-04", kind="payment"))
    known = pd.concat([task(1, "done", "2026-06-02"), task(2, "done", "2026-06-06")], ignore_index=True)
    decided = decide(rows, [promise(made="2026-06-02")], "2026-06-08", known, [cash(40000, "2026-06-04")])
    assert outcomes(decided) == ["none_interval"]


@pytest.mark.requirement("S4-57")
@pytest.mark.parametrize(("broken", "outcome"), [(1, "none_promise"), (2, "evasion"), (3, "evasion")])
def test_whoever_broke_two_promises_is_not_held_off_by_a_further_one(broken: int, outcome: str) -> None:
    made = [f"2026-06-0{day}" for day in range(1, broken + 1)]
    failed = [promise(n, 100000, "2026-06-05", day) for n, day in enumerate(made, start=1)]
    running = promise(9, 100000, "2026-06-12", "2026-06-09")
    decided = decide(DEBT, [*failed, running], "2026-06-09", task(1, "done", "2026-06-04"))
    assert outcomes(decided) == [outcome]
    if outcome == "evasion":
        (args,) = decided.frame["reason_args"]
        assert json.loads(args) | {"valid_from": ""} == {
            "amount": "1000.00", "count": broken, "currency": "CNY", "level": 2, "previous_step": "remind",
            "step": "call", "valid_from": "",
        }  # fmt: skip


def test_without_a_limit_every_promise_holds() -> None:
    failed = [promise(n, 100000, "2026-06-05", f"2026-06-0{n}") for n in (1, 2, 3)]
    said = [*failed, promise(9, 100000, "2026-06-12", "2026-06-09")]
    decided = decide(DEBT, said, "2026-06-09", task(1, "done", "2026-06-04"), policy=terms(evasion_after=0))
    assert outcomes(decided) == ["none_promise"]


def test_a_kept_promise_leaves_the_rest_of_the_debt_to_the_ladder() -> None:
    said, came = [promise(amount=40000)], [cash(40000, "2026-06-04")]
    rows = items(item(1, 60000, "2026-05-10"))
    assert outcomes(decide(rows, said, "2026-06-10", task(1, "done", "2026-06-02"), came)) == ["raised"]


def test_an_unchanged_night_decides_the_same() -> None:
    first, second = (decide(DEBT, [promise()], day).rest.to_dict("records") for day in ("2026-06-02", "2026-06-03"))
    assert first == second
