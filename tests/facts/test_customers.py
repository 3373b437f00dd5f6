"""Contact to customer to group, companies, salespeople."""

from __future__ import annotations

from typing import Any

import pytest

from kam_connector.facts import companies, customers, people
from tests.facts.conftest import Pulled, rows
from tests.sync.books import EUR, Books


@pytest.fixture
def books() -> Books:
    return Books()


def by_partner(con: Any) -> dict[int, dict[str, Any]]:
    return {row["partner_id"]: row for row in rows(customers.customers(con))}


def test_contacts_roll_up_into_the_customer_and_subsidiaries_into_the_group(books: Books, pulled: Pulled) -> None:
    group = books.partner("Group")
    subsidiary = books.partner("Subsidiary", group)
    contact = books.partner("Contact", subsidiary, is_company=False)
    alone = books.partner("Alone")
    found = by_partner(pulled(books))
    assert {one: (row["customer_id"], row["group_id"]) for one, row in found.items()} == {
        group: (group, group),
        subsidiary: (subsidiary, group),
        contact: (subsidiary, group),
        alone: (alone, alone),
    }


@pytest.mark.timeout(60)
def test_a_circle_of_parents_ends_and_each_is_its_own_group(books: Books, pulled: Pulled) -> None:
    first = books.partner("First")
    second = books.partner("Second", first)
    below = books.partner("Below", second, is_company=False)
    books.change("res.partner", first, parent_id=second)
    found = by_partner(pulled(books))
    assert {one: row["group_id"] for one, row in found.items()} == {first: first, second: second, below: second}


def test_a_deleted_parent_is_no_group(books: Books, pulled: Pulled) -> None:
    group = books.partner("Group")
    subsidiary = books.partner("Subsidiary", group)
    pulled(books)
    books.remove("res.partner", group)
    found = by_partner(pulled(books))
    assert {one: row["group_id"] for one, row in found.items()} == {subsidiary: subsidiary}


def test_a_contact_has_the_customers_salesperson_and_his_team(books: Books, pulled: Pulled) -> None:
    books.add("res.users", id=7, login="seven", active=True)
    books.add("crm.team", id=3, name="North", active=True)
    books.add("crm.team.member", user_id=7, crm_team_id=3, active=True)
    customer = books.partner("Customer", user_id=7)
    contact = books.partner("Contact", customer, is_company=False)
    found = by_partner(pulled(books))
    assert [(found[one]["user_id"], found[one]["team_id"]) for one in (customer, contact)] == [(7, 3), (7, 3)]


def test_archived_customers_are_there_and_say_so(books: Books, pulled: Pulled) -> None:
    books.partner("Old", active=False)
    (row,) = rows(customers.customers(pulled(books)))
    assert row["active"] is False


def test_companies_have_currency_digits_and_zone(books: Books, pulled: Pulled) -> None:
    books.company(2, EUR)
    books.add("resource.calendar", id=5, name="Standard", tz="Asia/Shanghai")
    books.change("res.company", 1, resource_calendar_id=5)
    found = sorted(rows(companies.companies(pulled(books))), key=lambda row: row["company_id"])
    assert [tuple(row.values()) for row in found] == [
        (1, "Company 1", 1, "CNY", 2, "Asia/Shanghai"),
        (2, "Company 2", 2, "EUR", 2, "UTC"),
    ]


def test_a_salesperson_is_who_sells_with_the_team_joined_first(books: Books, pulled: Pulled) -> None:
    seller = books.partner("Chen Li 陈立")
    for number, partner in ((7, seller), (8, None), (9, None)):
        books.add("res.users", id=number, login=f"user{number}", partner_id=partner, active=number != 9)
    for number, name in ((3, "North"), (4, "South")):
        books.add("crm.team", id=number, name=name, active=True)
    books.add("crm.team.member", user_id=7, crm_team_id=4, active=False)
    books.add("crm.team.member", user_id=7, crm_team_id=3, active=True)
    books.add("crm.team.member", user_id=7, crm_team_id=4, active=True)
    books.partner("Customer", user_id=9)
    found = sorted(rows(people.salespeople(pulled(books))), key=lambda row: row["user_id"])
    assert [tuple(row.values()) for row in found] == [
        (7, "Chen Li 陈立", "user7", 3, "North", True),
        (9, None, "user9", None, None, False),
    ]


def test_who_leads_a_team_and_sells_nothing_is_a_salesperson_too(books: Books, pulled: Pulled) -> None:
    books.add("res.users", id=7, login="leader", active=True)
    books.add("crm.team", id=3, name="North", active=True, user_id=7)
    assert [row["login"] for row in rows(people.salespeople(pulled(books)))] == ["leader"]


def test_on_odoo_14_the_team_is_the_users_own_field(books: Books, pulled: Pulled) -> None:
    books.add("crm.team", id=3, name="North", active=True)
    books.add("res.users", id=7, login="seven", sale_team_id=3, active=True)
    books.partner("Customer", user_id=7)
    (row,) = rows(people.salespeople(pulled(books)))
    assert (row["team_id"], row["team"]) == (3, "North")


def test_a_contact_without_a_zone_has_the_customers(books: Books, pulled: Pulled) -> None:
    customer = books.partner("Customer", tz="Asia/Shanghai")
    contact = books.partner("Contact", customer, is_company=False)
    abroad = books.partner("Abroad", customer, is_company=False, tz="Europe/Berlin")
    unknown = books.partner("Unknown")
    found = by_partner(pulled(books))
    assert [found[one]["zone"] for one in (customer, contact, abroad, unknown)] == [
        "Asia/Shanghai", "Asia/Shanghai", "Europe/Berlin", None,
    ]  # fmt: skip


def test_who_leads_a_salespersons_team(books: Books, pulled: Pulled) -> None:
    """Team 3 has a leader, 4 has none, 5 is archived."""
    for number, leader, active in ((3, 9, True), (4, None, True), (5, 9, False)):
        books.add("crm.team", id=number, name=f"Team {number}", user_id=leader, active=active)
        books.add("res.users", id=number + 10, login=f"user{number}", active=True)
        books.add("crm.team.member", user_id=number + 10, crm_team_id=number, active=True)
    found = rows(people.team_leaders(pulled(books)))
    assert [tuple(row.values()) for row in found] == [(13, 9)]


def test_a_users_team_is_the_one_he_is_in_before_the_first_that_he_leads(books: Books, pulled: Pulled) -> None:
    """10 is in 3 and leads 4; 11 leads 6 and 7 alone; 12 leads 5, which is archived."""
    for number, leader, active in ((3, None, True), (4, 10, True), (5, 12, False), (6, 11, True), (7, 11, True)):
        books.add("crm.team", id=number, name=f"Team {number}", user_id=leader, active=active)
    books.add("crm.team.member", user_id=10, crm_team_id=3, active=True)
    found = rows(people.worker_teams(pulled(books)))
    teams = sorted((row["user_id"], row["team_id"], row["team"]) for row in found)
    assert teams == [(10, 3, "Team 3"), (11, 6, "Team 6")]
