"""How a customer pays and what he may owe, in Odoo: who reads it, in whose language; the statement that he is sent."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import requests

from tests.addon.cast import Cast, write_standing
from tests.addon.rpc import Login, Refused

pytestmark = [pytest.mark.odoo, pytest.mark.long]


@pytest.fixture(scope="module")
def alpha(odoo19_cast: Cast) -> int:
    """The id of Alpha's figures, with a class of payer and the advice to hold."""
    return write_standing(odoo19_cast)


def page(user: Login, record: int) -> str:
    """The statement as the person's browser gets it."""
    with requests.Session() as session:
        login = {"db": user.database, "login": user.name, "password": user.password}
        session.post(f"{user.url}/web/session/authenticate", json={"jsonrpc": "2.0", "params": login}, timeout=60)
        return session.get(f"{user.url}/report/html/kam_connector.report_statement/{record}", timeout=120).text


@pytest.mark.requirement("S4-49")
def test_the_salesperson_reads_class_and_advice_with_their_reasons(cast: Cast, alpha: int) -> None:
    row = cast.login("anna").read(
        "kam.customer", alpha, "payer_class", "credit_advice", "payer_reason", "credit_reason"
    )
    assert (row["payer_class"], row["credit_advice"]) == ("slow", "hold")
    assert row["payer_reason"].startswith("Slow payer: in 12 months 3 items were paid 8 days late on average")
    reason = row["credit_reason"].replace("\N{NO-BREAK SPACE}", " ")
    assert reason.startswith("Hold deliveries on credit: exposure $ 105,000.00")
    chinese = cast.login("dir", lang="zh_CN").read("kam.customer", alpha, "credit_reason")["credit_reason"]
    assert chinese.startswith("建议暂停赊销发货")


def test_the_customer_shows_them_and_is_found_and_grouped_by_them(cast: Cast, alpha: int) -> None:
    anna, partner = cast.login("anna"), cast.partners["Alpha"]
    row = anna.read("res.partner", partner, "kam_payer_class", "kam_headroom", "kam_expected_on", "kam_share_late")
    assert {name: row[name] for name in row if name != "id"} == {
        "kam_payer_class": "slow", "kam_headroom": -5000.0, "kam_expected_on": "2026-07-08", "kam_share_late": 1.0,
    }  # fmt: skip
    assert anna.search("res.partner", [["kam_credit_advice", "=", "hold"]]) == [partner]
    groups = anna.call("res.partner", "formatted_read_group", [["id", "=", partner]], ["kam_payer_class"], ["__count"])
    assert [(group["kam_payer_class"], group["__count"]) for group in groups] == [("slow", 1)]


def test_nobody_but_the_connector_writes_them(cast: Cast, alpha: int) -> None:
    for name in ("anna", "li", "fin"):
        with pytest.raises(Refused):
            cast.login(name).write("kam.customer", alpha, payer_class="prompt")


def test_many_at_once_are_written_as_one_by_one(cast: Cast, alpha: int) -> None:
    """The fast way of `kam_bulk` knows every kind of field among them."""
    partners = [cast.admin.create("res.partner", name=f"Many {number}", is_company=True) for number in range(9)]
    rows = [
        cast.row(f"customer:{partner}", partner_id=partner, payer_class="new", days_late_mean=1.25, share_late=0.12345,
                 expected_on="2026-07-01", exposure=1.005, credit_advice="none")
        for partner in partners
    ]  # fmt: skip
    assert {answer["status"] for answer in cast.apply("kam.customer", *rows)} == {"created"}
    assert {answer["status"] for answer in cast.apply("kam.customer", *rows)} == {"unchanged"}


def test_the_accountant_prints_a_statement_without_a_word_of_ours(cast: Cast, alpha: int) -> None:
    action = cast.login("fin").call("kam.customer", "action_print_statement", [alpha])
    assert (action["type"], action["report_name"]) == ("ir.actions.report", "kam_connector.report_statement")
    shown = page(cast.login("fin"), alpha)
    assert "Statement of Account" in shown
    assert "Alpha" in shown
    assert not any(word in shown for word in ("Slow", "Hold", "Gold", "86.5", "105,000"))


def test_the_statement_has_items_their_age_disputes_and_what_was_agreed(cast: Cast, alpha: int) -> None:
    admin, today = cast.admin, date.today()
    own = {"partner_id": cast.partners["Alpha"], "company_id": cast.company_a}
    line = {"name": "Goods", "quantity": 1, "price_unit": 500.0, "tax_ids": [[6, 0, []]]}
    begun, due = (str(today - timedelta(days=days)) for days in (60, 40))
    days = {"invoice_date": begun, "date": begun, "invoice_date_due": due}
    head = {**own, **days, "move_type": "out_invoice", "invoice_line_ids": [[0, 0, line]]}
    invoice = admin.create("account.move", **head)
    admin.call("account.move", "action_post", [invoice])
    admin.create("kam.complaint", **own, move_id=invoice, disputed_amount=100.0)
    promised = str(today + timedelta(days=5))
    admin.create("kam.promise", **own, move_id=invoice, amount=150.0, promised_for=promised)
    text = " ".join(re.sub("<[^>]+>", " ", page(cast.login("fin"), alpha)).replace("\N{NO-BREAK SPACE}", " ").split())
    assert "(in dispute)" in text
    assert "40 $ 500.00 $ 0.00 $ 500.00 Balance Due to Us $ 500.00" in text
    assert "31–60 Days 61–90 Days 91–180 Days Over 180 Days USD $ 0.00 $ 0.00 $ 500.00 $ 0.00" in text
    assert "Agreed Payment" in text
    assert "$ 150.00" in text


@pytest.mark.parametrize("person", ["bo", "out"])
def test_a_stranger_gets_no_statement(cast: Cast, alpha: int, person: str) -> None:
    """Alpha is Anna's; Out has none of our groups."""
    shown = page(cast.login(person), alpha)
    assert "Statement of Account" not in shown
    assert "Alpha" not in shown


def test_the_statement_is_in_the_customers_language(cast: Cast, alpha: int) -> None:
    partner = cast.partners["Alpha"]
    before = cast.admin.read("res.partner", partner, "lang")["lang"]
    cast.admin.write("res.partner", partner, lang="zh_CN")
    try:
        assert "对账单" in page(cast.login("fin"), alpha)
    finally:
        cast.admin.write("res.partner", partner, lang=before)
