"""Who is new, who has come back, who has been known for long: case W9."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from kam_connector.rules.measures import complete
from kam_connector.rules.newcomers import kinds_of_start

JUNE = date(2026, 6, 30)
EARLY, LATELY = date(2020, 1, 5), date(2026, 5, 16)


def start(as_of: date = JUNE, **days: date | None) -> Any:
    """The kind of one customer of whom these days are known, within 180 days."""
    facts = pd.DataFrame({name: pd.Series([day], dtype="datetime64[s]") for name, day in days.items()}, index=[0])
    (kind,) = kinds_of_start(facts, as_of, 180).tolist()
    return kind


@pytest.mark.requirement("S4-81")
def test_the_worked_figures_of_the_module() -> None:
    assert start(group_first_invoice=LATELY, group_reactivated_on=None) == "new"
    assert start(group_first_invoice=date(2022, 1, 5), group_reactivated_on=LATELY) == "reactivated"
    assert start(group_first_invoice=EARLY, group_reactivated_on=None) == "known"


@pytest.mark.parametrize(("as_of", "kind"), [
    (date(2026, 5, 15), None), (LATELY, "new"), (date(2026, 11, 11), "new"), (date(2026, 11, 12), "known"),
])  # fmt: skip
def test_a_group_is_new_from_its_first_invoice_on_for_180_days(as_of: date, kind: str | None) -> None:
    assert start(as_of, group_first_invoice=LATELY) == kind


@pytest.mark.parametrize(("as_of", "kind"), [
    (LATELY, "reactivated"), (date(2026, 11, 11), "reactivated"), (date(2026, 11, 12), "known"),
])  # fmt: skip
def test_who_came_back_is_reactivated_for_180_days(as_of: date, kind: str) -> None:
    assert start(as_of, group_first_invoice=EARLY, group_reactivated_on=LATELY) == kind


def test_a_new_subsidiary_of_an_old_customer_is_known() -> None:
    assert start(first_invoice=LATELY, group_first_invoice=EARLY) == "known"
    assert start(first_invoice=LATELY) == "new"


def test_who_was_never_invoiced_is_of_no_kind() -> None:
    assert start(first_invoice=None) is None
    assert start() is None


def test_days_since_the_comeback_are_a_figure_and_without_a_pause_not_known() -> None:
    facts = pd.DataFrame({
        "company_id": 1, "customer_id": [1, 2, 3], "group_first_invoice": EARLY,
        "group_reactivated_on": [LATELY, None, date(2026, 7, 1)],
    })  # fmt: skip
    assert complete(facts, JUNE)["days_since_reactivation"].tolist() == pytest.approx([45, np.nan, np.nan], nan_ok=True)
    given = pd.DataFrame({"company_id": 1, "customer_id": [1], "days_since_reactivation": [30.0]})
    assert complete(given, JUNE)["days_since_reactivation"].tolist() == [30.0]
