"""Early warnings: raised after checks in a row, cleared below the lower limit, one a customer and rule."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_connector.policy.warnings import WarningPolicy
from kam_connector.rules.playbooks import plan_playbooks
from kam_connector.rules.warnings import BEFORE, MEMORY, decide_warnings

DAY = date(2026, 6, 1)
COMPANIES = pd.DataFrame({"company_id": [1], "currency_id": [1], "currency": ["CNY"], "digits": [2]})
KEYS = ["company_id", "customer_id"]


def policy(**rule: Any) -> WarningPolicy:
    return WarningPolicy.model_validate(
        {
            "warnings": {"valid_from": date(2026, 1, 1)},
            "rule": [{"code": "gap", "measure": "order_gap", "raise_at": "2.0", "clear_at": "1.2", **rule}],
        }
    )


def figures(*gaps: float, tiers: Sequence[str] = ()) -> pd.DataFrame:
    """One customer (1, 2, ...) of each gap; last order on 1 January 2026, 75 days between two."""
    count = len(gaps)
    return pd.DataFrame(
        {
            "company_id": 1, "customer_id": range(1, count + 1), "tier": tiers or ["gold"] * count, "order_gap": gaps,
            "last_order": date(2026, 1, 1), "gap_days_mean": 75.0,
        }
    )  # fmt: skip


class Book:
    """The memory of one diary: every decision by its day, as the ledger keeps it."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def check(self, day: int, frame: pd.DataFrame, rules: WarningPolicy) -> pd.DataFrame:
        """The decisions of the day so many days after the first one; they stand in the book from now on."""
        previous = pd.DataFrame(self.rows, columns=[*KEYS, "rule", "as_of", *MEMORY, *BEFORE])
        as_of = DAY + timedelta(days=day)
        found = decide_warnings(frame, previous, rules, as_of, COMPANIES).frame
        self.rows += [{**row, "as_of": as_of.isoformat()} for row in found.to_dict("records")]
        return found


def states(frame: pd.DataFrame) -> dict[int, str]:
    return dict(zip(frame["customer_id"].tolist(), frame["state"].tolist(), strict=True))


@pytest.mark.requirement("S2-49")
def test_the_series_of_the_policys_docstring_is_pending_raised_open_and_cleared() -> None:
    book = Book()
    found = [states(book.check(day, figures(gap), policy())) for day, gap in enumerate([2.1, 1.8, 2.3, 2.4, 1.5, 1.1])]
    assert found == [{1: "pending"}, {1: "passed"}, {1: "pending"}, {1: "raised"}, {1: "open"}, {1: "cleared"}]
    assert states(book.check(6, figures(1.1), policy())) == {}


@pytest.mark.parametrize(("gap", "state"), [(1.999999, {}), (2.0, {1: "raised"}), (2.000001, {1: "raised"})])
def test_the_upper_limit_itself_raises(gap: float, state: dict[int, str]) -> None:
    assert states(Book().check(0, figures(gap), policy(checks=1))) == state


@pytest.mark.parametrize(("gap", "state"), [(1.199999, "cleared"), (1.2, "open"), (1.200001, "open")])
def test_the_lower_limit_itself_keeps_open(gap: float, state: str) -> None:
    book = Book()
    book.check(0, figures(2.0), policy(checks=1))
    assert states(book.check(1, figures(gap), policy(checks=1))) == {1: state}


def test_a_run_repeated_on_the_same_day_is_the_same_check() -> None:
    book = Book()
    assert [states(book.check(0, figures(3.0), policy())) for _ in range(3)] == [{1: "pending"}] * 3
    assert [states(book.check(1, figures(3.0), policy())) for _ in range(3)] == [{1: "raised"}] * 3
    assert states(book.check(1, figures(1.0), policy())) == {1: "passed"}
    assert states(book.check(1, figures(3.0), policy())) == {1: "raised"}


def test_an_open_warning_keeps_its_day_and_the_reason_that_raised_it() -> None:
    book = Book()
    raised = book.check(0, figures(2.5), policy(checks=1)).iloc[0]
    later = figures(1.4).assign(gap_days_mean=90.0)
    opened = book.check(9, later, policy(checks=1)).iloc[0]
    assert (opened["state"], opened["since"], opened["figure"]) == ("open", "2026-06-01", 1.4)
    assert opened["reason_args"] == raised["reason_args"]
    assert json.loads(raised["reason_args"]) == {
        "gap_days": "75.0", "last_order": "2026-01-01", "limit_times": "2.0", "valid_from": "2026-01-01",
    }  # fmt: skip


def test_a_warning_raised_anew_has_a_new_day() -> None:
    book, once = Book(), policy(checks=1)
    days = [book.check(day, figures(gap), once).iloc[0]["since"] for day, gap in enumerate([2.5, 1.0, 2.5])]
    assert days == ["2026-06-01", "2026-06-01", "2026-06-03"]


def test_an_unknown_figure_neither_raises_nor_clears_nor_counts() -> None:
    book = Book()
    unknown = figures(np.nan)
    assert states(book.check(0, unknown, policy())) == {}
    book.check(1, figures(2.5), policy())
    assert states(book.check(2, unknown, policy())) == {1: "pending"}
    assert states(book.check(3, figures(2.5), policy())) == {1: "raised"}
    assert states(book.check(4, unknown, policy())) == {1: "open"}


@pytest.mark.parametrize("how", ["tier", "customer", "rule"])
def test_who_is_not_watched_any_more_has_the_warning_withdrawn(how: str) -> None:
    book = Book()
    book.check(0, figures(2.5, 2.5), policy(checks=1, tiers=["gold"]))
    frame = figures(2.5, 2.5, tiers=["silver", "gold"]) if how == "tier" else figures(2.5, 2.5)
    frame = frame[frame["customer_id"] == 2] if how == "customer" else frame
    code = {"code": "other"} if how == "rule" else {}
    found = book.check(1, frame, policy(checks=1, tiers=["gold"], **code))
    ended = found[(found["customer_id"] == 1) & (found["rule"] == "gap")].iloc[0]
    assert (ended["state"], ended["reason_code"]) == ("cleared", "warning.withdrawn")


def test_only_the_tiers_of_the_rule_are_watched() -> None:
    found = Book().check(0, figures(2.5, 2.5, tiers=["gold", "silver"]), policy(checks=1, tiers=["silver"]))
    assert states(found) == {2: "raised"}


def test_a_high_warning_is_a_finding_on_the_day_that_raises_it_only() -> None:
    before = pd.DataFrame(columns=[*KEYS, "rule", "as_of", *MEMORY, *BEFORE])
    high = policy(checks=1, severity="high")
    (finding,) = decide_warnings(figures(2.5), before, high, DAY, COMPANIES).findings
    assert (finding.severity, finding.record) == ("warning", "1")
    assert finding.message == "The warning “gap” was raised: see `kam warnings show --customer 1`."
    book = Book()
    book.check(0, figures(2.5), high)
    previous = pd.DataFrame(book.rows)
    assert decide_warnings(figures(2.5), previous, high, date(2026, 6, 2), COMPANIES).findings == ()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from([0.5, 1.1, 1.2, 1.9, 2.0, 3.0, float("nan")]), min_size=2, max_size=6), st.randoms())
def test_the_order_of_rows_changes_nothing(gaps: list[float], random: Any) -> None:
    book = Book()
    book.check(0, figures(*reversed(gaps)), policy())
    book.check(1, figures(*gaps), policy())
    previous, frame = pd.DataFrame(book.rows, columns=[*KEYS, "rule", "as_of", *MEMORY, *BEFORE]), figures(*gaps)
    expected = decide_warnings(frame, previous, policy(), date(2026, 6, 3), COMPANIES).frame
    seed = random.randrange(1000)
    mixed, other = frame.sample(frac=1, random_state=seed), previous.sample(frac=1, random_state=seed)
    found = decide_warnings(mixed, other, policy(), date(2026, 6, 3), COMPANIES).frame
    pd.testing.assert_frame_equal(found, expected)


@pytest.mark.requirement("S2-50")
def test_a_playbook_gives_each_task_to_its_owner_from_the_day_of_the_warning() -> None:
    title = {"en": "Ask", "zh": "询问"}
    tasks = [{"title": title, "owner": owner, "within_days": 5} for owner in ("salesperson", "manager", "li", "nobody")]
    rules = policy(checks=1, task=tasks)
    warned = Book().check(0, figures(2.5, 2.5), rules)
    found = plan_playbooks(
        warned, rules,
        sellers=pd.DataFrame({"customer_id": [1, 2], "user_id": [7.0, np.nan]}),
        leaders=pd.DataFrame({"user_id": [7], "manager_id": [8]}),
        users=pd.DataFrame({"user_id": [9], "login": ["li"]}),
    )  # fmt: skip
    frame = found.frame
    assert frame.loc[frame["customer_id"] == 1, "user_id"].tolist() == [7, 8, 9, 7]
    assert frame.loc[frame["customer_id"] == 2, "user_id"].tolist() == [0, 0, 9, 0]
    assert set(frame["deadline"]) == {"2026-06-06"}
    assert frame["number"].tolist() == [1, 2, 3, 4] * 2
    assert set(frame["title_zh_TW"]) == {"询问"}
    (finding,) = found.findings
    assert "owner nobody" in finding.message


def test_a_cleared_warning_has_no_tasks() -> None:
    rules = policy(checks=1, task=[{"title": {"en": "Ask", "zh": "询问"}}])
    book = Book()
    book.check(0, figures(2.5), rules)
    nobody = pd.DataFrame({"customer_id": [1], "user_id": [0], "manager_id": [0], "login": [""]})
    assert plan_playbooks(book.check(1, figures(1.0), rules), rules, nobody, nobody, nobody).frame.empty


def test_a_rule_may_hold_for_customers_who_have_come_back_alone() -> None:
    frame = figures(2.5, 2.5, 2.5).assign(start=["reactivated", "known", ""])
    assert states(Book().check(0, frame, policy(checks=1, starts=["reactivated"]))) == {1: "raised"}
    assert states(Book().check(0, frame, policy(checks=1, starts=["new", "known"]))) == {2: "raised"}
