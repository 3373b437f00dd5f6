"""What credit notes take back in the night: what their invoice earned under the plan, and of an older one nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kam_connector import ledger, mirror, policy
from kam_connector.money import minor_text
from kam_connector.rules.pay.given import PAID_COLUMNS, no_rows
from kam_connector.runs.paying import pay_versions
from kam_connector.runs.sources import Sources
from tests.facts.conftest import mirror_of
from tests.incentives.trying import commission, plan_text
from tests.runs.paid_books import ANN, paid, product, read_plan, sellers, sold_line
from tests.sync.books import Books

TEN = commission(("0", "0.10"))
BY_LINE = commission(("0", "0.10")) + 'filter = { categories = ["goods"] }\n'
MARCH = "2026-03-31"


@pytest.fixture
def books() -> Books:
    return sellers(Books())


def sold(books: Books, goods: int, net: float, day: str, reversed_id: int | None = None) -> int:
    """An invoice of Ann, or the credit note that reverses one."""
    back = {"kind": "out_refund", "reversed_entry_id": reversed_id} if reversed_id else {}
    move = books.invoice(1, net, day, invoice_user_id=ANN, **back)
    sold_line(books, move, goods, net)
    return move


@pytest.mark.parametrize("component", [TEN, BY_LINE], ids=["documents", "lines"])
def test_what_reverses_an_invoice_from_before_the_plan_takes_nothing_back(
    tmp_path: Path, books: Books, component: str
) -> None:
    """The plan begins in January: 500 in March bring 50.00, and 900 of December that return are not its own."""
    goods = product(books, "goods")
    older = sold(books, goods, 900.0, "2025-12-20")
    sold(books, goods, 500.0, "2026-03-05")
    sold(books, goods, 900.0, "2026-03-10", older)
    assert paid(tmp_path, books, plan_text(component), MARCH) == [(ANN, "2026-03", "50.00")]


@pytest.mark.parametrize("component", [TEN, BY_LINE], ids=["documents", "lines"])
def test_what_reverses_an_invoice_of_the_plan_takes_its_pay_back(tmp_path: Path, books: Books, component: str) -> None:
    goods = product(books, "goods")
    first = sold(books, goods, 900.0, "2026-01-20")
    sold(books, goods, 900.0, "2026-03-10", first)
    found = paid(tmp_path, books, plan_text(component), MARCH)
    assert found == [(ANN, "2026-01", "90.00"), (ANN, "2026-03", "-90.00")]


def test_a_credit_note_that_reverses_nothing_known_counts_for_itself(tmp_path: Path, books: Books) -> None:
    goods = product(books, "goods")
    sold(books, goods, 500.0, "2026-03-05")
    move = books.invoice(1, 100.0, "2026-03-10", kind="out_refund", invoice_user_id=ANN)
    sold_line(books, move, goods, 100.0)
    assert paid(tmp_path, books, plan_text(TEN), MARCH) == [(ANN, "2026-03", "40.00")]


def test_two_versions_take_an_old_invoice_back_once(tmp_path: Path, books: Books) -> None:
    """10 % until 2025, 20 % since: 900 of 2023 are read by the first version alone, and come back at its 10 %."""
    goods = product(books, "goods")
    older = sold(books, goods, 900.0, "2023-05-10")
    sold(books, goods, 500.0, "2026-03-05")
    sold(books, goods, 900.0, "2026-03-10", older)
    text = plan_text(TEN).replace("2026-01-01", "2023-01-01\nvalid_to = 2025-12-31")
    first = read_plan(tmp_path, text)
    second = read_plan(tmp_path, plan_text(commission(("0", "0.20"))))
    with mirror.open(mirror_of(books)) as store, ledger.open(tmp_path / "ledger.db") as book:
        sources = Sources(store.ibis, book, policy.load(), {}, True, datetime.now(UTC))
        day, since = date(2026, 3, 31), date(2023, 1, 1)
        pays = pay_versions(sources, [first, second], day, [1], no_rows(PAID_COLUMNS), since)
    money = pays[0].given.currencies
    found = [(each.payout, minor_text(each.payout, money[each.currency_id])) for pay in pays for each in pay.statements]
    assert [text for payout, text in found if payout] == ["90.00", "10.00"]
