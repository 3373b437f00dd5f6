"""Whatever people do while pulls go on: after a quiet pull the mirror is what a full pull makes of the ERP.

A random company's life against the sandbox over HTTP: records come, change, are archived, merged and deleted, some by
SQL, some commit late, some in between two pages; pulls run, break off and go on. KAM_SEED repeats it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kam_connector import mirror, sample, sync
from kam_connector.erp import ErpAccess, Session, connect
from kam_connector.erp.lanes import Page, Wish
from kam_connector.errors import ErpUnreachable
from kam_connector.mirror import Mirror
from kam_connector.sandbox import SandboxServer, serve
from kam_connector.sync import Options
from tests.conftest import SEED
from tests.sync.contents import content
from tests.sync.empty import empty_mirror

LIVES, NIGHTS, EDITS = 3, 5, 8
LARGE = Options(small_rows=0, waits=(), vanish_rows=10_000)
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with serve(sample.build("small", date(2026, 6, 30))) as started:
        yield started


@pytest.fixture(scope="module")
def session(server: SandboxServer) -> Iterator[Session]:
    access = ErpAccess(url=server.url, database=server.database, login=server.login, key=server.password)
    with connect(access) as opened:
        yield opened


class Life:
    """Somebody at work in the ERP."""

    def __init__(self, server: SandboxServer, session: Session, dice: random.Random) -> None:
        self.server, self.session, self.dice = server, session, dice
        self.made: list[int] = []

    def edit(self) -> None:
        """One random thing happens."""
        deeds: list[Callable[[], object]] = [self.come, self.come, self.change, self.archive, self.go, self.merge]
        self.dice.choice([*deeds, self.late, self.repair])()

    def come(self) -> None:
        rows = [{"name": f"New {self.dice.random()}"} for _ in range(self.dice.randint(1, 3))]
        self.made += self.session.create("res.partner", rows)

    def one(self) -> int:
        if not self.made:
            self.come()
        return self.dice.choice(self.made)

    def change(self) -> None:
        self.session.write("res.partner", [self.one()], {"name": f"Changed {self.dice.random()}"})

    def archive(self) -> None:
        self.session.write("res.partner", [self.one()], {"active": self.dice.random() < 0.5})

    def go(self) -> None:
        number = self.one()
        self.made.remove(number)
        self.session.unlink("res.partner", [number])

    def merge(self) -> None:
        """As the wizard does it: documents re-pointed by SQL, the other partner gone."""
        kept, gone = self.one(), self.one()
        if kept == gone:
            return
        with self.server.erp.lock:
            for move in self.dice.sample(sorted(self.table("account.move")), 2):
                self.table("account.move")[move].update(partner_id=gone, commercial_partner_id=gone)
                for line in self.table("account.move.line").values():
                    if line["move_id"] == move:
                        line["partner_id"] = gone
        self.pull_for_merge()
        with self.server.erp.lock:
            for model in ("account.move", "account.move.line"):
                for row in self.table(model).values():
                    row.update(
                        {field: kept for field in ("partner_id", "commercial_partner_id") if row.get(field) == gone}
                    )
        self.made.remove(gone)
        self.session.unlink("res.partner", [gone])

    pull_for_merge: Callable[[], None]

    def late(self) -> None:
        """A transaction that began minutes ago commits now."""
        began = (datetime.now(UTC) - timedelta(minutes=self.dice.randint(1, 9))).strftime("%Y-%m-%d %H:%M:%S")
        number = self.one()
        with self.server.erp.lock:
            row = self.table("res.partner")[number]
            row.update(name=f"Late {self.dice.random()}", write_date=max(began, row["write_date"]))

    def repair(self) -> None:
        """An amount is repaired by SQL."""
        with self.server.erp.lock:
            order = self.dice.choice(sorted(self.table("sale.order")))
            self.table("sale.order")[order]["amount_total"] += 1.0

    def table(self, model: str) -> dict[int, dict[str, Any]]:
        return self.server.erp.store.tables[model]


class Disturbed:
    """A session beside which somebody works between two pages, and whose connection may break."""

    def __init__(self, life: Life, rows: int, breaks_after: int) -> None:
        self.life, self.rows, self.left = life, rows, breaks_after
        self._lanes = life.session.lanes

    def __getattr__(self, name: str) -> Any:
        return getattr(self.life.session if hasattr(self.life.session, name) else self._lanes, name)

    @property
    def lanes(self) -> Any:
        return self

    def pages(self, wish: Wish) -> Iterator[Page]:
        for page in self._lanes.pages(
            Wish(wish.model, wish.domain, wish.fields, wish.companies, wish.after_id, self.rows)
        ):
            self.left -= 1
            if not self.left:
                raise ErpUnreachable("The connection broke.")
            if self.life.dice.random() < 0.05:
                self.life.edit()
            yield page


def night(life: Life, store: Mirror, run: str, *, dice: random.Random) -> None:
    """A pull while people work, perhaps broken off."""
    session = Disturbed(life, dice.choice([7, 50, 400]), dice.choice([3, 40, 10**6]))
    try:
        sync.pull(session, store, run=run, options=LARGE)  # type: ignore[arg-type]
    except ErpUnreachable:
        return


@pytest.mark.long
@pytest.mark.parametrize("life", range(LIVES))
def test_pulls_under_random_edits_end_as_a_full_pull(
    server: SandboxServer, session: Session, tmp_path: Path, life: int
) -> None:
    dice = random.Random(SEED + life)
    person = Life(server, session, dice)
    with mirror.open(empty_mirror(tmp_path / "mirror.duckdb")) as store:
        person.pull_for_merge = lambda: None
        for number in range(NIGHTS):
            for _ in range(dice.randint(1, EDITS)):
                person.edit()
            night(person, store, f"night {number}", dice=dice)
        sync.pull(session, store, run="quiet", options=Options(small_rows=0, waits=(), verify=True))
        with mirror.open(empty_mirror(tmp_path / "fresh.duckdb")) as fresh:
            sync.pull(session, fresh, run="fresh")
            assert content(store) == content(fresh)
