"""Plans that measure attainment by the targets of payees and teams, through `kam incentives simulate --targets`."""

from __future__ import annotations

from pathlib import Path

import pytest

from kam_connector.errors import InputError
from tests.incentives.trying import Answer, plan_text, simulate, table

TARGETS = '[quota]\nfrom = "targets"\nmeasure = "revenue"\n'
LEVELS = """[[component]]
kind = "bonus"
on = "attainment"
mode = "whole"
brackets = [{ from = "0", amount = "0" }, { from = "0.8", amount = "600" }, { from = "1", amount = "2000" }]
"""
RATES = """[[component]]
kind = "commission"
on = "attainment"
mode = "marginal"
brackets = [{ from = "0", rate = "0.01" }, { from = "1", rate = "0.03" }]
"""
CREDITS = table("credit,payee,date,net,team", "1,ann,2026-03-05,92000,East", "2,bob,2026-03-06,100000,East")
COLUMNS = "user,team,period,measure,amount"


def paid(folder: Path, component: str, targets: str, credits: str = CREDITS, head: str = 'currency = "CNY"') -> Answer:
    return simulate(folder, plan_text(TARGETS, component, head=head), credits, targets=targets)


@pytest.mark.requirement("S4-35")
@pytest.mark.requirement("S0-7")
def test_each_payee_is_measured_by_his_own_target(tmp_path: Path) -> None:
    """Ann sells 92,000 of 100,000 (92 %: 600), Bob 100,000 of 80,000 (125 %: 2,000)."""
    targets = table(COLUMNS, "ann,,2026-03,revenue,100000", "bob,,2026-03,revenue,80000", "ann,,2026-03,margin,1")
    answer = paid(tmp_path, LEVELS, targets)
    assert answer.payouts == ["600.00", "2000.00"]
    shown = [(row["payee"], row["component"], row["base"], row["released"]) for row in answer.rows
             if row["component"] == "target bonus"]  # fmt: skip
    assert shown == [("ann", "target bonus", "100000.00", "0"), ("bob", "target bonus", "80000.00", "0")]
    assert answer.rows[1]["reason"] == (
        "Measured against CNY 100,000.00: the target of Revenue for 2026-03 is CNY 100000.00. Plan p, in force since "
        "1 January 2026."
    )


@pytest.mark.parametrize(
    ("sold", "payout"),
    [("79999.99", "0.00"), ("80000.00", "600.00"), ("80000.01", "600.00"), ("99999.99", "600.00"),
     ("100000.00", "2000.00"), ("100000.01", "2000.00")],
)  # fmt: skip
def test_a_level_is_reached_at_its_part_of_the_target(tmp_path: Path, sold: str, payout: str) -> None:
    credits = table("credit,payee,date,net", f"1,ann,2026-03-05,{sold}")
    targets = table(COLUMNS, "ann,,2026-03,revenue,100000")
    assert paid(tmp_path, LEVELS, targets, credits).payouts == [payout]


def test_brackets_on_attainment_run_by_each_target(tmp_path: Path) -> None:
    """1 % to the target, 3 % above: 92,000 of 100,000 earn 920, 100,000 of 80,000 earn 800 + 600."""
    targets = table(COLUMNS, "ann,,2026-03,revenue,100000", "bob,,2026-03,revenue,80000")
    assert paid(tmp_path, RATES, targets).payouts == ["920.00", "1400.00"]


@pytest.mark.parametrize("rows", [(), ("ann,,2026-03,revenue,0",), ("ann,,2026,revenue,1200000",)])
def test_without_a_target_the_component_is_held_and_says_so(tmp_path: Path, rows: tuple[str, ...]) -> None:
    """No target, one of 0, and one of another period: Ann waits, Bob is paid."""
    answer = paid(tmp_path, RATES, table(COLUMNS, "bob,,2026-03,revenue,80000", *rows))
    assert [(total["payee"], total["payout"]) for total in answer.totals] == [("ann", "0.00"), ("bob", "1400.00")]
    assert [found["message"] for found in answer.findings] == [
        "Plan p holds what ann earns by attainment in 2026-03: there is no target of revenue above zero. Import one "
        "with `kam targets import`, or enter it in the ERP."
    ]
    (held,) = [row for row in answer.rows if row["payee"] == "ann"]
    assert (held["component"], held["released"], held["reason"]) == (
        "target commission", "0",
        "Held until there is a target of Revenue for 2026-03 to measure by. Plan p, in force since 1 January 2026.",
    )  # fmt: skip


def test_a_flat_component_beside_it_is_paid_meanwhile(tmp_path: Path) -> None:
    flat = '[[component]]\nkind = "commission"\ncode = "flat"\nmode = "marginal"\nbrackets = [{from="0",rate="0.02"}]\n'
    answer = paid(tmp_path, RATES + flat, table(COLUMNS, "bob,,2026-03,revenue,80000"))
    assert answer.payouts == ["1840.00", "3400.00"]


def test_points_for_early_payment_are_held_with_their_component(tmp_path: Path) -> None:
    plan = plan_text(TARGETS, RATES, '[modifiers]\ndays_to_pay = [{ from = 0, points = "0.01" }]\n')
    cash = table("document,date,amount", "1,2026-03-10,92000", "2,2026-03-10,100000")
    targets = table(COLUMNS, "bob,,2026-03,revenue,80000")
    assert simulate(tmp_path, plan, CREDITS, targets=targets, cash=cash).payouts == ["0.00", "2400.00"]


def test_months_make_the_quarter_and_an_own_target_goes_first(tmp_path: Path) -> None:
    """300 in each month are 900 for the quarter: 920 earn 9.00 + 0.60; with March missing there is none."""
    credits = table("credit,payee,date,net", "1,ann,2026-01-05,920")
    months = [f"ann,,2026-0{month},revenue,300" for month in (1, 2, 3)]
    head = 'currency = "CNY"\nperiod = "quarter"'
    assert paid(tmp_path, RATES, table(COLUMNS, *months), credits, head).payouts == ["9.60"]
    assert paid(tmp_path, RATES, table(COLUMNS, *months[:2]), credits, head).payouts == ["0.00"]
    own = table(COLUMNS, *months, "ann,,2026-Q1,revenue,1000")
    assert paid(tmp_path, RATES, own, credits, head).payouts == ["9.20"]


@pytest.mark.parametrize(("prorate", "payout"), [("days", "17.60"), ("months", "11.60")])
def test_a_plan_in_force_for_a_part_counts_that_part_of_the_target(tmp_path: Path, prorate: str, payout: str) -> None:
    """16 of the 31 days of 620.00 are 320.00, above which 3 % begin; a month begun is a whole one."""
    credits = table("credit,payee,date,net", "1,ann,2026-03-20,800")
    plan = plan_text(TARGETS + f'prorate = "{prorate}"\n', RATES).replace("2026-01-01", "2026-03-16")
    targets = table(COLUMNS, "ann,,2026-03,revenue,620")
    assert simulate(tmp_path, plan, credits, targets=targets).payouts == [payout]


def test_two_targets_for_the_same_count_neither(tmp_path: Path) -> None:
    answer = paid(tmp_path, RATES, table(COLUMNS, *["ann,,2026-03,revenue,100"] * 2, "bob,,2026-03,revenue,80000"))
    assert answer.payouts == ["0.00", "1400.00"]
    assert answer.findings[0]["message"] == (
        "There are 2 such targets of one person: none of them counts. Keep one in the ERP."
    )


def test_a_team_bonus_goes_by_the_teams_target(tmp_path: Path) -> None:
    """East sells 192,000 of 190,000: 2,000 divided by contribution; a member's own target has no part in it."""
    team = LEVELS.replace('"bonus"', '"team"')
    answer = paid(tmp_path, team, table(COLUMNS, ",East,2026-03,revenue,190000", "ann,East,2026-03,revenue,1"))
    assert answer.payouts == ["958.33", "1041.67"]
    reasons = [row["reason"] for row in answer.rows if row["component"] == "target team"]
    assert reasons[0].startswith("Measured against CNY 190,000.00: the target of Revenue of team East for 2026-03")
    held = paid(tmp_path, team, table(COLUMNS, "ann,East,2026-03,revenue,1"))
    assert held.payouts == ["0.00", "0.00"]
    assert "Plan p holds what East earns by attainment in 2026-03" in held.findings[0]["message"]


def test_a_contest_asks_for_a_part_of_each_own_target(tmp_path: Path) -> None:
    """Nine tenths of the target: Ann with 92,000 of 100,000 may win, Bob with 100,000 of 120,000 may not."""
    contest = '[[component]]\nkind = "contest"\non = "attainment"\nminimum = "0.9"\nprizes = ["300", "200"]\n'
    both = table(COLUMNS, "ann,,2026-03,revenue,100000", "bob,,2026-03,revenue,120000")
    assert paid(tmp_path, contest, both).payouts == ["300.00", "0.00"]
    alone = table(COLUMNS, "bob,,2026-03,revenue,100000")
    assert paid(tmp_path, contest, alone).payouts == ["0.00", "300.00"]


@pytest.mark.parametrize(("april", "prizes"), [("2000", ["300.00", "0.00"]), ("1000", ["300.00", "300.00"])])
def test_a_return_in_a_contest_is_of_the_month_in_which_it_came_back(
    tmp_path: Path, april: str, prizes: list[str]
) -> None:
    """1,100 less 100 of March that came back in April: 1,000 are a half of April's 2,000, though all of March's."""
    contest = '[[component]]\nkind = "contest"\non = "attainment"\nminimum = "0.9"\nprizes = ["300", "200"]\n'
    sold = ("1,ann,2026-03-05,1000,", "2,ann,2026-04-01,-100,1", "3,ann,2026-04-20,1100,")
    credits = table("credit,payee,date,net,origin", *sold)
    targets = table(COLUMNS, "ann,,2026-03,revenue,1000", f"ann,,2026-04,revenue,{april}")
    answer = paid(tmp_path, contest, targets, credits)
    assert answer.payouts == prizes
    alone = paid(tmp_path, contest, table(COLUMNS, "ann,,2026-04,revenue,1000"), credits)
    assert [row["base"] for row in alone.rows if row["component"] == "contest"] == ["1000.00"]


def test_a_return_is_measured_by_the_target_of_what_it_reverses(tmp_path: Path) -> None:
    """1,000 of a target of 1,000 in March, 400 back in April with a target of 100: 1 % of 400 is taken back."""
    credits = table("credit,payee,date,net,origin", "1,ann,2026-03-05,1000,", "2,ann,2026-04-05,-400,1")
    targets = table(COLUMNS, "ann,,2026-03,revenue,1000", "ann,,2026-04,revenue,100")
    assert paid(tmp_path, RATES, targets, credits).payouts == ["10.00", "-4.00"]


def test_a_target_of_a_trial_in_another_currency_is_refused(tmp_path: Path) -> None:
    credits = table("credit,payee,date,net", "1,ann,2026-03-05,1000")
    with pytest.raises(InputError, match="row 2, column currency: targets are in the currency of the plan here"):
        paid(tmp_path, RATES, table(COLUMNS + ",currency", "ann,,2026-03,revenue,100,USD"), credits)


@pytest.mark.parametrize(
    ("columns", "rows", "why"),
    [
        (COLUMNS + ",weight", ("ann,,2026-03,revenue,,2",), "row 2, column amount: a trial divides no targets"),
        ("company," + COLUMNS, ("A,ann,,2026-03,revenue,1", "B,bob,,2026-03,revenue,1"), "row 2, column company: "),
        (COLUMNS, ("ann,,2026-03,revenue,-1",), "row 2, column amount: a target is zero or more"),
        (COLUMNS, ("ann,,March,revenue,1",), "row 2, column period"),
    ],
)
def test_targets_of_a_trial_that_cannot_be_used(tmp_path: Path, columns: str, rows: tuple[str, ...], why: str) -> None:
    with pytest.raises(InputError, match=why):
        paid(tmp_path, RATES, table(columns, *rows))
