"""The levels of complaints in the book, over days that come one after the other and one that is decided again."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from kam_connector import ledger
from kam_connector.ledger import Ledger
from kam_connector.rules.decisions import Decisions
from kam_connector.rules.escalations import COLUMNS
from kam_connector.runs.known_escalations import previous_escalations, record_escalations


def levels(*states: str) -> Decisions:
    """The levels of one clock, the lowest first."""
    row = dict.fromkeys(COLUMNS, "") | {"company_id": 1, "complaint_id": 7, "clock": "resolution", "percent": 75,
                                            "user_id": 0}  # fmt: skip
    rows = [{**row, "level": level, "state": state} for level, state in enumerate(states, start=1)]
    return Decisions(pd.DataFrame(rows, columns=list(COLUMNS)))


def states(book: Ledger, day: date) -> list[str]:
    return previous_escalations(book, day).sort_values("level")["state"].tolist()


@pytest.mark.requirement("S4-77")
def test_a_past_day_that_is_decided_again_changes_nothing_that_later_days_have_recorded(tmp_path: Path) -> None:
    first, second, third = (date(2026, 7, day) for day in (1, 7, 8))
    with ledger.open(tmp_path / "ledger.sqlite") as book:
        assert record_escalations(book, levels("told"), first) == 1
        assert record_escalations(book, levels("told", "passed", "told"), second) == 2
        assert record_escalations(book, levels("over", "passed", "over"), third) == 2
        assert record_escalations(book, levels("over", "passed", "over"), third) == 0
        # on 3 July the second level was new and told somebody: so it would have been, had that night run
        assert record_escalations(book, levels("told", "told"), date(2026, 7, 3)) == 0
        assert states(book, third) == ["over", "passed", "over"]
        assert (states(book, first), states(book, second)) == (["told"], ["told", "passed", "told"])
