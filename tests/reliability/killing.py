"""Run as a process: pulls, pushes and nights against a sandbox, killed again and again; prints a JSON line a case.

This process has every module loaded and never a thread, a store or a connection of its own: the sandbox, each try and
the look at what is left are forked from it, so that a kill costs a fraction of a second. A case is a list of moments:
the first try dies at the first moment, the recovery at the second, the recovery's recovery at the third, ...; then one
try runs to its end and says what is left.

- `pull`: an empty mirror is filled; the first, second and last moment of each kind
- `push`: a plan is sent; every moment, those of the ledger among them
- `night`: pull, decisions taken down, plan, push; random moments
- `ledger`: appends without end
"""

from __future__ import annotations

import base64
import json
import os
import pickle
import random
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kam_connector import crashpoints, ledger, mirror, sync
from kam_connector.erp import ErpAccess, Session, connect
from kam_connector.ledger import Entry
from kam_connector.sandbox import serve
from kam_connector.sync import CATALOGUE, planning
from kam_connector.writeback import pushing, routes
from kam_connector.writeback import records as records_of
from kam_connector.writeback.destinations import BY_MODEL, WITH_ADDON
from kam_connector.writeback.journal import read_journal
from kam_connector.writeback.plans import Plan
from tests.contract.conftest import HAND_MADE
from tests.sync.contents import content
from tests.sync.empty import empty_mirror
from tests.writeback.grounded import ROBOT, Ground
from tests.writeback.nights import decided

CUSTOMERS = (11, 12, 13)
# The models without which there is no pull, and our own: a try is short, and every kind of moment is in it.
planning.CATALOGUE = tuple(entry for entry in CATALOGUE if entry.needed or entry.model.startswith("kam."))  # type: ignore[attr-defined]
MOVING = frozenset({"id", "kam_run", "kam_version"})


@dataclass(frozen=True, slots=True)
class Case:
    """One sandbox and the stores beside it."""

    folder: Path
    access: ErpAccess

    @property
    def mirror(self) -> Path:
        return self.folder / "mirror.duckdb"

    @property
    def book(self) -> Path:
        return self.folder / "ledger.sqlite"


Work = Callable[[Case, str], None]
"""A try at a case, as the run of that name."""


@contextmanager
def case(folder: Path) -> Iterator[Case]:
    """A fresh sandbox in a process of its own, an empty mirror, no ledger."""
    folder.mkdir(parents=True)
    empty_mirror(folder / "mirror.duckdb")
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        with serve(tables()) as server, os.fdopen(write, "w") as answer:
            answer.write(json.dumps([server.url, server.database, server.login, server.password]))
            answer.close()
            signal.pause()
    os.close(write)
    try:
        with os.fdopen(read) as answer:
            url, database, login, key = json.loads(answer.read())
        yield Case(folder, ErpAccess(url=url, database=database, login=login, key=key, transport="xmlrpc"))
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        shutil.rmtree(folder)


def tables() -> dict[str, list[dict[str, Any]]]:
    """Two companies, three customers, two users, three currencies."""
    made = {model: [dict(row) for row in rows] for model, rows in HAND_MADE.items()}
    made["res.users"].append({"id": ROBOT, "login": "robot", "name": "Robot", "partner_id": 3, "company_id": 1})
    made["res.currency"].append({"id": 3, "name": "JPY", "symbol": "¥", "decimal_places": 0, "rounding": 1.0})
    for number, company in zip(CUSTOMERS, (1, False, 2), strict=True):
        row = {"id": number, "name": f"Customer {number}", "is_company": True, "commercial_partner_id": number}
        made["res.partner"].append({**row, "company_id": company} if company else row)
    return made


def ground(session: Session) -> Ground:
    same = {number: number for number in (1, 2, 3)}
    return Ground(session, {1: 1, 2: 2}, {number: number for number in CUSTOMERS}, same)


def pull(at: Case, run: str) -> None:
    with mirror.open(at.mirror) as cache, connect(at.access) as session:
        sync.pull(session, cache, run=run)


def push(at: Case, run: str, plan: Plan) -> None:
    with ledger.open(at.book) as book, connect(at.access) as session:
        pushing.push(plan, session, book, run=run)


def make_plan(at: Case) -> str:
    """The plan of a first night on a fresh sandbox; every sandbox of a case has the same ids."""
    pull(at, "plan")
    with mirror.open(at.mirror) as cache, ledger.open(at.book) as book, connect(at.access) as session:
        what = ground(session).with_ids(decided())
        plan = routes.make_plan(records_of.desired_records(what, cache.ibis), cache.ibis, book, session)
    return base64.b64encode(pickle.dumps(plan)).decode()


def night(at: Case, run: str) -> None:
    """Pull, take decisions down, plan, push."""
    with mirror.open(at.mirror) as cache, ledger.open(at.book) as book, connect(at.access) as session:
        sync.pull(session, cache, run=run)
        what = ground(session).with_ids(decided())
        tiers = [Entry("tier", str(row["customer_id"]), {"tier": row["tier"]}) for row in what.tiers.to_dict("records")]
        book.append_changed(tiers)
        plan = routes.make_plan(records_of.desired_records(what, cache.ibis), cache.ibis, book, session)
        pushing.push(plan, session, book, run=run)


def killed_at(moment: str, work: Work, at: Case, run: str) -> None:
    os.environ["KAM_CRASH_AT"] = moment
    work(at, run)


def left(work: Work, at: Case) -> dict[str, Any]:
    """What a last try leaves: the mirror, the records in the ERP, what is wrong with the book, the open lines."""
    killed_at("none", work, at, "last")  # any value makes the passed moments count
    passed = dict(crashpoints._passed)
    with mirror.open(at.mirror) as cache, ledger.open(at.book) as book, connect(at.access) as session:
        lines = Counter(line.state for line in read_journal(book).values())
        found = json.loads(json.dumps(content(cache), default=str))
        return {
            "mirror": {name: rows for name, rows in found.items() if not name.startswith("kam_")},
            "records": {item.model: records(session, item.model) for item in WITH_ADDON if item.model != "kam.run"},
            "problems": [str(problem) for problem in ledger.verify(book)],
            "tiers": len(list(book.events("tier"))),
            "open": {state: count for state, count in lines.items() if state not in ("confirmed", "moot")},
            "passed": passed,
        }


def records(session: Session, model: str) -> list[Any]:
    """The records by key, links as the keys that they point at."""
    fields = ["company_id", "kam_key", *(field.name for field in BY_MODEL[model].fields if field.kind != "link")]
    rows = session.search_read(model, [], fields)
    return sorted(json.dumps({k: row[k] for k in row if k not in MOVING}, sort_keys=True, default=str) for row in rows)


def forked(work: Callable[[], Any]) -> tuple[bool, Any]:
    """Whether the child was killed, and what its work answered."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        try:
            with os.fdopen(write, "w") as answer:
                answer.write(json.dumps(work()))
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as answer:
        text = answer.read()
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    if not killed and status:
        raise RuntimeError(f"a child ended with status {status}")
    return killed, json.loads(text) if text else None


def try_case(folder: Path, work: Work, moments: list[str]) -> dict[str, Any]:
    """How many tries of the case were killed, and what is left after the last one."""
    with case(folder) as at:
        kills = 0
        for number, moment in enumerate(moments):
            killed, _ = forked(lambda crash_at=moment, run=f"r{number}": killed_at(crash_at, work, at, run))
            kills += killed
        _, found = forked(lambda: left(work, at))
        return {"moments": moments, "kills": kills, "left": found}


def enumerated(passed: dict[str, int], dice: random.Random) -> Iterator[list[str]]:
    """Every moment of ledger and push, first, second and last of each kind of the pull; the recovery's at random."""
    total = sum(passed.values())
    for name, count in sorted(passed.items()):
        moments = sorted({1, 2, count} & set(range(1, count + 1))) if name.startswith("sync.") else range(1, count + 1)
        for moment in moments:
            yield [f"{name}:{moment}", f"*:{dice.randint(1, total)}"]


def at_random(count: int, total: int, dice: random.Random) -> Iterator[list[str]]:
    """Chains of five nights killed at random."""
    for _ in range(count):
        yield [f"*:{dice.randint(1, total)}" for _ in range(5)]


def append_until_killed(path: Path, moment: int) -> None:
    """Appends to a ledger, and tells what was acknowledged, until it dies."""
    os.environ["KAM_CRASH_AT"] = f"*:{moment}"
    with ledger.open(path) as book, (path.parent / "acknowledged").open("a", encoding="ascii") as told:
        while True:
            numbers = book.append_many([Entry("n", str(number), {"n": number}) for number in range(3)])
            told.write(f"{numbers[-1]}\n")
            told.flush()


def kill_ledger(folder: Path, kills: int, dice: random.Random) -> dict[str, Any]:
    """One ledger, killed again and again while it is written; what it acknowledged and what it holds."""
    folder.mkdir(parents=True)
    (folder / "acknowledged").touch()
    path, killed, unheard, acknowledged = folder / "ledger.sqlite", 0, 0, [0]
    for _ in range(kills):
        moment = dice.randint(1, 9)
        killed += forked(lambda at=moment: append_until_killed(path, at))[0]
        told = [0, *map(int, (folder / "acknowledged").read_text().split())]
        unheard = unheard + 1 if told == acknowledged else 1  # tries that may have written once more than they told
        acknowledged = told

    def look() -> dict[str, Any]:
        with ledger.open(path) as book:
            return {"head": book.head().seq, "problems": [str(problem) for problem in ledger.verify(book)]}

    return {"kills": killed, "acknowledged": max(acknowledged), "unheard": unheard, **forked(look)[1]}


def work_of(what: str, folder: Path) -> Work:
    """The try of that name."""
    if what == "push":
        with case(folder / "plan") as at:
            plan: Plan = pickle.loads(base64.b64decode(forked(lambda: make_plan(at))[1]))
        return lambda at, run: push(at, run, plan)
    return {"pull": pull, "night": night}[what]


def main(folder: Path, what: str, count: int, seed: int) -> None:
    """Prints the undisturbed end first, then a line a case."""
    dice = random.Random(seed)
    if what == "ledger":
        print(json.dumps(kill_ledger(folder / "ledger", count, dice)), flush=True)
        return
    work = work_of(what, folder)
    whole = try_case(folder / "whole", work, [])
    passed = whole["left"]["passed"]
    print(json.dumps(whole), flush=True)
    cases = at_random(count, sum(passed.values()), dice) if what == "night" else enumerated(passed, dice)
    for number, moments in enumerate(cases):
        print(json.dumps(try_case(folder / str(number), work, moments)), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
