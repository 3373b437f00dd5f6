"""Options that many commands share, and how a command finds its settings and prints its answer."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kam_connector import settings, stopping
from kam_connector.cli.output import FORMATS, emit
from kam_connector.cli.speech import language, talk, told
from kam_connector.runs.result import Result
from kam_connector.settings import ErpSettings
from kam_connector.texts import Words

if TYPE_CHECKING:
    from kam_connector.policy import Policy

Command = TypeVar("Command", bound=Callable[..., Any])


class _Day(click.ParamType[date]):
    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(told("{value} is not a day; write it as 2026-06-30.", value=repr(value)), param, ctx)


DAY = _Day()
FILE = click.Path(path_type=Path, dir_okay=False)


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


def by_group(command: Command) -> Command:
    """Adds `--by` to a command that answers about customers or about the groups that they belong to."""
    return click.option(
        "--by", type=click.Choice(["customer", "group"]), default="customer", show_default=True, help="What is rated."
    )(command)


def find_settings() -> ErpSettings:
    """The settings of the ERP that the common options name."""
    chosen = click.get_current_context().obj or {}
    return settings.load(home_folder(), chosen.get("erp"))


def find_all_settings() -> list[ErpSettings]:
    """The settings of every ERP in kam.toml, or of the one that `--erp` or the environment names."""
    chosen = click.get_current_context().obj or {}
    names = settings.erp_names(home_folder())
    if chosen.get("erp") or not names:
        return [find_settings()]
    return [settings.load(home_folder(), name) for name in names]


def home_folder() -> Path:
    """The home folder that the common options name."""
    chosen = click.get_current_context().obj or {}
    return settings.home_folder(chosen.get("home"))


def today() -> date:
    """This machine's day: what a file is reckoned at that no company of an ERP stands behind."""
    return datetime.now(UTC).astimezone().date()


def own_policy() -> Policy:
    """The policy beside kam.toml, else the shipped one; no kam.toml is needed."""
    from kam_connector import policy  # with it comes the library of the models: not for a command's help

    folder = home_folder() / "policy"
    return policy.load(folder if folder.is_dir() else None)


def finish(result: Result, output_format: str) -> int:
    """The result is printed; the answer is the exit code. An empty table is said in words, on stderr."""
    emit(result, output_format, language())
    if output_format == "table" and not (result.rows or result.totals or result.texts or result.findings):
        talk("There is nothing to show.")
    return result.exit_code


def confirmed(question: Words, yes: bool, **values: object) -> bool:
    """Whether the person agreed: `--yes`, or an answer at the terminal; without either nothing is written."""
    if yes:
        return True
    asked = told(question, **values)
    if sys.stdin.isatty():
        with stopping.at_once():
            return click.confirm(asked, err=True)
    talk("{question} Nothing was written: add --yes to agree without a terminal.", question=asked)
    return False
