"""Two connectors with books of their own at one ERP: the one that another followed is fenced off (R-61)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kam_connector import ledger, writeback
from kam_connector.errors import Fenced, LockedError
from kam_connector.ledger import Ledger
from kam_connector.ledger.locking import alone_with
from tests.writeback.fake_erp import FakeErp
from tests.writeback.nights import decided
from tests.writeback.test_push import tasks_with


@pytest.fixture(params=[True, False], ids=["addon", "plain"])
def erp(request: pytest.FixtureRequest, tmp_path: Path) -> FakeErp:
    fake = FakeErp(tmp_path / "erp.json", addon=request.param)
    for number, company in ((11, 1), (12, False), (13, 2)):
        fake.add("res.partner", id=number, company_id=company)
    return fake


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Ledger]:
    """The book of another home."""
    with ledger.open(tmp_path / "laptop" / "ledger.sqlite") as opened:
        yield opened


def plan_of(erp: FakeErp, book: Ledger, amount: int = 15_10) -> writeback.Plan:
    con = erp.pull()
    what = decided(tasks=tasks_with(amount))
    return writeback.make_plan(writeback.desired_records(what, con), con, book, erp)


def test_r61_the_older_of_two_connectors_is_refused_as_a_whole_until_it_takes_over(
    erp: FakeErp, book: Ledger, laptop: Ledger
) -> None:
    assert writeback.push(plan_of(erp, book), erp, book, run="server-1").taken_from == ""
    erp.add("res.partner", id=14, company_id=1)
    outcome = writeback.push(writeback.Plan(plan_of(erp, laptop).route), erp, laptop, run="laptop-0")
    assert outcome == writeback.Outcome()  # nothing to send: nobody is fenced off for nothing
    before = writeback.take_over(erp, laptop, run="laptop-1")
    assert "server-1" in before
    plan, writes, content = changed(plan_of(erp, book)), erp.writes, erp.path.read_text()
    with pytest.raises(Fenced, match=r"laptop-1.*Nothing was written.*kam writeback takeover") as caught:
        writeback.push(plan, erp, book, run="server-2")
    assert caught.value.exit_code == 5
    assert (erp.writes, erp.path.read_text()) == (writes, content)
    assert "laptop-1" in writeback.take_over(erp, book, run="server-3")
    assert writeback.push(plan, erp, book, run="server-4").taken_from == ""
    with pytest.raises(Fenced):
        writeback.push(plan, erp, laptop, run="laptop-2")


def changed(plan: writeback.Plan) -> writeback.Plan:
    """The plan with something to send, whatever the ERP holds."""
    if plan.changes:
        return plan
    made = writeback.Change("mail.activity", 1, "task:11:1:call", "create", {"res_id": 11, "summary": "x"}, "f")
    addon = writeback.Change("kam.run", 1, "run", "create", {"name": "run"}, "f")
    return writeback.Plan(plan.route, (addon if plan.route == "addon" else made,))


def test_r61_a_connector_followed_in_the_middle_of_its_push_sends_nothing_more(
    erp: FakeErp, book: Ledger, laptop: Ledger
) -> None:
    plan = plan_of(erp, book)
    real: Callable[..., object] = erp.call if plan.route == "addon" else erp.create
    name = "call" if plan.route == "addon" else "create"

    def followed(*args: object, **kwargs: object) -> object:
        if args[:2] == ("kam.gateway", "register") or "kam-connector" in str(args):
            return real(*args, **kwargs)
        delattr(erp, name)
        answer = real(*args, **kwargs)
        writeback.take_over(erp, laptop, run="laptop-1")
        return answer

    setattr(erp, name, followed)
    more = writeback.Change("kam.run", 1, "run", "create", {"name": "run"}, "f")
    if plan.route == "plain":
        more = writeback.Change("mail.activity", 1, "task:12:7:call", "remove", {}, "f", 77, 1, former={"mark": "m"})
    with pytest.raises(Fenced):
        writeback.push(writeback.Plan(plan.route, (*plan.changes, more)), erp, book, run="server-1")
    assert erp.rows("kam.customer") == []
    assert len(erp.log) == (2 if plan.route == "addon" else 3)  # the endpoint is asked and refuses, the lease stops


def test_a_new_home_takes_over_and_is_told_from_whom(erp: FakeErp, book: Ledger, laptop: Ledger) -> None:
    writeback.push(plan_of(erp, book), erp, book, run="server-1")
    outcome = writeback.push(changed(plan_of(erp, laptop, 99_00)), erp, laptop, run="laptop-1")
    assert "server-1" in outcome.taken_from


def test_r45_two_pushes_with_one_book_exclude_each_other(erp: FakeErp, book: Ledger) -> None:
    plan = plan_of(erp, book)
    with alone_with(book.path), pytest.raises(LockedError, match=str(os.getpid())):
        writeback.push(plan, erp, book, run="r1")
    assert erp.writes == 0
    assert writeback.push(plan, erp, book, run="r1").is_clean
