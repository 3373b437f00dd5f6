"""What moved since a day was frozen: each cause three ways, the worked cases, any ledger's whole difference."""

from __future__ import annotations

import json
import random
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_connector.messages import render
from kam_connector.rules.snapshots import CAUSES, Position, compare
from tests.rules.frozen_books import APRIL, Ledger


@pytest.fixture
def books() -> Ledger:
    """Invoice 1 of 500.00, credit note 2 of 120.00, invoice 3 of 300.00 paid in full by 4."""
    made = Ledger()
    made.item(1, 500_00, "2026-02-01", due="2026-03-01")
    made.item(2, -120_00, "2026-04-25")
    made.item(3, 300_00, "2026-02-01", due="2026-03-15")
    made.item(4, -300_00, "2026-04-10")
    made.match(41, 3, 4, 300_00)
    return made


def test_an_unchanged_day_has_no_row(books: Ledger) -> None:
    moved = books.moved(books.position())
    assert (len(moved.frame), len(moved.detail), moved.findings) == (0, 0, ())


@pytest.mark.requirement("S4-39")
def test_cases_c1_and_c2_a_late_match_moves_both_lines_and_no_total(books: Ledger) -> None:
    frozen = books.position()
    assert books.total() == 380_00
    books.match(42, 1, 2, 120_00)
    assert books.told(frozen) == [(1, 500_00, 380_00, "late_match"), (2, -120_00, 0, "late_match")]
    assert books.moved(frozen).frame["change_minor"].sum() == 0
    assert books.total() == 380_00


@pytest.mark.requirement("S4-39")
def test_case_l_a_match_with_a_payment_dated_after_the_day_moves_nothing() -> None:
    books = Ledger(as_of=date(2026, 11, 20))
    books.item(1, 700_00, "2026-09-01", due="2026-10-01")
    frozen = books.position()
    books.item(2, -700_00, "2026-12-21")
    books.match(5, 1, 2, 700_00)
    assert books.told(frozen) == []
    assert books.total() == 700_00
    frozen = books.position()
    books.items[2]["date"] = "2026-11-20"
    assert books.told(frozen) == [(1, 700_00, 0, "redated")]


@pytest.mark.requirement("S4-39")
def test_case_n4_an_invoice_reset_to_draft_leaves_its_payment_open() -> None:
    books = Ledger()
    books.item(1, 100_00, "2026-03-01", due="2026-03-31")
    books.item(2, -100_00, "2026-04-10")
    books.match(5, 1, 2, 100_00)
    frozen = books.position()
    assert books.total() == 0
    books.items[1]["posted"] = False  # the match stays, as in Odoo 19
    assert books.told(frozen) == [(2, 0, -100_00, "draft")]
    assert books.moved(frozen).frame["reason_code"].tolist() == ["snapshot.match_draft"]
    assert books.total() == -100_00
    del books.matches[5]  # as in Odoo 14
    assert books.told(frozen) == [(2, 0, -100_00, "draft")]


def test_a_match_that_is_gone_opens_both_items_again(books: Ledger) -> None:
    frozen = books.position()
    del books.matches[41]
    assert books.told(frozen) == [(3, 0, 300_00, "unmatched"), (4, 0, -300_00, "unmatched")]


def test_a_match_that_is_gone_and_another_in_its_place_are_two_causes_one_after_the_other(books: Ledger) -> None:
    frozen = books.position()
    del books.matches[41]
    books.match(42, 3, 4, 200_00)
    books.match(43, 1, 4, 100_00)
    assert books.told(frozen) == [
        (1, 500_00, 400_00, "late_match"),
        (3, 0, 300_00, "unmatched"),
        (3, 300_00, 100_00, "late_match"),
    ]


def test_a_match_made_anew_with_the_same_items_moves_nothing(books: Ledger) -> None:
    frozen = books.position()
    books.matches[77] = books.matches.pop(41)
    assert books.told(frozen) == []


@pytest.mark.parametrize(("day", "rows"), [("2026-04-29", 1), ("2026-04-30", 1), ("2026-05-01", 0)])
def test_a_posting_is_dated_back_up_to_the_day_itself(books: Ledger, day: str, rows: int) -> None:
    frozen = books.position()
    books.item(9, 80_00, day)
    assert books.told(frozen) == [(9, 0, 80_00, "back_dated")] * rows


def test_a_payment_dated_back_and_matched_is_a_late_match_of_the_invoice(books: Ledger) -> None:
    frozen = books.position()
    books.item(9, -500_00, "2026-04-30")
    books.match(42, 1, 9, 450_00)
    assert books.told(frozen) == [(1, 500_00, 50_00, "late_match"), (9, 0, -50_00, "back_dated")]


def test_an_open_item_reset_to_draft_goes_with_its_whole_amount(books: Ledger) -> None:
    frozen = books.position()
    books.items[1]["posted"] = False
    assert books.told(frozen) == [(1, 500_00, 0, "draft")]


def test_an_item_that_was_a_draft_when_the_day_was_frozen_is_dated_back(books: Ledger) -> None:
    books.items[1]["posted"] = False
    frozen = books.position()
    books.items[1]["posted"] = True
    assert books.told(frozen) == [(1, 0, 500_00, "back_dated")]


def test_a_deleted_item_goes_and_a_deleted_payment_opens_its_invoice(books: Ledger) -> None:
    frozen = books.position()
    del books.items[2], books.items[4], books.matches[41]
    assert books.told(frozen) == [(2, -120_00, 0, "deleted"), (3, 0, 300_00, "unmatched")]


def test_a_deleted_item_without_a_match_keeps_the_entry_that_was_known(books: Ledger) -> None:
    frozen = books.position()
    del books.items[1]
    frame = books.moved(frozen).frame
    assert (frame["move_id"].tolist(), frame["cause"].tolist()) == ([1001], ["deleted"])


@pytest.mark.parametrize(("day", "rows"), [("2026-04-29", 0), ("2026-04-30", 0), ("2026-05-01", 1)])
def test_an_item_whose_date_moves_over_the_day_goes(books: Ledger, day: str, rows: int) -> None:
    frozen = books.position()
    books.items[1]["date"] = day
    assert books.told(frozen) == [(1, 500_00, 0, "redated")] * rows


def test_an_item_whose_date_moves_back_over_the_day_comes(books: Ledger) -> None:
    books.item(9, 80_00, "2026-05-01")
    frozen = books.position()
    books.items[9]["date"] = "2026-04-30"
    assert books.told(frozen) == [(9, 0, 80_00, "redated")]


def test_a_payment_whose_date_moves_over_the_day_opens_its_invoice(books: Ledger) -> None:
    frozen = books.position()
    books.items[4]["date"] = "2026-05-01"
    assert books.told(frozen) == [(3, 0, 300_00, "redated")]
    assert books.moved(frozen).frame["reason_code"].tolist() == ["snapshot.match_redated"]


@pytest.mark.parametrize("amount", [499_99, 500_01, -500_00])
def test_another_amount_of_the_same_item_is_told_as_such(books: Ledger, amount: int) -> None:
    frozen = books.position()
    books.items[1]["balance"] = amount
    assert books.told(frozen) == [(1, 500_00, amount, "amount_changed")]


def test_another_amount_of_the_same_match_is_told_as_such(books: Ledger) -> None:
    frozen = books.position()
    books.matches[41] = (3, 4, 250_00)
    assert books.told(frozen) == [(3, 0, 50_00, "amount_changed"), (4, 0, -50_00, "amount_changed")]


def test_another_amount_and_a_late_match_add_up(books: Ledger) -> None:
    frozen = books.position()
    books.items[1]["balance"] = 510_00
    books.match(42, 1, 2, 120_00)
    assert books.told(frozen)[:2] == [(1, 500_00, 510_00, "amount_changed"), (1, 510_00, 390_00, "late_match")]


@pytest.mark.parametrize(("due", "rows"), [("2026-02-28", 1), ("2026-03-01", 0), ("2026-03-02", 1)])
def test_another_due_date_moves_no_amount(books: Ledger, due: str, rows: int) -> None:
    frozen = books.position()
    books.items[1]["due"] = due
    assert books.told(frozen) == [(1, 500_00, 500_00, "due_date_changed")] * rows
    if rows:
        args = json.loads(books.moved(frozen).frame["reason_args"][0])
        assert args == {"due_date": due, "previous_due": "2026-03-01"}


def test_merged_customers_are_told_line_by_line_under_the_customer_of_today(books: Ledger) -> None:
    frozen = books.position()
    for number in (1, 2, 3, 4):
        books.items[number]["customer"] = 8
    frame = books.moved(frozen).frame
    assert books.told(frozen) == [
        (1, 500_00, 500_00, "customer_changed"),
        (2, -120_00, -120_00, "customer_changed"),
    ]
    assert set(frame["customer_id"]) == {8}
    assert json.loads(frame["reason_args"][0]) == {"customer": 8, "previous_customer": 7}


def test_a_line_with_three_causes_is_told_in_three_rows(books: Ledger) -> None:
    frozen = books.position()
    books.items[1] |= {"due": "2026-04-01", "customer": 8}
    books.match(42, 1, 2, 120_00)
    assert [row for row in books.told(frozen) if row[0] == 1] == [
        (1, 500_00, 380_00, "late_match"),
        (1, 380_00, 380_00, "due_date_changed"),
        (1, 380_00, 380_00, "customer_changed"),
    ]


def test_the_reason_names_matches_and_entries_and_reads_as_a_sentence(books: Ledger) -> None:
    frozen = books.position()
    for number in range(50, 62):
        books.item(number, -1_00, "2026-04-01")
        books.match(number, 1, number, 1_00)
    row = books.moved(frozen).frame.iloc[0]
    args = json.loads(row["reason_args"])
    assert args["matches"] == "50, 51, 52, 53, 54, 55, 56, 57, 58, 59 (+2)"
    assert args["moves"].startswith("1050, 1051,")
    sentence = render(row["reason_code"], row["reason_args"], "en")
    assert sentence.startswith("Match 50, 51, 52,")
    assert sentence.endswith("did not count when the day was frozen and counts now.")
    assert books.moved(frozen).detail["match_id"].tolist() == list(range(50, 62))


def test_an_item_without_any_date_stays_what_it_is(books: Ledger) -> None:
    frozen = books.position()
    undated = frozen.items.assign(due_date=None)
    still = Position(undated, frozen.matches, frozen.later)
    states = pd.DataFrame(columns=["item_id", "move_id", "date", "posted"])
    assert len(compare(still, still, states, APRIL).frame) == 0


def test_amounts_beyond_what_a_float_holds_stay_exact(books: Ledger) -> None:
    big = 2**53 + 1
    books.item(9, big, "2026-01-01")
    frozen = books.position()
    books.items[9]["balance"] = big + 2
    assert books.told(frozen) == [(9, big, big + 2, "amount_changed")]


def test_a_frame_without_a_column_is_refused_by_name(books: Ledger) -> None:
    whole = books.position()
    short = Position(whole.items.drop(columns="due_date"), whole.matches, np.zeros(0, dtype=np.int64))
    with pytest.raises(ValueError, match="items frame lacks due_date"):
        compare(short, whole, pd.DataFrame(columns=["item_id", "move_id", "date", "posted"]), APRIL)


EVENTS = ("new", "draft", "post", "delete", "redate", "amount", "due", "customer", "match", "unmatch")


def random_ledger(dice: random.Random) -> Ledger:
    books = Ledger()
    for _ in range(dice.randrange(1, 12)):
        happen("new", books, dice)
    for _ in range(dice.randrange(10)):
        happen("match", books, dice)
    return books


def happen(event: str, books: Ledger, dice: random.Random) -> None:
    """One thing that people do to a ledger."""
    day = f"2026-{dice.choice(['03', '04', '05'])}-{dice.choice(['01', '15', '30'])}"
    numbers, matches = sorted(books.items), sorted(books.matches)
    if event == "new" or not numbers:
        amount = dice.choice([1, -1]) * dice.randrange(0, 200_00)
        books.item(len(numbers) + dice.randrange(100) * 100 + 1, amount, day, posted=dice.random() < 0.8)
        return
    one = dice.choice(numbers)
    if event == "match":
        credit = dice.choice(numbers)
        if credit != one:
            books.match(max(matches, default=0) + 1, one, credit, dice.randrange(0, 100_00))
    elif event == "unmatch" and matches:
        del books.matches[dice.choice(matches)]
    elif event == "delete":
        del books.items[one]
        books.matches = {key: pair for key, pair in books.matches.items() if one not in pair[:2]}
    else:
        changes = {"draft": ("posted", False), "post": ("posted", True), "redate": ("date", day), "due": ("due", day)}
        changes |= {
            "amount": ("balance", dice.randrange(-200_00, 200_00)),
            "customer": ("customer", dice.choice([7, 8])),
        }
        name, value = changes.get(event, ("due", day))
        books.items[one][name] = value


@pytest.mark.requirement("S4-39")
@settings(max_examples=80, deadline=None)
@given(st.randoms(use_true_random=False), st.lists(st.sampled_from(EVENTS), max_size=12))
def test_what_moved_explains_the_difference_exactly(dice: random.Random, events: list[str]) -> None:
    books = random_ledger(dice)
    frozen, total = books.position(), books.total()
    before = {number: books.residual(number) for number in books.items}
    for event in events:
        happen(event, books, dice)
    frame = books.moved(frozen).frame
    assert set(frame["cause"]) <= set(CAUSES)
    assert frame["change_minor"].sum() == books.total() - total
    now = {number: books.residual(number) for number in books.items}
    moved = {key for key in before | now if before.get(key, 0) != now.get(key, 0)}
    assert moved <= set(frame["item_id"])
    for number, rows in frame.groupby("item_id"):
        assert rows["was_minor"].iloc[0] == before.get(number, 0)
        assert rows["is_minor"].iloc[-1] == now.get(number, 0)
        assert rows["is_minor"].tolist()[:-1] == rows["was_minor"].tolist()[1:]
        assert (rows["was_minor"] + rows["change_minor"] == rows["is_minor"]).all()
