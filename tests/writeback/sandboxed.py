"""A push against the sandbox that dies by SIGKILL at a numbered moment, again and again from the same beginning.

The sandbox is one server for all tries: its rows are put back before each. The mirror is made straight from them, so
that a try costs a fork and two pushes and no pull.
"""

from __future__ import annotations

import copy
import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ibis

from kam_connector import crashpoints, ledger, writeback
from kam_connector.erp import Session, connect
from kam_connector.ledger import Ledger
from kam_connector.mirror.tables import BY_MODEL as TABLES
from kam_connector.writeback import Decided, Desired, Outcome, Plan
from kam_connector.writeback.destinations import BY_MODEL
from tests.contract.conftest import Place
from tests.writeback.fake_erp import make_table

PULLED = ("res.currency", "res.company", "res.partner", "mail.activity", *BY_MODEL)


@dataclass(slots=True)
class Stage:
    """The sandbox as it is before a push, and the decisions that the push brings."""

    place: Place
    decided: Decided
    folder: Path
    beginning: dict[str, Any] = field(default_factory=dict)
    first: Plan = field(default_factory=lambda: Plan("addon"))
    _desired: list[Desired] = field(default_factory=list)
    _tries: int = 0

    def __post_init__(self) -> None:
        self.beginning = copy.deepcopy(self.store.tables)
        self._desired = writeback.desired_records(self.decided, self._mirror())
        with ledger.open(self.folder / "empty.sqlite") as book:
            self.first = self.plan(self.place.session, book)

    @property
    def store(self) -> Any:
        assert self.place.server is not None
        return self.place.server.erp.store

    def fresh(self) -> Path:
        """Where the book of a new try lies; the sandbox is as in the beginning."""
        self.store.tables = copy.deepcopy(self.beginning)
        self._tries += 1
        folder = self.folder / str(self._tries)
        folder.mkdir()
        return folder / "ledger.sqlite"

    def plan(self, session: Session, book: Ledger) -> Plan:
        """From a mirror of what the sandbox holds now."""
        return writeback.make_plan(self._desired, self._mirror(), book, session)

    def _mirror(self) -> ibis.BaseBackend:
        con = ibis.duckdb.connect()
        for model in PULLED:
            if rows := list(self.store.tables.get(model, {}).values()):
                make_table(con, TABLES[model], rows)
        return con

    def night(self, path: Path, run: str) -> Outcome:
        """Plan and push."""
        with ledger.open(path) as book:
            session = self.place.session
            return writeback.push(self.plan(session, book), session, book, run=run)

    def dies(self, path: Path, run: str, moment: int) -> bool:
        """True when a forked process died at that moment of the first night's push."""
        return self._killed(path, self.first, run, moment)

    def dies_again(self, path: Path, run: str, moment: int) -> bool:
        """True when a forked process died at that moment of the recovery: a push of what is still wanted."""
        with ledger.open(path) as book:
            plan = self.plan(self.place.session, book)
        return self._killed(path, plan, run, moment)

    def _killed(self, path: Path, plan: Plan, run: str, moment: int) -> bool:
        def work() -> None:
            with ledger.open(path) as book, connect(self.place.access) as session:
                writeback.push(plan, session, book, run=run)

        return killed(work, moment)

    def content(self, *models: str) -> dict[tuple[str, object, str], dict[str, Any]]:
        """What our records say, without what depends on when and by which run they were written."""
        passing = {"id", "kam_run", "kam_version", "write_date", "create_date", "ageing_id", "payout_id"}
        return {
            (model, row.get("company_id"), str(row.get("kam_key") or row.get("summary") or row["id"])): {
                name: value for name, value in row.items() if name not in passing and not name.endswith("tier_id")
            }
            for model in models
            for row in self.store.tables[model].values()
        }


def killed(work: Callable[[], object], moment: int) -> bool:
    """True when a forked process died by SIGKILL at its n-th crash point."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.environ["KAM_CRASH_AT"] = f"*:{moment}"
            crashpoints._passed.clear()
            work()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the forked process failed"
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def remove(folder: Path) -> None:
    """The books of a try are gone: many tries would fill the disk."""
    shutil.rmtree(folder, ignore_errors=True)
