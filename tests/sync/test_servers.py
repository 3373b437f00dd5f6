"""The pull against the sandbox and real Odoo 19 and 14 with the sample company: complete, idle, tied out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kam_connector import mirror, sync
from kam_connector.erp import Session, connect
from kam_connector.facts import receivables
from kam_connector.mirror import Mirror
from tests.facts.conftest import rows
from tests.sync.contents import content
from tests.sync.counting import count_calls
from tests.sync.places import Place, place

pytestmark = pytest.mark.timeout(1800)
DAYS = (date(2025, 3, 31), date(2025, 12, 31), date(2026, 3, 31), date(2026, 6, 30))


@pytest.fixture(
    scope="module",
    params=[
        "sandbox",
        pytest.param("odoo19", marks=pytest.mark.odoo),
        pytest.param("odoo14", marks=[pytest.mark.odoo, pytest.mark.long]),
    ],
)
def erp(request: pytest.FixtureRequest) -> Iterator[Place]:
    yield from place(request.param)


@pytest.fixture(scope="module")
def session(erp: Place) -> Iterator[Session]:
    with connect(erp.access) as opened:
        yield opened


@pytest.fixture(scope="module")
def store(erp: Place, session: Session, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mirror]:
    """A mirror of the sample company, pulled once; later tests pull into it again."""
    with mirror.open(tmp_path_factory.mktemp(erp.name) / "mirror.duckdb") as opened:
        report = sync.pull(session, opened, run="first")
        assert report.findings == ()
        yield opened


def test_the_ageing_ties_out_with_the_erps_own_tables_on_four_days(erp: Place, store: Mirror) -> None:
    for day in DAYS:
        ageing: dict[int, int] = defaultdict(int)
        for row in rows(receivables.open_items(store.ibis, day)):
            ageing[row["company_id"]] += row["residual_minor"]
        ledger: dict[int, int] = defaultdict(int)
        for row in rows(receivables.ledger_balance(store.ibis, day)):
            ledger[row["company_id"]] += row["ledger_minor"]
        own = {company: balance * 100 for company, balance in erp.balances(day).items()}
        assert ageing == ledger == own
        assert sum(ageing.values(), Decimal(0)) != 0


def test_what_is_open_today_is_what_the_erp_calls_residual(store: Mirror) -> None:
    open_now = {row["item_id"]: row["residual_minor"] for row in rows(receivables.open_items(store.ibis, date.max))}
    theirs = store.db.execute(
        "SELECT line.id, line.amount_residual_minor FROM account_move_line line"
        " JOIN account_account account ON account.id = line.account_id AND account.account_type = 'asset_receivable'"
        " WHERE line.parent_state = 'posted' AND line.amount_residual_minor <> 0"
    ).fetchall()
    assert open_now == dict(theirs)


def test_a_second_pull_changes_nothing(session: Session, store: Mirror) -> None:
    before = content(store, runs=True)
    report = sync.pull(session, store, run="second")
    assert (report.rows, report.deleted, report.findings) == (0, 0, ())
    assert content(store, runs=True) == before


@pytest.mark.long
def test_after_changes_an_incremental_pull_is_as_good_as_a_whole_one(
    session: Session, store: Mirror, tmp_path: Path
) -> None:
    made = session.create("res.partner", [{"name": f"New {number}"} for number in range(4)])
    sync.pull(session, store, run="third")
    session.write("res.partner", made[:1], {"name": "Renamed"})
    session.write("res.partner", made[1:2], {"active": False})
    session.unlink("res.partner", made[2:3])
    session.write("res.partner", made[3:], {"parent_id": made[0]})
    report = sync.pull(session, store, run="fourth")
    assert {one.model: (one.rows, one.deleted) for one in report.models}["res.partner"] == (3, 1)
    with mirror.open(tmp_path / "fresh.duckdb") as fresh:
        sync.pull(session, fresh, run="fresh")
        assert content(store) == content(fresh)


@pytest.fixture(params=["sandbox", pytest.param("odoo19_addon", marks=pytest.mark.odoo)])
def addon_erp(request: pytest.FixtureRequest) -> Iterator[Place]:
    yield from place(request.param)


@pytest.mark.long
def test_an_idle_night_with_the_addon_takes_ten_calls(
    addon_erp: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Log-in included, all models, deletions checked; on the servers without the addon see `test_real.py`."""
    erp = addon_erp
    with mirror.open(tmp_path / "mirror.duckdb") as store:
        for run in ("first", "second"):
            with connect(erp.access) as warm:
                sync.pull(warm, store, run=run)
        calls = count_calls(monkeypatch)
        with connect(erp.access) as fresh:
            report = sync.pull(fresh, store, run="idle")
            assert (report.rows, report.deleted) == (0, 0)
            assert {fresh.lanes.lane_of(one.model) for one in report.models} == {"addon"}
        assert 0 < calls[0] <= 10
        store.db.execute("UPDATE _check SET moment = '2026-01-01 00:00:00'")
        calls[0] = 0
        with connect(erp.access) as fresh:
            assert sync.pull(fresh, store, run="first of the day").checked
        assert 0 < calls[0] <= 12
