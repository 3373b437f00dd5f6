"""Nights on real Odoo servers: the ageing is the ledger, the second night is silent, a killed one is made good."""

from __future__ import annotations

import json
import random
import time
import xmlrpc.client
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SEED
from tests.reliability.bench import Bench, Tables
from tests.runs import nights
from tests.scenarios import snapshots
from tests.scenarios.conftest import Company, copies
from tests.scenarios.snapshots import Snapshot

pytestmark = pytest.mark.odoo

NIGHT = (*nights.NIGHT, "--skip", "report")
Night = tuple[Company, nights.Place, dict[str, Any]]
LEDGER = {
    19: """SELECT l.company_id, sum(l.balance) AS balance FROM account_move_line l
             JOIN account_account a ON a.id = l.account_id
            WHERE a.account_type = 'asset_receivable' AND l.parent_state = 'posted' AND l.date <= %s
            GROUP BY l.company_id ORDER BY l.company_id""",
    14: """SELECT l.company_id, sum(l.balance) AS balance FROM account_move_line l
             JOIN account_account a ON a.id = l.account_id
            WHERE a.internal_type = 'receivable' AND l.parent_state = 'posted' AND l.date <= %s
            GROUP BY l.company_id ORDER BY l.company_id""",
}
PARTNERS = """SELECT l.company_id, p.commercial_partner_id AS customer, sum(l.balance) AS balance
                FROM account_move_line l JOIN account_account a ON a.id = l.account_id
                JOIN res_partner p ON p.id = l.partner_id
               WHERE {kind} AND l.parent_state = 'posted' AND l.date <= %s
               GROUP BY 1, 2 HAVING sum(l.balance) <> 0"""
KIND = {19: "a.account_type = 'asset_receivable'", 14: "a.internal_type = 'receivable'"}

OPEN_ON = """WITH counted AS (SELECT * FROM account_partial_reconcile WHERE max_date <= %s)
             SELECT sum(l.balance) - (SELECT coalesce(sum(amount), 0) FROM counted WHERE debit_move_id = ANY(%s))
                    + (SELECT coalesce(sum(amount), 0) FROM counted WHERE credit_move_id = ANY(%s)) AS residual
               FROM account_move_line l WHERE l.date <= %s AND l.id = ANY(%s)"""
CLOSED_BY = """SELECT count(*) FROM account_move_line l WHERE l.id = ANY(%s) AND l.reconciled AND NOT EXISTS (
                 SELECT 1 FROM account_partial_reconcile p
                  WHERE l.id IN (p.debit_move_id, p.credit_move_id) AND p.max_date > %s)"""


@pytest.fixture(scope="module")
def night(odoo: Company, tmp_path_factory: pytest.TempPathFactory) -> Night:
    """The first night on a fresh database."""
    place = odoo.place(tmp_path_factory.mktemp(f"home{odoo.version}"))
    if odoo.version != 19:
        assert place.kam("erp", "prepare", "--yes").returncode == 0
    done = place.kam(*nights.NIGHT, "--format", "json")
    assert done.returncode in (0, 1), done.stderr
    return odoo, place, json.loads(done.stdout)


def test_the_first_night_writes_what_it_planned(night: Night) -> None:
    _, _, answer = night
    assert answer["totals"]["planned"] == answer["totals"]["written"] > 30
    assert answer["totals"]["refused"] == answer["totals"]["unknown"] == 0


@pytest.mark.requirement("S4-39")
@pytest.mark.parametrize("day", ["2025-12-31", "2026-03-15", "2026-06-30"])
def test_the_ageing_is_the_ledger_of_the_server_s_own_tables(night: Night, day: str) -> None:
    """Every company, on a year's end, in the middle of a month, and on the anchor day."""
    company, place, _ = night
    answer = json.loads(place.kam("ageing", "show", "--as-of", day, "--format", "json").stdout)
    truth = {row["company_id"]: row["balance"] for row in company.query(LEDGER[company.version], day)}
    assert len(answer["totals"]) >= 2
    for total in answer["totals"]:
        balance = truth.get(total["company"], Decimal(0))
        assert Decimal(total["tie_out"]["ageing"]) == balance
        assert Decimal(total["tie_out"]["ledger"]) == balance
        assert Decimal(total["tie_out"]["difference"]) == 0
    by_customer = {(row["company"], row["customer"]): Decimal(row["total"]) for row in answer["rows"]}
    sums = company.query(PARTNERS.format(kind=KIND[company.version]), day)
    assert {key: amount for key, amount in by_customer.items() if amount} == {
        (row["company_id"], row["customer"]): row["balance"] for row in sums
    }


def test_the_second_night_writes_nothing(night: Night) -> None:
    _, place, _ = night
    done = place.kam(*nights.NIGHT, "--format", "json")
    answer = json.loads(done.stdout)
    assert answer["totals"]["planned"] == answer["totals"]["written"] == 0, done.stderr


def test_a_line_of_the_ageing_opens_the_journal_items_behind_it(night: Night) -> None:
    company, _, _ = night
    if company.version != 19:
        assert company.query("SELECT 1 FROM information_schema.tables WHERE table_name = 'kam_ageing_line'") == []
        return
    server: Any = xmlrpc.client.ServerProxy(f"{company.url}/xmlrpc/2/object")
    call = partial(server.execute_kw, company.database, 2, "admin")
    fields = {"fields": ["company_id", "partner_id", "total"]}
    lines = call("kam.ageing.line", "search_read", [[["is_snapshot", "=", False], ["basis", "=", "due"]]], fields)
    totals: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for line in lines:
        totals[line["company_id"][0], line["partner_id"][0]] += Decimal(str(line["total"]))
    assert len(totals) > 20
    for line in lines[:6]:
        domain = call("kam.ageing.line", "action_open_items", [line["id"]])["domain"]
        items = call("account.move.line", "search", [domain])
        (owed,) = company.query(OPEN_ON, nights.ANCHOR, items, items, nights.ANCHOR, items)
        assert owed["residual"] == totals[line["company_id"][0], line["partner_id"][0]]
        (closed,) = company.query(CLOSED_BY, items, nights.ANCHOR)
        assert closed["count"] == 0


def test_without_the_addon_the_figures_stand_in_custom_fields(night: Night) -> None:
    company, place, _ = night
    if company.version == 19:
        assert company.query("SELECT count(*) AS n FROM kam_customer")[0]["n"] > 30
        return
    rows = company.query("SELECT x_kam_tier, x_kam_receivable FROM res_partner WHERE x_kam_as_of IS NOT NULL")
    assert len(rows) > 30
    assert any(row["x_kam_receivable"] for row in rows)
    attached = company.query("SELECT res_model FROM ir_attachment WHERE name = 'kam-ageing.xlsx'")
    assert len(attached) == 2  # one a company
    worklist = place.kam("collections", "worklist", "--as-of", nights.ANCHOR, "--format", "json")
    made = company.query("SELECT count(*) AS n FROM mail_activity WHERE summary LIKE '%%(KAM %%'")
    assert made[0]["n"] == len(json.loads(worklist.stdout)["rows"]) > 0
    assert "addon" in place.kam(*nights.NIGHT).stdout


@dataclass(frozen=True, slots=True)
class Fresh:
    """A database that can be made as before the first night, what one night leaves in it, and how long that took."""

    company: Company
    snapshot: Snapshot
    wanted: Tables
    seconds: float


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fresh]:
    """One Odoo 19 for all kills; the first night is the undisturbed one."""
    for company in copies(19):
        snapshot = snapshots.keep(19, company.database)
        place = company.place(tmp_path_factory.mktemp("undisturbed"))
        assert place.fork(*NIGHT).returncode in (0, 1)  # the server learns the database
        snapshot.put_back()
        place = company.place(tmp_path_factory.mktemp("measured"))
        begun = time.monotonic()
        assert place.fork(*NIGHT).returncode in (0, 1)
        yield Fresh(company, snapshot, end_state(company), time.monotonic() - begun)


def end_state(company: Company) -> Tables:
    """Every record that the connector wrote, by key, with links as keys; without what differs from run to run."""
    bench = Bench(company.database, company.url)
    try:
        return bench.tables()
    finally:
        bench.let_go()


def differences(found: Tables, wanted: Tables) -> list[str]:
    """Each value that is another one, and each record that is on one side only."""
    told = []
    for table in wanted:
        there, due = ({(row["company_id"], row["kam_key"]): row for row in rows[table]} for rows in (found, wanted))
        told += [f"{table} {key}: on one side only" for key in there.keys() ^ due.keys()]
        told += [
            f"{table} {key} {name}: {there[key][name]!r}, not {due[key][name]!r}"
            for key in sorted(there.keys() & due.keys())
            for name in due[key]
            if there[key][name] != due[key][name]
        ]
    return told


@pytest.mark.long
@pytest.mark.parametrize("attempt", range(10))
def test_a_night_killed_on_odoo_19_is_made_good_by_the_next(fresh: Fresh, tmp_path: Path, attempt: int) -> None:
    """SIGKILL at a random moment of the whole run; one more night leaves what an undisturbed one leaves (R-42)."""
    moment = random.Random(SEED + attempt).uniform(0.1, 0.98) * fresh.seconds
    print(f"KAM_SEED={SEED}, attempt {attempt}: killed after {moment:.2f} s of {fresh.seconds:.2f} s")
    fresh.snapshot.put_back()
    place = fresh.company.place(tmp_path)
    child = place.start(*NIGHT)
    time.sleep(moment)
    child.kill()
    done = place.fork(*NIGHT)
    assert done.returncode in (0, 1), done.stderr
    assert differences(end_state(fresh.company), fresh.wanted) == []
