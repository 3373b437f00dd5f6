"""Whole nights with a plan that pays by target: the statement shows it, and another one after the close says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.incentives.test_targets import RATES, TARGETS
from tests.incentives.trying import plan_text
from tests.runs.staff import ANN, BOB, Staff, staff

pytestmark = pytest.mark.long


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Staff]:
    """1 % to the target, 3 % above; Ann has sold 920.00 in June, Bob 500.00."""
    with staff(tmp_path) as found:
        folder = found.place.home / "policy" / "incentives"
        folder.mkdir(parents=True)
        (folder / "p.toml").write_text(plan_text(TARGETS, RATES, head=""), "utf-8")
        yield found


def night(office: Staff, day: str) -> str:
    done = office.place.kam("run", "--yes", "--allow-past", "--as-of", day, "--skip", "report")
    assert done.returncode in (0, 1), done.stderr
    return done.stdout + done.stderr


def lines(office: Staff, payee: int, period: str = "2026-06") -> list[tuple[Any, ...]]:
    rows = office.server.rows("kam.payout")
    mine = {key for key, row in rows.items() if (row["payee_id"], row["period"]) == (payee, period)}
    every = office.server.rows("kam.payout.line").values()
    return sorted((row["component"], row["reason_code"], row["base"], row["amount"])
                  for row in every if row["payout_id"] in mine)  # fmt: skip


@pytest.mark.requirement("S4-35")
def test_a_night_pays_by_target_and_a_change_after_the_close_has_its_reason(office: Staff) -> None:
    office.load("ann,,2026-06,revenue,900,,\n")
    night(office, "2026-06-30")
    paid = lines(office, ANN)
    assert ("target commission", "pay.target", 0.0, 0.0) in paid
    assert sum(row[2] for row in paid) == pytest.approx(920.0)  # a target is nothing that was sold
    assert sum(row[3] for row in paid) == pytest.approx(9.6)  # 900 at 1 %, 20 at 3 %
    assert lines(office, BOB) == [("target commission", "pay.no_target", 0.0, 0.0)]

    night(office, "2026-07-01")
    closed = office.place.kam("incentives", "close", "--period", "2026-06")
    assert closed.returncode in (0, 1), closed.stderr
    office.load("ann,,2026-06,revenue,800,,\nbob,,2026-06,revenue,500,,\n")
    night(office, "2026-07-02")
    assert lines(office, ANN) == paid
    changed = [row for row in lines(office, ANN, "2026-07") if row[0] == "restated 2026-06"]
    assert {row[1] for row in changed} == {"pay.target_since"}
    assert sum(row[3] for row in changed) == pytest.approx(2.0)  # 800 at 1 %, 120 at 3 %: 11.60
    assert [row[1:] for row in lines(office, BOB, "2026-07") if row[0] == "restated 2026-06"] == [
        ("pay.target_since", 0.0, 5.0)
    ]
