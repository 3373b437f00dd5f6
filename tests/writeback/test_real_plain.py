"""Without the addon, against a real Odoo 14: an administrator prepares once, an ordinary login does the nights."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from kam_connector import erp_setup, writeback
from kam_connector.erp import connect
from tests.contract.conftest import Place, odoo, reach
from tests.writeback.grounded import Desk, desk, find_ground
from tests.writeback.nights import decided
from tests.writeback.service import service_access

pytestmark = pytest.mark.long


@pytest.fixture(scope="module", params=["odoo14"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    for ground in odoo(14):
        with reach(ground, "odoo14-xmlrpc") as reached:
            yield reached


@pytest.fixture(scope="module")
def at(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The desk of the ordinary login, after `kam erp prepare` by the administrator."""
    wanted = erp_setup.Wanted("kam-connector", place.companies)
    erp_setup.make(place.session, erp_setup.plan_setup(place.session, wanted))
    ground = find_ground(place.session, place.companies)
    folder = tmp_path_factory.mktemp("desk")
    with (
        connect(service_access(place)) as session,
        desk(dataclasses.replace(ground, session=session), folder) as made,
    ):
        yield made


def test_nights_without_the_addon(at: Desk, place: Place) -> None:
    """One story: figures and activities arrive, the next night writes nothing, what people did stays."""
    plan, outcome = at.night(decided(), "r1")
    assert outcome.is_clean, outcome.answers
    assert plan.counts() == {("res.partner", "update"): 3, ("mail.activity", "create"): 2}
    assert at.night(decided(), "r2")[0].changes == ()

    names = ["x_kam_tier", "x_kam_score", "x_kam_receivable", "x_kam_overdue", "x_kam_oldest_due"]
    row = at.ground.session.read("res.partner", [at.ground.customers[11]], names)[0]
    assert [row[name] for name in names] == ["gold", 83.26, 115.15, 15.1, "2026-05-01"]

    mine, theirs = activities(at)
    place.session.write("mail.activity", [theirs], {"date_deadline": "2026-09-09"})
    plan, outcome = at.night(decided(tasks=decided().tasks.iloc[:0]), "r3")
    assert [(change.action, change.id) for change in plan.changes] == [("remove", mine)]
    assert outcome.is_clean
    assert activities(at) == [theirs]

    place.session.unlink("mail.activity", [theirs])
    assert at.night(decided(), "r4")[0].changes == ()


def activities(at: Desk) -> list[int]:
    domain = [("res_model", "=", "res.partner"), ("summary", "like", "(KAM ")]
    return [row["id"] for row in at.ground.session.search_read("mail.activity", domain, ["summary"])]


def test_the_workbook_hangs_on_the_companys_partner_once(at: Desk) -> None:
    con, session = at.mirror.ibis, at.ground.session
    report = writeback.Report(at.ground.companies[1], "kam-ageing.xlsx", b"PK first")
    runs = [writeback.attach_report(report, con, session, at.book, run=run) for run in ("r1", "r2")]
    other = writeback.Report(at.ground.companies[1], "kam-ageing.xlsx", b"PK second")
    assert [*runs, writeback.attach_report(other, con, session, at.book, run="r3")] == [
        "created",
        "unchanged",
        "updated",
    ]
    found = session.search_read("ir.attachment", [("name", "=", "kam-ageing.xlsx")], ["checksum"])
    assert [row["checksum"] for row in found] == [other.checksum]
