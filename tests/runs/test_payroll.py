"""What a locked period pays, as a file for the payroll: of nothing else, and a second export is said."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from kam_connector import ledger
from kam_connector.runs.pay_book import EXPORTED
from kam_connector.sandbox import SandboxServer
from tests.runs import nights
from tests.runs.test_objections import closed_june, locked_june
from tests.runs.test_paid_periods import ANN, BOB, invoice, night

pytestmark = pytest.mark.long


def command(place: nights.Place) -> tuple[str, ...]:
    return ("incentives", "payroll", "--period", "2026-06", "--out", str(place.home / "payroll.csv"))


def earned(server: SandboxServer) -> list[tuple[int, int, float]]:
    """Company, payee and amount of every statement that pays something."""
    closed = [row for row in server.rows("kam.payout").values() if row["amount"]]
    return sorted((row["company_id"], row["payee_id"], row["amount"]) for row in closed)


@pytest.mark.requirement("S4-33")
def test_what_is_not_locked_is_not_exported(shared_folder: Path, tmp_path: Path) -> None:
    with closed_june(shared_folder, tmp_path) as (place, _):
        words = command(place)
        done = place.kam(*words)
        assert (done.returncode, Path(words[-1]).exists()) == (2, False)
        assert "is computed: only what is locked is paid; nothing was exported." in done.stderr
        assert "is not closed" in place.kam(*words[:3], "2026-05", *words[4:]).stderr


@pytest.fixture
def june(shared_folder: Path, tmp_path: Path) -> Iterator[tuple[nights.Place, SandboxServer]]:
    """As `locked_june`, whose lock changed no figure."""
    with locked_june(shared_folder, tmp_path) as found:
        yield found


@pytest.mark.requirement("S4-33")
def test_what_is_locked_is_exported_and_a_second_time_is_said(june: tuple[nights.Place, SandboxServer]) -> None:
    place, server = june
    words = command(place)
    file, wanted = Path(words[-1]), earned(server)
    invoice(server, "2026-06-29", ANN, 1000.0)
    night(place, "2026-07-04")
    first = place.kam(*words, "--format", "json")
    assert first.returncode == 0, first.stderr
    rows = read(file)
    assert [(int(row["company"]), int(row["payee"]), float(row["amount"])) for row in rows] == wanted
    assert {row["payee"] for row in rows} >= {str(ANN), str(BOB)}
    assert {row["state"] for row in rows} == {"approved"}
    told = json.loads(first.stdout)
    sums = {row["currency"]: Decimal(0) for row in rows}
    for row in rows:
        sums[row["currency"]] += Decimal(row["amount"])
    assert {total["currency"]: Decimal(total["amount"]) for total in told["totals"]} == sums
    assert {row["name"] for row in rows} == {row["name"] for row in told["rows"]}
    assert all(row["approved_by"] and row["approved_on"].startswith("2026-07-01T08:00") for row in rows)

    for key, row in server.rows("kam.payout").items():
        if row["payee_id"] == ANN and row["period"] == "2026-06":
            server.edit("kam.payout", key, state="paid")
    night(place, "2026-07-05")
    again = place.kam(*words)
    assert again.returncode == 1, again.stderr
    assert "was exported before, on " in again.stdout
    assert "it is paid once." in again.stdout
    assert {row["payee"] for row in read(file) if row["state"] == "paid"} == {str(ANN)}
    assert [row["amount"] for row in read(file)] == [row["amount"] for row in rows]
    with ledger.open(place.home / "main" / "ledger.sqlite", read_only=True) as book:
        events = list(book.events(EXPORTED))
    assert sum(len(event.payload["statements"]) for event in events) == 2 * len(rows)
    assert place.kam("verify").returncode == 0


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))
