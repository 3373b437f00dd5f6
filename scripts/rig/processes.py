"""Running other programs, and knowing whether one that was started still runs."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rig.errors import RigError

LAST_LINES = 15


def run(
    args: Sequence[str | Path],
    *,
    what: str,
    next_step: str = "see the lines above",
    stdin: str | None = None,
    log: Path | None = None,
    env: dict[str, str] | None = None,
    cwd: Path | None = None,
) -> str:
    """What the program printed (both streams); a RigError with its last lines when it fails.

    The log has each line as soon as it is printed: `tail -f` shows how far a long command is.
    """
    command = [str(arg) for arg in args]
    try:
        code, output = _follow(command, stdin or "", log, {**os.environ, **(env or {})}, cwd)
    except OSError as error:
        raise RigError(what, f"{command[0]} could not be started: {error.strerror}", next_step) from error
    if code:
        raise RigError(what, _last_words(command, code, output, log), next_step)
    return output


def _follow(command: list[str], stdin: str, log: Path | None, env: dict[str, str], cwd: Path | None) -> tuple[int, str]:
    """The program's exit code and all that it printed, which was copied to the log line by line."""
    lines: list[str] = []
    with tempfile.TemporaryFile("w+") as given, (log or Path(os.devnull)).open("a") as copy:
        given.write(stdin)
        given.seek(0)
        copy.write(f"$ {' '.join(command)}\n")
        streams: dict[str, Any] = {"stdin": given, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        with subprocess.Popen(command, text=True, errors="replace", env=env, cwd=cwd, **streams) as process:
            for line in process.stdout or ():
                lines.append(line)
                copy.write(line)
                copy.flush()
    return process.returncode, "".join(lines)


def _last_words(command: list[str], code: int, output: str, log: Path | None) -> str:
    """Why a program failed: its exit code and the last lines that it printed."""
    told = [line for line in output.strip().splitlines() if " INFO " not in line]
    lines = [f"        | {line}" for line in told[-LAST_LINES:]]
    where = f" (all of it: {log})" if log else ""
    return "\n".join([f"{Path(command[0]).name} ended with exit code {code}{where}", *lines])


def birth_mark(pid: int) -> str | None:
    """What tells this process from another with the same number: boot and start time; None when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None
    return None if fields[0] == "Z" else f"{boot}:{fields[19]}"


def is_alive(pid: int, mark: str) -> bool:
    """Whether the process that was recorded with this birth mark still runs."""
    return birth_mark(pid) == mark


def stop(pid: int, mark: str, *, patience: float = 20.0) -> None:
    """The process and its group are gone: asked first, killed when they take longer than the patience."""
    for sign, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 10.0)):
        if not is_alive(pid, mark):
            return
        os.killpg(os.getpgid(pid), sign)
        _wait_gone(pid, mark, seconds)


def _wait_gone(pid: int, mark: str, seconds: float) -> None:
    """The process is gone, or the seconds are over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and is_alive(pid, mark):
        _reap(pid)
        time.sleep(0.1)


def _reap(pid: int) -> None:
    """A child of ours that ended is not left as a zombie; another's child is left alone."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return
