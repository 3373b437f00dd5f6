"""How many requests a session sends."""

from __future__ import annotations

from typing import Any

import pytest

from kam_connector.erp.channel import Channel


def count_calls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A list whose only number is how many requests were sent since."""
    sent = [0]
    exchange = Channel.exchange

    def counted(self: Channel, *args: Any, **kwargs: Any) -> Any:
        sent[0] += 1
        return exchange(self, *args, **kwargs)

    monkeypatch.setattr(Channel, "exchange", counted)
    return sent
