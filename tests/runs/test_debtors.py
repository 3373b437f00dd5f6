"""What dunning is told of a customer: the class, the clock of the customer or of the company, who leads."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from kam_connector.runs.debtors import find_debtors
from tests.facts.conftest import Pulled, pulled
from tests.sync.books import Books

__all__ = ["pulled"]
DEBTORS = pd.DataFrame({"company_id": [1, 1, 2], "customer_id": [7, 7, 7]})
PAYERS = pd.DataFrame({"company_id": [1], "customer_id": [7], "payer_class": ["slow"], "trend": [""]})
ZONES = {1: ZoneInfo("Asia/Shanghai"), 2: ZoneInfo("Europe/Berlin")}


@pytest.mark.requirement("S4-56")
@pytest.mark.parametrize(
    ("own", "expected"),
    [("America/New_York", ["America/New_York"] * 2), (None, ["Asia/Shanghai", "Europe/Berlin"]),
     ("Mars/Olympus", ["Asia/Shanghai", "Europe/Berlin"])],
)  # fmt: skip
def test_a_customer_without_a_usable_zone_is_on_the_companys_clock(
    pulled: Pulled,
    own: str | None,
    expected: list[str],
) -> None:
    customers = pd.DataFrame({"partner_id": [7, 8], "customer_id": [7, 7], "zone": [own, "Asia/Tokyo"]})
    known = find_debtors(pulled(Books()), DEBTORS, customers, PAYERS, ZONES)
    assert known.zones[["company_id", "customer_id"]].to_numpy().tolist() == [[1, 7], [2, 7]]
    assert known.zones["zone"].tolist() == expected
    assert known.payers.columns.tolist() == ["company_id", "customer_id", "payer_class"]
    assert known.leaders.empty
