"""Nobody gives back what he was never paid, nor is paid what others sold, and no cent is lost."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from kam_connector.errors import InputError
from tests.incentives.trying import commission, plan_text, simulate, table

TEN = commission(("0", "0.10"))
ORIGIN = "credit,payee,date,kind,origin,net"
BACK = table(ORIGIN, "1,Ann,2026-01-10,,,10000", "2,Ann,2026-02-10,credit_note,1,-10000")
ROLES = '[[split]]\nrole = "owner"\nshare = "0.7"\n[[split]]\nrole = "helper"\nshare = "0.3"\n'
POLICIES = ["recompute", "historic", "money_only"]


def payees(**who: str) -> str:
    """A plan of ten percent for these payees."""
    text = plan_text(TEN, ROLES)
    return text.replace('users = ["*"]', "\n".join(f"{key} = {value}" for key, value in who.items()))


def test_a_return_takes_first_what_the_cap_had_cut(tmp_path: Path) -> None:
    """10 % of 10,000 under a cap of 50 paid 50; the full return takes back 50 and not 1,000."""
    answer = simulate(tmp_path, plan_text(TEN, '[limits]\ncap = "50"\n'), BACK)
    assert answer.payouts == ["50.00", "-50.00"]
    assert [row["released"] for row in answer.rows if row["component"] == "cap"] == ["-950", "950"]
    assert "never paid" in answer.rows[-2]["reason"] + answer.rows[-1]["reason"]
    half = BACK.replace("-10000", "-9700")
    assert simulate(tmp_path, plan_text(TEN, '[limits]\ncap = "50"\n'), half).payouts == ["50.00", "-20.00"]


def test_a_return_takes_first_what_a_gate_had_reduced(tmp_path: Path) -> None:
    gate = '[[gate]]\nfact = "collection_rate"\nbelow = "0.5"\neffect = "reduce"\nfactor = "0.5"\n'
    small = BACK.replace("10000", "100")
    assert simulate(tmp_path, plan_text(TEN, gate), small).payouts == ["5.00", "-5.00"]


def test_a_return_takes_first_what_a_gate_holds(tmp_path: Path) -> None:
    """Held 10.00; 4.00 of it comes back while the gate is still closed: nothing is paid and nothing taken."""
    gate = '[[gate]]\nfact = "collection_rate"\nbelow = "0.5"\neffect = "hold"\n'
    some = table(ORIGIN, "1,Ann,2026-01-10,,,100", "2,Ann,2026-02-10,credit_note,1,-40")
    assert simulate(tmp_path, plan_text(TEN, gate), some).payouts == ["0.00", "0.00"]


def test_who_is_paid_alone_has_his_own_share_alone(tmp_path: Path) -> None:
    credits = table("credit,payee,role,date,net", "1,Ann,owner,2026-01-10,100", "1,Bob,helper,2026-01-10,100")
    assert simulate(tmp_path, payees(users='["*"]'), credits).payouts == ["7.00", "3.00"]
    assert simulate(tmp_path, payees(users='["Ann"]'), credits).payouts == ["7.00"]
    assert simulate(tmp_path, payees(roles='["helper"]'), credits).payouts == ["3.00"]


def test_the_share_of_a_role_that_is_absent_goes_to_the_others_to_the_cent(tmp_path: Path) -> None:
    three = "".join(
        f'[[split]]\nrole = "{role}"\nshare = "0.{share}"\n' for role, share in (("a", 7), ("b", 2), ("c", 1))
    )
    credits = table("credit,payee,role,date,net", "1,Ann,a,2026-01-10,10000000.00", "1,Bob,b,2026-01-10,10000000.00")
    answer = simulate(tmp_path, plan_text(commission(("0", "1")), three), credits)
    assert answer.payouts == ["7777777.78", "2222222.22"]
    assert sum(map(Decimal, answer.payouts)) == 10_000_000


@pytest.mark.parametrize("policy", POLICIES)
def test_a_refund_to_who_has_two_roles_gives_zero(tmp_path: Path, policy: str) -> None:
    credits = table(
        "credit,payee,role,date,kind,origin,net", "1,Ann,owner,2026-01-10,invoice,,100.01",
        "1,Ann,helper,2026-01-10,invoice,,100.01", "2,Ann,owner,2026-02-10,credit_note,1,-100.01",
        "2,Ann,helper,2026-02-10,credit_note,1,-100.01",
    )  # fmt: skip
    by_line = commission(("0", "0.10"), ("50", "0.20"), more='mode = "marginal"\nbasis = "line"')
    plan = plan_text(by_line, ROLES, f'[clawback]\npolicy = "{policy}"\n')
    # 70.01 at 10 % to 50 and 20 % above, 30.00 at 10 %: 5 + 4.002 + 3 = 12.002
    assert simulate(tmp_path, plan, credits).payouts == ["12.00", "-12.00"]


@pytest.mark.parametrize("policy", ["historic", "money_only"])
def test_several_returns_take_no_more_than_the_original_earned(tmp_path: Path, policy: str) -> None:
    credits = table(
        ORIGIN, "1,Ann,2026-01-10,,,100", "2,Ann,2026-02-10,credit_note,1,-80", "3,Ann,2026-03-10,credit_note,1,-80"
    )
    plan = plan_text(TEN, f'[clawback]\npolicy = "{policy}"\n')
    assert [each for each in simulate(tmp_path, plan, credits).payouts if each != "0.00"] == ["10.00", "-8.00", "-2.00"]


def test_a_plan_beside_it_in_another_currency_is_no_error(tmp_path: Path) -> None:
    credits = table("credit,payee,date,net", "1,Ann,2026-01-10,100")
    dollars = plan_text(TEN, head='currency = "USD"')
    answer = simulate(tmp_path, plan_text(TEN), credits, against=dollars)
    assert (answer.payouts, answer.exit_code) == (["10.00"], 1)
    assert ["USD" in found["message"] for found in answer.findings] == [True]


FIVE = commission(("0", "0.05"))
POINTS = '[modifiers]\ndays_to_pay = [{ from = 0, points = "0.01" }, { from = 30, points = "0" }]\n'
BY_CASH = '[credit]\nsource = "cash"\n'
CASH = "document,date,amount,kind"
INVOICE = table("credit,payee,date,document,net,document_total", "1,Ann,2026-03-01,D,10000,10000")


def test_a_payment_that_bounces_takes_back_the_points_of_the_last_payment(tmp_path: Path) -> None:
    """4,000 early (one point: 40) and 6,000 late; the 6,000 bounce and then 1,000 of the 4,000, both late."""
    plan = plan_text(FIVE, POINTS, BY_CASH)
    paid = ("D,2026-03-10,4000,cash", "D,2026-04-20,6000,cash")
    bounced = ("D,2026-05-05,-6000,cash", "D,2026-06-05,-1000,cash")
    answer = simulate(tmp_path, plan, INVOICE, cash=table(CASH, *paid, *bounced))
    assert answer.payouts == ["240.00", "300.00", "-300.00", "-60.00"]


def test_with_release_in_full_points_wait_for_the_rest(tmp_path: Path) -> None:
    full = '[cash]\nrelease = "full"\n'
    plan = plan_text(FIVE, POINTS, BY_CASH, full)
    half = "D,2026-03-10,4000,cash"
    assert simulate(tmp_path, plan, INVOICE, cash=table(CASH, half)).payouts == ["0.00"]
    cash = table(CASH, half, "D,2026-04-20,6000,cash")
    assert simulate(tmp_path, plan, INVOICE, cash=cash).payouts == ["0.00", "540.00"]


def test_people_without_a_team_are_no_team(tmp_path: Path) -> None:
    pool = commission(("0", "0.10")).replace('"commission"', '"team"')
    credits = table("credit,payee,team,date,net", "1,Ann,North,2026-01-10,100", "2,Bob,,2026-01-10,100")
    assert simulate(tmp_path, plan_text(pool), credits).payouts == ["10.00", "0.00"]


@pytest.mark.parametrize(
    ("more", "credits", "paid"),
    [
        ('[filter]\ncategories = ["a"]\n', ("1,Ann,,2026-01-10,D,a,100", "2,Ann,,2026-01-10,D,b,100"), "5.00"),
        (
            '[[split]]\nrole = "own"\nshare = "1"\n[[split]]\nrole = "top"\nshare = "0.25"\noverlay = true\n',
            ("1,Ann,own,2026-01-10,D,,100", "1,Bob,top,2026-01-10,D,,100"),
            "10.00",
        ),
    ],
)
def test_a_document_without_a_total_is_all_its_credits_each_once(
    tmp_path: Path, more: str, credits: tuple[str, ...], paid: str
) -> None:
    """100 are paid: half of a document of 200, of which the plan counts 100; all of one of 100 with an overlay."""
    text = table("credit,payee,role,date,document,category,net", *credits)
    answer = simulate(tmp_path, plan_text(TEN, BY_CASH, more), text, cash=table(CASH, "D,2026-01-20,100,cash"))
    assert answer.payouts[0] == paid


def test_a_settled_quarter_is_refused_where_the_plan_pays_by_the_month(tmp_path: Path) -> None:
    paid = table("payee,period,amount", "Ann,2026-Q1,10")
    with pytest.raises(InputError, match="2026-Q1"):
        simulate(tmp_path, plan_text(TEN), table("credit,payee,date,net", "1,Ann,2026-01-10,100"), paid=paid)


@pytest.mark.parametrize(("amount", "refused"), [("10000000000000.00", False), ("10000000000000.01", True)])
def test_an_amount_that_cannot_be_counted_is_refused(tmp_path: Path, amount: str, refused: bool) -> None:
    credits = table("credit,payee,date,net", f"1,Ann,2026-01-10,{amount}")
    if refused:
        with pytest.raises(InputError, match="row 2, column net"):
            simulate(tmp_path, plan_text(TEN), credits)
    else:
        assert simulate(tmp_path, plan_text(TEN), credits).payouts == ["1000000000000.00"]


def test_a_credit_note_is_converted_like_its_invoice(tmp_path: Path) -> None:
    """EUR 100 at 2 EUR a dollar earn 5.00; the credit note, when a euro is a dollar, takes back 5.00 and not 10.00."""
    credits = table(
        "credit,payee,date,kind,origin,currency,net",
        "1,Ann,2026-01-10,,,EUR,100",
        "2,Ann,2026-02-10,credit_note,1,EUR,-100",
    )
    rates = table("currency,date,rate", "USD,2026-01-01,1", "EUR,2026-01-01,2", "EUR,2026-02-01,1")
    answer = simulate(tmp_path, plan_text(TEN, head='currency = "USD"'), credits, rates=rates)
    assert answer.payouts == ["5.00", "-5.00"]
