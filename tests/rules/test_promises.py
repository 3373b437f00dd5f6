"""Promises to pay: kept, partly kept, broken by the cash; shared cash; other currencies; bad rows."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam_connector import policy as policies
from kam_connector.policy.receivables import CollectionsPolicy, Promises
from kam_connector.rules.decisions import Decisions
from kam_connector.rules.promises import count_outcomes, decide_promises
from tests.rules.papers import COMPANIES

SHIPPED = policies.load().at(date(2026, 6, 30)).collections
CNY, EUR, USD, JPY = 10, 20, 40, 30
NAMES = {CNY: ("CNY", 2), EUR: ("EUR", 2), USD: ("USD", 2), JPY: ("JPY", 0)}
RECEIPTS = ["item_id", "company_id", "customer_id", "date", "currency_id", "received_minor", "received_currency_minor"]
DOCUMENTS = ["item_id", "move_id", "currency_id", "amount_minor", "amount_currency_minor"]
NOTHING = pd.DataFrame(columns=RECEIPTS)
UNMATCHED = pd.DataFrame(columns=DOCUMENTS)


def terms(**changes: Any) -> CollectionsPolicy:
    """The shipped policy with other promise terms."""
    return SHIPPED.model_copy(
        update={"promises": Promises.model_validate({**SHIPPED.promises.model_dump(), **changes})}
    )


EXACT = terms(tolerance=0)


def promise(
    number: int = 1, amount: int = 100000, due: str = "2026-06-05", made: str = "2026-06-01", **more: Any
) -> Any:
    """A promise of customer 7 in company 1, in CNY."""
    currency = more.pop("currency_id", CNY)
    name, digits = NAMES.get(currency, (None, 2))
    row = {
        "promise_id": number, "company_id": 1, "customer_id": 7, "user_id": 5, "currency_id": currency,
        "currency": name, "digits": digits, "amount_minor": amount, "promised_for": date.fromisoformat(due),
        "made_on": date.fromisoformat(made), "move_id": None, "task_id": None, "kind": "promise", "approval": "none",
        "state": "open", "granted": False,
    }  # fmt: skip
    return row | more


def cash(amount: int, day: str, number: int = 50, **more: Any) -> dict[str, Any]:
    """A payment of customer 7 in CNY; `foreign` in another currency."""
    row = {
        "item_id": number, "company_id": 1, "customer_id": 7, "date": date.fromisoformat(day), "currency_id": CNY,
        "received_minor": amount, "received_currency_minor": amount,
    }  # fmt: skip
    return row | more


def judge(
    promises: list[Any],
    receipts: list[Any],
    as_of: str,
    documents: pd.DataFrame = UNMATCHED,
    policy: CollectionsPolicy = EXACT,
) -> Decisions:
    came = pd.DataFrame(receipts, columns=RECEIPTS) if receipts else NOTHING
    return decide_promises(pd.DataFrame(promises), came, documents, policy, date.fromisoformat(as_of), COMPANIES)


def outcome(decided: Decisions) -> tuple[str, int, str | None]:
    """State, received, day of the state of the only promise."""
    (row,) = decided.frame.to_dict("records")
    day = row["state_on"]
    return row["state"], row["received_minor"], None if pd.isna(day) else day.date().isoformat()


@pytest.mark.parametrize(("as_of", "state"), [("2026-06-06", "open"), ("2026-06-07", "open"), ("2026-06-08", "broken")])
def test_a_promise_without_cash_is_open_up_to_the_last_day_of_grace_and_broken_after(as_of: str, state: str) -> None:
    on = "2026-06-08" if state == "broken" else None
    assert outcome(judge([promise()], [], as_of)) == (state, 0, on)


@pytest.mark.requirement("S4-58")
@pytest.mark.parametrize(
    ("as_of", "state", "reason", "runs"),
    [
        ("2026-06-04", "open", "promise.open", True),
        ("2026-06-05", "open", "promise.short", False),
        ("2026-06-06", "open", "promise.short", False),
        ("2026-06-07", "open", "promise.short", False),
        ("2026-06-08", "partly", "promise.partly", False),
    ],
)
def test_a_part_of_the_amount_is_short_from_the_promised_day_and_partly_kept_after_the_grace(
    as_of: str, state: str, reason: str, runs: bool
) -> None:
    (row,) = judge([promise()], [cash(40000, "2026-06-04")], as_of).frame.to_dict("records")
    assert (row["state"], row["reason_code"], row["runs"], row["received_minor"]) == (state, reason, runs, 40000)
    since = None if pd.isna(row["object_on"]) else row["object_on"].date().isoformat()
    assert since == (None if runs else "2026-06-05")


@pytest.mark.parametrize(("day", "state"), [("2026-06-06", "kept"), ("2026-06-07", "kept"), ("2026-06-08", "broken")])
def test_cash_on_the_last_day_of_grace_keeps_the_promise_and_a_day_later_does_not(day: str, state: str) -> None:
    decided = judge([promise()], [cash(100000, day)], "2026-06-30")
    assert outcome(decided) == (state, 100000 if state == "kept" else 0, day if state == "kept" else "2026-06-08")


@pytest.mark.parametrize(("day", "state"), [("2026-05-31", "broken"), ("2026-06-01", "kept"), ("2026-06-02", "kept")])
def test_cash_counts_from_the_day_on_which_the_promise_was_made(day: str, state: str) -> None:
    assert outcome(judge([promise()], [cash(100000, day)], "2026-06-30"))[0] == state


def test_a_promise_is_kept_on_the_day_on_which_enough_had_come() -> None:
    parts = [cash(60000, "2026-06-02"), cash(40000, "2026-06-04", 51), cash(70000, "2026-06-05", 52)]
    assert outcome(judge([promise()], parts, "2026-06-04")) == ("kept", 100000, "2026-06-04")
    assert outcome(judge([promise()], parts, "2026-06-05")) == ("kept", 100000, "2026-06-04")


@pytest.mark.parametrize(("amount", "state"), [(99899, "partly"), (99900, "kept"), (99901, "kept")])
def test_so_much_may_be_missing_as_the_tolerance_says(amount: int, state: str) -> None:
    decided = judge([promise()], [cash(amount, "2026-06-04")], "2026-06-30", policy=terms(tolerance=1))
    assert outcome(decided)[:2] == (state, amount)


def test_a_promise_below_the_tolerance_is_not_kept_by_nothing() -> None:
    tiny = promise(amount=50)
    assert outcome(judge([tiny], [], "2026-06-30", policy=terms(tolerance=1)))[0] == "broken"
    assert outcome(judge([tiny], [cash(1, "2026-06-04")], "2026-06-30", policy=terms(tolerance=1)))[0] == "kept"


def test_two_promises_share_the_cash_the_older_first_and_no_cent_counts_twice() -> None:
    both = [promise(2, 50000, "2026-06-10", "2026-06-03"), promise(1, 60000, "2026-06-10", "2026-06-01")]
    rows = judge(both, [cash(80000, "2026-06-05")], "2026-06-13").frame
    assert rows[["promise_id", "state", "received_minor"]].to_numpy().tolist() == [
        [1, "kept", 60000],
        [2, "partly", 20000],
    ]


def test_customers_and_companies_do_not_keep_each_others_promises() -> None:
    others = [cash(100000, "2026-06-04", customer_id=8), cash(100000, "2026-06-04", 51, company_id=2)]
    assert outcome(judge([promise()], others, "2026-06-30"))[0] == "broken"


def test_a_promise_about_an_invoice_is_kept_by_cash_matched_with_it_alone() -> None:
    about = promise(move_id=900)
    receipts = [cash(100000, "2026-06-04")]
    assert outcome(judge([about], receipts, "2026-06-30"))[0] == "broken"
    other = pd.DataFrame([[50, 901, CNY, 100000, 100000]], columns=DOCUMENTS)
    assert outcome(judge([about], receipts, "2026-06-30", other))[0] == "broken"
    part = pd.DataFrame([[50, 900, CNY, 30000, 30000]], columns=DOCUMENTS)
    assert outcome(judge([about], receipts, "2026-06-30", part))[:2] == ("partly", 30000)
    whole = pd.DataFrame([[50, 900, CNY, 100000, 100000]], columns=DOCUMENTS)
    assert outcome(judge([about], receipts, "2026-06-30", whole))[:2] == ("kept", 100000)


def test_cash_that_kept_an_invoices_promise_does_not_keep_the_general_one() -> None:
    both = [promise(1, 100000, move_id=900), promise(2, 50000, made="2026-06-02")]
    whole = pd.DataFrame([[50, 900, CNY, 100000, 100000]], columns=DOCUMENTS)
    rows = judge(both, [cash(120000, "2026-06-04")], "2026-06-30", whole).frame
    assert rows[["state", "received_minor"]].to_numpy().tolist() == [["kept", 100000], ["partly", 20000]]


def test_a_payment_that_is_reversed_breaks_what_was_kept() -> None:
    """The fact no longer has the payment once it was given back; the state follows from the postings."""
    assert outcome(judge([promise()], [cash(100000, "2026-06-04")], "2026-06-08"))[0] == "kept"
    assert outcome(judge([promise(state="kept")], [], "2026-06-20"))[:2] == ("broken", 0)


def test_a_promise_in_another_currency_counts_cash_in_that_currency() -> None:
    euros = promise(amount=100000, currency_id=EUR)
    came = cash(780000, "2026-06-04", currency_id=EUR, received_currency_minor=100000)
    assert outcome(judge([euros], [came], "2026-06-30"))[:2] == ("kept", 100000)
    dollars = cash(780000, "2026-06-04", currency_id=USD, received_currency_minor=110000)
    assert outcome(judge([euros], [dollars], "2026-06-30"))[:2] == ("broken", 0)
    assert outcome(judge([euros], [cash(780000, "2026-06-04")], "2026-06-30"))[:2] == ("broken", 0)


def test_a_promise_in_the_companys_currency_counts_foreign_cash_as_it_was_booked() -> None:
    came = cash(78000, "2026-06-04", currency_id=EUR, received_currency_minor=10000)
    assert outcome(judge([promise(amount=78000)], [came], "2026-06-30"))[:2] == ("kept", 78000)


def test_an_invoice_in_euros_paid_in_yuan_keeps_the_promise_in_euros() -> None:
    euros = promise(amount=100000, currency_id=EUR, move_id=900)
    matched = pd.DataFrame([[50, 900, EUR, 780000, 100000]], columns=DOCUMENTS)
    assert outcome(judge([euros], [cash(780000, "2026-06-04")], "2026-06-30", matched))[:2] == ("kept", 100000)


def test_euros_counted_once_leave_their_rest_in_yuan() -> None:
    """1000 EUR booked at 7800 CNY: 600 EUR keep the first promise, 3120 CNY are left for the second."""
    both = [promise(1, 60000, currency_id=EUR), promise(2, 400000, made="2026-06-02")]
    came = cash(780000, "2026-06-04", currency_id=EUR, received_currency_minor=100000)
    rows = judge(both, [came], "2026-06-30").frame
    assert rows[["state", "received_minor"]].to_numpy().tolist() == [["kept", 60000], ["partly", 312000]]


def test_yen_have_no_digits() -> None:
    yen = promise(amount=1000, currency_id=JPY, company_id=3)
    came = [cash(999, "2026-06-04", company_id=3, currency_id=JPY)]
    assert outcome(judge([yen], came, "2026-06-30", policy=terms(tolerance=1)))[:2] == ("kept", 999)
    (args,) = judge([yen], came, "2026-06-30", policy=terms(tolerance=1)).frame["reason_args"]
    assert json.loads(args)["promised"] == "1000"


def test_cancelled_and_refused_promises_count_for_nothing() -> None:
    gone = [promise(1, state="cancelled"), promise(2, approval="refused", kind="extension")]
    assert judge(gone, [cash(100000, "2026-06-04")], "2026-06-30").frame.empty


@pytest.mark.requirement("S4-52")
@pytest.mark.parametrize(
    ("due", "more", "runs", "reason"),
    [
        ("2026-06-30", {}, True, "promise.open"),
        ("2026-07-01", {}, True, "promise.open"),
        ("2026-07-02", {}, False, "promise.waiting"),
        ("2026-07-02", {"approval": "requested"}, False, "promise.waiting"),
        ("2026-07-02", {"approval": "approved", "granted": True}, True, "promise.open"),
        ("2026-06-05", {"kind": "extension"}, False, "promise.waiting"),
        ("2026-06-05", {"kind": "extension", "approval": "approved", "granted": True}, True, "promise.open"),
        ("2026-06-05", {"kind": "extension", "approval": "approved"}, False, "promise.waiting"),
    ],
)
def test_a_later_day_holds_dunning_only_once_a_manager_has_granted_it(
    due: str, more: dict[str, Any], runs: bool, reason: str
) -> None:
    """30 days are the limit: 1 June to 1 July; an approval later than the day (granted false) does not count yet."""
    (row,) = judge([promise(due=due, **more)], [], "2026-06-02").frame.to_dict("records")
    assert (row["runs"], row["reason_code"]) == (runs, reason)


def test_a_reason_has_its_figures_and_none_that_moves_with_the_calendar() -> None:
    (first, second) = (judge([promise()], [], day).frame["reason_args"][0] for day in ("2026-06-02", "2026-06-03"))
    assert first == second
    assert json.loads(first) == {
        "currency": "CNY", "promised": "1000.00", "promised_for": "2026-06-05", "received": "0.00",
        "until": "2026-06-07", "valid_from": "2000-01-01",
    }  # fmt: skip
    kept = judge([promise()], [cash(100000, "2026-06-04")], "2026-06-30").frame["reason_args"][0]
    assert json.loads(kept)["paid_on"] == "2026-06-04"


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"amount": 0}, "amount"), ({"amount": -5}, "amount"), ({"promised_for": None}, "no day"),
        ({"due": "2026-05-31"}, "before it was made"), ({"currency_id": 99}, "unknown currency"),
    ],
)  # fmt: skip
def test_a_promise_that_cannot_be_judged_is_a_finding_and_the_others_are_judged(wrong: Any, word: str) -> None:
    decided = judge([promise(1, **wrong), promise(2)], [cash(100000, "2026-06-04")], "2026-06-30")
    (finding,) = decided.findings
    assert (finding.record, word in str(finding.message)) == ("1", True)
    assert decided.frame[["promise_id", "state"]].to_numpy().tolist() == [[2, "kept"]]


def test_no_promises_no_decisions() -> None:
    empty = pd.DataFrame(columns=list(promise()))
    decided = decide_promises(empty, NOTHING, UNMATCHED, EXACT, date(2026, 6, 30), COMPANIES)
    assert decided.frame.empty
    assert "reason_code" in decided.frame


@pytest.mark.parametrize(
    ("due", "broken"), [("2025-06-30", 0), ("2025-07-01", 1), ("2026-06-27", 1), ("2026-06-28", 0)]
)
def test_outcomes_are_counted_over_the_twelve_months_that_end_with_the_day(due: str, broken: int) -> None:
    rows = judge([promise(due=due, made="2025-06-30")], [], "2026-06-30").frame
    assert count_outcomes(rows, date(2026, 6, 30))["broken"].sum() == broken


def test_outcomes_are_counted_by_customer() -> None:
    rows = judge(
        [promise(1), promise(2, made="2026-06-02"), promise(3, made="2026-06-03"), promise(4, customer_id=8)],
        [cash(120000, "2026-06-04")],
        "2026-06-30",
    ).frame
    assert count_outcomes(rows, date(2026, 6, 30)).to_dict("records") == [
        {"company_id": 1, "customer_id": 7, "kept": 1, "partly_kept": 1, "broken": 1},
        {"company_id": 1, "customer_id": 8, "kept": 0, "partly_kept": 0, "broken": 1},
    ]


@given(
    st.lists(st.tuples(st.integers(1, 10**6), st.integers(1, 28), st.integers(0, 20)), min_size=1, max_size=6),
    st.lists(st.tuples(st.integers(1, 10**6), st.integers(1, 28), st.sampled_from([CNY, EUR])), max_size=6),
)
def test_what_promises_count_is_never_more_than_what_came_in(
    said: list[tuple[int, int, int]], came: list[tuple[int, int, int]]
) -> None:
    promises = [
        promise(n, amount, f"2026-06-{min(day + later, 30):02}", f"2026-06-{day:02}")
        for n, (amount, day, later) in enumerate(said, start=1)
    ]
    receipts = [cash(amount, f"2026-06-{day:02}", 50 + n, currency_id=c) for n, (amount, day, c) in enumerate(came)]
    rows = judge(promises, receipts, "2026-07-30").frame
    assert rows["received_minor"].sum() <= sum(amount for amount, _, _ in came)
    assert (rows["received_minor"] <= rows["amount_minor"]).all()
    assert ((rows["state"] == "kept") == (rows["received_minor"] == rows["amount_minor"])).all()
