"""What a file claims: in the company's currency, at the rate of the paper that it names, and not above it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from kam_connector.errors import InputError
from kam_connector.money import Currency
from kam_connector.runs.claiming import Sold, find_claim, find_high_claim

CNY, USD, JPY = Currency("CNY", 2), Currency("USD", 2), Currency("JPY", 0)
ORDER = Sold("S5", USD, 10_000_00, 71_428_57)


def row(claimed: str = "", disputed: str = "", currency: str = "", invoice: str = "INV/1") -> dict[str, Any]:
    amounts = {"claimed": claimed, "disputed": disputed}
    cells = {name: Decimal(text) if text else None for name, text in amounts.items()}
    return {"number": "K-1", "record": "c.csv:2", "currency": currency, "invoice": invoice, **cells}


@pytest.mark.requirement("S4-69")
@pytest.mark.parametrize(
    ("claimed", "currency", "sold", "minor"),
    [
        ("10000", "USD", ORDER, 71_428_57),
        ("5000", "usd", ORDER, 35_714_29),
        ("5000", "CNY", ORDER, 5_000_00),
        ("5000", "", None, 5_000_00),
        ("500", "JPY", Sold("INV/1", JPY, 1_000, 48_00), 24_00),
        ("", "USD", None, 0),
        ("0", "USD", ORDER, 0),
    ],
)
def test_w12_a_claim_counts_at_the_rate_of_what_was_sold(
    claimed: str, currency: str, sold: Sold | None, minor: int
) -> None:
    assert find_claim(row(claimed, currency=currency or ("CNY" if claimed else "")), CNY, sold) == (minor, 0)


@pytest.mark.parametrize(
    ("claimed", "disputed", "currency", "invoice", "words"),
    [
        ("5", "", "EUR", "INV/1", "EUR is neither"),
        ("-5", "", "CNY", "INV/1", "below zero"),
        ("5.001", "", "CNY", "INV/1", "more digits than CNY has"),
        ("", "5", "CNY", "", "names no invoice"),
    ],
)
def test_a_claim_that_nobody_can_book_is_refused(
    claimed: str, disputed: str, currency: str, invoice: str, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        find_claim(row(claimed, disputed, currency, invoice), CNY, ORDER)


@pytest.mark.requirement("S4-69")
@pytest.mark.parametrize(
    ("amounts", "told"),
    [((71_428_57, 0), False), ((71_428_58, 0), True), ((0, 71_428_57), False), ((0, 71_428_58), True)],
)
def test_a_claim_above_what_was_sold_is_told(amounts: tuple[int, int], told: bool) -> None:
    found = find_high_claim(row(), amounts, CNY, ORDER)
    text = "Complaint K-1: 71428.58 CNY are claimed or disputed of S5, which was sold for 71428.57. Check the amount."
    assert (found.message if found else "") == (text if told else "")


def test_who_names_a_credit_note_and_claims_nothing_claims_not_too_much() -> None:
    credited = Sold("RINV/1", CNY, -100_00, -100_00)
    assert find_high_claim(row(), (0, 0), CNY, credited) is None
    assert find_high_claim(row(), (1, 0), CNY, credited) is not None


def test_of_nothing_that_was_sold_no_claim_is_too_high() -> None:
    assert find_high_claim(row(), (10**9, 0), CNY, None) is None
