"""Whose target a row of a file is, in a group of two companies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ibis import BaseBackend

from kam_connector import mirror, sync
from kam_connector.errors import InputError
from kam_connector.inputs.targets import read_targets
from kam_connector.runs.target_rows import find_owners
from tests.runs.staff import ANN, BOB, EAST, books_of_staff
from tests.sync.books import CNY
from tests.sync.empty import empty_mirror

WEST = 2


@pytest.fixture
def con(tmp_path: Path) -> Iterator[BaseBackend]:
    """Bob's team is the second company's, Ann's is every company's."""
    books = books_of_staff()
    books.company(2, CNY)
    books.add("crm.team", id=WEST, name="West", company_id=2, active=True)
    for member in books.tables["crm.team.member"]:
        if member["user_id"] == BOB:
            member["crm_team_id"] = WEST
    with mirror.open(empty_mirror(tmp_path / "mirror.duckdb")) as store:
        sync.pull(books.session(), store, run="test")
        yield store.ibis


def owners(con: BaseBackend, folder: Path, rows: str) -> list[tuple[Any, ...]]:
    path = folder / "targets.csv"
    path.write_text(f"company,user,team,period,measure,amount\n{rows}", "utf-8")
    found = find_owners(con, path, read_targets(path))
    return list(found[["company_id", "user_id", "team_id", "amount_minor"]].itertuples(index=False, name=None))


def test_the_company_is_that_of_the_team_or_has_to_be_named(con: BaseBackend, tmp_path: Path) -> None:
    assert owners(con, tmp_path, ",bob,,2026-07,revenue,5\n") == [(2, BOB, WEST, 500)]
    assert owners(con, tmp_path, "1,ann,,2026-07,revenue,5\n") == [(1, ANN, EAST, 500)]
    with pytest.raises(InputError, match="row 2, column company: name the company: there are several"):
        owners(con, tmp_path, ",ann,,2026-07,revenue,5\n")


def test_a_team_of_another_company_is_refused_and_never_assumed(con: BaseBackend, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="row 2, column team: 'West' is a team of another company"):
        owners(con, tmp_path, "1,,West,2026-07,revenue,5\n")
    assert owners(con, tmp_path, "1,bob,,2026-07,revenue,5\n") == [(1, BOB, 0, 500)]
