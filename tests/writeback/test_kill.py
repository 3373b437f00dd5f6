"""SIGKILL at moments of a push over real XML-RPC; the seed of the moments is printed (R-41, R-42)."""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from pathlib import Path

import pytest

from kam_connector import ledger, writeback
from kam_connector.erp import connect
from kam_connector.writeback.destinations import BY_MODEL
from kam_connector.writeback.journal import read_journal
from tests.conftest import SEED
from tests.contract.conftest import Place
from tests.writeback.grounded import Desk, desk, find_ground
from tests.writeback.nights import decided
from tests.writeback.test_real_addon import small_sandbox

pytestmark = pytest.mark.long

MOMENTS = 60  # of this night's push: 8 for its beginning, then 8 groups of 7


@pytest.mark.parametrize("moment", sorted(random.Random(SEED).sample(range(1, MOMENTS), 3)))
def test_a_killed_push_ends_like_an_undisturbed_one(tmp_path: Path, moment: int) -> None:
    print(f"KAM_SEED={SEED}")
    for sandbox_place in small_sandbox():
        with desk(find_ground(sandbox_place.session, sandbox_place.companies), tmp_path) as at:
            plan = at.plan(decided(), "r1")
            at.book.close()
            assert dies(sandbox_place, plan, at.book.path, moment)
            with ledger.open(at.book.path) as book:
                again = Desk(at.ground, at.mirror, book)
                assert again.night(decided(), "r2")[1].is_clean
                assert counts(again) == Counter(change.record[:2] for change in plan.changes)
                assert again.plan(decided(), "r3").changes == ()
                assert {line.state for line in read_journal(book).values()} <= {"confirmed", "moot"}
                assert ledger.verify(book) == []


def counts(at: Desk) -> Counter[tuple[str, int]]:
    """How many records each model has in each company; every key stands once."""
    found: Counter[tuple[str, int]] = Counter()
    for model in BY_MODEL:
        rows = at.rows(model, "company_id")
        assert len({(row["company_id"], row["kam_key"]) for row in rows}) == len(rows)
        found.update((model, row["company_id"]) for row in rows)
    return found


def dies(place: Place, plan: writeback.Plan, book: Path, moment: int) -> bool:
    """True when a forked process died at that moment of the push."""
    child = os.fork()
    if child == 0:
        try:
            os.environ["KAM_CRASH_AT"] = f"*:{moment}"
            with ledger.open(book) as mine, connect(place.access) as session:
                writeback.push(plan, session, mine, run="r1")
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
