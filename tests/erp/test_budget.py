"""How fast an ERP is asked."""

from __future__ import annotations

from typing import Any

import pytest
import responses

from kam_connector.erp.budget import Budget
from tests.erp.conftest import access
from tests.erp.tongues import TONGUES, Tongue, reply


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def clock(self) -> float:
        return self.now


def test_one_call_a_second_waits_for_the_rest_of_the_second() -> None:
    time = Time()
    budget = Budget(1.0, sleep=time.sleep, clock=time.clock)
    budget.wait()
    time.now += 0.25
    budget.wait()
    budget.wait()
    time.now += 10
    budget.wait()
    assert time.slept == [0.75, 1.0]


def test_no_limit_never_waits() -> None:
    time = Time()
    budget = Budget(0, sleep=time.sleep, clock=time.clock)
    for _ in range(5):
        budget.wait()
    assert time.slept == []


@pytest.mark.parametrize(
    ("url", "setting", "pace"),
    [
        ("https://mycompany.odoo.com", None, 1.0),
        ("https://MyCompany.ODOO.com/", None, 1.0),
        ("https://mycompany.odoo.com", 4.0, 4.0),
        ("https://mycompany.odoo.com", 0.0, 0.0),
        ("https://erp.example.com", None, 0.0),
        ("https://odoo.com.example.net", None, 0.0),
        ("https://erp.example.com", 0.5, 0.5),
    ],
)
def test_odoo_online_is_asked_once_a_second_unless_the_settings_say_otherwise(
    url: str, setting: float | None, pace: float
) -> None:
    assert access(url=url, calls_per_second=setting).pace == pace


@pytest.mark.parametrize("tongue", TONGUES, ids=lambda tongue: tongue.name)
def test_the_budget_counts_every_request_retries_too(http: responses.RequestsMock, tongue: Tongue) -> None:
    from kam_connector.erp.channel import Channel, Outgoing

    waited: list[float] = []
    online: dict[str, Any] = {"url": "https://mycompany.odoo.com"}
    channel = Channel(access(**online), sleep=waited.append)
    reply(http, tongue.answer([]), url="https://mycompany.odoo.com/x")
    for _ in range(3):
        channel.exchange(Outgoing("/x", b"", (tongue.answer([]).kind.partition(";")[0],)))
    assert len(waited) == 2
    assert sum(waited) == pytest.approx(3, abs=0.5)
