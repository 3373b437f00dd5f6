"""Complaints that keep money out of dunning for long are asked about, day by day."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from kam_connector.money import Currency
from kam_connector.rules.disputes import ask_about_disputes

CURRENCIES = {1: Currency("CNY", 2), 3: Currency("JPY", 0)}
RECEIVED = date(2026, 6, 1)


OPEN = {7: 1_000_00}
"""What is disputed of the open items of invoice 7; nothing else is open."""


def asked(days: int, *parts: tuple[int, int, int], move: int | None = 7) -> list[str]:
    """The sentences so many days after the receipt; a part is complaint, company, disputed_minor of invoice `move`."""
    rows = [(complaint, f"CMP/{complaint}", company, move, RECEIVED, minor) for complaint, company, minor in parts]
    frame = pd.DataFrame(
        rows, columns=["complaint_id", "number", "company_id", "move_id", "received_on", "disputed_minor"]
    )
    day = RECEIVED + timedelta(days=days)
    return [found.message for found in ask_about_disputes(frame, OPEN, CURRENCIES, 30, day)]


@pytest.mark.requirement("S0-16")
@pytest.mark.parametrize(("days", "count"), [(29, 0), (30, 0), (31, 1)])
def test_the_day_after_the_limit_people_are_asked(days: int, count: int) -> None:
    assert len(asked(days, (4, 1, 100_00))) == count


def test_the_parts_of_a_complaint_are_one_amount_in_the_companys_currency() -> None:
    assert asked(45, (4, 1, 100_00), (4, 1, 20_50), (5, 3, 700)) == [
        "Complaint CMP/4 has kept 120.50 CNY out of dunning for 45 days: settle it, or withdraw the dispute and ask for"
        " the money.",
        "Complaint CMP/5 has kept 700 JPY out of dunning for 45 days: settle it, or withdraw the dispute and ask for"
        " the money.",
    ]


def test_nothing_disputed_nothing_asked() -> None:
    assert asked(400) == []


def test_an_invoice_that_is_paid_and_a_dispute_without_an_invoice_keep_nothing_out_of_dunning() -> None:
    assert asked(45, (4, 1, 100_00), move=8) == asked(45, (4, 1, 100_00), move=None) == []


def test_no_more_is_kept_out_than_is_open() -> None:
    assert "1,000.00 CNY" in asked(45, (4, 1, 5_000_00))[0].replace("1000.00", "1,000.00")
