"""How a command ends: the exit code of whatever happened, and the one message that goes with it (DESIGN section 4)."""

from __future__ import annotations

import errno
import logging
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import click

from kam_connector import stopping
from kam_connector.cli.speech import talk
from kam_connector.errors import KamError, is_starved
from kam_connector.redaction import redact

STORAGE, DEFECT = 4, 70
LOG = logging.getLogger("kam_connector")
LOG.addHandler(logging.NullHandler())  # without a log nothing is said twice
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def ended(command: Callable[[], object]) -> int:
    """The exit code of `command`; what went wrong is told on stderr and stands in the log, a defect with its place."""
    try:
        outcome = command()
        sys.stdout.flush()
        return outcome if isinstance(outcome, int) else 0
    except KamError as error:
        LOG.error("%s", error)
        talk(error)
        return error.exit_code
    except click.Abort:  # an answer at a prompt that never came
        return _stopped(stopping.SIGNALS[1])
    except click.ClickException as error:
        error.show()
        return 2
    except stopping.Stopped as stop:
        return _stopped(stop.number)
    except BrokenPipeError:
        sys.stdout = None  # nobody reads: the interpreter must not flush it again
        return 0
    except OSError as error:
        return _storage(error)
    except Exception as error:  # the last resort: a defect of ours, told as one
        return _unexpected(error)


def _unexpected(error: Exception) -> int:
    """Want of memory has many names; after a signal whatever breaks is its doing; else it is a defect."""
    if is_starved(error):
        return _out_of_memory()
    number = stopping.received()
    return _stopped(number) if number else _defect(error)


def tell_patience() -> None:
    """What a first signal answers while a call is under way."""
    talk("Stopping after the call under way. A second signal stops at once.")


def _stopped(number: int) -> int:
    LOG.warning("Stopped by signal %d.", number)
    talk("Stopped. What was finished is kept; the next `kam run` goes on from there.")
    return 128 + int(number)


def _out_of_memory() -> int:
    LOG.error("Out of memory.")
    talk("There is not enough memory. What was finished is kept; give kam more, then run the same command again.")
    return STORAGE


def _storage(error: OSError) -> int:
    LOG.error("%s", error)
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in _FULL:
        talk("The disk is full{where}. Free some space, then run the same command again.", where=where)
    elif error.errno == errno.EMFILE:
        talk("Too many files are open. Raise the limit (`ulimit -n 1024`), then run the same command again.")
    else:
        talk(
            "A file cannot be used{where}: {reason}. Mend its rights or place, then run it again.",
            where=where,
            reason=error,
        )
    return STORAGE


def _defect(error: Exception) -> int:
    """Only where it happened is kept, never a message or a local: they may hold names or a key."""
    name, place = type(error).__name__, Path(click.get_app_dir("kam-connector")) / "defect.log"
    text = redact("".join(traceback.format_tb(error.__traceback__)) + name)
    LOG.critical("Defect %s: %s", name, text)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text + "\n", encoding="utf-8")
        talk("This is a defect of kam-connector ({name}). Please report it with {place}.", name=name, place=place)
    except OSError:
        talk("This is a defect of kam-connector ({name}).", name=name)
        sys.stderr.write(text + "\n")
    return DEFECT
