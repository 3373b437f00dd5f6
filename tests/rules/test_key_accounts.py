"""Who became a key account, and who was kept for a year, by the days on which tiers changed."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from kam_connector.rules.key_accounts import new_accounts, retained_accounts

NIGHT = "2024-01-01"
"""The first night of company 1."""


def spans(*rows: tuple[int, int, bool, str, str | None], formerly: int = 0) -> pd.DataFrame:
    """Customer, group, whether key, first and last day; and another customer of the company since its first night."""
    every = [(99, 99, False, NIGHT, None), *rows]
    table = pd.DataFrame(every, columns=["customer_id", "group_id", "is_key", "valid_from", "valid_to"])
    days = {name: pd.to_datetime(table[name]).astype("datetime64[s]") for name in ("valid_from", "valid_to")}
    return table.assign(company_id=1, formerly=formerly, **days)


def invoices(*rows: tuple[int, str]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["customer_id", "date"])
    return table.assign(company_id=1, date=pd.to_datetime(table["date"]).astype("datetime64[s]"))


def days(found: pd.DataFrame) -> list[tuple[int, str, str]]:
    columns = zip(found["customer_id"], found["date"], found["name"], strict=True)
    return [(int(customer), str(day)[:10], name) for customer, day, name in columns]


@pytest.mark.requirement("S0-20")
def test_a_group_becomes_a_key_account_once() -> None:
    up_and_down = spans(
        (7, 7, False, NIGHT, "2024-03-04"), (7, 7, True, "2024-03-05", "2024-08-31"),
        (7, 7, False, "2024-09-01", "2024-12-31"), (7, 7, True, "2025-01-01", None),
    )  # fmt: skip
    assert days(new_accounts(up_and_down)) == [(7, "2024-03-05", "7")]


def test_w9_a_second_company_of_the_group_is_none() -> None:
    found = new_accounts(spans((8, 7, True, "2024-05-01", None), (7, 7, True, "2024-03-05", None)))
    assert days(found) == [(7, "2024-03-05", "7")]


def test_whoever_was_there_on_the_first_night_is_none_and_a_day_later_one() -> None:
    assert days(new_accounts(spans((7, 7, True, NIGHT, None)))) == []
    assert days(new_accounts(spans((7, 7, True, "2024-01-02", None)))) == [(7, "2024-01-02", "7")]
    again = spans(
        (7, 7, True, NIGHT, "2024-02-01"), (7, 7, False, "2024-02-02", None), (8, 7, True, "2024-03-01", None)
    )
    assert days(new_accounts(again)) == []


@pytest.mark.requirement("S0-18")
@pytest.mark.parametrize(
    ("last", "found"),
    [
        (date(2025, 3, 4), []),
        (date(2025, 3, 5), [(7, "2025-03-05", "7:2025")]),
        (date(2026, 3, 5), [(7, "2025-03-05", "7:2025"), (7, "2026-03-05", "7:2026")]),
    ],
)
def test_who_was_kept_is_one_event_a_year(last: date, found: list[tuple[int, str, str]]) -> None:
    kept = spans((7, 7, True, "2024-03-05", "2024-06-30"), (7, 7, True, "2024-07-01", None))
    bought = invoices((7, "2024-04-01"), (7, "2026-03-05"))
    assert days(retained_accounts(kept, bought, last)) == found


@pytest.mark.parametrize(("until", "count"), [("2025-03-04", 0), ("2025-03-05", 1)])
def test_a_year_counts_when_its_last_day_was_reached(until: str, count: int) -> None:
    bought = invoices((7, "2024-04-01"))
    table = spans((7, 7, True, "2024-03-05", until), (7, 7, False, "2025-03-06", None))
    assert len(retained_accounts(table, bought, date(2025, 12, 31))) == count


@pytest.mark.parametrize(
    ("bought", "count"), [("2024-03-05", 0), ("2024-03-06", 1), ("2025-03-05", 1), ("2025-03-06", 0)]
)
def test_who_bought_nothing_in_the_year_was_not_kept(bought: str, count: int) -> None:
    table = spans((7, 7, True, "2024-03-05", None))
    assert len(retained_accounts(table, invoices((7, bought)), date(2025, 3, 31))) == count


def test_what_was_kept_before_a_merge_stays_an_event_of_its_own() -> None:
    table = spans((7, 7, True, "2024-03-05", "2025-06-30"), formerly=5)
    assert days(retained_accounts(table, invoices((7, "2024-04-01")), date(2026, 3, 31))) == [
        (7, "2025-03-05", "5:2025")
    ]


def test_without_tiers_there_are_no_events() -> None:
    assert new_accounts(spans().iloc[:0]).empty
    assert retained_accounts(spans().iloc[:0], invoices(), date(2026, 3, 31)).empty
