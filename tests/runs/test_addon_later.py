"""The addon is installed after nights that asked by activities: customers go on at their step, not at the first one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kam_connector import ledger
from kam_connector.erp import ErpAccess, connect
from kam_connector.sample.company import SampleCompany
from kam_connector.sandbox import SandboxServer, serve
from kam_connector.writeback.journal import read_journal
from tests.runs import nights

pytestmark = pytest.mark.long


@pytest.fixture
def server(small_company: SampleCompany) -> Iterator[SandboxServer]:
    with serve(small_company) as found:
        yield found


def night(place: nights.Place, day: str) -> dict[str, Any]:
    done = place.kam("run", "--yes", "--allow-past", "--as-of", day, "--skip", "report", "--format", "json")
    assert done.returncode in (0, 1), done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.requirement("S4-50")
def test_an_open_task_and_one_that_was_acted_on_keep_their_step(server: SandboxServer, tmp_path: Path) -> None:
    erp, place = server.erp, nights.at_sandbox(tmp_path, server)
    ours = {name: model for name, model in erp.store.schema.models.items() if name.startswith("kam.")}
    for name in ours:
        del erp.store.schema.models[name]
    erp.addon = False
    night(place, nights.ANCHOR)
    with ledger.open(next(place.home.rglob("ledger.sqlite")), read_only=True) as book:
        tasks = {(task["company_id"], task["customer_id"]): task for task in book.states("task").values()}
        made = {line.change.key: line.id for line in read_journal(book).values() if line.id}
    acted, still = list(tasks.values())[:2]
    access = ErpAccess(server.url, server.database, server.login, server.api_key)
    with connect(access) as session:  # a person has done the first one's activity
        session.unlink("mail.activity", [made[key_of(acted)]])
    erp.store.schema.models.update(ours)
    erp.addon = True
    night(place, "2026-07-20")
    levels = {row["kam_key"]: row["level"] for row in server.rows("kam.collection.task").values()}
    later = next(level for key, level in levels.items() if key.startswith(f"task:{acted['customer_id']}:"))
    assert (acted["level"], later) == (1, 2)
    assert levels[key_of(still)] == still["level"] == 1


def key_of(task: dict[str, Any]) -> str:
    return f"task:{task['customer_id']}:{task['oldest_item_id']}:{task['step']}"
