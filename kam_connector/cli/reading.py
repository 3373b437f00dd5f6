"""How a reading command answers: the mirror is opened, a function of `runs.answers` asked, its answer printed."""

from __future__ import annotations

from datetime import date
from typing import Any

from kam_connector.cli.options import find_settings, finish
from kam_connector.cli.speech import language


def show_answer(subject: str, as_of: date | None, output_format: str, **asked: Any) -> int:
    """The answer to `subject` (a key of `runs.answers.ANSWERS`) is printed; the exit code.

    What decides is loaded only now: a command's help does not wait for it.
    """
    from kam_connector.runs.answers import ANSWERS
    from kam_connector.runs.workspace import open_workspace

    with open_workspace(find_settings(), lang=language()) as workspace:
        result = ANSWERS[subject](workspace, as_of, **asked)
    return finish(result, output_format)
