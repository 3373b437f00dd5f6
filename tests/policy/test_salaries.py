"""Salaries in plans: what is refused in one file and between plans, with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from kam_connector import policy
from tests.incentives.test_salaries import TEN, only, salary
from tests.incentives.trying import commission, plan_text
from tests.policy.test_loading import sentences, write


def found(folder: Path, **plans: str) -> list[str]:
    """The flaws of plans by their codes."""
    for name, text in plans.items():
        write(folder, f"incentives/{name}.toml", text.replace('code = "p"', f'code = "{name[0]}"'))
    return sentences(folder)


@pytest.mark.requirement("S4-26")
def test_salary_only_commission_only_and_both_are_plans(tmp_path: Path) -> None:
    plans = {"a": only(salary()), "b": plan_text(TEN), "c": plan_text(TEN, salary("Cho"))}
    assert found(tmp_path, **plans) == []
    overlapping = [flaw.sentence for flaw in policy.advise(tmp_path)]
    assert any('"c"' in each and '"b"' in each for each in overlapping)
    assert not any('"a"' in each for each in overlapping)  # a salary pays for no credit


@pytest.mark.parametrize(
    ("salaries", "sentence"),
    [
        ((salary(to="2026-06-30"), salary(from_="2026-06-30")), "is paid a second time on 2026-06-30"),
        ((salary(), salary(company="2")), "is paid a second time on 2026-01-01"),
        ((salary(from_="2026-03-02", to="2026-03-01"),), "ends before it begins"),
        ((salary(to="2025-12-31"),), "is paid on no day on which the plan is in force"),
        ((salary(amount="-1"),), "zero or more is expected"),
        ((salary(limits='"some"'),), "Allowed: ignore, count"),
        ((), "pays nothing: it has neither a [[component]] nor a [[salary]]"),
    ],
)
def test_mistakes_in_salaries_are_named(tmp_path: Path, salaries: tuple[str, ...], sentence: str) -> None:
    said = found(tmp_path, a=only(*salaries))
    assert any(sentence in each and "incentives/a.toml" in each for each in said), said


def test_a_component_has_not_the_code_of_the_salaries(tmp_path: Path) -> None:
    named = commission(("0", "0.10"), more='mode = "marginal"\ncode = "salary"')
    assert found(tmp_path, a=plan_text(named)) == []
    (said,) = found(tmp_path, a=plan_text(named, salary()))
    assert 'The component "salary"' in said
    assert "stands there a second time: give each [[component]] its own code" in said


def test_a_raise_two_people_and_two_companies_are_no_overlap(tmp_path: Path) -> None:
    raised = (salary(to="2026-06-30"), salary(from_="2026-07-01"), salary("Bob"))
    assert found(tmp_path, a=only(*raised), b=only(salary("Cho", company="1"), salary("Cho", company="2"))) == []


@pytest.mark.requirement("S4-26")
def test_a_salary_in_two_plans_is_refused_and_in_two_versions_of_one_it_is_not(tmp_path: Path) -> None:
    later = only(salary()).replace("2026-01-01", "2026-07-01")
    assert found(tmp_path, a1=only(salary()), a2=later) == []
    (said,) = found(tmp_path, b=only(salary(from_="2026-09-01")))
    assert "is paid by" in said
    assert "on 2026-09-01 already: end one of the two before." in said
