"""SIGKILL at every numbered moment of a push, with the sandbox behind, and at every moment of the recovery (R-41).

The moments are counted, not named: the n-th dies for n = 1, 2, ... until a push comes to its end. Whatever died, one
more night must leave what an undisturbed one leaves: the same records once, a sound chain, nothing open in the outbox.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from kam_connector import ledger
from kam_connector.erp import ErpAccess, Session, connect
from kam_connector.sandbox import serve
from kam_connector.writeback.destinations import PARTNER
from kam_connector.writeback.journal import read_journal
from tests.conftest import first_of
from tests.contract.conftest import HAND_MADE, Place
from tests.writeback.nights import decided
from tests.writeback.sandboxed import Stage, remove

MODELS = {
    "addon": ("kam.tier", "kam.customer", "kam.score", "kam.collection.task"),
    "plain": ("res.partner", "mail.activity"),
}
PARTNERS = [{"id": number, "name": f"Customer {number}", "commercial_partner_id": number} for number in (11, 12, 13)]
USERS = [{"id": number, "login": f"u{number}", "name": "U", "partner_id": 3, "company_id": 1} for number in (7, 8)]
FIRST_KILLS = {"addon": (15,), "plain": (15,)}
"""Between the ERP's commit and the book's line about it: the recovery has the most to do there."""


@pytest.fixture(params=first_of(["addon", "plain"]))
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    """A small company before its first night, with the addon and without it."""
    tables = {model: [dict(row) for row in rows] for model, rows in HAND_MADE.items()}
    tables["res.partner"] += [dict(row) for row in PARTNERS]
    tables["res.users"] += [dict(row) for row in USERS]
    tables["crm.team"] = [{"id": 5, "name": "Team"}]
    has_addon = request.param == "addon"
    with serve(tables, addon=has_addon) as server:
        access = ErpAccess(server.url, server.database, server.login, server.password)
        with connect(access) as session:
            if not has_addon:
                make_fields(session)
            place = Place(request.param, access, access, session, has_addon=has_addon, server=server)
            what = decided(ageing=None, tie_out=None, revenue=None, payouts=None, payout_lines=None)
            yield Stage(place, what, tmp_path)


def make_fields(session: Session) -> None:
    """The custom fields that `kam erp prepare` makes."""
    kinds = {"number": "float", "date": "date", "text": "char"}
    model = session.search_read("ir.model", [("model", "=", "res.partner")], ["model"])[0]["id"]
    rows = [{"name": field.name, "ttype": kinds[field.kind], "model_id": model, "state": "manual",
             "field_description": field.name} for field in PARTNER.fields]  # fmt: skip
    session.create("ir.model.fields", rows)
    session.forget_fields("res.partner")


def oracle(stage: Stage, path: Path, wanted: object) -> None:
    """The records are those of an undisturbed night, each once; the chain is sound; the outbox has an end for all."""
    models = MODELS[stage.place.name]
    assert stage.content(*models) == wanted
    keys = Counter((model, row["company_id"], row["kam_key"]) for model in models for row in rows_of(stage, model))
    assert set(keys.values()) <= {1}
    with ledger.open(path) as book:
        assert ledger.verify(book) == []
        assert {line.state for line in read_journal(book).values()} <= {"confirmed", "moot"}


def rows_of(stage: Stage, model: str) -> list[dict[str, object]]:
    rows = stage.store.tables[model].values()
    return [row for row in rows if "kam_key" in row]


def undisturbed(stage: Stage) -> object:
    path = stage.fresh()
    outcome = stage.night(path, "r1")
    assert outcome.is_clean, [answer for answer in outcome.answers if answer.status != "created"]
    return stage.content(*MODELS[stage.place.name])


@pytest.mark.long
def test_r41_kill_at_every_moment_of_a_push_and_of_its_recovery(stage: Stage) -> None:
    wanted = undisturbed(stage)
    kills = [_kill_pushes(stage, wanted)]
    for first in FIRST_KILLS[stage.place.name]:
        kills.append(_kill_recoveries(stage, wanted, first))
    print(f"{sum(kills)} kills with {stage.place.name}: {kills}")
    assert kills[0] >= {"addon": 30, "plain": 15}[stage.place.name]
    assert min(kills[1:]) >= 3


def _kill_pushes(stage: Stage, wanted: object) -> int:
    """How many moments a push has: each died once, and one more night made it good."""
    moment, died = 0, True
    while died:
        moment += 1
        path = stage.fresh()
        died = stage.dies(path, "r1", moment)
        assert stage.night(path, "r2").is_clean, moment
        oracle(stage, path, wanted)
        remove(path.parent)
    return moment - 1


def _kill_recoveries(stage: Stage, wanted: object, first: int) -> int:
    """The push dies at moment `first`; then its recovery dies at every moment that it has."""
    moment, died = 0, True
    while died:
        moment += 1
        path = stage.fresh()
        assert stage.dies(path, "r1", first)
        died = stage.dies_again(path, "r2", moment)
        assert stage.night(path, "r3").is_clean, (first, moment)
        oracle(stage, path, wanted)
        remove(path.parent)
    return moment - 1
