"""Nights with the real pull: one by one against the sandbox, and as one story against a real Odoo 19."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from kam_connector import writeback
from kam_connector.erp import ErpAccess, Session, connect
from kam_connector.sandbox import serve
from tests.contract.conftest import HAND_MADE, Place, odoo, reach
from tests.writeback.grounded import ROBOT, Desk, desk, find_ground
from tests.writeback.nights import ageing_row, decided, task_row, tier_row
from tests.writeback.service import service_access


@pytest.fixture(scope="module")
def sandbox_place() -> Iterator[Place]:
    yield from small_sandbox()


@pytest.fixture(scope="module")
def odoo19_place() -> Iterator[Place]:
    for ground in odoo(19):
        with reach(ground, "odoo19-xmlrpc") as place:
            yield place


def small_sandbox() -> Iterator[Place]:
    """The contract suite's companies, a second user, and a currency without decimals."""
    tables = {model: [dict(row) for row in rows] for model, rows in HAND_MADE.items()}
    tables["res.users"].append({"id": ROBOT, "login": "robot", "name": "Robot", "partner_id": 3, "company_id": 1})
    tables["res.currency"].append({"id": 3, "name": "JPY", "symbol": "¥", "decimal_places": 0, "rounding": 1.0})
    with serve(tables) as server:
        access = ErpAccess(server.url, server.database, server.login, server.password)
        with connect(access) as session:
            yield Place("sandbox", access, access, session, has_addon=True, server=server)


@pytest.fixture
def at(sandbox_place: Place, tmp_path: Path) -> Iterator[Desk]:
    """A desk beside fresh customers, so that the tests do not meet."""
    session = sandbox_place.session
    with desk(find_ground(session, sandbox_place.companies), tmp_path) as opened:
        yield opened
        drop(session, opened)


def drop(session: Session, opened: Desk) -> None:
    """Our records go again, the newest first (tiers stay: other tests have the same)."""
    for model in ("kam.payout.line", "kam.payout", "kam.ageing.line", "kam.ageing", "kam.collection.task"):
        session.unlink(model, [row["id"] for row in opened.rows(model)])


def tasks(amount: int) -> pd.DataFrame:
    return pd.DataFrame([task_row(1, 11, 9001, "reminder1", amount), task_row(2, 13, 9003, "reminder1", 99)])


def key_of(at: Desk, kind: str, customer: int, *rest: object) -> str:
    return ":".join((kind, str(at.ground.customers[customer]), *map(str, rest)))


def find(at: Desk, model: str, key: str, *names: str) -> dict[str, object]:
    return next(row for row in at.rows(model, *names) if row["kam_key"] == key)


def test_a_night_arrives_whole_and_the_next_one_writes_nothing(at: Desk) -> None:
    plan, outcome = at.night(decided(), "r1")
    assert outcome.is_clean, outcome.of("refused", "conflict", "unknown", "postponed")
    assert len(plan.changes) >= 17
    again, outcome = at.night(decided(), "r2")
    assert (again.changes, again.held, again.unchanged, outcome.written) == ((), (), 21, 0)


def test_figures_come_back_as_decided(at: Desk) -> None:
    at.night(decided(), "r1")
    row = find(at, "kam.customer", key_of(at, "customer", 11), "score", "d1_30", "d181_plus", "revenue_12m", "overdue")
    figures = {name: round(float(row[name]), 2) for name in ("score", "d1_30", "d181_plus", "revenue_12m", "overdue")}
    assert figures == {"score": 83.26, "d1_30": 20.1, "d181_plus": -5.0, "revenue_12m": 1234567.89, "overdue": 15.1}


@pytest.mark.long
def test_a_paid_line_is_archived_and_a_settled_task_closed_once(at: Desk) -> None:
    at.night(decided(), "r1")
    paid = decided(ageing=pd.DataFrame([ageing_row(1, 11, 7, not_due=100_05)]), tasks=tasks(1).iloc[:0])
    _, outcome = at.night(paid, "r2")
    assert outcome.is_clean
    assert find(at, "kam.collection.task", key_of(at, "task", 11, 9001, "reminder1"), "state")["state"] == "done"
    line = find(at, "kam.ageing.line", key_of(at, "ageing:due", 13, 1), "active", "total")
    assert (line["active"], line["total"]) == (False, 0.0)
    assert at.night(paid, "r3")[0].changes == ()


@pytest.mark.long
def test_a_persons_deadline_wins_and_keeps_the_settled_task_open(at: Desk) -> None:
    at.night(decided(), "r1")
    key = key_of(at, "task", 11, 9001, "reminder1")
    record = find(at, "kam.collection.task", key)["id"]
    at.ground.session.write("kam.collection.task", [record], {"date_deadline": "2026-08-01"})
    _, outcome = at.night(decided(tasks=tasks(20_00)), "r2")
    assert outcome.is_clean
    row = find(at, "kam.collection.task", key, "amount", "date_deadline", "state")
    assert (row["amount"], row["date_deadline"], row["state"]) == (20.0, "2026-08-01", "open")
    at.ground.session.write("kam.collection.task", [record], {"note": "called"})
    plan, _ = at.night(decided(tasks=tasks(0).iloc[1:]), "r3")
    assert find(at, "kam.collection.task", key, "state")["state"] == "open"
    assert [(held.key, held.why) for held in plan.held] == [(key, "closed")]


@pytest.mark.long
def test_an_edit_between_pull_and_push_is_a_conflict_and_nothing_is_lost(at: Desk) -> None:
    at.night(decided(), "r1")
    plan = at.plan(decided(tasks=tasks(20_00)), "r2")
    key = key_of(at, "task", 11, 9001, "reminder1")
    record = find(at, "kam.collection.task", key)["id"]
    at.ground.session.write("kam.collection.task", [record], {"note": "called"})
    outcome = writeback.push(plan, at.ground.session, at.book, run="r2")
    assert [answer.change.key for answer in outcome.of("conflict")] == [key]
    assert at.night(decided(tasks=tasks(20_00)), "r3")[1].is_clean
    row = find(at, "kam.collection.task", key, "amount", "note")
    assert (row["amount"], row["note"]) == (20.0, "called")


@pytest.mark.long
def test_a_deleted_task_stays_deleted_and_deleted_figures_come_back(at: Desk) -> None:
    at.night(decided(), "r1")
    session = at.ground.session
    session.unlink(
        "kam.collection.task", [find(at, "kam.collection.task", key_of(at, "task", 11, 9001, "reminder1"))["id"]]
    )
    session.unlink("kam.customer", [find(at, "kam.customer", key_of(at, "customer", 11))["id"]])
    plan, outcome = at.night(decided(), "r2")
    assert [(change.model, change.action) for change in plan.changes] == [("kam.customer", "create")]
    assert [held.why for held in plan.held] == ["gone"]
    assert outcome.written == 1


@pytest.mark.long
def test_one_bad_record_is_quarantined_with_the_erps_sentence(at: Desk) -> None:
    bad = decided()
    bad.tiers.loc[0, "status"] = "no such status"
    _, outcome = at.night(dataclasses.replace(bad, tasks=None), "r1")
    assert {answer.change.model for answer in outcome.of("refused")} == {"kam.customer", "kam.score"}
    assert all("no such status" in str(answer.message) for answer in outcome.of("refused"))
    assert at.plan(bad, "r2").changes == tuple(
        change for change in at.plan(bad, "r2").changes if change.model == "kam.collection.task"
    )
    mended = decided(
        tiers=pd.DataFrame([tier_row(1, 11, "gold", "83.26"), *decided().tiers.iloc[1:].to_dict("records")])
    )
    assert at.night(mended, "r3")[1].is_clean
    assert at.night(mended, "r4")[0].changes == ()


def test_the_runs_own_record_stands_in_every_company(at: Desk) -> None:
    from datetime import UTC, date, datetime

    run = writeback.RunRecord(
        name=f"run-{at.ground.customers[11]}",
        kind="night",
        started_at=datetime(2026, 6, 30, 1, 2, 3, tzinfo=UTC),
        ended_at=datetime(2026, 6, 30, 1, 3, 3, tzinfo=UTC),
        state="ok",
        as_of=date(2026, 6, 30),
        summary="ledger 12:ab",
        written_count=21,
    )
    assert writeback.push_run(run, at.ground.companies.values(), at.ground.session, at.book).written == 2
    rows = [row for row in at.rows("kam.run", "started_at", "written_count", "state") if row["kam_key"] == run.name]
    assert [(row["started_at"], row["written_count"], row["state"]) for row in rows] == [
        ("2026-06-30 01:02:03", 21, "ok")
    ] * 2


@pytest.mark.long
def test_a_story_of_nights_in_odoo(odoo19_place: Place, tmp_path: Path) -> None:
    """Figures arrive, nothing is written twice, a person's work stays, what is settled is closed, the rest goes on."""
    session = odoo19_place.session  # a person's; the nights are done by a login that is the connector and no more
    ground = find_ground(session, odoo19_place.companies)
    with (
        connect(service_access(odoo19_place)) as service,
        desk(dataclasses.replace(ground, session=service), tmp_path) as at,
    ):
        plan, outcome = at.night(decided(), "r1")
        assert outcome.is_clean, outcome.of("refused", "conflict", "unknown", "postponed")
        assert len(plan.changes) == 21
        row = find(at, "kam.customer", key_of(at, "customer", 11), "score", "d1_30", "d181_plus", "revenue_12m")
        assert [row[name] for name in ("score", "d1_30", "d181_plus", "revenue_12m")] == [83.26, 20.1, -5.0, 1234567.89]
        again, _ = at.night(decided(), "r2")
        assert (again.changes, again.held, again.unchanged) == ((), (), 21)

        touched, settled = key_of(at, "task", 11, 9001, "reminder1"), key_of(at, "task", 13, 9003, "reminder1")
        record = find(at, "kam.collection.task", touched)["id"]
        session.write("kam.collection.task", [record], {"date_deadline": "2026-08-01"})
        plan = at.plan(decided(tasks=tasks(20_00)), "r3")
        session.write("kam.collection.task", [record], {"note": "called"})
        outcome = writeback.push(plan, service, at.book, run="r3")
        assert [answer.change.key for answer in outcome.of("conflict")] == [touched]

        bad = decided(tasks=tasks(20_00))
        bad.tiers.loc[1, "status"] = "no such status"
        _, outcome = at.night(bad, "r4")
        assert [answer.change.model for answer in outcome.of("refused")] == ["kam.customer", "kam.score"]
        row = find(at, "kam.collection.task", touched, "amount", "note", "date_deadline")
        assert (row["amount"], row["note"], row["date_deadline"]) == (20.0, "called", "2026-08-01")

        paid = decided(ageing=pd.DataFrame([ageing_row(1, 11, 7, not_due=100_05)]), tasks=tasks(1).iloc[:0])
        plan, outcome = at.night(paid, "r5")
        assert outcome.is_clean
        states = {row["kam_key"]: row["state"] for row in at.rows("kam.collection.task", "state")}
        assert states == {touched: "open", settled: "done"}
        assert [(held.key, held.why) for held in plan.held] == [(touched, "closed")]
        line = find(at, "kam.ageing.line", key_of(at, "ageing:due", 13, 1), "active", "total")
        assert (line["active"], line["total"]) == (False, 0.0)
        assert at.night(paid, "r6")[0].changes == ()


def test_pushing_the_same_plan_twice_makes_nothing_twice_in_odoo(odoo19_place: Place, tmp_path: Path) -> None:
    session = odoo19_place.session
    with desk(find_ground(session, odoo19_place.companies), tmp_path) as at:
        plan = at.plan(decided(tasks=None, payouts=None, payout_lines=None), "p1")
        assert writeback.push(plan, session, at.book, run="p1").is_clean
        outcome = writeback.push(plan, session, at.book, run="p2")
        assert {answer.status for answer in outcome.answers} <= {"unchanged", "conflict"}
        counts = Counter((row["company_id"], row["kam_key"]) for row in at.rows("kam.customer", "company_id"))
        assert set(counts.values()) == {1}
