"""A reversal and another credit note of one invoice, on books of the ERP: both make it smaller, and each once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.incentives.trying import commission, plan_text
from tests.runs.paid_books import ANN, paid, product, sellers
from tests.runs.test_pay_orders import bill, order, pay
from tests.sync.books import Books

TEN = commission(("0", "0.10"))
CASH = '[credit]\nsource = "cash"\n'
COUNT = '[cash]\npending = "count"\n'
MARCH = "2026-03-31"
EARLY, LATE = "2026-03-05", "2026-03-12"


def half_collected(below: str) -> str:
    return f'[[gate]]\nfact = "collection_rate"\nbelow = "{below}"\neffect = "hold"\n'


def credited(books: Books, reversal: str, other: str, matched: float, came_in: float) -> int:
    """An invoice of 1,000; 100 of it reversed, of which so much was matched; a note of 50 matched; so much paid."""
    good = product(books, "good")
    move = bill(books, "S1", "2026-03-01", (good, 1000.0), invoice_user_id=ANN)
    back = bill(books, "S1", reversal, (good, 100.0), kind="out_refund", reversed_entry_id=move, invoice_user_id=ANN)
    note = bill(books, "", other, (good, 50.0), kind="out_refund", invoice_user_id=ANN)
    if matched:
        books.match(books.item(move), books.item(back), matched)
    books.match(books.item(move), books.item(note), 50.0)
    pay(books, move, came_in, "2026-03-20")
    return good


@pytest.mark.requirement("S4-60")
@pytest.mark.parametrize("matched", [0.0, 60.0, 100.0])
@pytest.mark.parametrize(("reversal", "other"), [(EARLY, LATE), (LATE, EARLY)])
def test_850_are_owed_of_which_425_are_half(tmp_path: Path, reversal: str, other: str, matched: float) -> None:
    """10 % of 1,000 - 100 - 50 = 85.00 is held as soon as the gate asks for more than half."""
    books = sellers(Books())
    credited(books, reversal, other, matched, 425.0)
    open_gate = plan_text(TEN, half_collected("0.50"), COUNT)
    assert paid(tmp_path, books, open_gate, MARCH) == [(ANN, "2026-03", "85.00")]
    assert paid(tmp_path, books, plan_text(TEN, half_collected("0.5001"), COUNT), MARCH) == []


@pytest.mark.parametrize(("came_in", "below", "found"), [(450.0, "0.50", True), (449.99, "0.50", False)])
def test_a_note_of_a_later_day_does_not_count_before(tmp_path: Path, came_in: float, below: str, found: bool) -> None:
    """On 31 March 900 are owed; the 50 follow in April."""
    books = sellers(Books())
    credited(books, EARLY, "2026-04-02", 100.0, came_in)
    stated = paid(tmp_path, books, plan_text(TEN, half_collected(below), COUNT), MARCH)
    assert stated == ([(ANN, "2026-03", "90.00")] if found else [])


@pytest.mark.parametrize(("came_in", "released"), [(850.0, "85.00"), (425.0, "40.00"), (849.99, "85.00")])
@pytest.mark.parametrize("matched", [0.0, 60.0, 100.0])
def test_pay_by_cash_waits_for_no_more_than_850(tmp_path: Path, came_in: float, released: str, matched: float) -> None:
    """All paid: 100 - 10 - 5. Half paid: 50 - 5 - 5, as the note that reverses nothing counts at once."""
    books = sellers(Books())
    credited(books, EARLY, LATE, matched, came_in)
    assert paid(tmp_path, books, plan_text(TEN, CASH, COUNT), MARCH) == [(ANN, "2026-03", released)]


def test_a_note_that_pays_nobody_is_money_that_never_came_in(tmp_path: Path) -> None:
    """1,000 sold, 50 credited by nobody, 950 paid: 95.00."""
    books = sellers(Books())
    good = product(books, "good")
    move = bill(books, "", "2026-03-01", (good, 1000.0), invoice_user_id=ANN)
    note = bill(books, "", LATE, (good, 50.0), kind="out_refund")
    books.match(books.item(move), books.item(note), 50.0)
    pay(books, move, 950.0, "2026-03-20")
    assert paid(tmp_path, books, plan_text(TEN, CASH, COUNT), MARCH) == [(ANN, "2026-03", "95.00")]


@pytest.mark.long
@pytest.mark.parametrize("matched", [0.0, 60.0, 100.0])
def test_of_an_order_both_count_as_well(tmp_path: Path, matched: float) -> None:
    """10 % of the order of 1,000; 850 of its invoice are owed, whoever wrote the credit note of 50."""
    books = sellers(Books())
    order(books, "S1", "2026-03-01", (credited(books, EARLY, LATE, matched, 425.0), 1000.0))
    by_order = '[credit]\nsource = "order"\n'
    stated = paid(tmp_path, books, plan_text(TEN, by_order, half_collected("0.50"), COUNT), MARCH)
    assert stated == [(ANN, "2026-03", "100.00")]
    assert paid(tmp_path, books, plan_text(TEN, by_order, half_collected("0.5001"), COUNT), MARCH) == []
