"""Customer records with what may be wrong in them, and signs of life, from a mirror."""

from __future__ import annotations

from datetime import date
from typing import Any

from kam_connector.facts.quality import group_units, last_days, partner_records
from tests.facts.conftest import Pulled, rows
from tests.sync.books import EUR, Books

JUNE = date(2026, 6, 30)


def records(con: Any) -> dict[int, dict[str, Any]]:
    return {row["partner_id"]: row for row in rows(partner_records(con))}


def test_a_parent_is_present_archived_or_gone(pulled: Pulled) -> None:
    books = Books()
    kept, archived, gone = (books.partner(name) for name in ("Kept", "Archived", "Gone"))
    contacts = [books.partner("Contact", parent, is_company=False) for parent in (kept, archived, gone)]
    books.change("res.partner", archived, active=False)
    con = pulled(books)
    books.remove("res.partner", gone)
    con = pulled(books)
    found = records(con)
    assert [found[number]["parent_state"] for number in contacts] == ["present", "archived", "gone"]
    assert found[kept]["parent_state"] is None
    assert (found[archived]["active"], found[contacts[0]]["customer_id"]) == (False, kept)


def test_signs_of_life_up_to_the_day_are_the_customers(pulled: Pulled) -> None:
    books = Books()
    acme = books.partner("Acme")
    buyer = books.partner("Buyer", acme, is_company=False)
    books.invoice(acme, 100.0, "2026-05-01")
    books.invoice(acme, 100.0, "2026-06-30")
    books.invoice(acme, 100.0, "2026-07-01")
    values = {"name": "S1", "state": "sale", "company_id": 1, "currency_id": 1, "date_order": "2026-04-02 09:00:00"}
    books.add("sale.order", partner_id=buyer, **values)
    found = {(row["customer_id"], row["kind"]): row["last_on"] for row in rows(last_days(pulled(books), JUNE))}
    assert (found[acme, "invoice"], found[acme, "order"]) == (date(2026, 6, 30), date(2026, 4, 2))
    assert (buyer, "order") not in found


def test_a_group_has_the_companies_and_currencies_of_its_invoices(pulled: Pulled) -> None:
    books = Books()
    acme = books.partner("Acme")
    sister = books.partner("Acme Europe", acme)
    books.invoice(acme, 100.0, "2026-05-01")
    books.invoice(sister, 100.0, "2026-05-02", currency_id=EUR, rate=0.14)
    units = {(row["group_id"], row["currency_id"]) for row in rows(group_units(pulled(books)))}
    assert units == {(acme, 1), (acme, EUR)}


def test_addresses_are_known_only_where_the_policy_mirrors_them(pulled: Pulled) -> None:
    books = Books()
    acme = books.partner("Acme")
    assert (records(pulled(books))[acme]["email"], records(pulled(books))[acme]["phone"]) == (None, None)
