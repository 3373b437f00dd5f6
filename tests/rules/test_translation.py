"""The ageing in documents' currencies and in the group's: rates, one rounding a figure, what is left out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_connector.money import Currency
from kam_connector.rules.translation import (
    Rate,
    find_unrated,
    group_rates,
    in_document,
    tie_out_group,
    translate,
)
from tests.rules.papers import COMPANIES, item, items

CNY, EUR, JPY = 10, 20, 30
KNOWN = {CNY: Currency("CNY", 2), EUR: Currency("EUR", 2), JPY: Currency("JPY", 0)}
DAY = date(2026, 6, 30)
BUCKETS = ("not_due_minor", "d1_30_minor")


def rates(*rows: tuple[int, int, str | None]) -> pd.DataFrame:
    """Rates by company and currency, of the first of June; None: only later ones."""
    return pd.DataFrame(
        [(company, key, rate and Decimal(rate), rate and date(2026, 6, 1)) for company, key, rate in rows],
        columns=["company_id", "currency_id", "rate", "rate_date"],
    )


def units(target: int, *rows: tuple[int, int, str | None]) -> dict[int, Fraction]:
    return {company: rate.units for company, rate in group_rates(COMPANIES, rates(*rows), target, KNOWN).items()}


def aged(*rows: tuple[int, int, int, int]) -> pd.DataFrame:
    """Rows of (company, its currency, not due, 1-30)."""
    frame = pd.DataFrame(rows, columns=["company_id", "currency_id", *BUCKETS])
    return frame.assign(total_minor=frame[list(BUCKETS)].sum(axis=1))


@pytest.mark.requirement("S4-41")
def test_a_foreign_invoice_counts_with_its_own_amount_and_its_dispute_with_the_same_share() -> None:
    # 1,000 EUR booked at 1.10, 400 paid: 660.00 in the company's currency, 600.00 EUR; a third is in dispute.
    open_item = item(1, 66000, "2026-06-01", balance_minor=110000, currency_id=EUR, amount_currency_minor=100000,
                     residual_currency_minor=60000, disputed_minor=22000)  # fmt: skip
    (row,) = in_document(items(open_item)).to_dict("records")
    assert (row["residual_minor"], row["balance_minor"], row["company_currency_id"]) == (60000, 100000, EUR)
    assert row["disputed_minor"] == 20000


def test_what_is_open_in_the_document_alone_has_nothing_in_dispute() -> None:
    open_item = item(1, 0, "2026-06-01", currency_id=EUR, amount_currency_minor=100, residual_currency_minor=100)
    assert in_document(items(open_item))["disputed_minor"].tolist() == [0]


def test_a_rate_is_units_of_the_group_a_unit_of_the_own_currency() -> None:
    given_rates = (1, CNY, "7.20"), (1, EUR, "0.80"), (2, CNY, "9"), (3, CNY, None)
    assert units(CNY, *given_rates) == {1: 1, 2: 9}
    assert units(EUR, (1, CNY, "7.20"), (1, EUR, "0.80"), (3, EUR, "0.006")) == {
        1: Fraction(1, 9), 2: 1, 3: Fraction(6, 1000),
    }  # fmt: skip


def test_an_own_currency_whose_rates_are_all_of_later_days_has_no_rate_either() -> None:
    assert units(EUR, (1, CNY, None), (1, EUR, "0.80")) == {2: 1}


def test_figures_are_rounded_once_and_the_total_is_their_sum() -> None:
    known = {1: Rate(KNOWN[CNY], Fraction(1, 8), DAY), 3: Rate(KNOWN[JPY], Fraction(5, 1000), DAY)}
    table = translate(aged((1, CNY, 100, 100), (3, JPY, 201, -101), (2, EUR, 7, 7)), BUCKETS, known, EUR, KNOWN[EUR])
    figures = table[["company_id", "currency_id", *BUCKETS, "total_minor"]].to_numpy().tolist()
    # 1.00 CNY / 8 = 0.125 EUR, twice: 0.13 + 0.13; 201 JPY = 1.005 EUR, a half away from zero; company 2 has no rate.
    assert figures == [[1, EUR, 13, 13, 26], [3, EUR, 101, -51, 50]]


def test_what_rounding_adds_is_told_apart_from_a_difference_to_the_ledger() -> None:
    known = {1: Rate(KNOWN[CNY], Fraction(1, 8), DAY)}
    table = translate(aged((1, CNY, 100, 100)), BUCKETS, known, EUR, KNOWN[EUR])
    tied = pd.DataFrame({"company_id": [1, 2], "currency_id": [CNY, EUR], "ageing_minor": [200, 7],
                         "ledger_minor": [120, 7], "difference_minor": [80, 0]})  # fmt: skip
    (row,) = tie_out_group(table, tied, known, EUR, KNOWN[EUR]).to_dict("records")
    assert (row["ageing_minor"], row["ledger_minor"], row["difference_minor"], row["rounding_minor"]) == (26, 15, 10, 1)


def test_a_company_without_a_rate_is_told_with_what_is_missing_from_the_total() -> None:
    tied = pd.DataFrame({"company_id": [1, 3], "currency_id": [CNY, JPY], "ageing_minor": [200, 123456]})
    (found,) = find_unrated(tied, {1: Rate(KNOWN[CNY], Fraction(1), None)}, KNOWN, CNY, DAY)
    assert (found.severity, found.record) == ("warning", "3")
    assert "No rate from JPY to CNY on or before 2026-06-30: 123456 JPY" in found.message


AMOUNT = st.integers(-(10**14), 10**14)
ROWS = st.lists(st.tuples(st.just(1), st.just(CNY), AMOUNT, AMOUNT), min_size=1, max_size=12)


@settings(max_examples=50, deadline=None)
@given(ROWS, st.fractions(Fraction(1, 10**6), 10**4, max_denominator=10**9))
def test_rows_tie_to_the_converted_ledger_but_for_half_a_unit_a_figure(rows: list[Any], factor: Fraction) -> None:
    known = {1: Rate(KNOWN[CNY], factor, DAY)}
    table = aged(*rows)
    ledger = int(table["total_minor"].sum())
    tied = pd.DataFrame({"company_id": [1], "currency_id": [CNY], "ageing_minor": [ledger], "ledger_minor": [ledger],
                         "difference_minor": [0]})  # fmt: skip
    rounded = translate(table, BUCKETS, known, EUR, KNOWN[EUR])
    (row,) = tie_out_group(rounded, tied, known, EUR, KNOWN[EUR]).to_dict("records")
    assert row["ageing_minor"] == rounded["total_minor"].sum() == row["ledger_minor"] + row["rounding_minor"]
    assert abs(row["rounding_minor"]) <= len(rows) + 1
    assert (rounded[list(BUCKETS)].sum(axis=1) == rounded["total_minor"]).all()
