"""Section A and the server's own conflicts: every call of a push is broken on its way to a real Odoo 19 and back."""

from __future__ import annotations

import contextlib
import threading
import time
import xmlrpc.client
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from kam_connector import ledger, writeback
from kam_connector.erp import Session, connect
from kam_connector.errors import ErpUnreachable, LoginRefused, UnknownOutcome
from kam_connector.ledger import Ledger
from kam_connector.writeback.journal import read_journal
from kam_connector.writeback.pushing import open_channel
from kam_connector.writeback.writers import read_writer
from tests.reliability.bench import (
    TRANSPORTS,
    Bench,
    Tables,
    assert_book_is_settled,
    assert_converged,
    assert_records_once,
    background,
    undisturbed,
)
from tests.reliability.proxy import Proxy, is_push
from tests.writeback.grounded import Desk
from tests.writeback.nights import decided, tier_row

pytestmark = pytest.mark.odoo
Tried = Callable[[int], None]


@pytest.fixture(scope="module")
def planned(odoo19_bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> tuple[writeback.Plan, Tables]:
    """The plan of a small first night, and what it leaves when nothing goes wrong."""
    with odoo19_bench.desk(tmp_path_factory.mktemp("undisturbed")) as desk:
        return undisturbed(odoo19_bench, desk, decided())


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Ledger]:
    with ledger.open(tmp_path / "ledger.sqlite") as opened:
        yield opened


def sent_batches(book: Ledger) -> int:
    """How many requests the journal says were sent: a note each."""
    return sum(event.payload["state"] == "sent" for event in book.events("outbox"))


LOSSES = [("xmlrpc", "drop"), ("jsonrpc", "drop"), ("json2", "drop"), ("xmlrpc", "truncate"), ("json2", "gateway")]


@pytest.mark.timeout(300)
@pytest.mark.long
@pytest.mark.parametrize(("transport", "kind"), LOSSES)
def test_r01_answer_lost_after_commit(
    bench: Bench,
    proxy: Proxy,
    planned: tuple[writeback.Plan, Tables],
    tmp_path: Path,
    tried: Tried,
    transport: str,
    kind: str,
) -> None:
    """Each pushing call in turn is done and its answer lost: looked up by key, adopted, never made twice."""
    plan, wanted = planned
    with connect(bench.access(transport, url=proxy.url)) as session:
        for nth in range(1, len(open_channel(plan.route, session).groups(plan.changes)) + 1):
            bench.wipe()
            before = proxy.count(is_push)
            with ledger.open(tmp_path / f"{nth}.sqlite") as book:
                with proxy.fault(kind, is_push, nth=nth, byte=504 if kind == "gateway" else 40):  # type: ignore[arg-type]
                    outcome = writeback.push(plan, session, book, run=f"r{nth}")
                assert outcome.is_clean or kind == "gateway", (nth, outcome)
                if not outcome.is_clean:  # the server was at work still when it was looked up
                    outcome = writeback.push(replanned(bench, tmp_path, book), session, book, run=f"r{nth}+")
                tables = bench.tables()
                assert_records_once(tables)
                assert tables == wanted, nth
                assert_book_is_settled(book)
                if kind != "gateway":
                    assert proxy.count(is_push) - before == sent_batches(book), nth
            tried(1)
    with bench.desk(tmp_path / "night") as desk:
        assert desk.night(decided(), "after")[0].changes == desk.plan(decided(), "again").changes == ()
        assert_converged(bench, desk, tmp_path, wanted)


def replanned(bench: Bench, folder: Path, book: Ledger) -> writeback.Plan:
    """What is still to be done, from a fresh pull."""
    with bench.desk(folder / "replanned") as desk:
        return Desk(desk.ground, desk.mirror, book).plan(decided(), "replanned")


@pytest.mark.long
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_r02_reset_on_a_kept_alive_connection_sends_nothing_twice(
    bench: Bench,
    proxy: Proxy,
    planned: tuple[writeback.Plan, Tables],
    tmp_path: Path,
    tried: Tried,
    transport: str,
) -> None:
    """The standard library would resend by itself; here exactly one request leaves for each line of the journal."""
    plan, wanted = planned
    with connect(bench.access(transport, url=proxy.url)) as session:
        for kind in ("reset_when_sent", "drop", "close_idle"):
            for nth in (1, 8):
                bench.wipe()
                before = proxy.count(is_push)
                with ledger.open(tmp_path / f"{kind}{nth}.sqlite") as book:
                    with proxy.fault(kind, is_push, nth=nth):  # type: ignore[arg-type]
                        assert writeback.push(plan, session, book, run="r").is_clean
                    assert proxy.count(is_push) - before == sent_batches(book)
                    assert_book_is_settled(book)
                assert bench.tables() == wanted
                tried(1)


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_r01_answer_lost_of_the_registration_does_not_end_the_night(
    bench: Bench,
    proxy: Proxy,
    planned: tuple[writeback.Plan, Tables],
    book: Ledger,
    tried: Tried,
    transport: str,
) -> None:
    """A run registers before it writes; asked again under the same name it gets the same number."""
    plan, wanted = planned
    with connect(bench.access(transport, url=proxy.url)) as session:
        with proxy.fault("drop", lambda post: post.method == "register"):
            assert writeback.push(plan, session, book, run="r").is_clean
        assert proxy.count(lambda post: post.method == "register") == 2
    assert bench.tables() == wanted
    assert [row["generation"] for row in bench.query("SELECT generation FROM kam_writer")] == [1]
    assert_book_is_settled(book)
    tried(1)


def test_r03_reset_before_anything_was_sent_is_tried_again(
    bench: Bench, proxy: Proxy, planned: tuple[writeback.Plan, Tables], tmp_path: Path, tried: Tried
) -> None:
    """A connection that is reset before a byte was read: the write surely never left or is looked up, same key."""
    plan, wanted = planned
    for times in (1, 2):
        bench.wipe()
        with ledger.open(tmp_path / f"{times}.sqlite") as book, connect(bench.access(url=proxy.url)) as session:
            session._calls.channel._http.close()  # the next call opens a connection, which is reset
            with proxy.fault("reset_at_accept", lambda post: True, times=times):
                outcome = writeback.push(plan, session, book, run="r")
            assert outcome.is_clean
            assert_book_is_settled(book)
        assert bench.tables() == wanted
        tried(1)


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_r04_method_commits_and_returns_none(bench: Bench, proxy: Proxy, tried: Tried, transport: str) -> None:
    """XML-RPC answers a fault for it, the JSON transports do not; both ends are the same and nothing is sent again."""
    partner = bench.session.create("res.partner", [{"name": "Follower"}])[0]
    bench.session.call("res.partner", "message_subscribe", [partner], [partner])
    assert followers(bench, partner) > 0
    with connect(bench.access(transport, url=proxy.url)) as session:
        if transport == "xmlrpc":
            with pytest.raises(UnknownOutcome):
                session.call("res.partner", "message_unsubscribe", [partner], [partner])
        else:
            assert session.call("res.partner", "message_unsubscribe", [partner], [partner]) is None
        assert proxy.count(lambda post: post.method == "message_unsubscribe") == 1
        assert followers(bench, partner, partner) == 0
        assert session.perform("res.partner", "message_unsubscribe", [partner], [partner]) is None
    tried(2)


def followers(bench: Bench, record: int, follower: int = 0) -> int:
    sql = "SELECT count(*) AS n FROM mail_followers WHERE res_model = 'res.partner' AND res_id = %s"
    more = f" AND partner_id = {follower}" if follower else ""
    return int(bench.query(sql + more, record)[0]["n"])


@pytest.mark.timeout(300)
@pytest.mark.long
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_r15_serialization_conflict_is_retried_later_with_a_smaller_batch(
    bench: Bench, proxy: Proxy, tmp_path: Path, tried: Tried, transport: str
) -> None:
    """PostgreSQL changes one row again and again: after the server's five tries it waits for the next night."""
    with bench.desk(tmp_path) as desk:
        first = decided(payouts=None, payout_lines=None, tasks=None, ageing=None, tie_out=None)
        assert desk.night(first, "r1")[1].is_clean
        changed = pd.DataFrame([tier_row(1, 11, "gold", "84"), *first.tiers.iloc[1:].to_dict("records")])
        second = decided(tiers=changed, payouts=None, payout_lines=None, tasks=None, ageing=None, tie_out=None)
        plan = desk.plan(second, "r2")
        customers = [change for change in plan.changes if change.model == "kam.customer"]
        assert len(customers) == 1
        log_before = server_log_size()
        before = proxy.count(is_push)
        with (
            connect(bench.access(transport, url=proxy.url)) as session,
            background(lambda stop: keep_changing(bench, customers[0].id, stop)),
        ):
            time.sleep(0.3)
            outcome = writeback.push(plan, session, desk.book, run="r2")
        lost = outcome.of("postponed")
        assert [answer.change.key for answer in lost] == [customers[0].key], outcome
        assert server_retries(bench, log_before) == 4  # five tries of one call, and not five times five
        assert proxy.count(is_push) - before == len({change.model for change in plan.changes})
        assert_book_is_settled(desk.book)
        tried(1)
        again = desk.plan(second, "r3")
        assert [change.key for change in again.changes if change.model == "kam.customer"] == [customers[0].key]
        assert writeback.push(again, bench.session, desk.book, run="r3").is_clean
        assert desk.plan(second, "r4").changes == ()


def keep_changing(bench: Bench, record: int, stop: threading.Event) -> None:
    """The row is locked and changed all the time, so that every snapshot of the server is an old one."""
    with bench.postgres() as connection:
        while not stop.is_set():
            connection.execute("UPDATE kam_customer SET write_uid = write_uid WHERE id = %s", [record])
            time.sleep(0.05)
            connection.commit()


def server_log_size() -> int:
    from rig import servers

    return Path(servers.ensure(19).log).stat().st_size


def server_retries(bench: Bench, after: int) -> int:
    """How often the server says in its log that it tries a call of this database again."""
    from rig import servers

    with Path(servers.ensure(19).log).open("rb") as log:
        log.seek(after)
        lines = log.read().decode("utf-8", "replace").splitlines()
    return sum(bench.database in line and "tries left" in line.replace("attempts left", "tries left") for line in lines)


def test_r18_expired_key_stops_at_the_first_denial(bench: Bench, proxy: Proxy, tried: Tried) -> None:
    """A key that ended in PostgreSQL: one attempt to log in on each transport, then the run ends with "refused"."""
    from rig import keys

    key = keys.make_api_key(19, bench.database)
    for transport in TRANSPORTS:
        connect(bench.access(transport, url=proxy.url, key=key)).close()
    bench.query("UPDATE res_users_apikeys SET expiration_date = now() - interval '1 day' WHERE index = %s", key[:8])
    for transport in TRANSPORTS:
        before = len(proxy.posts)
        with pytest.raises(LoginRefused):
            connect(bench.access(transport, url=proxy.url, key=key))
        asked = [post for post in proxy.posts[before:] if post.is_login or post.model]
        assert len(asked) == 1, asked
        tried(1)
    bench.query("UPDATE res_users_apikeys SET expiration_date = now() + interval '30 day' WHERE index = %s", key[:8])


# --- Broken variants: the same scenario must catch them ------------------------------------------------------------


class Resending(xmlrpc.client.Transport):
    """What the standard library does: a POST whose connection was reset is sent once more."""


def create_through(url: str, bench: Bench, name: str) -> None:
    server = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/object", transport=Resending(), allow_none=True)
    server.execute_kw(bench.database, bench.session.uid, "admin", "res.partner", "create", [[{"name": name}]])


def partners_named(bench: Bench, name: str) -> int:
    return int(bench.query("SELECT count(*) AS n FROM res_partner WHERE name = %s", name)[0]["n"])


def make_once(create: Callable[[], None], bench: Bench, proxy: Proxy, name: str) -> None:
    """The scenario of R-2 in one call: done by the server, connection reset; it must stand there once."""
    lost = contextlib.suppress(UnknownOutcome, ErpUnreachable)
    with proxy.fault("drop", lambda post: post.method == "create"), lost:
        create()
    assert partners_named(bench, name) == 1


def test_r02_broken_variant_the_standard_librarys_transport_is_caught(bench: Bench, proxy: Proxy, tried: Tried) -> None:
    with connect(bench.access(url=proxy.url)) as session:
        make_once(lambda: keep(session, "Made once"), bench, proxy, "Made once")
    with pytest.raises(AssertionError):
        make_once(lambda: create_through(proxy.url, bench, "Made twice"), bench, proxy, "Made twice")
    tried(1)


def keep(session: Session, name: str) -> None:
    session.create("res.partner", [{"name": name}])


def test_r01_broken_variant_retry_without_key_is_caught(
    bench: Bench, proxy: Proxy, planned: tuple[writeback.Plan, Tables], tmp_path: Path, tried: Tried
) -> None:
    """A push whose retry makes a new key for what was lost, as one without keys would: records stand twice."""
    plan, _ = planned

    def without_key(session: Session, book: Ledger) -> None:
        channel = open_channel(plan.route, session)
        channel.register(read_writer(book, "r", take_over=False))
        for group in channel.groups(plan.changes):
            for attempt in ("first", "second"):
                keyless = [replace(one, key=f"{one.key}#{attempt}", values=unlinked(one)) for one in group]
                try:
                    channel.apply(keyless, "r")
                    break
                except UnknownOutcome:
                    continue

    assert_once_per_subject(bench, proxy, tmp_path, lambda session, book: push_all(plan, session, book))
    tried(1)
    with pytest.raises(AssertionError):
        assert_once_per_subject(bench, proxy, tmp_path, without_key)
    tried(1)


def push_all(plan: writeback.Plan, session: Session, book: Ledger) -> None:
    writeback.push(plan, session, book, run="r")


def unlinked(change: writeback.Change) -> dict[str, object]:
    return {name: value for name, value in change.values.items() if not isinstance(value, dict)}


def assert_once_per_subject(bench: Bench, proxy: Proxy, folder: Path, push: Callable[[Session, Ledger], None]) -> None:
    """The oracle of R-1 without trust in keys: one ageing header for each company, whatever its key."""
    bench.wipe()
    (folder / "once.sqlite").unlink(missing_ok=True)
    with (
        ledger.open(folder / "once.sqlite") as book,
        connect(bench.access(url=proxy.url)) as session,
        proxy.fault("drop", lambda post: is_push(post), nth=1),
    ):
        push(session, book)
    for table in ("kam_tier",):
        rows = bench.query(f"SELECT company_id, code, count(*) AS n FROM {table} GROUP BY 1, 2")
        assert {row["n"] for row in rows} == {1}


def test_r01_unknown_lines_are_never_called_failed(
    bench: Bench, proxy: Proxy, planned: tuple[writeback.Plan, Tables], book: Ledger, tried: Tried
) -> None:
    """While the look-up fails too, the journal says `unknown`; the next push adopts what is there."""
    plan, wanted = planned
    with connect(bench.access(url=proxy.url, tries=1)) as session:
        with (
            proxy.fault("drop", is_push, nth=8),
            proxy.fault("reset_when_sent", lambda post: post.method == "search_read", times=9),
        ):
            outcome = writeback.push(plan, session, book, run="r1")
        states = {line.state for line in read_journal(book).values()}
        assert {"unknown", "confirmed"} >= states > {"confirmed"}, outcome
        empty = writeback.Plan(plan.route)
        assert writeback.push(empty, session, book, run="r2").resolved["confirmed"] > 0
    assert bench.tables() == wanted
    assert_book_is_settled(book)
    tried(1)
