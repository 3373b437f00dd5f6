"""Closing anew: which statements of a period are gone, which stay; and whose approval counts at the lock."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kam_connector.errors import Contradiction, InputError, KamError
from kam_connector.runs.closing import _gone, _signature
from kam_connector.runs.known import Approval
from tests.runs.test_pay_book import stated


def test_a_statement_that_nothing_states_any_more_is_gone() -> None:
    other = stated(100000)
    mine = {each.key: each for each in (other, replace(other, payee_id=6), replace(other, payee_id=7, void=True))}
    assert [each.payee_id for each in _gone(mine, {other.key}, [other.place])] == [6]


def test_statements_of_a_plan_that_cannot_be_computed_now_stay() -> None:
    """A field that the plan needs is no longer pulled: --again for the other plans takes nothing back from it."""
    other = stated(100000)
    assert _gone({other.key: other}, (), [(1, "q", "2026-03")]) == []


@pytest.mark.parametrize(("minor", "by", "error"), [(5000, 0, InputError), (5001, 2, Contradiction), (5000, 2, None)])
def test_an_approval_counts_that_somebody_signed_for_what_was_closed(
    minor: int, by: int, error: type[KamError] | None
) -> None:
    """A state written past *Approve* names nobody: the lock has nobody to keep."""
    made, moment = stated(100000), "2026-04-02T08:00:00+00:00"
    approvals = {(*made.who, made.sequence): Approval("approved", minor, by, moment)}
    if error is None:
        assert _signature(made, approvals) == [by, moment]
    else:
        with pytest.raises(error, match="was locked"):
            _signature(made, approvals)
