from collections.abc import Iterator
from pathlib import Path

import pytest

from kam_connector import ledger


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "ledger.sqlite"


@pytest.fixture
def book(path: Path) -> Iterator[ledger.Ledger]:
    with ledger.open(path) as opened:
        yield opened


@pytest.fixture
def three_events(book: ledger.Ledger) -> ledger.Ledger:
    book.append("payout", "7:ka-2026:2026-03:1", {"payout_minor": 128550, "amount_exact": "1285.495"})
    book.append("tier", "1:42", {"tier": "gold", "score": "83.25"}, remark="Ming Trading was promoted.")
    book.append("tier", "1:42", {"tier": "silver", "score": "71.00"}, payload_version=2)
    return book
