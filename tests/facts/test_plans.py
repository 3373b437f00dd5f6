"""Account plans as people keep them: the aim beside what was invoiced, phases, late measures, who has no plan."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kam_connector.facts import plans
from tests.facts.conftest import Pulled, rows
from tests.sync.books import CNY, Books

MAY = date(2026, 5, 2)


def books() -> Books:
    """Acme (1), gold in company 1, and the user Anna (5)."""
    made = Books()
    made.partner("Acme")
    anna = made.partner("Anna", is_company=False)
    made.add("res.users", id=5, login="anna", partner_id=anna, active=True)
    made.add("kam.tier", id=3, company_id=1, code="gold", name="Gold")
    made.add("kam.customer", company_id=1, partner_id=1, tier_id=None, current_tier_id=3)
    return made


def plan(made: Books, **values: Any) -> int:
    row = {"company_id": 1, "partner_id": 1, "user_id": 5, "name": "2026", "aim": "Second supplier", "state": "running"}
    span = {"date_from": "2026-04-01", "date_to": "2026-05-02", "plan_version": 2}
    return made.add("kam.plan", **{**row, **span, "target_revenue": 1000.0, "target_share": 0.25} | values)


def measure(made: Books, **values: Any) -> int:
    row = {"plan_id": 7, "company_id": 1, "user_id": 5, "name": "Own label", "kind": "product", "phase": 1}
    return made.add("kam.plan.measure", **{**row, "date_from": "2026-04-01", "due": "2026-05-02"} | values)


@pytest.mark.requirement("S0-4", "S2-5")
def test_a_running_plan_stands_with_its_aim_and_what_was_invoiced_in_its_days(pulled: Pulled) -> None:
    made = books()
    plan(made, id=7)
    for amount, day in ((1.0, "2026-03-31"), (100.0, "2026-04-01"), (20.5, "2026-05-02"), (1.0, "2026-05-03")):
        made.invoice(1, amount, day)
    made.invoice(1, 10.0, "2026-04-30", kind="out_refund")
    assert rows(plans.plans(pulled(made), MAY)) == [{
        "plan_id": 7, "company_id": 1, "customer_id": 1, "name": "2026", "aim": "Second supplier", "state": "running",
        "owner": "Anna", "plan_version": 2, "date_from": date(2026, 4, 1), "date_to": MAY, "target_minor": 100_000,
        "target_share": 0.25, "invoiced_minor": 11_050, "is_over": False,
    }]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "minor"), [(date(2026, 4, 30), 10_000), (date(2026, 5, 1), 12_000), (date(2026, 5, 3), 12_000)]
)
def test_what_is_invoiced_counts_up_to_the_day_and_within_the_plan(pulled: Pulled, day: date, minor: int) -> None:
    made = books()
    plan(made)
    for amount, on in ((100.0, "2026-04-01"), (20.0, "2026-05-01"), (5.0, "2026-05-03")):
        made.invoice(1, amount, on)
    made.company(2, CNY)
    made.invoice(1, 7.0, "2026-04-01", company=2)
    (row,) = rows(plans.plans(pulled(made), day))
    assert row["invoiced_minor"] == minor


@pytest.mark.parametrize(
    ("values", "count"),
    [
        ({"state": "agreed"}, 1),
        ({"date_from": "2026-05-02"}, 1),
        ({"date_from": "2026-05-03", "date_to": "2026-06-30"}, 0),
        *(({"state": state}, 0) for state in ("draft", "done", "replaced", "dropped")),
    ],
)
def test_a_plan_counts_from_its_first_day_while_it_is_agreed_or_runs(
    pulled: Pulled, values: dict[str, Any], count: int
) -> None:
    made = books()
    plan(made, **values)
    assert len(rows(plans.plans(pulled(made), MAY))) == count


def test_what_is_not_aimed_at_is_empty_and_nothing_invoiced_is_zero(pulled: Pulled) -> None:
    made = books()
    plan(made, target_revenue=0.0, target_share=0.0)
    (row,) = rows(plans.plans(pulled(made), MAY))
    assert (row["target_minor"], row["target_share"], row["invoiced_minor"]) == (None, None, 0)


@pytest.mark.requirement("S2-5")
def test_the_days_of_a_phase_are_those_of_its_measures(pulled: Pulled) -> None:
    made = books()
    plan(made, id=7)
    measure(made, due="2026-04-10")
    measure(made, date_from="2026-04-05", due="2026-04-20")
    measure(made, phase=2, date_from="2026-04-21", due="2026-05-02")
    found = {(row["phase"], row["phase_from"], row["phase_to"]) for row in rows(plans.plan_measures(pulled(made), MAY))}
    assert found == {
        (1, date(2026, 4, 1), date(2026, 4, 20)),
        (2, date(2026, 4, 21), date(2026, 5, 2)),
    }


@pytest.mark.parametrize(
    ("day", "done_on", "known", "late"),
    [
        (date(2026, 5, 1), None, None, False),
        (MAY, None, None, False),
        (date(2026, 5, 3), None, None, True),
        (date(2026, 5, 3), "2026-05-03", date(2026, 5, 3), False),
        (date(2026, 5, 3), "2026-05-04", None, True),
    ],
)
def test_a_measure_is_late_from_the_day_after_it_was_due_until_it_is_done(
    pulled: Pulled, day: date, done_on: str | None, known: date | None, late: bool
) -> None:
    made = books()
    plan(made, id=7)
    number = measure(made, done_on=done_on)
    (row,) = rows(plans.plan_measures(pulled(made), day))
    assert (row["measure_id"], row["done_on"], row["is_late"], row["done_by"]) == (number, known, late, "Anna")


def test_measures_of_a_draft_are_left_out(pulled: Pulled) -> None:
    made = books()
    plan(made, id=7, state="draft")
    measure(made)
    assert rows(plans.plan_measures(pulled(made), MAY)) == []


@pytest.mark.requirement("S4-85")
@pytest.mark.parametrize(
    ("values", "lacks"),
    [({}, False), ({"state": "agreed"}, True), ({"company_id": 2}, True), ({"date_from": "2026-05-03"}, True)],
)
def test_a_key_account_without_a_running_plan_is_unplanned(pulled: Pulled, values: dict[str, Any], lacks: bool) -> None:
    made = books()
    made.company(2, CNY)
    plan(made, **{"date_to": "2026-12-31"} | values)
    found = rows(plans.unplanned(pulled(made), MAY))
    assert found == ([{"company_id": 1, "tier": "gold", "customer_id": 1}] if lacks else [])


@pytest.mark.requirement("S4-85")
@pytest.mark.parametrize(
    ("values", "due", "late"),
    [
        ({}, "2026-05-02", False),
        ({}, "2026-05-01", True),
        ({"date_to": "2026-05-01"}, "2026-05-02", True),
        ({"state": "agreed"}, "2026-05-01", False),
    ],
)
def test_a_plan_is_overdue_past_its_last_day_or_with_a_late_measure(
    pulled: Pulled, values: dict[str, Any], due: str, late: bool
) -> None:
    made = books()
    plan(made, id=7, **values)
    measure(made, due=due)
    measure(made, due=due)
    found = rows(plans.overdue_plans(pulled(made), MAY))
    assert found == ([{"company_id": 1, "tier": "gold", "customer_id": 1}] if late else [])
