"""The log of runs: a file of its own for each ERP, one record a line, no key in it; and what systemd's journal gets.

`KAM_HOME/<erp>/log/kam.log`, readable by its owner only, turned over at 2 MiB, nine older ones kept. Every record goes
through one formatter, which takes out keys and shows control characters instead of obeying them (R-84, R-88). A
traceback of ours or of the server stands on the same line, without locals; the exit code stays the night's own when the
log itself cannot be written.
"""

from __future__ import annotations

import logging
import os
import sys
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

from kam_connector.redaction import redact, safe_text

ROOT = logging.getLogger("kam_connector")
FILE = "kam.log"
MOST_BYTES, KEPT = 2 * 1024 * 1024, 9
LONGEST = 8000
_FORM = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_PRIORITIES = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}


class OneLine(logging.Formatter):
    """A record as one redacted line; moments in UTC."""

    def __init__(self, form: str = _FORM) -> None:
        super().__init__(form)

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802
        return datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def format(self, record: logging.LogRecord) -> str:
        text = redact(super().format(record))
        line = " | ".join(part.strip() for part in text.splitlines() if part.strip())
        return safe_text(line if len(line) <= LONGEST else f"{line[:LONGEST]} ...")


class _Journal(OneLine):
    """The same with the priority in front that systemd's journal reads."""

    def format(self, record: logging.LogRecord) -> str:
        return f"<{_PRIORITIES.get(record.levelno, 6)}>{super().format(record)}"


class _PrivateFile(RotatingFileHandler):
    """A log file that only its owner reads; a full disk is told once and then borne."""

    complained = False

    def _open(self):  # type: ignore[no-untyped-def]
        os.close(os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600))
        return super()._open()

    def close(self) -> None:
        try:
            super().close()
        except OSError:  # what is left cannot be written either
            self._complain()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        self._complain()

    def _complain(self) -> None:
        if not self.complained:
            self.complained = True
            sys.stderr.write(safe_text(f"The log {self.baseFilename} cannot be written: {sys.exc_info()[1]}") + "\n")


def open_log(folder: Path) -> None:
    """Records go to the file in `folder` from now on, in place of an earlier one; without it where it cannot be."""
    close_log()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler = _PrivateFile(folder / FILE, maxBytes=MOST_BYTES, backupCount=KEPT, encoding="utf-8", errors="replace")
    except OSError as error:
        sys.stderr.write(safe_text(f"The log {folder / FILE} cannot be written: {error.strerror}") + "\n")
        return
    handler.setFormatter(OneLine())
    _attach(handler, logging.INFO)


def speak_log(*, verbose: bool) -> None:
    """Records go to stderr too: all of them with `verbose`; without it only into a journal, where nobody watches."""
    if verbose:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(_Journal() if _is_journal() else OneLine("%(levelname)s %(name)s: %(message)s"))
        _attach(handler, logging.DEBUG)
    elif _is_journal():
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(_Journal())
        _attach(handler, logging.INFO)


def close_log() -> None:
    """No file is open any more."""
    _detach(_PrivateFile)


def end_logs() -> None:
    """No handler is left of this command."""
    _detach(logging.StreamHandler)


def _is_journal() -> bool:
    """Whether stderr is systemd's journal, as systemd says itself: device and inode."""
    try:
        found = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError, AttributeError):
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{found.st_dev}:{found.st_ino}"


def _attach(handler: logging.Handler, level: int) -> None:
    handler.setLevel(level)
    ROOT.addHandler(handler)
    ROOT.setLevel(min(kept.level for kept in ROOT.handlers if isinstance(kept, logging.StreamHandler)))


def _detach(kind: type[logging.Handler]) -> None:
    for handler in [kept for kept in ROOT.handlers if isinstance(kept, kind)]:
        ROOT.removeHandler(handler)
        handler.close()
