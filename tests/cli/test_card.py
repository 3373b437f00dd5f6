"""`kam card`: everything about one customer, on the screen and on a page."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from kam_connector import policy
from kam_connector.policy import privileges_of
from tests.cli.desk import CUSTOMER, HOSTILE, SUGGESTED, Desk, desk, lines
from tests.runs import nights

__all__ = ["desk"]
SERVICE = ("visits", "executive_visits", "sla_class", "discount_limit", "credit_allowed")


@pytest.mark.long
@pytest.mark.requirement("S1-16", "S0-4")
def test_the_card_says_what_the_customers_tier_is_owed(desk: Desk) -> None:
    """The shipped figures of the tier; credit up to factor x revenue of twelve months / 12."""
    rows = desk.card()
    (tier,) = (row for row in desk.ask("tiers", "show")["rows"] if (row["company"], row["customer"]) == (1, CUSTOMER))
    service = privileges_of(policy.load().at(date(2026, 6, 30)).tiers.tier)[tier["tier"]]
    owed = {row["entry"]: row for row in lines(rows, "service", *SERVICE)}
    assert set(owed) == set(SERVICE)
    assert owed["visits"]["detail"] == f"at least every {service.visit_days} days"
    assert owed["executive_visits"]["detail"] == f"{service.executive_visits} a year"
    assert owed["sla_class"]["detail"] == service.sla_class
    assert owed["discount_limit"]["detail"] == f"up to {service.discount_limit * 100:.0f}% without approval"
    (pareto,) = (
        row for row in desk.ask("tiers", "pareto")["rows"] if (row["company"], row["customer"]) == (1, CUSTOMER)
    )
    months = Decimal(pareto["revenue"]) * service.credit_factor / 12
    assert abs(Decimal(owed["credit_allowed"]["amount"]) - months) <= Decimal("0.005")
    (segment,) = lines(rows, "evaluation", "segment")
    assert tier["segment"] in segment["detail"].casefold()


@pytest.mark.requirement("S4-4")
def test_the_card_has_every_panel(desk: Desk) -> None:
    panels = {row["panel"] for row in desk.card()}
    assert panels == {
        "file", "profile", "evaluation", "ratings", "traits", "service", "receivables", "contacts", "team", "plan",
        "known", "customer_suggestions", "suggestions", "dealings",
    }  # fmt: skip


@pytest.mark.long
@pytest.mark.requirement("S4-5")
def test_the_customers_suggestions_up_to_the_day_stand_with_their_writer(desk: Desk) -> None:
    users, partners = desk.server.rows("res.users"), desk.server.rows("res.partner")
    name = partners[users[desk.writer]["partner_id"]]["name"]
    found = lines(desk.card(), "customer_suggestions", "suggestion")
    assert [(row["name"], row["detail"], row["day"]) for row in found] == [
        ("Delivery", f"{SUGGESTED} · taken up · written by {name}", "2026-06-30"),
        ("Delivery", f"{HOSTILE} · taken up · written by {name}", "2026-05-02"),
    ]
    assert all(desk.server.rows("kam.suggestion")[row["record"]]["partner_id"] == CUSTOMER for row in found)


@pytest.mark.long
@pytest.mark.requirement("S1-2", "S2-13", "S4-79")
def test_what_people_rated_stands_with_its_day_and_whether_it_still_counts(desk: Desk) -> None:
    """Rated on 2025-06-28 with 365 days: it counted up to 2026-06-28, two days before the card."""
    rows = desk.card()
    rated = {row["name"]: (row["detail"], row["figure"]) for row in lines(rows, "ratings", "rating")}
    assert rated == {
        "Influence in its market": ("4 of 5", "4"), "Lift of our brand": ("5 of 5", "5"),
        "Sensitivity to prices": ("5 of 5", "5"), "Demand for quality": ("4 of 5", "4"),
        "Focus on the relationship": ("2 of 5", "2"),
    }  # fmt: skip
    (need,) = lines(rows, "ratings", "need")
    assert (need["amount"], need["day"]) == ("800000.00", "2025-06-28")
    (old,) = lines(rows, "ratings", "rating_old", "rating_counts")
    assert old["entry"] == "rating_old"
    assert old["detail"].endswith("rated the customer on 28 June 2025; that counted up to 28 June 2026.")
    on_the_last_day = desk.ask("card", "show", str(CUSTOMER), as_of="2026-06-28")["rows"]
    assert lines(on_the_last_day, "ratings", "rating_counts")


@pytest.mark.long
def test_the_file_says_who_the_customer_is(desk: Desk) -> None:
    partner = desk.server.rows("res.partner")[CUSTOMER]
    filed = {row["entry"]: row["detail"] for row in desk.card() if row["panel"] == "file"}
    assert filed["number"] == partner["ref"]
    assert filed["language"] == partner["lang"]
    assert filed["country"] == desk.server.rows("res.country")[partner["country_id"]]["name"]
    user = desk.server.rows("res.users")[partner["user_id"]]
    assert filed["salesperson"] == desk.server.rows("res.partner")[user["partner_id"]]["name"]


@pytest.mark.long
@pytest.mark.requirement("S4-5")
def test_the_evaluation_is_that_of_the_tiers_and_has_its_history(desk: Desk) -> None:
    tier = next(row for row in desk.ask("tiers", "show")["rows"] if (row["company"], row["customer"]) == (1, CUSTOMER))
    rows = desk.card()
    (score,) = lines(rows, "evaluation", "score")
    assert (score["figure"], score["detail"]) == (tier["score"], tier["reasons"])
    assert [row["name"] for row in lines(rows, "evaluation", "dimension")] == [
        "Contribution", "Loyalty", "Growth", "Risk",
    ]  # fmt: skip
    (history,) = lines(rows, "evaluation", "history")
    assert (history["day"], history["figure"]) == (nights.ANCHOR, tier["score"])
    (payer,) = lines(rows, "evaluation", "payer")
    assert payer["detail"]


@pytest.mark.long
def test_the_receivables_are_those_of_the_ageing(desk: Desk) -> None:
    owed = [row for row in desk.ask("ageing", "show")["rows"] if (row["company"], row["customer"]) == (1, CUSTOMER)]
    rows = desk.card()
    (total,) = lines(rows, "receivables", "total")
    assert Decimal(total["amount"]) == sum(Decimal(row["total"]) for row in owed)
    assert sum(Decimal(row["amount"]) for row in lines(rows, "receivables", "bucket")) == Decimal(total["amount"])
    items = lines(rows, "receivables", "item")
    assert [row["day"] for row in items] == sorted(row["day"] for row in items)
    assert len(items) == 15 or sum(Decimal(row["amount"]) for row in items) == Decimal(total["amount"])


@pytest.mark.long
@pytest.mark.requirement("S2-12")
def test_twenty_four_months_and_the_products_add_up_to_the_revenue(desk: Desk) -> None:
    rows = desk.card()
    months = lines(rows, "dealings", "month")
    assert [months[0]["name"], months[-1]["name"], len(months)] == ["2024-07", "2026-06", 24]
    moves = [row for row in desk.server.rows("account.move").values()
             if row["commercial_partner_id"] == CUSTOMER and row["company_id"] == 1 and row["state"] == "posted"
             and row["move_type"] in ("out_invoice", "out_refund")
             and row["invoice_date"] <= nights.ANCHOR]  # fmt: skip
    invoiced = {name: Decimal(0) for name in (row["name"] for row in months)}
    for move in moves:
        if move["invoice_date"][:7] in invoiced:
            invoiced[move["invoice_date"][:7]] += Decimal(str(move["amount_untaxed_signed"]))
    assert {row["name"]: Decimal(row["amount"]) for row in months} == invoiced
    products = lines(rows, "dealings", "product")
    assert 0 < len(products) <= 10
    sold = [Decimal(row["amount"]) for row in products]
    assert sold == sorted(sold, reverse=True)
    if len(products) < 10:
        assert sum(sold) == sum(Decimal(row["amount"]) for row in months[12:])
    for row in products:
        if row["figure"] is not None:
            assert abs(Decimal(row["amount"]) / Decimal(row["before"]) - Decimal(row["figure"])) <= Decimal("0.005")
    papers = lines(rows, "dealings", "order", "invoice", "credit_note")
    assert papers
    newest = sorted((move["invoice_date"] for move in moves), reverse=True)[:5]
    assert [row["day"] for row in papers if row["entry"] != "order"] == newest


@pytest.mark.long
def test_what_is_to_be_done_is_told_with_its_reason(desk: Desk) -> None:
    tasks = [row for row in desk.ask("collections", "worklist")["rows"] if row["company"] == 1]
    asked = tasks[0]["customer"]
    rows = desk.card(asked)
    (task,) = lines(rows, "suggestions", "task")
    assert (task["amount"], task["day"]) == (tasks[0]["amount"], tasks[0]["deadline"])
    (advice,) = lines(rows, "suggestions", "credit")
    assert "·" in advice["detail"]
    complaints = [row for row in desk.ask("complaints", "show")["rows"] if row["company"] == 1]
    still_open = [row for row in complaints if row["state"] in ("received", "accepted", "investigating")]
    assert still_open
    for one in still_open[:2]:
        told = {row["record"] for row in lines(desk.card(one["customer"]), "suggestions", "complaint")}
        assert one["complaint"] in told


@pytest.mark.long
def test_contacts_stand_with_their_role(desk: Desk) -> None:
    found = {row["record"]: row for row in lines(desk.card(), "contacts", "contact")}
    partners = desk.server.rows("res.partner")
    people = {id for id, row in partners.items() if row["commercial_partner_id"] == CUSTOMER and id != CUSTOMER}
    assert set(found) == people
    assert found[desk.contact]["name"] == HOSTILE
    assert found[desk.contact]["detail"].startswith(partners[desk.contact]["function"])


@pytest.mark.long
def test_a_name_means_the_same_card_and_two_of_one_name_are_refused(desk: Desk) -> None:
    name = desk.server.rows("res.partner")[CUSTOMER]["name"]
    assert desk.card(name) == desk.card() == desk.card(desk.contact)
    done = desk.place.kam("card", "show", "Nobody at all", "--as-of", nights.ANCHOR)
    assert (done.returncode, "The mirror has no customer Nobody at all." in done.stderr) == (2, True)


@pytest.mark.long
def test_the_card_needs_no_erp(desk: Desk) -> None:
    answer = desk.ask("card", "show", str(CUSTOMER), KAM_ERP_URL="http://127.0.0.1:9")
    assert answer == desk.ask("card", "show", str(CUSTOMER))
    assert "findings" not in answer or answer["findings"] == []
    country = desk.server.rows("res.partner")[CUSTOMER]["country_id"]
    (shown,) = {row["detail"] for row in answer["rows"] if row["entry"] == "country"}
    assert shown == desk.server.rows("res.country")[country]["name"]


@pytest.mark.long
@pytest.mark.requirement("S2-47")
def test_the_workbook_has_the_panels_two_charts_and_one_page(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "card.xlsx"
    asked = ("card", "report", str(CUSTOMER), "--output", str(path))
    (row,) = desk.ask(*asked)["rows"]
    assert row["report"] == str(path)
    first = path.read_bytes()
    desk.ask(*asked)
    assert path.read_bytes() == first
    book = openpyxl.load_workbook(path)
    assert len(book.sheetnames) == row["companies"]
    sheet = book.worksheets[0]
    shown = {str(cell.value) for each in sheet.iter_rows() for cell in each if cell.value is not None}
    assert {
        "File",
        "Evaluation",
        "How it buys",
        "Receivables",
        "Contacts",
        "To do",
        "Dealings",
        HOSTILE,
        "2026-06",
    } <= shown
    assert not any(cell.data_type == "f" for each in sheet.iter_rows() for cell in each)
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToHeight != 0, "one page, not as many as it takes"
    assert len(sheet._charts) == 2
    chinese = tmp_path / "chinese.xlsx"
    desk.place.kam("--lang", "zh_CN", *asked[:-1], str(chinese), "--as-of", nights.ANCHOR)
    words = {str(cell.value) for each in openpyxl.load_workbook(chinese).worksheets[0].iter_rows() for cell in each}
    assert {"客户档案", "客户评价", "采购特征", "应收账款", "联系人", "往来记录"} <= words


@pytest.mark.long
@pytest.mark.requirement("S2-59")
def test_the_archive_is_looked_through_and_says_where_a_text_stands(desk: Desk) -> None:
    partner = desk.server.rows("res.partner")[CUSTOMER]
    for text, place in ((str(CUSTOMER), "id"), (partner["ref"].lower(), "number"), (partner["name"], "name")):
        first = desk.ask("card", "find", text)["rows"][0]
        assert (first["customer"], first["place"], first["record"]) == (CUSTOMER, place, CUSTOMER)
        assert first["name"] == partner["name"]
    (contact,) = desk.ask("card", "find", HOSTILE)["rows"]
    assert (contact["customer"], contact["place"], contact["record"]) == (CUSTOMER, "contact", desk.contact)
    product = lines(desk.card(), "dealings", "product")[0]
    sold = desk.ask("card", "find", product["name"], "--limit", "10000")["rows"]
    assert (CUSTOMER, "product") in {(row["customer"], row["place"]) for row in sold}


def test_what_is_left_off_is_said_and_blanks_alone_are_refused(desk: Desk) -> None:
    answer = desk.ask("card", "find", "a", "--limit", "2")
    assert len(answer["rows"]) == 2
    assert answer["totals"][0]["customers"] > 2
    assert [found["severity"] for found in answer["findings"]] == ["info"]
    done = desk.place.kam("card", "find", " \t\x07 ")
    assert (done.returncode, "nothing to look for" in done.stderr) == (2, True)
    assert desk.ask("card", "find", "no such\x00text {x} %")["rows"] == []
