"""Whether another user of this machine could read a secret of ours, or change what we are told (R-94).

As ssh does: a key that others can read, and settings or policies that others can write, are refused, not warned
about. Files of the superuser are trusted, so that an administrator may install settings for a service account.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from kam_connector.errors import SettingsError

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def require_secret(path: Path) -> None:
    """Only we can read this file, and it is a file of its own: no link that somebody else could turn elsewhere."""
    status = _look(path, follow=False)
    if not stat.S_ISREG(status.st_mode):
        raise SettingsError(
            "{path} is not a plain file (a link or a folder stands there).",
            next_step="Put the key into a file of its own with `kam init`.",
            path=path,
        )
    _require_owner(path, status)
    if status.st_mode & _OTHERS:
        raise SettingsError("{path} can be read by others.", next_step="Run `chmod 600 {path}`.", path=path)


def require_unchanged_by_others(path: Path) -> None:
    """Nobody else can write this file or folder; nothing where there is none."""
    if not path.exists():
        return
    status = _look(path, follow=True)
    _require_owner(path, status)
    is_shared_folder = stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX
    if status.st_mode & _OTHERS_WRITE and not is_shared_folder:
        raise SettingsError("{path} can be changed by others.", next_step="Run `chmod go-w {path}`.", path=path)


def _look(path: Path, *, follow: bool) -> os.stat_result:
    try:
        return path.stat(follow_symlinks=follow)
    except OSError as error:
        raise SettingsError(
            "{path} cannot be read: {error}.", next_step="Check its rights.", path=path, error=error
        ) from error


def _require_owner(path: Path, status: os.stat_result) -> None:
    if status.st_uid not in (os.geteuid(), 0):
        raise SettingsError(
            "{path} belongs to another user (number {owner}).",
            next_step="Run kam as the user who owns it, or `chown` it.",
            path=path,
            owner=status.st_uid,
        )
