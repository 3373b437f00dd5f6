"""What stands in the way of a run: settings, policy, files, ERP; each failed check with its next step."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from kam_connector import credentials, ledger, mirror, policy
from kam_connector.erp import Check, check_connection, failed
from kam_connector.errors import KamError, LockedError, StorageError
from kam_connector.runs import lock
from kam_connector.runs.figure_checks import figure_questions
from kam_connector.runs.intake_checks import intake_questions
from kam_connector.runs.place_checks import place_questions
from kam_connector.runs.result import Result
from kam_connector.runs.workspace import access
from kam_connector.settings import ErpSettings
from kam_connector.texts import COMMA, Lines, Text, Words

SPACE_NEEDED = 500 * 1024 * 1024


def examine(chosen: ErpSettings) -> Result:
    """One row a check: name, ok, detail, next_step. Reads only; the login is tried once."""
    checks = [*_local(chosen), *_remote(chosen)]
    rows = [
        {"check": check.name, "ok": check.ok, "detail": check.detail, "next_step": check.next_step} for check in checks
    ]
    bad = sum(not check.ok for check in checks)
    return Result("doctor", rows=rows, totals={"checks": len(checks), "failed": bad})


def _local(chosen: ErpSettings) -> Iterator[Check]:
    for name, look in (
        ("policy", _policy),
        ("key", _key),
        ("folder", _folder),
        ("run lock", _lock),
        ("ledger", _ledger),
        ("mirror", _mirror),
    ):
        yield _answer(name, look, chosen)


def _answer(name: str, look: Callable[[ErpSettings], Words], chosen: ErpSettings) -> Check:
    try:
        return Check(name, True, look(chosen))
    except KamError as error:
        return failed(name, error)


def _policy(chosen: ErpSettings) -> Words:
    rules = policy.load(chosen.policy)
    return Lines((str(chosen.policy) if chosen.policy else Text("shipped defaults"), rules.hash[:12]), COMMA)


def _key(chosen: ErpSettings) -> Words:
    credentials.read_key(chosen)
    environment, stored = Text("found in KAM_ERP_KEY"), Text("found in key file or keyring")
    return environment if os.environ.get("KAM_ERP_KEY") else stored


def _folder(chosen: ErpSettings) -> Words:
    chosen.places.make()
    folder = chosen.places.folder
    free = shutil.disk_usage(folder).free
    if free < SPACE_NEEDED:
        raise StorageError(
            "{folder} has {free} MiB left.",
            next_step="Free at least {needed} MiB.",
            folder=folder,
            free=free // 2**20,
            needed=SPACE_NEEDED // 2**20,
        )
    if folder.stat().st_mode & 0o077:
        raise StorageError("{folder} is open to others.", next_step="Run `chmod 700 {folder}`.", folder=folder)
    return Text("{folder}, {free} GiB free", {"folder": folder, "free": free // 2**30})


def _lock(chosen: ErpSettings) -> Words:
    holder = lock.find_holder(chosen.places.lock)
    if holder:
        raise LockedError(holder.pid, holder.since)
    return Text("free")


def _ledger(chosen: ErpSettings) -> Words:
    if not chosen.places.ledger.exists():
        return Text("not made yet: the first run makes it")
    with ledger.open(chosen.places.ledger) as book:
        problems = ledger.verify(book)
        count = book.head().seq
    if problems:
        raise StorageError(
            "{ledger}: {message}",
            next_step="Run `kam verify`; restore the last backup.",
            ledger=chosen.places.ledger,
            message=problems[0].text,
        )
    return Text("chain verified, events: {count}", {"count": count})


def _mirror(chosen: ErpSettings) -> Words:
    if not chosen.places.mirror.exists():
        return Text("not made yet: the first run makes it")
    with mirror.open(chosen.places.mirror, read_only=True):
        return _size(chosen.places.mirror)


def _size(path: Path) -> str:
    return f"{path.stat().st_size / 2**20:.1f} MiB"


def _remote(chosen: ErpSettings) -> list[Check]:
    try:
        questions = (*place_questions(chosen), *figure_questions(chosen), *intake_questions(chosen))
        return check_connection(access(chosen), questions)
    except KamError as error:
        return [failed("connection", error)]
