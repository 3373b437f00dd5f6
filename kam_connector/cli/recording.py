"""How a command decides and records: the mirror as it is, the decisions into the ledger, their answer printed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from kam_connector.cli.options import find_settings, finish
from kam_connector.cli.speech import language

if TYPE_CHECKING:
    from kam_connector.runs.result import Result
    from kam_connector.runs.seeing import Seen
    from kam_connector.runs.workspace import Workspace


def record_and_answer(
    kind: str,
    as_of: date | None,
    output_format: str,
    record: Callable[[Workspace, Seen], None],
    answer: Callable[[Seen, str, str], Result],
) -> int:
    """A run of this `kind` stands in the ledger with what `record` writes; the exit code of what `answer` prints.

    `answer` is given what was seen, the language and the run's name.
    """
    from kam_connector.runs.record import new_run_id, recorded
    from kam_connector.runs.seeing import look
    from kam_connector.runs.workspace import open_workspace

    name = new_run_id()
    with (
        open_workspace(find_settings(), write=True, lang=language()) as workspace,
        recorded(workspace.ledger, name, kind),
    ):
        seen = look(workspace, as_of)
        record(workspace, seen)
        result = answer(seen, workspace.lang, name)
    return finish(result, output_format)
