"""Which steps a run takes, and which choices make no sense."""

from __future__ import annotations

import pytest

from kam_connector.errors import InputError
from kam_connector.runs.steps import STEPS, choose_steps


@pytest.mark.parametrize(
    ("only", "skip", "steps"),
    [
        ((), (), STEPS),
        (("sync",), (), ("sync",)),
        (("report", "decide"), (), ("decide", "report")),
        ((), ("report",), ("sync", "decide", "write")),
        ((), ("write", "report"), ("sync", "decide")),
        ((), ("sync",), ("decide", "write", "report")),
    ],
)
def test_steps_come_in_their_order(only: tuple[str, ...], skip: tuple[str, ...], steps: tuple[str, ...]) -> None:
    assert choose_steps(only, skip) == steps


@pytest.mark.parametrize(
    ("only", "skip", "said"),
    [
        (("write",), (), "Add decide"),
        (("sync", "report"), (), "Add decide"),
        ((), ("decide",), "Add decide"),
        (("sync",), ("report",), "Use one of them"),
        ((), STEPS, "No step is left"),
        (("pull",), (), "no step pull"),
        ((), ("decision",), "sync, decide, write, report"),
    ],
)
def test_nonsense_is_refused(only: tuple[str, ...], skip: tuple[str, ...], said: str) -> None:
    with pytest.raises(InputError) as caught:
        choose_steps(only, skip)
    assert said in str(caught.value)
