"""The customer's file as people keep it: who decides and who is gone, who serves, and the newest of what is known."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kam_connector.facts import known, members, stakeholders
from tests.facts.conftest import Pulled, rows
from tests.sync.books import EUR, Books

MAY = date(2026, 5, 2)


def books() -> Books:
    """Acme (1) with its contact Wu (2) and the user Anna (5)."""
    made = Books()
    made.partner("Acme")
    made.partner("Wu", is_company=False, parent_id=1, commercial_partner_id=1)
    anna = made.partner("Anna", is_company=False)
    made.add("res.users", id=5, login="anna", partner_id=anna, active=True)
    return made


def stakeholder(made: Books, **values: Any) -> int:
    row = {"company_id": 1, "partner_id": 1, "contact_id": 2, "role": "decides", "attitude": "supports"}
    return made.add("kam.stakeholder", **{**row, "influence": "5", "noted_by_id": 5, "noted_on": "2026-05-01"} | values)


@pytest.mark.requirement("S2-8")
def test_who_has_a_say_stands_with_role_attitude_influence_and_who_noted_it(pulled: Pulled) -> None:
    made = books()
    number = stakeholder(made, id=9)
    assert rows(stakeholders.stakeholders(pulled(made), MAY)) == [{
        "stakeholder_id": number, "company_id": 1, "customer_id": 1, "contact_id": 2, "contact": "Wu",
        "role": "decides", "attitude": "supports", "influence": "5", "since": None, "until": None,
        "noted_on": date(2026, 5, 1), "noted_by": "Anna", "is_gone": False,
    }]  # fmt: skip


@pytest.mark.parametrize(("day", "gone"), [(date(2026, 5, 1), False), (MAY, False), (date(2026, 5, 3), True)])
def test_a_person_is_gone_from_the_day_after_the_last(pulled: Pulled, day: date, gone: bool) -> None:
    made = books()
    stakeholder(made, until="2026-05-02")
    (row,) = rows(stakeholders.stakeholders(pulled(made), day))
    assert row["is_gone"] is gone


@pytest.mark.parametrize(("day", "count"), [(date(2026, 5, 1), 0), (MAY, 1), (date(2026, 5, 3), 1)])
def test_a_role_is_known_from_its_first_day(pulled: Pulled, day: date, count: int) -> None:
    made = books()
    stakeholder(made, since="2026-05-02")
    assert len(rows(stakeholders.stakeholders(pulled(made), day))) == count


@pytest.mark.parametrize("change", [{"active": False}, {"parent_id": 4, "commercial_partner_id": 4}])
def test_a_contact_that_is_archived_or_another_customers_is_gone(pulled: Pulled, change: dict[str, Any]) -> None:
    made = books()
    assert made.partner("Beck") == 4
    stakeholder(made)
    made.change("res.partner", 2, **change)
    (row,) = rows(stakeholders.stakeholders(pulled(made), MAY))
    assert (row["customer_id"], row["is_gone"]) == (1, True)


def test_a_contact_that_is_deleted_has_no_name_and_is_gone(pulled: Pulled) -> None:
    made = books()
    stakeholder(made, contact_id=77, influence=None)
    (row,) = rows(stakeholders.stakeholders(pulled(made), MAY))
    assert (row["contact"], row["influence"], row["is_gone"]) == (None, None, True)


@pytest.mark.long
@pytest.mark.requirement("S2-8")
@pytest.mark.parametrize(
    ("values", "open"),
    [
        ({}, False),
        ({"role": "buys"}, True),
        ({"until": "2026-05-01"}, True),
        ({"until": "2026-05-02"}, False),
        ({"contact_id": 77}, True),
        ({"company_id": 2}, True),
    ],
)
def test_a_customer_with_a_tier_is_undecided_until_somebody_present_decides(
    pulled: Pulled, values: dict[str, Any], open: bool
) -> None:
    made = books()
    made.add("res.company", id=2, name="Company 2", currency_id=EUR, create_date="2025-01-01 00:00:00")
    made.add("kam.tier", id=3, company_id=1, code="gold", name="Gold")
    made.add("kam.customer", company_id=1, partner_id=1, tier_id=None, current_tier_id=3)
    stakeholder(made, **values)
    found = rows(stakeholders.undecided(pulled(made), MAY))
    assert found == ([{"company_id": 1, "tier": "gold", "customer_id": 1}] if open else [])


@pytest.mark.long
@pytest.mark.requirement("S2-25")
@pytest.mark.parametrize(
    ("day", "count"),
    [
        (date(2026, 4, 30), 0),
        (date(2026, 5, 1), 1),
        (MAY, 1),
        (date(2026, 5, 3), 0),
    ],
)
def test_first_and_last_day_are_both_of_the_service_team(pulled: Pulled, day: date, count: int) -> None:
    made = books()
    span = {"date_from": "2026-05-01", "date_to": "2026-05-02"}
    made.add("kam.account.member", id=9, company_id=1, partner_id=1, user_id=5, role="logistics", **span)
    assert rows(members.members(pulled(made), day)) == [{
        "member_id": 9, "company_id": 1, "customer_id": 1, "user_id": 5, "name": "Anna", "role": "logistics",
        "date_from": date(2026, 5, 1), "date_to": MAY,
    }][:count]  # fmt: skip


def note(made: Books, **values: Any) -> int:
    row = {"company_id": 1, "partner_id": 1, "kind": "revenue", "currency_id": EUR, "amount": 1250000.5, "note": None}
    more = {"source": "Annual report", "people_count": 0, "share": 0.0, "valid_until": None}
    return made.add("kam.customer.note", **{**row, **more, **values})


@pytest.mark.long
@pytest.mark.requirement("S2-7")
def test_the_newest_of_a_kind_counts_and_the_older_one_does_before_its_day(pulled: Pulled) -> None:
    made = books()
    old, new = note(made, as_of="2025-12-31"), note(made, as_of="2026-05-02", amount=1300000.0)
    share = note(made, kind="market_share", as_of="2024-12-31", share=0.125, amount=0.0)
    con = pulled(made)
    assert {row["note_id"] for row in rows(known.known(con, MAY))} == {new, share}
    before = {row["kind"]: row for row in rows(known.known(con, date(2026, 5, 1)))}
    assert (before["revenue"]["note_id"], before["revenue"]["amount_minor"], before["revenue"]["currency"]) == (
        old, 125_000_050, "EUR",
    )  # fmt: skip
    assert (before["market_share"]["share"], before["market_share"]["known_on"]) == (0.125, date(2024, 12, 31))


@pytest.mark.long
def test_of_two_of_one_day_the_later_one_counts_and_each_company_has_its_own(pulled: Pulled) -> None:
    made = books()
    made.add("res.company", id=2, name="Company 2", currency_id=EUR, create_date="2025-01-01 00:00:00")
    note(made, as_of="2026-05-01")
    later, other = note(made, as_of="2026-05-01"), note(made, as_of="2026-04-01", company_id=2)
    found = rows(known.known(pulled(made), MAY))
    assert {(row["company_id"], row["note_id"]) for row in found} == {(1, later), (2, other)}


@pytest.mark.long
@pytest.mark.parametrize(("day", "old"), [(date(2026, 5, 1), False), (MAY, False), (date(2026, 5, 3), True)])
def test_it_is_old_from_the_day_after_the_last_on_which_to_rely_on_it(pulled: Pulled, day: date, old: bool) -> None:
    made = books()
    note(made, as_of="2026-01-01", valid_until="2026-05-02")
    (row,) = rows(known.known(pulled(made), day))
    assert row["is_old"] is old
