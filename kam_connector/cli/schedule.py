"""`kam schedule`: who starts the night."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from kam_connector import settings
from kam_connector.cli.options import answers, finish, home_folder
from kam_connector.cli.speech import language
from kam_connector.errors import SettingsError
from kam_connector.runs import schedule as placing
from kam_connector.runs.units import Schedule, Scope

Command = TypeVar("Command", bound=Callable[..., Any])


@click.group()
def schedule() -> None:
    """The night's timer: systemd or cron."""


def _places(command: Command) -> Command:
    """Adds what all three commands are asked: systemd of the system or of the user, another folder, or cron."""
    for option in (
        click.option("--cron", is_flag=True, help="Cron in place of systemd."),
        click.option("--folder", type=click.Path(path_type=Path), help="Folder of the units, not systemd's own."),
        click.option("--system/--user", "system", default=None, help="Whose systemd; without it root's is the system."),
    ):
        command = option(command)
    return command


def _timed(command: Command) -> Command:
    return click.option(
        "--at", default="02:30", show_default=True, metavar="HH:MM", help="When, by this machine's clock."
    )(command)


@schedule.command()
@_timed
@_places
@answers
def install(at: str, system: bool | None, folder: Path | None, cron: bool, output_format: str) -> int:
    """Let the night run every day, of the ERP that --erp names or of all in kam.toml. Twice is as good as once.

    \b
    Example:
      kam schedule install --at 02:30
    """
    plan = _plan(at, system)
    return finish(placing.install_cron(plan) if cron else placing.install_units(plan, folder), output_format)


@schedule.command()
@_places
@answers
def remove(system: bool | None, folder: Path | None, cron: bool, output_format: str) -> int:
    """Take the timer away; runs, reports and the ledger stay.

    \b
    Example:
      kam schedule remove
    """
    erp = _erp(home_folder())
    result = placing.remove_cron(erp) if cron else placing.remove_units(erp, _scope(system), folder)
    return finish(result, output_format)


@schedule.command()
@_timed
@_places
@answers
def show(at: str, system: bool | None, folder: Path | None, cron: bool, output_format: str) -> int:
    """Show what an install would put where, and whether it stands there.

    \b
    Example:
      kam schedule show
    """
    plan = _plan(at, system)
    return finish(placing.show_cron(plan) if cron else placing.show_units(plan, folder), output_format)


def _plan(at: str, system: bool | None) -> Schedule:
    home = home_folder().absolute()
    names, erp = settings.erp_names(home), _erp(home)
    if not names or (erp and erp not in names):
        raise SettingsError(
            "There is no section [erp.{name}] in {path}: a schedule needs its settings in the file.",
            next_step="Make it with `kam init`.",
            name=erp or "main",
            path=home / "kam.toml",
        )
    owner = placing.owner_of(home)
    return Schedule(home, erp, at, placing.find_command(), language(), _scope(system), owner)


def _erp(home: Path) -> str | None:
    """The ERP that is named, or the only one; None is all of them."""
    chosen = click.get_current_context().obj or {}
    name: str | None = chosen.get("erp")
    names = settings.erp_names(home)
    return name or (names[0] if len(names) == 1 else None)


def _scope(system: bool | None) -> Scope:
    if system is None:
        return placing.default_scope()
    return "system" if system else "user"
