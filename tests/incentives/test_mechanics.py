"""Splits, overlays, filters, gates, limits, draws, bonuses, teams, contests and awards, through the command."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.incentives.trying import Answer, commission, plan_text, simulate, table

TEN = commission(("0", "0.10"))
HEAD = "credit,payee,date,net"


def by_payee(answer: Answer) -> dict[str, str]:
    return {total["payee"]: total["payout"] for total in answer.totals}


def monthly(*nets: str) -> str:
    """A credit of Ann in each month from January."""
    return table(HEAD, *(f"{n},Ann,2026-{n:02d}-05,{net}" for n, net in enumerate(nets, start=1)))


@pytest.mark.requirement("S0-12")
def test_thirds_of_a_credit_conserve_the_cent(tmp_path: Path) -> None:
    credits = table("credit,payee,share,date,net", *(f"1,{who},{share},2026-03-01,100.00" for who, share in
                    (("Ann", "0.3333"), ("Bob", "0.3333"), ("Cho", "0.3334"))))  # fmt: skip
    answer = simulate(tmp_path, plan_text(commission(("0", "1"))), credits)
    assert by_payee(answer) == {"Ann": "33.33", "Bob": "33.33", "Cho": "33.34"}


@pytest.mark.requirement("S0-12")
def test_shares_over_the_whole_are_told(tmp_path: Path) -> None:
    rows = ("1,Ann,0.7,2026-03-01,100", "1,Bob,0.4,2026-03-01,100")
    answer = simulate(tmp_path, plan_text(TEN), table("credit,payee,share,date,net", *rows))
    assert [(found["record"], found["severity"]) for found in answer.findings] == [("1", "error")]
    assert "sum to 1.1" in answer.findings[0]["message"]


SPLIT = '[[split]]\nrole = "owner"\nshare = "0.7"\n[[split]]\nrole = "helper"\nshare = "0.3"\n'
SPLIT += '[[split]]\nrole = "lead"\nshare = "0.05"\noverlay = true\n'


@pytest.mark.parametrize(
    ("roles", "paid"),
    [
        (("owner", "helper", "lead"), {"owner": "7.00", "helper": "3.00", "lead": "0.50"}),
        (("owner",), {"owner": "10.00"}),  # nobody helped: the whole is the owner's
        (("helper", "lead"), {"helper": "10.00", "lead": "0.50"}),
    ],
)
def test_roles_share_a_credit_and_an_overlay_comes_on_top(
    tmp_path: Path, roles: tuple[str, ...], paid: dict[str, str]
) -> None:
    credits = table("credit,payee,role,date,net", *(f"1,{role},{role},2026-03-01,100" for role in roles))
    assert by_payee(simulate(tmp_path, plan_text(TEN, SPLIT), credits)) == paid


@pytest.mark.parametrize(
    ("who", "paid"),
    [
        ('users = ["Ann"]', {"Ann"}),
        ('teams = ["S"]', {"Bob"}),
        ('roles = ["owner"]', {"Ann"}),
        ('users = ["*"]', {"Ann", "Bob"}),
    ],
)
def test_a_plan_pays_its_payees_only(tmp_path: Path, who: str, paid: set[str]) -> None:
    credits = table("credit,payee,role,team,date,net", "1,Ann,owner,N,2026-03-01,9", "2,Bob,helper,S,2026-03-01,9")
    plan = plan_text(TEN, SPLIT).replace('users = ["*"]', who)
    assert set(by_payee(simulate(tmp_path, plan, credits))) == paid


@pytest.mark.parametrize(
    ("keys", "paid"),
    [
        ('categories = ["A"]', "10.00"),
        ('tiers = ["gold"]', "20.00"),
        ("new_customer_months = 2", "30.00"),
        ("", "70.00"),
    ],
)
@pytest.mark.requirement("S0-20")
def test_filters_by_category_tier_and_new_customer(tmp_path: Path, keys: str, paid: str) -> None:
    credits = table(
        "credit,payee,date,customer,category,tier,net", "1,Ann,2026-01-10,C,A,silver,100",
        "2,Ann,2026-03-09,C,B,gold,200", "3,Ann,2026-03-10,C,B,silver,400",
    )  # fmt: skip
    plan = plan_text(TEN, f"[filter]\n{keys}\n", head='currency = "CNY"\nperiod = "year"')
    assert simulate(tmp_path, plan, credits).payouts == [paid]


@pytest.mark.requirement("S4-60")
def test_the_tier_of_the_customer_multiplies(tmp_path: Path) -> None:
    plan = plan_text(TEN, '[modifiers]\ntier_factor = { gold = "1.2" }\n')
    credits = table("credit,payee,date,tier,net", "1,Ann,2026-03-10,gold,100", "2,Ann,2026-03-10,silver,100")
    answer = simulate(tmp_path, plan, credits)
    assert [(row["rate"], row["amount_exact"]) for row in answer.rows] == [("0.12", "12"), ("0.10", "10")]


CASH = "document,date,amount,kind"


@pytest.mark.parametrize(("received", "paid"), [("79.99", "0.00"), ("80.00", "10.00")])
@pytest.mark.requirement("S0-16")
def test_a_gate_holds_until_enough_has_come_in(tmp_path: Path, received: str, paid: str) -> None:
    plan = plan_text(TEN, '[[gate]]\nfact = "collection_rate"\nbelow = "0.80"\neffect = "hold"\n')
    cash = table(CASH, f"1,2026-03-20,{received},cash", "1,2026-04-20,20,cash")
    answer = simulate(tmp_path, plan, table(HEAD, "1,Ann,2026-03-10,100"), cash=cash)
    assert answer.totals[0]["payout"] == paid
    if paid == "0.00":
        assert answer.totals[1]["payout"] == "10.00"
        assert "collection rate is 0.7999, the bound is 0.8" in answer.rows[1]["reason"]


@pytest.mark.parametrize(
    ("gate", "event", "paid"),
    [
        ('fact = "overdue_share"\nabove = "0.50"', "", "5.00"),
        ('fact = "margin_share"\nbelow = "0.20"', "", "5.00"),
        ('fact = "margin_share"\nbelow = "0.10"', "", "10.00"),
        ('fact = "upheld_complaints"\nabove = "0"', "2,Ann,2026-03-11,event,complaint_upheld,0,0", "5.00"),
        ('fact = "upheld_complaints"\nabove = "0"', "2,Ann,2026-04-11,event,complaint_upheld,0,0", "10.00"),
    ],
)
@pytest.mark.requirement("S0-16")
def test_a_gate_reduces(tmp_path: Path, gate: str, event: str, paid: str) -> None:
    plan = plan_text(TEN, f'[[gate]]\n{gate}\neffect = "reduce"\nfactor = "0.5"\n')
    rows = ["1,Ann,2026-03-10,,,100,10", *filter(None, [event])]
    answer = simulate(tmp_path, plan, table("credit,payee,date,kind,category,net,margin", *rows))
    assert answer.payouts[0] == paid


@pytest.mark.parametrize(
    ("limits", "nets", "paid"),
    [
        ('cap = "50"', ("499", "500", "501"), ["49.90", "50.00", "50.00"]),
        ('floor = "50"', ("499", "500", "501"), ["50.00", "50.00", "50.10"]),
        ('holdback = "0.10"', ("100",), ["9.00"]),
        ('holdback = "0.10"\nholdback_periods = 1', ("100", "200"), ["9.00", "19.00"]),
    ],
)
def test_limits_of_a_period(tmp_path: Path, limits: str, nets: tuple[str, ...], paid: list[str]) -> None:
    answer = simulate(tmp_path, plan_text(TEN, f"[limits]\n{limits}\n"), monthly(*nets))
    assert answer.payouts == paid
    for total in answer.totals:
        mine = [row for row in answer.rows if row["period"] == total["period"]]
        assert sum(float(row["released"]) for row in mine) == pytest.approx(float(total["payout"]))


@pytest.mark.parametrize(
    ("draw", "paid"),
    [
        ("recoverable = true", ["1000.00", "1000.00", "4400.00"]),  # 500 and 100 advanced
        ("recoverable = false", ["1000.00", "1000.00", "5000.00"]),
        ("recoverable = true\nrecover_from = 4", ["1000.00", "1000.00", "5000.00"]),
        ("recoverable = true\nperiods = [1, 1]", ["1000.00", "400.00", "5000.00"]),
    ],
)
@pytest.mark.requirement("S4-26")
def test_an_advance_tops_up_and_is_paid_back(tmp_path: Path, draw: str, paid: list[str]) -> None:
    plan = plan_text(TEN, f'[draw]\namount = "1000"\n{draw}\n')
    answer = simulate(tmp_path, plan, monthly("5000", "9000", "50000"))
    assert answer.payouts == paid


def test_an_advance_that_was_paid_is_recovered_from_a_later_month(tmp_path: Path) -> None:
    plan = plan_text(TEN, '[draw]\namount = "1000"\nperiods = [1, 3]\nrecover_from = 4\n')
    paid = table("payee,period,component,amount", *(f"Ann,2026-0{n},draw,1000" for n in (1, 2, 3)))
    answer = simulate(tmp_path, plan, table(HEAD, "1,Ann,2026-04-05,50000"), ("--period", "2026-04"), paid=paid)
    assert answer.payouts == ["2000.00"]


@pytest.mark.parametrize(
    ("nets", "paid"),
    [
        (("100", "-100"), ["9.00", "-9.00"]),
        (("100", "-5", "-95"), ["9.00", "0.00", "-9.00"]),
        (("100", "-10", "-90"), ["9.00", "0.00", "-9.00"]),
        (("100", "-11", "-89"), ["9.00", "-0.10", "-8.90"]),
    ],
)
def test_what_is_held_back_for_good_is_taken_back_first(tmp_path: Path, nets: tuple[str, ...], paid: list[str]) -> None:
    """10.00 earned with a tenth held back paid 9.00: the refund of everything takes back 9.00 and not 10.00."""
    rows = [f"{n},Ann,2026-0{n}-05,{'' if n == 1 else 1},{net}" for n, net in enumerate(nets, start=1)]
    plan = plan_text(TEN, '[limits]\nholdback = "0.10"\n')
    assert simulate(tmp_path, plan, table("credit,payee,date,origin,net", *rows)).payouts == paid


@pytest.mark.requirement("S0-18")
def test_a_bonus_for_each_event(tmp_path: Path) -> None:
    bonus = '[[component]]\nkind = "bonus"\ncode = "new"\nevent = "new_customer"\namount = "500"\n'
    credits = table(
        "credit,payee,date,kind,category,net", "1,Ann,2026-03-01,event,new_customer,1",
        "2,Ann,2026-03-05,event,new_customer,1", "3,Ann,2026-03-09,event,new_customer,-1",
        "4,Ann,2026-03-09,event,visit,1",
    )  # fmt: skip
    assert simulate(tmp_path, plan_text(TEN, bonus), credits).payouts == ["500.00"]


@pytest.mark.parametrize(("divide", "paid"), [("contribution", ("75.00", "25.00")), ("equal", ("50.00", "50.00"))])
@pytest.mark.requirement("S3-20")
def test_a_team_s_bonus_is_divided(tmp_path: Path, divide: str, paid: tuple[str, str]) -> None:
    team = f'[[component]]\nkind = "team"\nmode = "whole"\ndivide = "{divide}"\n'
    team += 'brackets = [{ from = "0", amount = "0" }, { from = "1000", amount = "100" }]\n'
    credits = table(
        "credit,payee,team,date,net", "1,Ann,N,2026-03-01,750", "2,Bob,N,2026-03-02,250", "3,Cho,S,2026-03-02,999"
    )
    assert by_payee(simulate(tmp_path, plan_text(team), credits)) == {"Ann": paid[0], "Bob": paid[1], "Cho": "0.00"}


@pytest.mark.parametrize(
    ("more", "paid"),
    [
        ('ties = "share"', {"Ann": "250.00", "Bob": "250.00", "Cho": "100.00"}),
        ('ties = "all"', {"Ann": "300.00", "Bob": "300.00", "Cho": "100.00"}),
        ('ties = "all"\nbudget = "350"', {"Ann": "150.00", "Bob": "150.00", "Cho": "50.00"}),
        ('minimum = "600"', {"Ann": "250.00", "Bob": "250.00", "Cho": "0.00"}),
    ],
)
@pytest.mark.requirement("S4-38")
def test_a_contest_with_ties_budget_and_least_result(tmp_path: Path, more: str, paid: dict[str, str]) -> None:
    contest = f'[[component]]\nkind = "contest"\nprizes = ["300", "200", "100"]\n{more}\n'
    credits = table(HEAD, "1,Ann,2026-03-01,900", "2,Bob,2026-03-02,900", "3,Cho,2026-03-03,500")
    answer = simulate(tmp_path, plan_text(contest), credits)
    assert by_payee(answer) == paid


def test_a_contest_is_decided_when_its_span_is_over(tmp_path: Path) -> None:
    contest = '[[component]]\nkind = "contest"\naccumulate = "quarter"\nprizes = ["300"]\n'
    credits = table(HEAD, "1,Ann,2026-01-01,900", "2,Bob,2026-02-02,1000")
    for day, paid in (("2026-03-30", 0), ("2026-03-31", 1)):
        answer = simulate(tmp_path, plan_text(contest), credits, ("--as-of", day))
        assert [total["payee"] for total in answer.totals if total["payout"] == "300.00"] == ["Bob"] * paid


@pytest.mark.requirement("S4-36")
def test_an_award_by_hand(tmp_path: Path) -> None:
    award = '[[component]]\nkind = "award"\npayee = "{who}"\namount = "800"\ndate = 2026-03-15\n'
    award += 'citation = "Model of the month"\n'
    credits = table(HEAD, "1,Ann,2026-03-01,100")
    answer = simulate(tmp_path, plan_text(TEN, award.format(who="Dan")), credits)
    assert by_payee(answer) == {"Ann": "10.00", "Dan": "800.00"}
    assert answer.rows[-1]["reason"].startswith("CNY 800 awarded: Model of the month.")
