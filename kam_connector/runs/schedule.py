"""Putting a schedule in place, taking it away, showing it: systemd's units or a block in the crontab.

Installing twice leaves what installing once does. What this machine cannot do (no systemd at work, no crontab) is said
with the command or the line that is left to do by hand.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from kam_connector.errors import StorageError
from kam_connector.runs.result import Result, Row
from kam_connector.runs.units import Schedule, Scope, cron_lines, cron_marks, service, timer, unit_name

SYSTEM_UNITS = Path("/etc/systemd/system")
RUNNING = Path("/run/systemd/system")


def default_scope() -> Scope:
    """Root installs for the system, others for themselves."""
    return "system" if os.geteuid() == 0 else "user"


def find_command() -> Path:
    """The `kam` of this environment."""
    beside = Path(sys.executable).with_name("kam")
    return beside if beside.exists() else Path(shutil.which("kam") or sys.argv[0]).absolute()


def owner_of(home: Path) -> str:
    """The login that owns the home folder: the night runs as it."""
    try:
        return pwd.getpwuid(home.stat().st_uid).pw_name
    except (OSError, KeyError):
        return pwd.getpwuid(os.geteuid()).pw_name


def units_folder(scope: Scope) -> Path:
    """Where systemd looks for units of an admin or of a user."""
    if scope == "system":
        return SYSTEM_UNITS
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"


def install_units(plan: Schedule, folder: Path | None) -> Result:
    """Rows: file and what became of it. The timer is on, where systemd is at work and the folder is its own."""
    place = folder or units_folder(plan.scope)
    rows = [_put(place / name, text) for name, text in _texts(plan).items()]
    steps = [["daemon-reload"], ["enable", "--now", f"{plan.name}.timer"]]
    return Result("schedule install", rows=rows, texts=_lines(rows, _systemctl(plan.scope, steps, folder)))


def remove_units(erp: str | None, scope: Scope, folder: Path | None) -> Result:
    """Rows: file and what became of it; removing what is not there is no mistake."""
    place, name = folder or units_folder(scope), unit_name(erp)
    before = _systemctl(scope, [["disable", "--now", f"{name}.timer"]], folder) if _is_there(place, name) else []
    rows = [_take(place / f"{name}.{kind}") for kind in ("timer", "service")]
    after = _systemctl(scope, [["daemon-reload"]], folder)
    return Result("schedule remove", rows=rows, texts=_lines(rows, [*before, *after]))


def show_units(plan: Schedule, folder: Path | None) -> Result:
    """Rows: file, state (installed, different, absent), and the text that an install would put there."""
    place = folder or units_folder(plan.scope)
    rows = [
        {"file": str(place / name), "state": _state(place / name, text), "text": text}
        for name, text in _texts(plan).items()
    ]
    texts = [line for row in rows for line in (f"# {row['file']}: {row['state']}", *row["text"].splitlines(), "")]
    return Result("schedule show", rows=rows, texts=texts)


def install_cron(plan: Schedule) -> Result:
    """The block stands in the user's crontab, once."""
    block = cron_lines(plan)
    kept = _without(_read_crontab(block), plan.erp)
    _write_crontab([*kept, *block])
    rows: list[Row] = [{"file": "crontab", "state": "installed", "text": "\n".join(block)}]
    return Result("schedule install", rows=rows, texts=block)


def remove_cron(erp: str | None) -> Result:
    """The block is gone from the user's crontab; the rest stays."""
    before = _read_crontab([])
    after = _without(before, erp)
    if after != before:
        _write_crontab(after)
    state = "removed" if after != before else "absent"
    return Result("schedule remove", rows=[{"file": "crontab", "state": state}])


def show_cron(plan: Schedule) -> Result:
    """The block that an install would put there, and whether it is."""
    block = cron_lines(plan)
    there = shutil.which("crontab") is not None and set(block) <= set(_read_crontab(block))
    rows: list[Row] = [{"file": "crontab", "state": "installed" if there else "absent", "text": "\n".join(block)}]
    return Result("schedule show", rows=rows, texts=block)


def _texts(plan: Schedule) -> dict[str, str]:
    return {f"{plan.name}.service": service(plan), f"{plan.name}.timer": timer(plan)}


def _put(path: Path, text: str) -> Row:
    state = _state(path, text)
    if state != "installed":
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_name(path.name + ".new")
            fresh.write_text(text, encoding="utf-8")
            fresh.chmod(0o644)
            fresh.replace(path)
        except OSError as error:
            raise StorageError(
                "The unit {path} cannot be written: {reason}.",
                next_step="Run it as root, or with --user, or name another place with --folder.",
                path=path,
                reason=error,
            ) from error
    return {"file": str(path), "state": "unchanged" if state == "installed" else "installed"}


def _take(path: Path) -> Row:
    try:
        path.unlink()
    except FileNotFoundError:
        return {"file": str(path), "state": "absent"}
    except OSError as error:
        raise StorageError(
            "The unit {path} cannot be removed: {reason}.",
            next_step="Run it as root.",
            path=path,
            reason=error,
        ) from error
    return {"file": str(path), "state": "removed"}


def _state(path: Path, text: str) -> str:
    try:
        return "installed" if path.read_text(encoding="utf-8") == text else "different"
    except FileNotFoundError:
        return "absent"


def _is_there(place: Path, name: str) -> bool:
    return (place / f"{name}.timer").exists()


def _systemctl(scope: Scope, steps: Sequence[Sequence[str]], folder: Path | None) -> list[str]:
    """The steps are done; or, where systemd is not at work here, the lines to do them by hand."""
    base = ["systemctl", *(["--user"] if scope == "user" else [])]
    by_hand = [" ".join([*base, *step]) for step in steps]
    if folder is not None or not RUNNING.is_dir() or shutil.which("systemctl") is None:
        return by_hand
    for position, step in enumerate(steps):
        done = subprocess.run([*base, *step], capture_output=True, text=True, timeout=60, check=False)
        if done.returncode:
            return by_hand[position:]
    return []


def _lines(rows: Sequence[Row], by_hand: Sequence[str]) -> list[str]:
    return [f"{row['state']}: {row['file']}" for row in rows] + [f"$ {line}" for line in by_hand]


def _read_crontab(block: Sequence[str]) -> list[str]:
    if shutil.which("crontab") is None:
        raise StorageError(
            "There is no crontab on this machine.",
            next_step="Give your scheduler this line: {line}" if block else "There is nothing to remove.",
            line=next((line for line in block if not line.startswith("#")), ""),
        )
    done = subprocess.run(["crontab", "-l"], capture_output=True, text=True, timeout=60, check=False)
    return done.stdout.splitlines() if done.returncode == 0 else []


def _write_crontab(lines: Sequence[str]) -> None:
    text = "".join(f"{line}\n" for line in lines)
    done = subprocess.run(["crontab", "-"], input=text, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise StorageError(
            "The crontab was refused: {reason}.", next_step="Look at it with `crontab -l`.", reason=done.stderr.strip()
        )


def _without(lines: Sequence[str], erp: str | None) -> list[str]:
    first, last = cron_marks(erp)
    kept, inside = [], False
    for line in lines:
        inside = inside or line == first
        if not inside:
            kept.append(line)
        inside = inside and line != last
    return kept
