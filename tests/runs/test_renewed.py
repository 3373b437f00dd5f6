"""After an upgrade tables of the mirror are empty until they are read anew: nothing is decided of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kam_connector import mirror
from kam_connector.mirror import state
from kam_connector.mirror.schema import RENEWED
from tests.runs.staff import Staff, books_of_staff, on_mirror, staff


def upgrade(home: Path) -> None:
    """The table of payouts is that of an older connector."""
    with mirror.open(home / "main" / "mirror.duckdb") as store:
        store.db.execute("UPDATE _tables SET definition = 'older' WHERE name = 'kam_payout'")


@pytest.mark.parametrize("verb", ["close", "lock", "payroll"])
def test_nothing_is_closed_locked_or_exported_before_the_next_pull(tmp_path: Path, verb: str) -> None:
    place = on_mirror(books_of_staff(), tmp_path)
    upgrade(tmp_path)
    more = ("--out", str(tmp_path / "payroll.csv")) if verb == "payroll" else ()
    for _ in range(2):
        done = place.place.kam("incentives", verb, "--period", "2026-05", *more)
        assert done.returncode == 2
        assert "some of its tables have not been read anew" in done.stderr
        assert "kam sync run" in done.stderr
    assert not (tmp_path / "payroll.csv").exists()


def test_the_next_pull_reads_them_and_says_so(tmp_path: Path) -> None:
    with staff(tmp_path) as office:
        _pulled(office)
        upgrade(tmp_path)
        assert "have not been read anew" in office.place.kam("run", "--skip", "sync", "--yes").stderr
        assert "The mirror has a new layout: kam_payout were read anew" in _pulled(office)
        with mirror.open(tmp_path / "main" / "mirror.duckdb", read_only=True) as store:
            assert state.get(store.db, RENEWED) is None
        done = office.place.kam("incentives", "lock", "--period", "2026-05")
        assert "2026-05 is not closed." in done.stderr


def _pulled(office: Staff) -> str:
    done = office.place.kam("sync", "run")
    assert done.returncode in (0, 1), done.stderr
    return done.stdout + done.stderr
