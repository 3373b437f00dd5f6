"""Claims above what a line was sold for, at its own rate, and claims for another company's order."""

from __future__ import annotations

import pandas as pd
import pytest

from kam_connector.money import Currency
from kam_connector.rules.claims import CLAIMED, find_wrong_claims
from tests.rules.papers import COMPANIES

CURRENCIES = {10: Currency("CNY", 2), 20: Currency("EUR", 2), 30: Currency("JPY", 0), 40: Currency("USD", 2)}


def found(*rows: tuple[int, int, int, int, int, int, int, str | None]) -> list[str]:
    named = [(row[0], f"CMP/{row[0]}", *row[1:]) for row in rows]
    frame = pd.DataFrame(named, columns=list(CLAIMED))
    return [finding.message for finding in find_wrong_claims(frame, COMPANIES, CURRENCIES)]


@pytest.mark.requirement("S4-69")
@pytest.mark.parametrize(("second", "count"), [(31_428_56, 0), (31_428_57, 0), (31_428_58, 1)])
def test_w12_all_claims_for_a_line_stay_within_its_value_at_the_orders_own_rate(second: int, count: int) -> None:
    line = (77, 1, 10_000_00, 40, "0.14")
    rows = [(number, 1, line[0], minor, *line[1:]) for number, minor in ((4, 40_000_00), (5, second))]
    assert len(found(*rows)) == count


def test_the_sentence_names_the_latest_complaint_and_both_amounts() -> None:
    assert found((4, 3, 8, 900, 3, 700, 30, None)) == [
        "Complaint CMP/4: 900 JPY are claimed for order line 8, which was sold for 700. Check the amount, or the other"
        " complaints about this line."
    ]


def test_a_line_of_another_company_is_a_finding_and_no_value_to_compare_with() -> None:
    assert found((4, 1, 8, 900, 2, 1, 20, None), (4, 1, 9, 900, 2, 1, 20, None)) == [
        "Complaint CMP/4 claims for an order line of another company: choose one of its own company."
    ]


def test_a_discount_line_that_nobody_claims_for_and_a_line_without_an_amount_say_nothing() -> None:
    assert found((4, 1, 8, 0, 1, -500, 10, None)) == []
    frame = pd.DataFrame([(4, "CMP/4", 1, 8, 900, 1, None, None, None)], columns=list(CLAIMED))
    assert find_wrong_claims(frame, COMPANIES, CURRENCIES) == []


def test_no_claims_no_words() -> None:
    assert found() == []
