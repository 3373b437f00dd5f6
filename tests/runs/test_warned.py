"""Which early warnings the ERP is to show: by this night's decisions, the book and what the ERP shows already."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ibis
import pandas as pd
import pytest

from kam_connector import ledger
from kam_connector.mirror.tables import BY_MODEL
from kam_connector.policy.warnings import WarningPolicy
from kam_connector.rules.decisions import Decisions
from kam_connector.rules.warnings import COLUMNS
from kam_connector.runs.known_warnings import record_warnings
from kam_connector.runs.warned import warnings_to_show
from tests.writeback.fake_erp import make_table

DAY = date(2026, 7, 4)
POLICY = WarningPolicy.model_validate(
    {
        "warnings": {"valid_from": date(2026, 1, 1)},
        "rule": [
            {
                "code": "gap", "measure": "order_gap", "raise_at": "2.0", "clear_at": "1.2",
                "label": {"en": "No orders", "zh": "久未下单", "zh_tw": "久未下單"},
            },
        ],
    }
)  # fmt: skip
RAISED = ("warning.order_gap", '{"gap_days":"75"}')
OVER = ("warning.cleared", '{"figure":"1.0"}')


def decided(customer: int, state: str, since: str = "2026-07-02", rule: str = "gap") -> dict[str, Any]:
    """A decision of `decide_warnings`; one that is over has the reason that raised it as the one before."""
    is_over = state == "cleared"
    code, args = OVER if is_over else RAISED
    before = {"state": "open", "since": since, "checks": 2, "reason_code": RAISED[0], "reason_args": RAISED[1]}
    empty = {"state": "", "since": "", "checks": 0, "reason_code": "", "reason_args": ""}
    return {
        "company_id": 1, "customer_id": customer, "rule": rule, "severity": "medium", "state": state, "since": since,
        "checks": 0 if is_over else 2, "reason_code": code, "reason_args": args, "figure": 1.0 if is_over else 2.1,
        **{f"previous_{name}": value for name, value in (before if is_over else empty).items()},
    }  # fmt: skip


class Desk:
    """A book and an ERP that shows some warnings, by customer and state."""

    def __init__(self, folder: Path) -> None:
        self.book = ledger.open(folder / "ledger.sqlite")
        self.shown: list[dict[str, Any]] = []

    def earlier(self, day: date, *rows: dict[str, Any]) -> None:
        record_warnings(self.book, Decisions(pd.DataFrame(rows, columns=list(COLUMNS))), day)

    def shows(self, customer: int, state: str, since: str = "2026-07-02", rule: str = "gap") -> None:
        number = len(self.shown) + 1
        row = {"id": number, "company_id": 1, "partner_id": customer, "rule": rule, "state": state, "raised_on": since}
        self.shown.append({**row, "kam_key": f"warning:{customer}:{rule}:{since}"})

    def show(self, *rows: dict[str, Any], day: date = DAY) -> dict[int, dict[str, Any]]:
        """What the ERP is to show after this night, by customer."""
        con = ibis.duckdb.connect()
        make_table(con, BY_MODEL["kam.warning"], self.shown)
        night = SimpleNamespace(
            as_of=day,
            warnings=Decisions(pd.DataFrame(rows, columns=list(COLUMNS))),
            customers=pd.DataFrame({"partner_id": [11, 12, 112], "customer_id": [11, 12, 12], "user_id": [7, None, 9]}),
            policy=SimpleNamespace(warnings=POLICY),
        )
        frame = warnings_to_show(night, SimpleNamespace(book=self.book, con=con), [1])  # type: ignore[arg-type]
        assert not frame.duplicated(["customer_id", "rule", "since"]).any()
        return {row["customer_id"]: row for row in frame.to_dict("records")}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_an_open_warning_is_shown_with_its_seller_its_rule_and_why(desk: Desk) -> None:
    found = desk.show(decided(11, "raised", "2026-07-04"), decided(12, "open"), decided(13, "pending"))
    assert {customer: row["state"] for customer, row in found.items()} == {11: "open", 12: "open"}
    row = found[11]
    assert (row["user_id"], row["measure"], row["raise_at"], row["clear_at"], row["figure"]) == (
        7, "order_gap", 2.0, 1.2, 2.1,
    )  # fmt: skip
    assert (row["reason_code"], row["reason_args"], row["cleared_on"], row["clear_code"]) == (*RAISED, "", "")
    assert json.loads(row["rule_names"]) == {"en": "No orders", "zh_CN": "久未下单", "zh_TW": "久未下單"}
    assert pd.isna(found[12]["user_id"])


def test_a_warning_that_this_night_clears_has_both_reasons_and_its_day(desk: Desk) -> None:
    desk.shows(11, "open")
    row = desk.show(decided(11, "cleared"))[11]
    assert (row["state"], row["cleared_on"], row["clear_code"], row["clear_args"]) == ("cleared", "2026-07-04", *OVER)
    assert (row["reason_code"], row["reason_args"]) == RAISED


def test_a_clearing_that_was_not_written_is_shown_by_the_next_night_with_its_own_day(desk: Desk) -> None:
    desk.shows(11, "open")
    desk.earlier(date(2026, 7, 3), decided(11, "cleared"))
    row = desk.show()[11]
    assert (row["state"], row["cleared_on"], row["clear_code"], row["reason_code"]) == (
        "cleared", "2026-07-03", OVER[0], RAISED[0],
    )  # fmt: skip


def test_what_the_erp_shows_cleared_or_does_not_show_is_left_alone(desk: Desk) -> None:
    desk.shows(11, "cleared")
    desk.earlier(date(2026, 7, 3), decided(11, "cleared"), decided(12, "cleared"))
    assert desk.show() == desk.show(decided(11, "cleared"), decided(12, "cleared")) == {}


def test_a_clearing_of_a_later_day_does_not_count_for_an_earlier_one(desk: Desk) -> None:
    desk.shows(11, "open")
    desk.earlier(date(2026, 7, 5), decided(11, "cleared"))
    assert desk.show() == {}
    assert desk.show(day=date(2026, 7, 5))[11]["cleared_on"] == "2026-07-05"


def test_a_warning_that_an_earlier_run_of_the_day_cleared_is_open_when_it_is_open_after_all(desk: Desk) -> None:
    desk.shows(11, "open")
    desk.earlier(DAY, decided(11, "cleared"))
    assert {customer: row["state"] for customer, row in desk.show(decided(11, "open")).items()} == {11: "open"}


def test_a_warning_of_a_rule_that_left_the_policy_is_cleared(desk: Desk) -> None:
    desk.shows(11, "open", rule="former")
    row = desk.show(decided(11, "cleared", rule="former"), decided(12, "open"))[11]
    assert (row["state"], row["rule"], row["cleared_on"]) == ("cleared", "former", "2026-07-04")
