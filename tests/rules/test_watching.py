"""The figures that warnings watch, by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from kam_connector.policy.warnings import Watching
from kam_connector.rules.watching import Watched, measure_watched

WATCHING = Watching(valid_from=date(2026, 1, 1))
EMPTY = {
    "rhythm": ("last_order", "days_since_last", "gaps_24m", "gap_days_mean"),
    "season": ("revenue_3m_minor", "revenue_3m_before_minor"),
    "debts": ("debts_minor", "debts_overdue_minor"),
    "debts_before": ("debts_minor", "debts_overdue_minor"),
    "offers": ("offers", "lost_offers"),
    "complaints": ("complaints",),
    "contacts": ("contact_id",),
    "credit": ("exposure_minor", "limit_minor"),
    "trade": ("margin_12m_minor", "margin_prev_12m_minor", "categories_lost", "start"),
}


def measured(**tables: Any) -> dict[str, Any]:
    """The figures of customer 1, of whom these rows are known: a list of values by column."""
    frames = {}
    for name, columns in EMPTY.items():
        rows = tables.get(name, [])
        frame = pd.DataFrame(rows, columns=list(columns))
        frames[name] = frame.assign(company_id=np.int64(1), customer_id=np.int64(1))
    tiers = pd.DataFrame({"company_id": [1], "customer_id": [1], "tier": ["gold"]})
    row: dict[str, Any] = measure_watched(Watched(tiers=tiers, **frames), WATCHING).iloc[0].to_dict()
    return row


@pytest.mark.requirement("S2-48")
def test_the_worked_figures_of_the_module() -> None:
    found = measured(
        rhythm=[[date(2026, 1, 31), 150, 3, 75.0]], season=[[70_000_00, 100_000_00]],
        debts=[[100_00, 50_00]], debts_before=[[80_00, 20_00]], credit=[[90_00, 100_00]], contacts=[[18], [17]],
        complaints=[[3]], offers=[[4, 2]], trade=[[15_000_00, 20_000_00, 2, "reactivated"]],
    )  # fmt: skip
    assert (found["order_gap"], found["volume_fall"], found["overdue_rise"]) == (2.0, 0.3, 0.25)
    assert (found["credit_used"], found["contacts_gone"], found["complaints"]) == (0.9, 2, 3)
    assert (found["contact_ids"], found["start"]) == ("17, 18", "reactivated")
    assert (found["margin_fall"], found["categories_lost"], found["offers_lost"]) == (0.25, 2, 0.5)


def test_nothing_known_is_no_rhythm_and_else_nothing() -> None:
    found = measured()
    assert [np.isnan(found[name]) for name in ("order_gap", "margin_fall", "categories_lost")] == [True] * 3
    names = ("volume_fall", "offers_lost", "overdue_rise", "complaints", "contacts_gone", "credit_used")
    assert [found[name] for name in names] == [0] * 6


@pytest.mark.parametrize(("gaps", "known"), [(2, False), (3, True)])
def test_a_rhythm_takes_so_many_gaps(gaps: int, known: bool) -> None:
    assert np.isnan(measured(rhythm=[[date(2026, 1, 31), 150, gaps, 75.0]])["order_gap"]) != known


@pytest.mark.parametrize(("now", "before", "fall"), [(0, 100, 1.0), (120, 100, 0.0), (-10, 100, 1.1), (0, -5, 0.0)])
def test_a_volume_falls_against_last_years_season_only(now: int, before: int, fall: float) -> None:
    assert measured(season=[[now, before]])["volume_fall"] == fall


@pytest.mark.requirement("S2-48")
@pytest.mark.parametrize(("offers", "lost", "share"), [(2, 2, 0.0), (3, 3, 1.0), (3, 1, 0.333333), (4, 0, 0.0)])
def test_so_many_offers_say_something_about_competition(offers: int, lost: int, share: float) -> None:
    assert measured(offers=[[offers, lost]])["offers_lost"] == share


def test_without_a_limit_no_credit_is_used_up() -> None:
    assert measured(credit=[[90_00, None]])["credit_used"] == 0
