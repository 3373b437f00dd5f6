"""A customer's statement: what was asked, what came in, what is open, in each document's own currency."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from kam_connector.rules.statement import STATEMENT_COLUMNS, state_account


def item(number: int, amount: int, left: int, late: int, **more: Any) -> dict[str, Any]:
    known = {
        "item_id": number, "company_id": 1, "customer_id": 21, "currency_id": 7, "kind": "invoice",
        "document": f"INV/{number}", "date": pd.Timestamp("2026-01-01"), "due_date": pd.Timestamp("2026-06-30"),
        "days_past_due": late, "amount_currency_minor": amount, "residual_currency_minor": left, "residual_minor": left,
        "bucket": "d1_30" if late > 0 else "not_due",
    }  # fmt: skip
    return {**known, **more}


def stated(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    return state_account(pd.DataFrame(rows)).to_dict("records")


@pytest.mark.requirement("S4-41")
def test_an_invoice_paid_in_part_and_a_credit_note_that_nobody_matched() -> None:
    """1,000 of which 400 were paid leave 600; a credit note of 100 is to be taken off: 500 due."""
    note = item(2, -100_00, -100_00, 12, kind="credit_note")
    debt, credit = stated(note, item(1, 1000_00, 600_00, 31))
    assert (debt["amount_minor"], debt["settled_minor"], debt["open_minor"]) == (1000_00, 400_00, 600_00)
    assert (debt["days_overdue"], debt["is_credit"]) == (31, False)
    assert (credit["open_minor"], credit["settled_minor"], credit["days_overdue"]) == (-100_00, 0, 0)
    assert debt["open_minor"] + credit["open_minor"] == 500_00


@pytest.mark.parametrize(("late", "shown"), [(-1, 0), (0, 0), (1, 1)])
def test_what_is_due_on_the_day_is_not_overdue(late: int, shown: int) -> None:
    (row,) = stated(item(1, 5, 5, late))
    assert row["days_overdue"] == shown


def test_rows_stand_by_currency_debts_before_credits_then_by_due_date() -> None:
    early = pd.Timestamp("2026-05-01")
    rows = stated(
        item(1, -5, -5, 0, kind="payment", due_date=early), item(2, 5, 5, 0), item(3, 5, 5, 0, due_date=early),
        item(4, 5, 5, 0, currency_id=3),
    )  # fmt: skip
    assert [row["item_id"] for row in rows] == [4, 3, 2, 1]


def test_a_foreign_item_stands_in_its_own_currency_and_a_difference_of_exchange_is_left_out() -> None:
    rows = stated(
        item(1, 900, 300, 5, currency_id=8, residual_minor=15_00),
        item(2, 0, 0, 5, currency_id=8, residual_minor=7, kind="exchange"),
    )  # fmt: skip
    assert [(row["item_id"], row["open_minor"], row["settled_minor"]) for row in rows] == [(1, 300, 600)]


def test_marks_for_dispute_and_for_payments_on_their_way_and_no_row_for_what_is_not_booked() -> None:
    rows = stated(
        item(1, 5, 5, 5, disputed_minor=2, pending=False), item(2, 5, 5, 5, disputed_minor=0, pending=True),
        item(3, -5, -5, 5, disputed_minor=0, pending=False, kind="pending"),
    )  # fmt: skip
    assert [(row["item_id"], row["disputed"], row["pending"]) for row in rows] == [(1, True, False), (2, False, True)]


def test_no_items_are_no_rows_and_missing_columns_are_named() -> None:
    empty = state_account(pd.DataFrame([item(1, 5, 5, 5)]).iloc[:0])
    assert (list(empty.columns), len(empty)) == (STATEMENT_COLUMNS, 0)
    with pytest.raises(ValueError, match="amount_currency_minor"):
        state_account(pd.DataFrame([item(1, 5, 5, 5)]).drop(columns="amount_currency_minor"))
