"""Options that many commands share, and how a command finds its settings and prints its answer."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar, cast

import click

from kam_connector import settings
from kam_connector.cli.output import FORMATS, emit
from kam_connector.cli.speech import talk
from kam_connector.errors import SettingsError
from kam_connector.runs.result import Result
from kam_connector.settings import ErpSettings, Lang

Command = TypeVar("Command", bound=Callable[..., Any])


class _Day(click.ParamType[date]):
    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a day; write it as 2026-06-30.", param, ctx)


DAY = _Day()


def answers(command: Command) -> Command:
    """Adds `--format` to a command."""
    return click.option(
        "--format",
        "output_format",
        type=click.Choice(FORMATS),
        default="table",
        show_default=True,
        help="How the answer is printed.",
    )(command)


def dated(command: Command) -> Command:
    """Adds `--as-of` to a command."""
    return click.option(
        "--as-of", type=DAY, help="The day to reckon at; without it each company's today.", metavar="DAY"
    )(command)


def find_settings() -> ErpSettings:
    """The settings of the ERP that the common options name."""
    chosen = click.get_current_context().obj or {}
    return settings.load(settings.home_folder(chosen.get("home")), chosen.get("erp"))


def language() -> Lang:
    """The language that a person reads: `--lang`, then kam.toml, then English."""
    chosen = click.get_current_context().obj or {}
    if chosen.get("lang"):
        return cast("Lang", chosen["lang"])
    try:
        return find_settings().lang
    except SettingsError:
        return "en"


def finish(result: Result, output_format: str) -> int:
    """The result is printed; the answer is the exit code."""
    emit(result, output_format, language())
    return result.exit_code


def confirmed(question: str, yes: bool) -> bool:
    """Whether the person agreed: `--yes`, or an answer at the terminal; without either nothing is written."""
    if yes:
        return True
    if sys.stdin.isatty():
        return click.confirm(question, err=True)
    talk(f"{question} Nothing was written: add --yes to agree without a terminal.")
    return False
