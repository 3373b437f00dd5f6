"""The linter of plans: what a plan may say and is probably not meant, with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from kam_connector import policy
from tests.incentives.trying import commission, plan_text
from tests.policy.test_loading import write


def advice(folder: Path, **plans: str) -> list[str]:
    for name, text in plans.items():
        write(folder, f"incentives/{name}.toml", text.replace('code = "p"', f'code = "{name}"'))
    assert policy.check(folder) == []
    return [flaw.sentence for flaw in policy.advise(folder)]


@pytest.mark.requirement("S4-25")
@pytest.mark.parametrize(
    ("brackets", "more", "terms", "sentence"),
    [
        (
            (("0", "0.08"), ("50000", "0.05")),
            'mode = "whole"',
            "",
            "line 11 pays less for everything than the one before",
        ),
        ((("0", "0.08"), ("50000", "-0.01")), 'mode = "marginal"', "", "takes pay away from who sells more"),
        ((("0", "0.05"), ("50000", "0.08")), 'mode = "marginal"', "", "the plan has no [limits] cap"),
        (
            (("0", "0.05"), ("50000", "0.05")),
            'mode = "marginal"',
            '[limits]\ncap = "2500"\n',
            "is never reached: the cap of 2500",
        ),
        (
            (("0", "0.05"),),
            'mode = "marginal"',
            '[modifiers]\ntier_factor = { gold = "2" }\n',
            "may pay 0.10 of a sale, more than",
        ),
    ],
)
def test_what_a_plan_probably_does_not_mean(
    tmp_path: Path, brackets: tuple[tuple[str, str], ...], more: str, terms: str, sentence: str
) -> None:
    head = 'currency = "CNY"\nrevenue_share = "0.09"'
    (found,) = advice(tmp_path, p=plan_text(commission(*brackets, more=more), terms, head=head))
    assert sentence in found
    assert "incentives/p.toml line" in found


def test_an_amount_of_an_open_bracket_is_never_reached(tmp_path: Path) -> None:
    rising = commission(("0", "10"), ("1000", "40"), more='mode = "interpolated"', figure="amount")
    (found,) = advice(tmp_path, p=plan_text(rising))
    assert "has no end, so that its amount is never reached" in found


@pytest.mark.parametrize(
    ("event", "count"), [("new_customer", 0), ("new_key_account", 0), ("retained", 0), ("visit", 1)]
)
def test_an_event_that_nothing_in_the_erp_tells_is_named_with_those_that_there_are(
    tmp_path: Path, event: str, count: int
) -> None:
    bonus = f'[[component]]\nkind = "bonus"\nevent = "{event}"\namount = "500"\n'
    found = advice(tmp_path, p=plan_text(bonus))
    assert len(found) == count
    assert all("Known events: new_customer, new_key_account, retained." in each for each in found)


FLAT = commission(("0", "0.05"))


@pytest.mark.parametrize(
    ("head", "more", "count"),
    [
        ("", "", 1),
        ("exclusive = false", "", 0),
        ("valid_to = 2026-06-30", "", 1),
        ("", '[credit]\nsource = "order"\n', 0),
        ("", '[filter]\ncategories = ["B"]\n', 0),
    ],
)
def test_two_plans_for_the_same_credit_unless_it_is_meant(tmp_path: Path, head: str, more: str, count: int) -> None:
    first = plan_text(FLAT, '[filter]\ncategories = ["A"]\n')
    found = advice(tmp_path, a=first, b=plan_text(FLAT, more, head=head))
    assert [each for each in found if 'may pay for the same credits as "a"' in each] == found
    assert len(found) == count


def test_a_flat_plan_has_nothing_to_be_said(tmp_path: Path) -> None:
    assert policy.advise() == []
    assert advice(tmp_path, p=plan_text(FLAT)) == []


def test_what_a_plan_costs_is_the_sum_of_what_counts_one_sale(tmp_path: Path) -> None:
    """Two components of 5 % and an overlay of a half: 0.15 of a sale."""
    both = commission(("0", "0.05")) + 'code = "a"\n', commission(("0", "0.05")) + 'code = "b"\n'
    split = '[[split]]\nrole = "owner"\nshare = "1"\n[[split]]\nrole = "lead"\nshare = "0.5"\noverlay = true\n'
    head = 'currency = "CNY"\nrevenue_share = "0.09"'
    (found,) = advice(tmp_path, p=plan_text(*both, split, head=head))
    assert "may pay 0.150 of a sale, more than the revenue_share 0.09" in found


def test_components_of_different_categories_never_count_one_sale(tmp_path: Path) -> None:
    both = (commission(("0", "0.05")) + f'code = "{name}"\nfilter = {{ categories = ["{name}"] }}\n' for name in "ab")
    assert advice(tmp_path, p=plan_text(*both, head='currency = "CNY"\nrevenue_share = "0.09"')) == []


@pytest.mark.parametrize(("payees", "count"), [('teams = ["N"]', 1), ('users = ["ann"]', 1), ('users = ["bob"]', 0)])
def test_a_login_and_a_team_may_be_one_person(tmp_path: Path, payees: str, count: int) -> None:
    text = plan_text(commission(("0", "0.05")))
    found = advice(
        tmp_path, a=text.replace('users = ["*"]', 'users = ["ann"]'), b=text.replace('users = ["*"]', payees)
    )
    assert len(found) == count
