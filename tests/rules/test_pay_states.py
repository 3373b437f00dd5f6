"""States of a period of pay: which may follow which, and what the ERP's statements say of them."""

from __future__ import annotations

import pytest

from kam_connector.rules.pay_states import STATES, TRANSITIONS, is_allowed, seen_state


def test_only_these_states_follow_one_another() -> None:
    allowed = {(one, other) for one in STATES for other in STATES if is_allowed(one, other)}
    assert allowed == TRANSITIONS
    assert not any(is_allowed(state, "open") for state in STATES)
    assert not is_allowed("locked", "computed")


@pytest.mark.parametrize(
    ("former", "states", "state"),
    [
        ("computed", ["approved", "draft"], "computed"),
        ("computed", ["approved", "paid"], "approved"),
        ("computed", [], "approved"),  # statements of zero alone
        ("approved", ["draft"], "computed"),
        ("approved", ["paid"], "approved"),  # not paid before it is locked
        ("locked", ["paid", "approved"], "locked"),
        ("locked", ["draft"], "locked"),
        ("locked", ["paid"], "paid"),
        ("locked", [], "locked"),
        ("paid", ["approved"], "paid"),
    ],
)
def test_a_period_follows_its_statements(former: str, states: list[str], state: str) -> None:
    assert seen_state(former, states) == state
