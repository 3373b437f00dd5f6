"""`kam`: the command line. This file has the group, the common options and what a failure looks like."""

from __future__ import annotations

import errno
import importlib
import os
import signal
import sys
import traceback
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

from kam_connector import __version__
from kam_connector.cli.speech import talk
from kam_connector.errors import KamError
from kam_connector.settings import LANGS

DEFECT = 70


COMMANDS = {
    "init": "init",
    "doctor": "doctor",
    "demo": "demo",
    "run": "night",
    "status": "status",
    "verify": "ledger",
    "erp": "server",
    "sync": "sync",
    "tiers": "tiers",
    "ageing": "ageing",
    "collections": "collections",
    "complaints": "complaints",
    "incentives": "incentives",
    "policy": "policy",
    "writeback": "writeback",
    "addon": "addon",
}
"""Command to the file in this package that has it; a file is loaded when its command is asked for."""


class _Nouns(click.Group):
    """The commands, loaded one by one: `kam status` does not wait for pandas."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"kam_connector.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command


@click.group(cls=_Nouns, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="kam")
@click.option("--home", type=click.Path(), envvar="KAM_HOME", help="Folder of kam.toml and the local files.")
@click.option("--erp", help="Name of the [erp.<name>] section, where kam.toml has several.")
@click.option("--lang", type=click.Choice(LANGS), envvar="KAM_LANG", help="Language of tables and reports.")
@click.pass_context
def kam(context: click.Context, home: str | None, erp: str | None, lang: str | None) -> None:
    """Key-account tiering, complaints, incentives and collections beside an Odoo.

    \b
    First steps:  kam init, kam doctor, kam run
    Try it out:   kam demo
    """
    context.obj = {"home": home, "erp": erp, "lang": lang}


def main() -> NoReturn:
    """Runs `kam` and leaves with the documented exit code (DESIGN section 4); no traceback for what is foreseen."""
    os.umask(0o077)
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    sys.exit(_run())


def _run() -> int:
    try:
        outcome = kam.main(standalone_mode=False)
        sys.stdout.flush()
        return outcome if isinstance(outcome, int) else 0
    except KamError as error:
        talk(str(error))
        return error.exit_code
    except click.Abort:  # an answer at a prompt that never came
        return _stopped(signal.SIGINT)
    except click.ClickException as error:
        error.show()
        return 2
    except _Stopped as stop:
        return _stopped(stop.number)
    except BrokenPipeError:
        sys.stdout = None  # nobody reads: the interpreter must not flush it again
        return 0
    except OSError as error:
        return _storage(error)
    except Exception as error:  # the last resort: a defect of ours, told as one
        return _stopped(_received[0]) if _received else _defect(error)


class _Stopped(BaseException):
    """SIGTERM or SIGINT reached the process."""

    def __init__(self, number: signal.Signals) -> None:
        self.number = number


_received: list[signal.Signals] = []
"""Signals so far: a library may turn the exception of a signal into one of its own (DuckDB does, inside a query)."""


def _stop(number: int, frame: FrameType | None) -> None:
    _received.append(signal.Signals(number))
    raise _Stopped(_received[0])


def _stopped(number: signal.Signals) -> int:
    talk("Stopped. What was finished is kept; the next `kam run` goes on from there.")
    return 128 + int(number)


def _storage(error: OSError) -> int:
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        talk(f"The disk is full{where}. Free some space, then run the same command again.")
    else:
        talk(f"A file cannot be used{where}: {error.strerror}. Mend its rights or place, then run it again.")
    return 4


def _defect(error: Exception) -> int:
    place = Path(click.get_app_dir("kam-connector")) / "defect.log"
    text = "".join(traceback.format_tb(error.__traceback__)) + type(error).__name__
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text + "\n", encoding="utf-8")
        talk(f"This is a defect of kam-connector ({type(error).__name__}). Please report it with {place}.")
    except OSError:
        talk(f"This is a defect of kam-connector ({type(error).__name__}).\n{text}")
    return DEFECT
