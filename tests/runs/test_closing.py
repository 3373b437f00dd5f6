"""Closing anew: which statements of a period are gone, which stay."""

from __future__ import annotations

from dataclasses import replace

from kam_connector.runs.closing import _gone
from tests.runs.test_pay_book import stated


def test_a_statement_that_nothing_states_any_more_is_gone() -> None:
    other = stated(100000)
    mine = {each.key: each for each in (other, replace(other, payee_id=6), replace(other, payee_id=7, void=True))}
    assert [each.payee_id for each in _gone(mine, {other.key}, [other.place])] == [6]


def test_statements_of_a_plan_that_cannot_be_computed_now_stay() -> None:
    """A field that the plan needs is no longer pulled: --again for the other plans takes nothing back from it."""
    other = stated(100000)
    assert _gone({other.key: other}, (), [(1, "q", "2026-03")]) == []
