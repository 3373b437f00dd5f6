"""A calendar.toml of a user's own: when a team works (CONTRACTS, `kam complaints sla --calendar`)."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import ValidationError

from kam_connector.calendars import BusinessCalendar
from kam_connector.errors import InputError, PolicyError
from kam_connector.policy.flaws import describe, problems_of
from kam_connector.policy.lines import find_lines
from kam_connector.policy.workdays import CalendarTable
from kam_connector.texts import Lines


def read_calendar(path: Path) -> BusinessCalendar:
    """The calendar that the file describes.

    Errors: `InputError` for a file that cannot be read, `PolicyError` naming key, line, value and what is allowed, for
    an unknown zone, for hours that overlap and for a calendar in which nobody works.
    """
    text = _read_text(path)
    try:
        content = tomllib.loads(text)
        return CalendarTable.model_validate(content).calendar()
    except tomllib.TOMLDecodeError as cause:
        raise PolicyError(
            "{path} is not valid TOML: {cause}.",
            next_step="Mend that line, then try again.",
            path=path,
            cause=str(cause),
        ) from cause
    except ValidationError as error:
        lines = find_lines(text)
        flaws = [describe(path.name, lines, problem) for problem in problems_of(error, CalendarTable, lines)]
        what = Lines([flaw.text for flaw in flaws])
        raise PolicyError(what, next_step="Mend the calendar, then try again.") from error
    except PolicyError as error:
        raise PolicyError(
            "{path}: {error}", next_step="{mend}", path=path, error=error, mend=error.sentences[1]
        ) from error


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(
            "{path} cannot be read: {error}.", next_step="Check the path and its rights.", path=path, error=error
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(
            "{path} is not UTF-8 text.", next_step="Save it as UTF-8, then try again.", path=path
        ) from error
