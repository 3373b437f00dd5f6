"""A real Odoo 19 as a test bench: the sample company with the addon, its PostgreSQL beside it, and the oracles.

The second way in is PostgreSQL itself: it holds locks, keeps transactions open, and says what is true without asking
the code under test.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from kam_connector import ledger, mirror, sync, writeback
from kam_connector.erp import ErpAccess, Session, connect
from kam_connector.ledger import Ledger
from kam_connector.mirror import Mirror
from kam_connector.writeback.destinations import TARGET, WITH_ADDON
from kam_connector.writeback.journal import OPEN, read_journal
from tests.conftest import missing
from tests.runs.nights import MOVING
from tests.sync.contents import content
from tests.sync.empty import empty_mirror
from tests.writeback.grounded import Desk, Ground, find_ground

TRANSPORTS = ("xmlrpc", "jsonrpc", "json2")
# What nights write, the newest first, so that a foreign key never stands in the way; targets are what people import.
OURS = tuple(item.model.replace(".", "_") for item in reversed(WITH_ADDON) if item.made and item != TARGET)
LINKS = """SELECT a.attname AS name, c.confrelid::regclass::text AS target FROM pg_constraint c
 JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
 WHERE c.contype = 'f' AND c.conrelid = %s::regclass"""
# What PostgreSQL is asked for the mirror's truth: the tables with the largest part of the rows.
TRUTH = {
    "res_partner": "SELECT id, write_date FROM res_partner",
    "sale_order": "SELECT id, write_date FROM sale_order",
    "sale_order_line": "SELECT id, write_date FROM sale_order_line",
    "account_partial_reconcile": "SELECT r.id, r.write_date FROM account_partial_reconcile r"
    " JOIN account_move_line l ON l.id = r.debit_move_id JOIN account_account a ON a.id = l.account_id"
    " WHERE a.account_type = 'asset_receivable'",
    "account_move": "SELECT id, write_date FROM account_move"
    " WHERE move_type IN ('out_invoice', 'out_refund', 'out_receipt', 'entry')",
}
Tables = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Bench:
    """A database of the bench and the ways into it."""

    database: str
    url: str

    @cached_property
    def key(self) -> str:
        """An API key of the administrator: JSON-2 takes nothing else."""
        from rig import keys

        return keys.make_api_key(19, self.database)

    def access(self, transport: str = "xmlrpc", *, url: str = "", **more: Any) -> ErpAccess:
        """The administrator's way in, by default not through a proxy; he is in the connector's group."""
        key = self.key if transport == "json2" else "admin"
        values = {"url": url or self.url, "login": "admin", "key": key, "timeout_read": 120.0, **more}
        return ErpAccess(database=self.database, transport=transport, **values)  # type: ignore[arg-type]

    @cached_property
    def session(self) -> Session:
        """A person's session past any proxy."""
        return connect(self.access())

    @cached_property
    def ground(self) -> Ground:
        """Three customers of its own in both companies."""
        first, second = self.session.capabilities.companies[:2]
        return find_ground(self.session, (first, second))

    def query(self, sql: str, *parameters: Any) -> list[dict[str, Any]]:
        """The rows of a statement that PostgreSQL answers; it is committed."""
        cursor = self._asking.execute(sql, list(parameters) or None)
        if cursor.description is None:
            return []
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    @cached_property
    def _asking(self) -> Any:
        """One open connection for all questions: making one costs more than most answers."""
        from rig import databases

        connection = databases.connect(19, self.database)
        connection.autocommit = True
        return connection

    def let_go(self) -> None:
        """Nobody of ours is connected to the database; the next use connects again."""
        if asking := self.__dict__.pop("_asking", None):
            asking.close()
        if session := self.__dict__.pop("session", None):
            session.close()
            self.__dict__.pop("ground", None)

    @contextmanager
    def postgres(self) -> Iterator[Any]:
        """A second session, whose transaction ends with the `with`."""
        from rig import databases

        with databases.connect(19, self.database) as connection:
            yield connection

    @contextmanager
    def desk(self, folder: Path, session: Session | None = None) -> Iterator[Desk]:
        """Fresh stores of one connector; `session` is its own, by default past any proxy."""
        folder.mkdir(parents=True, exist_ok=True)
        ground = dataclasses.replace(self.ground, session=session) if session else self.ground
        path = empty_mirror(folder / "mirror.duckdb")
        with mirror.open(path) as cache, ledger.open(folder / "ledger.sqlite") as book:
            yield Desk(ground, cache, book)

    def restore_password(self, current: str) -> None:
        """The administrator's password is the bench's again."""
        with connect(self.access(key=current)) as session:
            session.write("res.users", [session.uid], {"password": "admin"})

    def wipe(self) -> None:
        """Nothing that the connector ever wrote is there any more."""
        with self.postgres() as connection:
            connection.execute("DELETE FROM kam_complaint_event")  # what cases hold on to; Odoo writes it by itself
            for table in OURS:
                connection.execute(f"DELETE FROM {table}")
            connection.execute("DELETE FROM kam_writer")
            connection.execute("DELETE FROM mail_activity WHERE res_model LIKE 'kam.%%'")

    def tables(self) -> Tables:
        """Every record that the connector wrote, by key, links as keys, without what differs from run to run."""
        return {table: self._rows(table) for table in OURS if table != "kam_run"}

    def _rows(self, table: str) -> list[dict[str, Any]]:
        rows = self.query(f"SELECT * FROM {table} ORDER BY company_id, kam_key")
        names = set(rows[0]) - MOVING if rows else set()
        links = {row["name"]: row["target"] for row in self.query(LINKS, table) if row["target"] in OURS}
        keys = {name: self._keys(target) for name, target in links.items()}
        kept = sorted(name for name in names if not name.endswith("activity_id"))
        return [{name: keys[name].get(row[name]) if name in keys else row[name] for name in kept} for row in rows]

    def _keys(self, table: str) -> Mapping[int, str]:
        rows = self.query(f"SELECT id, company_id, kam_key FROM {table}")
        return {row["id"]: f"{row['company_id']}:{row['kam_key']}" for row in rows}


def benches() -> Iterator[Bench]:
    """A fresh copy of the small sample company with the addon; dropped afterwards."""
    from rig import checks, databases, sample, servers
    from rig.errors import RigError

    reason = checks.why_not(19, ask_network=True)
    if reason:
        missing(reason)
    try:
        database = databases.fresh_database(19, sample.sample_template(19, "small", with_addon=True))
        url = servers.ensure(19).url
    except RigError as error:
        missing(" ".join(str(error).split()))
    bench = Bench(database, url)
    try:
        yield bench
    finally:
        bench.let_go()
        databases.drop_database(19, database)


# --- The standing oracle: what a clean run after the fault must leave ---------------------------------------------


def assert_records_once(tables: Tables) -> None:
    """No key stands twice in a company."""
    for table, rows in tables.items():
        keys = [(row["company_id"], row["kam_key"]) for row in rows]
        assert len(keys) == len(set(keys)), table


def assert_book_is_settled(book: Ledger) -> None:
    """The chain verifies; no row of the outbox is open, and a quarantined one has its reason."""
    assert ledger.verify(book) == []
    lines, remarks = read_journal(book), book.remarks("outbox")
    assert {key: line.state for key, line in lines.items() if line.state in OPEN} == {}
    assert [key for key, line in lines.items() if line.state == "quarantined" and not remarks.get(key)] == []


def assert_mirror_is_truth(bench: Bench, store: Mirror, folder: Path) -> None:
    """The mirror holds what a fresh full pull brings, and PostgreSQL's own ids and moments of change."""
    fresh = empty_mirror(folder / "fresh.duckdb")
    with mirror.open(fresh) as other:
        sync.pull(bench.session, other, run="truth", full=True)
        expected, found = content(other), content(store)
    fresh.unlink()
    assert [name for name in expected if expected[name] != found[name]] == []
    for table, sql in TRUTH.items():
        truth = {row["id"]: row["write_date"].strftime("%Y-%m-%d %H:%M:%S") for row in bench.query(sql)}
        mine = store.db.execute(
            f"SELECT id, strftime(_write_date AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M:%S') FROM {table} WHERE NOT _deleted"
        )
        assert dict(mine.fetchall()) == truth, table


def assert_converged(bench: Bench, desk: Desk, folder: Path, wanted: Tables) -> None:
    """All four: mirror, the addon's tables, chain, outbox."""
    sync.pull(desk.ground.session, desk.mirror, run="oracle")
    assert_mirror_is_truth(bench, desk.mirror, folder)
    tables = bench.tables()
    assert_records_once(tables)
    assert tables == wanted
    assert_book_is_settled(desk.book)


def undisturbed(bench: Bench, desk: Desk, decided: writeback.Decided) -> tuple[writeback.Plan, Tables]:
    """The plan of a first night on the wiped bench, and what it leaves in PostgreSQL; the bench is wiped again."""
    bench.wipe()
    plan = desk.plan(decided, "undisturbed")
    outcome = writeback.push(plan, bench.session, desk.book, run="undisturbed")
    assert outcome.is_clean, outcome.of("refused", "conflict", "unknown", "postponed")
    tables = bench.tables()
    bench.wipe()
    return plan, tables


@contextmanager
def background(work: Any) -> Iterator[threading.Event]:
    """`work(stop)` runs in a thread until the `with` ends; what it raises is raised here."""
    stop, failed = threading.Event(), []

    def guarded() -> None:
        try:
            work(stop)
        except BaseException as error:  # raised again in the test's own thread
            failed.append(error)

    thread = threading.Thread(target=guarded, daemon=True)
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(120)
    if failed:
        raise failed[0]
