"""A night's pay on the sandbox: the engine over the mirror's invoices, lines, orders and payments."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.incentives.trying import commission, plan_text
from tests.runs import nights

Simulate = Any
TWO = commission(("0", "0.02"))


@pytest.fixture(scope="module")
def place(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[nights.Place]:
    with nights.after_pull(shared_folder, tmp_path_factory.mktemp("home")) as (found, _):
        yield found


def ask(place: nights.Place, *words: str) -> dict[str, Any]:
    done = place.kam("incentives", *words, "--as-of", nights.ANCHOR, "--format", "json")
    assert done.returncode in (0, 1), done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def simulate(
    place: nights.Place, folder: Path, *parts: str, head: str = "", since: str = "2026-01-01"
) -> dict[str, Any]:
    plan = folder / "plan.toml"
    plan.write_text(plan_text(*parts, head=head).replace("2026-01-01", since), encoding="utf-8")
    return ask(place, "simulate", "--plan", str(plan), "--period", nights.ANCHOR[:7])


@pytest.mark.long
def test_compute_and_simulate_come_to_the_same(place: nights.Place, tmp_path: Path) -> None:
    computed = ask(place, "compute")["rows"]
    tried = simulate(place, tmp_path, TWO, since="2000-01-01")
    assert computed
    assert sorted(row["payout"] for row in computed) == sorted(total["payout"] for total in tried["totals"])
    assert {row["currency"] for row in computed} == {total["currency"] for total in tried["totals"]}


@pytest.mark.long
def test_lines_orders_and_cash_are_credits_too(place: nights.Place, tmp_path: Path) -> None:
    whole = simulate(place, tmp_path, TWO, head='period = "month"')["totals"]
    by_line = simulate(place, tmp_path, commission(("0", "0.02"), more='mode = "marginal"\nbasis = "line"'))["totals"]
    assert sum(Decimal(total["earned"]) for total in by_line) == pytest.approx(
        sum(Decimal(total["earned"]) for total in whole), abs=Decimal("0.05")
    )
    assert simulate(place, tmp_path, TWO, '[credit]\nsource = "order"\n')["rows"]
    by_cash = '[credit]\nsource = "cash"\n'
    cash = simulate(place, tmp_path, TWO, by_cash + '[cash]\npending = "count"\n')
    released = [row for row in cash["rows"] if Decimal(row["released"]) > 0]
    assert released
    waiting = simulate(place, tmp_path, TWO, by_cash)  # the sample company has no bank statements
    assert not [row for row in waiting["rows"] if Decimal(row["released"]) > 0]
    assert "lets them wait" in waiting["findings"][0]["message"]
    assert {row["period"] for row in cash["rows"]} == {nights.ANCHOR[:7]}


@pytest.mark.long
@pytest.mark.requirement("S4-60")
def test_what_is_overdue_holds_pay_on_the_company_s_own_history(place: nights.Place, tmp_path: Path) -> None:
    """Whoever has anything overdue is paid nothing of the month, all others what they earned."""
    gate = '[cash]\npending = "count"\n[[gate]]\nfact = "overdue_share"\nabove = "0"\neffect = "hold"\n'
    free = simulate(place, tmp_path, TWO, head='period = "month"')
    held = simulate(place, tmp_path, TWO, gate, head='period = "month"')
    payouts = {
        (row["payee"], row["currency"]): [Decimal(each["payout"]) for each in (row, other)]
        for row, other in zip(free["totals"], held["totals"], strict=True)
    }
    reasons = {(row["payee"], row["currency"]) for row in held["rows"] if row["component"] == "gate"}
    assert reasons
    assert all(now == (0 if who in reasons else before) for who, (before, now) in payouts.items() if before > 0)
