"""Sections D, E and F on real Odoo 19: an old backup, bad records, people's edits, approved statements."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from kam_connector import ledger, writeback
from kam_connector.erp import connect
from kam_connector.errors import Contradiction
from kam_connector.writeback import Decided
from kam_connector.writeback.journal import read_journal
from tests.conftest import SEED
from tests.reliability.bench import (
    Bench,
    assert_book_is_settled,
    assert_mirror_is_truth,
    assert_records_once,
)
from tests.reliability.proxy import Proxy, is_push
from tests.writeback.grounded import Desk
from tests.writeback.nights import ageing_row, decided, line_row, payout_row, task_row, tier_row

pytestmark = [pytest.mark.odoo, pytest.mark.long]
Tried = Callable[[int], None]


def with_score(score: str, **more: Any) -> Decided:
    """The small night, the first customer with another score."""
    tiers = [tier_row(1, 11, "gold", score), *decided().tiers.iloc[1:].to_dict("records")]
    return decided(tiers=pd.DataFrame(tiers), **more)


# --- last week's backup --------------------------------------------------------------------------------------


def test_r51_restored_backup_adopts_what_is_there(bench: Bench, tmp_path: Path, tried: Tried) -> None:
    """Backup after night 1, nights 2 to 4, restore, night 5: every key once, ids adopted, the fork is found."""
    home = tmp_path / "home"
    with bench.desk(home) as desk:
        assert desk.night(with_score("83"), "r1")[1].is_clean
        ledger.backup(desk.book, tmp_path / "backup.sqlite")
        for night, score in enumerate(("84", "85", "86"), 2):
            tasks = pd.DataFrame([task_row(1, 11, 9000 + night, "reminder1", 1000 * night)])
            assert desk.night(with_score(score, tasks=tasks), f"r{night}")[1].is_clean
        wanted, head = bench.tables(), desk.book.head()
    shutil.copyfile(tmp_path / "backup.sqlite", home / "ledger.sqlite")
    for name in ("ledger.sqlite-wal", "ledger.sqlite-shm"):
        (home / name).unlink(missing_ok=True)
    with bench_desk_again(bench, home) as desk:
        last = with_score("86", tasks=pd.DataFrame([task_row(1, 11, 9004, "reminder1", 4000)]))
        assert desk.night(last, "r5")[1].is_clean
        tables = bench.tables()
        assert_records_once(tables)
        assert tables == wanted
        assert_book_is_settled(desk.book)
        assert [problem.seq for problem in ledger.verify(desk.book, head)] != []
        assert desk.night(last, "r6")[0].changes == ()
        assert_mirror_is_truth(bench, desk.mirror, tmp_path)
    tried(1)


def test_r51_restored_backup_that_emits_again_hits_the_key(bench: Bench, tmp_path: Path, tried: Tried) -> None:
    """The mirror is as old as the book: it plans to make what is there; the keys make nothing of it, or adopt."""
    with bench.desk(tmp_path / "home") as desk:
        plan = desk.plan(with_score("83"), "r1")
        old = ledger.backup(desk.book, tmp_path / "backup.sqlite")
        assert writeback.push(plan, bench.session, desk.book, run="r1").is_clean
        wanted = bench.tables()
        assert old.seq < desk.book.head().seq
    with ledger.open(tmp_path / "backup.sqlite") as book:
        for _ in range(3):
            outcome = writeback.push(plan, bench.session, book, run="again")
            assert {answer.status for answer in outcome.answers} <= {"unchanged", "conflict"}, outcome
            assert all(answer.id for answer in outcome.of("unchanged"))
            assert bench.tables() == wanted
            assert_book_is_settled(book)
            tried(1)


def bench_desk_again(bench: Bench, home: Path) -> Any:
    """The same stores, opened again."""
    from contextlib import contextmanager

    from kam_connector import mirror

    @contextmanager
    def opened() -> Any:
        with mirror.open(home / "mirror.duckdb") as cache, ledger.open(home / "ledger.sqlite") as book:
            yield Desk(bench.ground, cache, book)

    return opened()


# --- bad records among five hundred --------------------------------------------------------------------------


@pytest.mark.timeout(300)
@pytest.mark.parametrize("transport", ["xmlrpc", "json2"])
def test_r56_bad_records_among_five_hundred_stop_only_themselves(
    bench: Bench, tmp_path: Path, tried: Tried, transport: str
) -> None:
    """An over-long text, another company's customer, a customer who is gone: all else arrives, these are held."""
    ids = bench.session.create("res.partner", [{"name": f"Many {number}"} for number in range(500)])
    other = bench.ground.companies[2]
    bench.session.write("res.partner", [ids[200]], {"company_id": other})
    bench.session.write("res.partner", [ids[300]], {"active": False})  # an archived customer has figures all the same
    bench.session.unlink("res.partner", [ids[400]])
    rows = [tier_row(1, number, "gold", "80") for number in ids]
    rows[100]["reason_args"] = '{"x":"' + "y" * 200_000 + '"}'
    ground = dataclasses.replace(bench.ground, customers={number: number for number in ids})
    what = decided(
        tiers=pd.DataFrame(rows), ageing=None, tie_out=None, payouts=None, payout_lines=None, tasks=None, revenue=None,
        customers=pd.DataFrame({"customer_id": ids, "user_id": None, "team_id": None}),
    )  # fmt: skip
    with bench.desk(tmp_path) as desk, connect(bench.access(transport)) as session:
        at = Desk(dataclasses.replace(ground, session=session), desk.mirror, desk.book)
        outcome = at.night(what, "r1")[1]
        refused = {answer.change.key for answer in outcome.of("refused") if answer.change.model == "kam.customer"}
        assert refused >= {f"customer:{ids[400]}", f"customer:{ids[100]}"}, refused
        assert refused <= {f"customer:{ids[place]}" for place in (100, 200, 400)}
        assert all(answer.message for answer in outcome.of("refused"))
        made = bench.query("SELECT count(*) AS n FROM kam_customer WHERE partner_id = ANY(%s)", ids)[0]["n"]
        assert made == 500 - len(refused)
        assert_book_is_settled(at.book)
        again = at.plan(what, "r2")
        assert [change for change in again.changes if change.model == "kam.customer"] == []
        assert {held.key for held in again.held if held.model == "kam.customer"} == refused
    tried(1)


# --- people's words ------------------------------------------------------------------------------------------


def test_r59_edit_between_look_and_write_is_a_conflict_and_nothing_is_lost(
    bench: Bench, proxy: Proxy, tmp_path: Path, tried: Tried
) -> None:
    """A person edits each record while our write is on its way: the version tells, the person's word stands."""
    first = decided(payouts=None, payout_lines=None)
    later_tasks = pd.DataFrame([task_row(1, 11, 9001, "reminder1", 2000), task_row(2, 13, 9003, "reminder1", 300)])
    later = decided(payouts=None, payout_lines=None, tasks=later_tasks)
    with bench.desk(tmp_path) as desk, connect(bench.access(url=proxy.url)) as service:
        at = Desk(dataclasses.replace(desk.ground, session=service), desk.mirror, desk.book)
        assert at.night(first, "r1")[1].is_clean
        tasks = bench.query("SELECT id, kam_key FROM kam_collection_task ORDER BY id")

        def edit() -> None:
            for task in tasks:
                bench.session.write(
                    "kam.collection.task", [task["id"]], {"note": "She pays on Friday", "date_deadline": "2026-09-01"}
                )

        plan = at.plan(later, "r2")
        with proxy.fault("during", is_push, work=edit):
            outcome = writeback.push(plan, service, at.book, run="r2")
        conflicts = {answer.change.key for answer in outcome.of("conflict")}
        assert conflicts == {task["kam_key"] for task in tasks}, outcome
        rows = bench.query("SELECT note, date_deadline, amount FROM kam_collection_task ORDER BY id")
        assert {("She pays on Friday", "2026-09-01")} == {(row["note"], str(row["date_deadline"])) for row in rows}
        assert at.night(later, "r3")[1].is_clean
        rows = bench.query("SELECT note, date_deadline, amount FROM kam_collection_task ORDER BY id")
        assert [(row["note"], str(row["date_deadline"])) for row in rows] == [("She pays on Friday", "2026-09-01")] * 2
        assert sorted(row["amount"] for row in rows) == [Decimal("3.00"), Decimal("20.00")]
        assert_book_is_settled(at.book)
        assert at.night(later, "r4")[0].changes == ()
    tried(len(tasks))


PEOPLES = {
    "kam_collection_task": {"note": "by hand", "date_deadline": "2026-12-24", "state": "done"},
    "kam_customer": {"override_reason": "strategic", "override_until": "2026-12-31"},
}


@pytest.mark.parametrize("table", PEOPLES)
def test_r59_what_people_own_is_never_overwritten(bench: Bench, tmp_path: Path, tried: Tried, table: str) -> None:
    """Edited in PostgreSQL between the runs, past every version: three more nights leave the people's fields alone."""
    columns = bench.query("SELECT column_name AS name FROM information_schema.columns WHERE table_name = %s", table)
    edits = {name: value for name, value in PEOPLES[table].items() if name in {row["name"] for row in columns}}
    assert edits
    with bench.desk(tmp_path) as desk:
        assert desk.night(with_score("83"), "r1")[1].is_clean
        for name, value in edits.items():
            bench.query(f"UPDATE {table} SET {name} = %s, write_date = now() AT TIME ZONE 'UTC'", value)
        for number, score in enumerate(("84", "85", "86")):
            tasks = pd.DataFrame([task_row(1, 11, 9001, "reminder1", 100 * number)])
            outcome = desk.night(with_score(score, tasks=tasks), f"r{number + 2}")[1]
            assert not outcome.of("refused", "unknown")
            for row in bench.query(f"SELECT * FROM {table}"):
                assert {name: str(row[name]) for name in edits} == edits
            tried(1)
        assert_book_is_settled(desk.book)


# --- an approved statement -----------------------------------------------------------------------------------


def statements(bench: Bench) -> list[dict[str, Any]]:
    """The approved statements and their lines, every byte of them."""
    heads = bench.query("SELECT * FROM kam_payout WHERE state <> 'draft' ORDER BY id")
    lines = bench.query("SELECT * FROM kam_payout_line WHERE payout_id = ANY(%s) ORDER BY id", [h["id"] for h in heads])
    return [*heads, *lines]


LATER = {
    "back-dated invoice": ("1785.5", [("501", "1285.5"), ("777", "500")]),
    "credit note": ("1085.5", [("501", "1285.5"), ("778", "-200")]),
    "cancelled": ("0", []),
    "payment reversed": ("1285.5", [("501", "1285.5"), ("779", "0")]),
}


@pytest.mark.parametrize("case", LATER)
def test_r68_approved_statement_never_changes_whatever_arrives_later(
    bench: Bench, tmp_path: Path, tried: Tried, case: str
) -> None:
    """What a person has approved stays byte for byte: other figures under its key stop the run (exit 7), and the
    difference is a statement of its own in the same period."""
    earned, lines = LATER[case]
    with bench.desk(tmp_path) as desk:
        assert desk.night(decided(), "r1")[1].is_clean
        approve(bench)
        sealed = statements(bench)
        assert len(sealed) == 4
        heads = [payout_row(7, 3, earned), payout_row(8, 1, "64.275")]
        rows = [line_row(7, 3, int(move), amount) for move, amount in lines] + [line_row(8, 1, 502, "64.275")]
        other = decided(payouts=pd.DataFrame(heads), payout_lines=pd.DataFrame(rows))
        rest = {**payout_row(7, 3, earned), "sequence": 2, "payout_minor": int(Decimal(earned)) - 1286}
        third = decided(payouts=pd.DataFrame([rest]), payout_lines=pd.DataFrame(rows[:-1] or rows))
        if earned != LATER["payment reversed"][0]:
            with pytest.raises(Contradiction, match="approved"):
                desk.night(other, "r2")
        assert statements(bench) == sealed
        assert desk.night(third, "r3")[1].is_clean
        assert statements(bench) == sealed
        tried(2)
        drafts = bench.query("SELECT sequence, amount FROM kam_payout WHERE state = 'draft' AND sequence = 2")
        assert [row["amount"] for row in drafts] == [Decimal(int(Decimal(earned)) - 1286)]
        assert_book_is_settled(desk.book)


def approve(bench: Bench) -> None:
    """An accountant who neither computed nor receives them approves every statement, through the addon's own button."""
    login = f"accountant{SEED}"
    session = bench.session
    if not session.search_read("res.users", [("login", "=", login)], ["login"]):
        names = (("account", "group_account_invoice"), ("kam_connector", "group_accountant"))
        groups = [group(bench, *name) for name in names]
        companies = list(bench.ground.companies.values())
        user = {"name": "Accountant", "login": login, "password": "accountant-Key-41"}
        links = {"company_id": companies[0], "company_ids": [[6, 0, companies]], "group_ids": [[6, 0, groups]]}
        session.create("res.users", [{**user, **links}], context={"no_reset_password": True})
    ids = [row["id"] for row in bench.query("SELECT id FROM kam_payout WHERE state = 'draft'")]
    with connect(bench.access(login=login, key="accountant-Key-41")) as accountant:
        accountant.perform("kam.payout", "action_approve", ids)


def group(bench: Bench, module: str, name: str) -> int:
    sql = "SELECT res_id FROM ir_model_data WHERE model = 'res.groups' AND module = %s AND name = %s"
    return int(bench.query(sql, module, name)[0]["res_id"])


def test_r57_quarantined_record_never_blocks_the_others(bench: Bench, tmp_path: Path, tried: Tried) -> None:
    """A poison record fails the first night, is held in every later one, and goes on when it is mended."""
    bad = with_score("83")
    bad.tiers.loc[1, "status"] = "no such status"  # not the customer whose figures change: that one is tried again
    with bench.desk(tmp_path) as desk:
        desk.night(bad, "r1")
        for night in range(3):
            ageing = pd.DataFrame([ageing_row(1, 11, 7, not_due=100 + night)])
            bad = dataclasses.replace(bad, ageing=ageing, tie_out=None)
            plan, outcome = desk.night(bad, f"r{night + 2}")
            assert {held.why for held in plan.held} >= {"quarantined"}
            assert not outcome.of("refused", "unknown")
            tried(1)
        assert {line.state for line in read_journal(desk.book).values()} <= {"confirmed", "quarantined", "moot"}
        assert_book_is_settled(desk.book)
