"""What is wrong with customer records, and how fresh they are."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from kam_connector.policy.freshness import Freshness, find_freshness_problems
from kam_connector.rules.quality import compute_freshness, find_flaws, find_of_tiers, plain_name, tell_flaws

DAY = date(2026, 6, 30)


def record(number: int, **values: Any) -> dict[str, Any]:
    row = {
        "partner_id": number, "customer_id": number, "group_id": number, "name": f"Customer {number}",
        "vat": f"CN{number}", "email": None, "phone": None, "country_id": 1, "company_id": None, "user_id": 5,
        "is_company": True, "active": True, "is_customer": True, "cyclic": False, "parent_id": None,
        "parent_state": None,
    }  # fmt: skip
    return {**row, **values}


def flaws(
    *rows: dict[str, Any], units: list[tuple[int, int, int]] | None = None, revenue: dict[int, int] | None = None
) -> list[tuple[str, int, tuple[int, ...]]]:
    found = find_flaws(
        pd.DataFrame(rows),
        pd.DataFrame(units or [], columns=["group_id", "company_id", "currency_id"]),
        pd.DataFrame((revenue or {}).items(), columns=["customer_id", "revenue_12m_minor"]),
    )
    return [tuple(row) for row in found.itertuples(index=False)]


def test_records_in_order_have_no_flaw() -> None:
    assert flaws(record(1), record(2)) == []


@pytest.mark.requirement("S4-100")
def test_one_tax_id_in_two_writings_makes_twins_and_is_told_once() -> None:
    found = find_flaws(
        pd.DataFrame([record(1, vat="CN 91-330"), record(2, vat="cn91330"), record(3)]),
        pd.DataFrame(columns=["group_id", "company_id", "currency_id"]),
        pd.DataFrame(columns=["customer_id", "revenue_12m_minor"]),
    )
    assert [tuple(row) for row in found.itertuples(index=False)] == [
        ("twin_tax_id", 1, (2,)),
        ("twin_tax_id", 2, (1,)),
    ]
    told = list(tell_flaws(found))
    assert [(finding.severity, finding.record) for finding in told] == [("warning", "1")]
    assert told[0].message == "The customers 1, 2 have one tax id: merge them, or put them into one group."


def test_customers_of_one_group_may_share_a_tax_id() -> None:
    assert flaws(record(1, vat="X1", group_id=1), record(2, vat="X1", group_id=1)) == []


def test_records_that_no_company_sees_side_by_side_are_no_twins() -> None:
    assert flaws(record(1, vat="X1", company_id=1), record(2, vat="X1", company_id=2)) == []
    assert flaws(record(1, vat="X1", company_id=1), record(2, vat="X1")) != []
    assert len(flaws(*(record(n, vat="X1", company_id=home) for n, home in ((1, 1), (2, 1), (3, 2))))) == 3


def test_one_name_counts_in_one_country_only() -> None:
    acme, wide = record(1, name="Acme Ltd."), record(2, name="ＡＣＭＥ  ltd")
    assert [row[0] for row in flaws(acme, wide)] == ["twin_name", "twin_name"]
    assert flaws(acme, {**wide, "country_id": 2}) == []


@pytest.mark.requirement("S2-8")
def test_of_the_tiers_of_the_policy_an_active_customer_without_a_decider_is_told_once() -> None:
    partners = pd.DataFrame([record(1), record(2, active=False), record(3)])
    asked = [(1, 1, "gold"), (2, 1, "gold"), (1, 2, "gold"), (1, 3, "silver")]
    undecided = pd.DataFrame(asked, columns=["company_id", "customer_id", "tier"])
    found = find_of_tiers("no_decider", partners, undecided, ["gold"])
    assert [tuple(row) for row in found.itertuples(index=False)] == [("no_decider", 1, ())]
    (told,) = tell_flaws(found)
    assert told.message == (
        "Nobody is noted who decides at customer 1 and is still there: note it under Decision Makers."
    )
    assert find_of_tiers("no_decider", partners, undecided, []).empty


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("no_plan", "Customer 1 has no running account plan: make one under Account Plans, and start it."),
        (
            "plan_overdue",
            "The plan of customer 1 is past its last day or has a late measure: see to it under Account Plans.",
        ),
    ],
)
def test_a_customer_without_a_plan_or_with_a_late_one_is_told_with_the_next_step(kind: str, message: str) -> None:
    lacking = pd.DataFrame([(1, 1, "gold"), (1, 3, "bronze")], columns=["company_id", "customer_id", "tier"])
    found = find_of_tiers(kind, pd.DataFrame([record(1), record(3)]), lacking, ["gold"])
    (told,) = tell_flaws(found)
    assert (told.source, told.record, told.message) == (f"quality.{kind}", "1", message)


@pytest.mark.parametrize(
    ("name", "plain"),
    [("Acme, Ltd.", "acmeltd"), ("（深圳）贸易 公司", "深圳贸易公司"), ("ＡＢ－1", "ab1"), ("--", "")],
)
def test_a_name_without_what_people_write_differently(name: str, plain: str) -> None:
    assert plain_name(name) == plain


def test_addresses_and_numbers_make_twins_where_they_are_known() -> None:
    one, two = (
        {"email": "Buy@acme.cn ", "phone": "+86 (755) 123-4567"},
        {"email": "buy@ACME.cn", "phone": "867551234567"},
    )
    assert [row[0] for row in flaws(record(1, **one), record(2, **two))] == ["twin_email"] * 2 + ["twin_phone"] * 2
    assert flaws(record(1, phone="110"), record(2, phone="110")) == []


@pytest.mark.requirement("S4-100")
def test_what_a_record_lacks_is_a_flaw_of_its_own() -> None:
    assert flaws(record(1, vat=" "), record(2, user_id=None), record(3, vat=None, is_company=False)) == [
        ("no_tax_id", 1, ()),
        ("no_owner", 2, ()),
    ]


def test_who_is_no_customer_is_not_looked_at_unless_he_bought() -> None:
    nobody = record(1, vat="", user_id=None, is_customer=False)
    assert flaws(nobody) == []
    assert [row[0] for row in flaws(nobody, revenue={1: 0})] == ["no_tax_id", "no_owner"]


@pytest.mark.parametrize(("state", "count"), [("present", 0), ("archived", 1), ("gone", 1)])
def test_a_contact_without_a_living_parent_is_an_orphan(state: str, count: int) -> None:
    contact = record(9, customer_id=1, parent_id=1, parent_state=state)
    assert flaws(record(1), contact) == [("orphan_contact", 9, ())] * count
    assert flaws(record(1), {**contact, "active": False}) == []


def test_a_circle_of_parents_and_an_archived_customer_with_revenue_are_flaws() -> None:
    assert flaws(record(1, cyclic=True), record(2, active=False), revenue={2: 100}) == [
        ("cyclic_parents", 1, ()),
        ("archived_with_revenue", 2, ()),
    ]
    assert flaws(record(2, active=False), revenue={2: 0}) == []


def test_a_group_that_cannot_be_added_up_is_a_flaw_of_the_group() -> None:
    group = [record(1, group_id=1), record(2, group_id=1)]
    assert flaws(*group, units=[(1, 1, 1), (1, 2, 1)]) == [("group_companies", 1, ())]
    assert flaws(*group, units=[(1, 1, 1), (1, 1, 2)]) == [("group_currencies", 1, ())]
    assert flaws(*group, units=[(1, 1, 1)]) == []
    assert flaws(record(1), units=[(1, 1, 1), (1, 2, 2)]) == []


def fresh(policy: Freshness | None = None, **ages: int) -> Any:
    signs = [(1, sign, DAY - timedelta(days=age)) for sign, age in ages.items()]
    frame = compute_freshness(
        pd.Series([1]), pd.DataFrame(signs, columns=["customer_id", "kind", "last_on"]), policy or Freshness(), DAY
    )
    return frame.iloc[0]


@pytest.mark.requirement("S4-99")
def test_the_worked_figure_of_freshness() -> None:
    row = fresh(order=45, invoice=90, write=73)
    assert (row["freshness"], bool(row["stale"])) == (50, False)
    assert row["last_order"].date() == date(2026, 5, 16)
    assert pd.isna(row["last_activity"])


@pytest.mark.parametrize(("age", "score"), [(0, 100), (1, 99), (179, 1), (180, 0), (181, 0), (-3, 100)])
def test_a_sign_falls_evenly_from_its_day_to_its_limit(age: int, score: int) -> None:
    only_orders = Freshness(order_weight=100, invoice_weight=0, activity_weight=0, write_weight=0)
    assert fresh(only_orders, order=age)["freshness"] == score


@pytest.mark.parametrize(("limit", "stale"), [(49, False), (50, False), (51, True)])
def test_stale_is_who_has_fewer_points_than_the_limit(limit: int, stale: bool) -> None:
    assert bool(fresh(Freshness(stale_below=limit), order=45, invoice=90, write=73)["stale"]) is stale


def test_whoever_gave_no_sign_has_none_and_nobody_at_all_is_no_crash() -> None:
    assert fresh()["freshness"] == 0
    nobody = compute_freshness(
        pd.Series([], dtype="int64"), pd.DataFrame(columns=["customer_id", "kind", "last_on"]), Freshness(), DAY
    )
    assert nobody.empty
    assert flaws(record(1, active=False)) == []


def test_weights_that_do_not_sum_are_refused() -> None:
    assert list(find_freshness_problems(Freshness())) == []
    assert "sum to 101" in str(next(find_freshness_problems(Freshness(order_weight=31))).what)
