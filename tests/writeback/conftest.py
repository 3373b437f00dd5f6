from collections.abc import Iterator
from pathlib import Path

import pytest

from kam_connector import ledger
from tests.writeback.fake_erp import FakeErp


@pytest.fixture
def book(tmp_path: Path) -> Iterator[ledger.Ledger]:
    with ledger.open(tmp_path / "ledger.sqlite") as opened:
        yield opened


@pytest.fixture
def erp(tmp_path: Path) -> FakeErp:
    """Two customers and one more, no records of ours yet."""
    fake = FakeErp(tmp_path / "erp.json")
    for number, company in ((11, 1), (12, False), (13, 2)):
        fake.add("res.partner", id=number, company_id=company)
    return fake
