"""Lists of focus.toml may ask how customers buy, which is read only where a policy names it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kam_connector import ledger, policy
from kam_connector.policy import FocusPolicy
from kam_connector.runs.decisions import Night
from kam_connector.runs.focus import read_places
from kam_connector.runs.focus_answers import lists_of
from kam_connector.runs.sources import Sources
from tests.facts.conftest import Pulled, pulled
from tests.facts.test_assortment import NOW, PUMP, bought, made_books

__all__ = ["pulled"]
JUNE = date(2026, 6, 30)


@pytest.mark.requirement("S4-99")
def test_a_list_asks_how_concentrated_somebody_buys(pulled: Pulled, tmp_path: Path) -> None:
    """Acme buys pumps alone: the three largest products are all of it."""
    books = made_books()
    bought(books, PUMP, NOW)
    con = pulled(books)
    lists = [{"name": name, "when": [{"fact": "top3_share", **limit}]}
             for name, limit in (("narrow", {"from": "0.9"}), ("broad", {"below": "0.9"}))]  # fmt: skip
    focus = FocusPolicy.model_validate({"focus": {"valid_from": date(2026, 1, 1)}, "list": lists})
    with ledger.open(tmp_path / "ledger.sqlite") as book:
        zones, now = {1: ZoneInfo("Asia/Shanghai")}, datetime(2026, 7, 31, tzinfo=UTC)
        night = Night(Sources(con, book, policy.load(), zones, True, now), JUNE, [1])
        night.policy = replace(night.policy, focus=focus)
        assert lists_of(night, read_places(con, focus))["list"].tolist() == ["narrow"]
