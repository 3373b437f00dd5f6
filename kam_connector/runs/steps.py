"""The steps of a night, and which of them a run takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from kam_connector.errors import InputError

Step = Literal["sync", "decide", "write", "report"]
STEPS: tuple[Step, ...] = ("sync", "decide", "write", "report")
NEEDS: Mapping[Step, Step] = {"write": "decide", "report": "decide"}
"""A step to the one without which it has nothing to work on. Deciding needs a mirror, of this run or an earlier one."""


def choose_steps(only: Sequence[str], skip: Sequence[str]) -> tuple[Step, ...]:
    """The steps in their order; without `only` and `skip` all of them. InputError for what makes no sense."""
    known = ", ".join(STEPS)
    for name in (*only, *skip):
        if name not in STEPS:
            raise InputError("There is no step {step}.", next_step="Known: {known}.", step=name, known=known)
    if only and skip:
        raise InputError("--only and --skip cannot be given together.", next_step="Use one of them.")
    chosen = tuple(step for step in STEPS if (step in only if only else step not in skip))
    if not chosen:
        raise InputError("No step is left to run.", next_step="Skip fewer. Known: {known}.", known=known)
    for step in chosen:
        if NEEDS.get(step, step) not in chosen:
            raise InputError(
                "The step {step} works on what the step {needed} decides, and that one is left out.",
                next_step="Add {needed}, or leave {step} out too.",
                step=step,
                needed=NEEDS[step],
            )
    return chosen
