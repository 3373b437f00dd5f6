"""What is easily missed by a pull (R-28 to R-31), on real Odoo 19."""

from __future__ import annotations

import dataclasses
import functools
import random
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kam_connector import mirror, sync
from kam_connector.erp import Session
from kam_connector.erp.lanes import Page, Wish
from kam_connector.mirror import Mirror
from kam_connector.sync import pulling
from kam_connector.sync.sweep import Swept
from tests.conftest import SEED
from tests.reliability.bench import Bench, assert_mirror_is_truth, background
from tests.sync.empty import empty_mirror

pytestmark = [pytest.mark.odoo, pytest.mark.long]
Tried = Callable[[int], None]
MANY = 5000
STAMP = "2026-06-01 09:00:00"
MANY_GO = sync.Options(vanish_rows=10 * MANY)
"""The writer deletes as fast as it can: how many are gone then is no sign of anything."""


@pytest.fixture(scope="module")
def pulled(odoo19_bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A mirror after a whole pull of the bench; tests copy its file."""
    path = empty_mirror(tmp_path_factory.mktemp("pulled") / "mirror.duckdb")
    with mirror.open(path) as store:
        sync.pull(odoo19_bench.session, store, run="whole")
    return path


@pytest.fixture
def store(bench: Bench, pulled: Path, tmp_path: Path) -> Iterator[Mirror]:
    """A copy of it that has seen everything of earlier tests."""
    shutil.copyfile(pulled, tmp_path / "mirror.duckdb")
    with mirror.open(tmp_path / "mirror.duckdb") as opened:
        sync.pull(bench.session, opened, run="before")
        yield opened


def make_partners(bench: Bench, count: int, *, stamp: str = STAMP, word: str = "Same second") -> range:
    """The ids of partners that PostgreSQL makes at once, all with one `write_date`, as an import would."""
    last = bench.query("SELECT last_value AS n FROM res_partner_id_seq")[0]["n"]
    model = bench.session.create("res.partner", [{"name": word}])[0]
    columns = bench.query(
        "SELECT column_name AS name FROM information_schema.columns WHERE table_name = 'res_partner'"
        " AND column_name NOT IN ('id', 'name', 'create_date', 'write_date', 'commercial_partner_id')"
        " AND is_generated = 'NEVER'"
    )
    names = ", ".join(f'"{row["name"]}"' for row in columns)
    bench.query(
        f"INSERT INTO res_partner (name, create_date, write_date, {names})"
        f" SELECT '{word} ' || n, '{stamp}', '{stamp}', {names} FROM res_partner, generate_series(1, {count}) n"
        " WHERE res_partner.id = %s",
        model,
    )
    bench.query("UPDATE res_partner SET commercial_partner_id = id WHERE commercial_partner_id IS NULL")
    bench.session.unlink("res.partner", [model])
    assert last < model
    found = bench.query("SELECT min(id) AS first, max(id) AS last FROM res_partner WHERE id > %s", model)[0]
    return range(found["first"], found["last"] + 1)


def drop_partners(bench: Bench, ids: range) -> None:
    bench.query("DELETE FROM res_partner WHERE id BETWEEN %s AND %s", ids.start, ids.stop - 1)


def names(store: Mirror, *ids: int) -> list[str]:
    listed = ", ".join(map(str, ids))
    rows = store.db.execute(f"SELECT name FROM res_partner WHERE NOT _deleted AND id IN ({listed}) ORDER BY id")
    return [row[0] for row in rows.fetchall()]


def tombstones(store: Mirror) -> int:
    row = store.db.execute("SELECT count(*) FROM res_partner WHERE _deleted").fetchone()
    assert row is not None
    return int(row[0])


# --- a transaction that commits after the watermark has passed it --------------------------------------------


@contextmanager
def late_commit(bench: Bench, partner: int, name: str) -> Iterator[None]:
    """A long transaction: begun before the `with`, committed at its end; its `write_date` is its begin."""
    with bench.postgres() as connection:
        connection.execute(
            "UPDATE res_partner SET name = %s, write_date = now() AT TIME ZONE 'UTC' WHERE id = %s", [name, partner]
        )
        time.sleep(1.1)
        yield


def pull_past(bench: Bench, store: Mirror, other: int, run: str) -> None:
    """A later change is pulled while the long transaction is open, so that the watermark passes its start."""
    bench.session.write("res.partner", [other], {"ref": run})
    sync.pull(bench.session, store, run=run)


def miss_nothing_late(bench: Bench, store: Mirror, rounds: int) -> None:
    late, other = bench.session.create("res.partner", [{"name": "Late"}, {"name": "Other"}])
    for number in range(rounds):
        with late_commit(bench, late, f"Committed late {number}"):
            pull_past(bench, store, other, f"during {number}")
            assert names(store, late) != [f"Committed late {number}"]
        sync.pull(bench.session, store, run=f"after {number}")
        assert names(store, late) == [f"Committed late {number}"]


def test_r28_late_commit_is_caught_by_the_next_run(bench: Bench, store: Mirror, tmp_path: Path, tried: Tried) -> None:
    miss_nothing_late(bench, store, 3)
    assert_mirror_is_truth(bench, store, tmp_path)
    tried(3)


# --- many rows of one second ---------------------------------------------------------------------------------


class Pages:
    """A session whose pages have a size that the test chooses."""

    def __init__(self, session: Session, rows: int) -> None:
        self._session, self._rows = session, rows
        self._lanes = session.lanes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session if hasattr(self._session, name) else self._lanes, name)

    @property
    def lanes(self) -> Any:
        return self

    def first_pages(self, wishes: list[Wish]) -> list[Page]:
        return self._lanes.first_pages([dataclasses.replace(wish, limit=self._rows) for wish in wishes])

    def pages(self, wish: Wish) -> Iterator[Page]:
        return self._lanes.pages(dataclasses.replace(wish, limit=self._rows))


@pytest.mark.timeout(300)
def test_r29_rows_of_one_second_are_read_once_whatever_the_page(
    bench: Bench, store: Mirror, tmp_path: Path, tried: Tried
) -> None:
    """5,000 rows with one `write_date`; pages that end inside that second, at it and after it."""
    ids = make_partners(bench, MANY, stamp="2026-06-02 09:00:00")
    try:
        sizes = [7, 250, MANY - 1, MANY, MANY + 1, *random.Random(SEED).sample(range(1000, MANY), 5)]
        wish = Wish("res.partner", [("id", "in", list(ids))], ("name", "write_date"))
        for size in sizes:
            rows = wish if size != 7 else dataclasses.replace(wish, after_id=ids[-1] - 200)
            pages = Pages(bench.session, size).pages(rows)
            read = [number for page in pages for number in page.table["id"].to_pylist()]
            assert read == list(ids)[-200 if size == 7 else 0 :], size
            tried(1)
        path = shutil.copyfile(tmp_path / "mirror.duckdb", tmp_path / "one.duckdb")
        with mirror.open(path) as other:
            sync.pull(Pages(bench.session, 999), other, run="r29")  # type: ignore[arg-type]
            assert_mirror_is_truth(bench, other, tmp_path)
        tried(1)
    finally:
        drop_partners(bench, ids)


def miss_no_second(bench: Bench, store: Mirror, rounds: int) -> None:
    """A row that is written in the very second of the watermark, after it was read."""
    first, second = bench.session.create("res.partner", [{"name": "First"}, {"name": "Second"}])
    sync.pull(bench.session, store, run="start")
    for number in range(rounds):
        moment = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() - 2))
        for one in (first, second):
            bench.query("UPDATE res_partner SET name = %s, write_date = %s WHERE id = %s", f"{number}", moment, one)
            sync.pull(bench.session, store, run=f"{number} {one}")
            assert names(store, one) == [f"{number}"]
        time.sleep(1.1)


def test_r29_second_row_of_the_watermarks_second_is_read(bench: Bench, store: Mirror, tried: Tried) -> None:
    miss_no_second(bench, store, 3)
    tried(3)


@pytest.fixture
def watermark_alone(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The sweep, which would find what the watermark misses, is off: only the watermark is on trial."""
    monkeypatch.setattr(pulling, "sweep", lambda job, readings, losses: Swept({}, {}))
    look_back(monkeypatch, timedelta(minutes=10))
    return monkeypatch


def look_back(monkeypatch: pytest.MonkeyPatch, overlap: timedelta) -> None:
    """Pulls ask every model for its changes only, from `overlap` before the watermark on."""
    options = sync.Options(overlap=overlap, small_rows=0)
    monkeypatch.setattr(sync, "pull", functools.partial(pulling.pull, options=options))


def test_r29_broken_variant_greater_than_watermark_is_caught(
    bench: Bench, store: Mirror, watermark_alone: pytest.MonkeyPatch, tried: Tried
) -> None:
    """`write_date > watermark` in whole seconds is `>= watermark + 1 s`: the same scenario fails with it."""
    miss_no_second(bench, store, 1)
    look_back(watermark_alone, timedelta(seconds=-1))
    with pytest.raises(AssertionError):
        miss_no_second(bench, store, 1)
    tried(2)


def test_r28_broken_variant_without_overlap_is_caught(
    bench: Bench, store: Mirror, watermark_alone: pytest.MonkeyPatch, tried: Tried
) -> None:
    miss_nothing_late(bench, store, 1)
    look_back(watermark_alone, timedelta(0))
    with pytest.raises(AssertionError):
        miss_nothing_late(bench, store, 1)
    tried(2)


# --- the merge wizard ----------------------------------------------------------------------------------------


MARKS = """SELECT l.id, l.write_date FROM account_move_line l JOIN account_account a ON a.id = l.account_id
 WHERE l.partner_id = %s AND a.account_type = 'asset_receivable' ORDER BY l.id"""


def test_r30_merged_partners_invoices_follow(bench: Bench, store: Mirror, tmp_path: Path, tried: Tried) -> None:
    """Odoo's own wizard re-points journal items by SQL and leaves their `write_date`; the very next run has them."""
    session = bench.session
    rows = bench.query(
        "SELECT partner_id AS id, count(*) AS n FROM account_move m JOIN res_partner p ON p.id = m.partner_id"
        " WHERE move_type = 'out_invoice' AND p.parent_id IS NULL AND p.is_company AND NOT EXISTS"
        " (SELECT 1 FROM res_partner c WHERE c.parent_id = p.id) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 4"
    )
    assert len(rows) == 4
    for kept, gone in ((rows[0], rows[1]), (rows[2], rows[3])):
        before = bench.query(MARKS, gone["id"])
        merge_partners(session, keep=kept["id"], others=[gone["id"]])
        moved = bench.query(MARKS, kept["id"])
        assert before, "a merge that re-points nothing proves nothing"
        assert [row for row in before if row not in moved] == [], "the wizard leaves no trace on journal items"
        sync.pull(session, store, run="merged")
        listed = ", ".join(str(row["id"]) for row in before)
        points = store.db.execute(
            f"SELECT DISTINCT partner_id FROM account_move_line WHERE id IN ({listed})"
        ).fetchall()
        assert points == [(kept["id"],)]
        tried(1)
    assert_mirror_is_truth(bench, store, tmp_path)


def merge_partners(session: Session, *, keep: int, others: list[int]) -> None:
    model = "base.partner.merge.automatic.wizard"
    session.write("res.partner", [keep, *others], {"email": "merge@example.com"})
    values = {"partner_ids": [[6, 0, [keep, *others]]], "dst_partner_id": keep, "state": "selection"}
    wizard = session.create(model, [values])
    session.perform(model, "action_merge", wizard)


# --- rows come, go and move while we page --------------------------------------------------------------------


def offset_pages(session: Session, domain: list[Any], size: int) -> Iterator[list[int]]:
    """The broken variant: pages by offset in the model's own order, as simple clients do."""
    offset = 0
    while True:
        rows = session.call("res.partner", "search_read", domain, ["name"], offset=offset, limit=size)
        if not rows:
            return
        yield [row["id"] for row in rows]
        offset += size


def keyset_pages(session: Session, domain: list[Any], size: int) -> Iterator[list[int]]:
    for page in Pages(session, size).pages(Wish("res.partner", domain, ("name", "write_date"))):
        yield page.table["id"].to_pylist()


def miss_no_steady_row(bench: Bench, ids: range, reader: Callable[..., Iterator[list[int]]], size: int) -> None:
    """Between two pages rows are deleted, renamed and inserted; each row that stays is read exactly once."""
    dice = random.Random(SEED)
    victims = dice.sample(list(ids), len(ids) // 10)
    steady = set(ids) - set(victims)
    read: list[int] = []
    for page in reader(bench.session, [("id", ">=", ids.start)], size):
        read += page
        gone, victims = victims[:20], victims[20:]
        if gone:
            bench.query("DELETE FROM res_partner WHERE id = ANY(%s)", gone)
        moved = dice.sample(sorted(steady), 20)
        bench.query("UPDATE res_partner SET name = 'A' || name WHERE id = ANY(%s)", moved)
    found = [number for number in read if number in steady]
    assert sorted(found) == sorted(steady), f"{len(steady - set(found))} lost, {len(found) - len(set(found))} doubled"


@pytest.mark.parametrize("size", [50, 100, 333])
def test_r31_rows_that_come_and_go_while_we_page_lose_none(bench: Bench, tried: Tried, size: int) -> None:
    ids = make_partners(bench, 1500, word="Moving")
    try:
        miss_no_steady_row(bench, ids, keyset_pages, size)
    finally:
        drop_partners(bench, ids)
    tried(1)


def test_r31_broken_variant_offset_paging_is_caught(bench: Bench, tried: Tried) -> None:
    ids = make_partners(bench, 1500, word="Moving")
    try:
        with pytest.raises(AssertionError, match="lost"):
            miss_no_steady_row(bench, ids, offset_pages, 100)
    finally:
        drop_partners(bench, ids)
    tried(1)


@pytest.mark.timeout(300)
def test_r31_pull_beside_a_writer_converges(bench: Bench, store: Mirror, tmp_path: Path, tried: Tried) -> None:
    """A second PostgreSQL session writes all the time; one quiet pull later the mirror is the truth."""
    ids = make_partners(bench, 1500, word="Busy")
    try:
        for round_ in range(3):
            with background(lambda stop: keep_writing(bench, ids, stop)):
                sync.pull(Pages(bench.session, 100), store, run=f"busy {round_}", options=MANY_GO)  # type: ignore[arg-type]
            sync.pull(bench.session, store, run=f"quiet {round_}", options=MANY_GO)
            assert_mirror_is_truth(bench, store, tmp_path)
            tried(1)
    finally:
        drop_partners(bench, range(ids.start, ids.stop + 100_000))


def keep_writing(bench: Bench, ids: range, stop: threading.Event) -> None:
    dice = random.Random(SEED)
    with bench.postgres() as connection:
        while not stop.is_set():
            some = dice.sample(list(ids), 3)
            connection.execute(
                "UPDATE res_partner SET name = 'A' || left(name, 40), write_date = now() AT TIME ZONE 'UTC'"
                " WHERE id = ANY(%s)",
                [some],
            )
            connection.execute("DELETE FROM res_partner WHERE id = %s", [some[0]])
            connection.commit()
            stop.wait(0.01)
