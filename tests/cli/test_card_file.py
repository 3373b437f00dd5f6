"""`kam card`: who decides, who serves, what is known and what is planned."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest

from tests.cli.desk import CUSTOMER, HOSTILE, Desk, desk
from tests.runs import nights

__all__ = ["desk"]


@pytest.mark.requirement("S2-8")
def test_who_decides_stands_before_the_contacts_and_who_has_left_is_last(desk: Desk) -> None:
    found = [row for row in desk.card() if row["panel"] == "contacts"]
    assert [row["entry"] for row in found[:3]] == ["stakeholder", "stakeholder", "contact"]
    assert [(row["name"], row["detail"], row["figure"]) for row in found[:2]] == [
        (HOSTILE, "Decides · supports us · influence 5 of 5", "5"),
        (HOSTILE, "Uses · attitude unknown · influence 1 of 5 · not any more", "1"),
    ]


@pytest.mark.requirement("S0-5", "S2-25")
def test_the_service_team_of_the_day_stands_with_its_roles(desk: Desk) -> None:
    (found,) = (row for row in desk.card() if row["panel"] == "team")
    assert (found["detail"], found["day"]) == ("Executive sponsor · up to 30 June 2026", "2026-01-01")
    users, partners = desk.server.rows("res.users"), desk.server.rows("res.partner")
    assert found["name"] == partners[users[desk.writer]["partner_id"]]["name"]


@pytest.mark.requirement("S2-6", "S2-7", "S2-9", "S2-11", "S2-13")
def test_the_newest_of_what_is_known_stands_with_its_source(desk: Desk) -> None:
    found = [row for row in desk.card() if row["panel"] == "known"]
    assert [
        (row["name"], row["detail"], row["day"], row["currency"], row["amount"], row["figure"]) for row in found
    ] == [
        ("Competition", f"Two sellers · {HOSTILE}", "2026-06-30", None, None, None),
        ("Market share", "Press · was valid up to 29 June 2026", "2025-12-31", None, None, "0.1250"),
        ("Own revenue", "Annual report", "2025-12-31", "EUR", "1250000.50", None),
        ("Size in people", "Some hundred · Visit", "2026-06-30", None, None, None),
    ]


@pytest.mark.requirement("S0-4", "S2-5")
def test_the_running_plan_stands_with_its_aim_phases_and_measures(desk: Desk) -> None:
    """Of 2026 181 of 365 days are over on 30 June."""
    found = [row for row in desk.card() if row["panel"] == "plan"]
    users, partners = desk.server.rows("res.users"), desk.server.rows("res.partner")
    name = partners[users[desk.writer]["partner_id"]]["name"]
    moves = [row for row in desk.server.rows("account.move").values()
             if row["commercial_partner_id"] == CUSTOMER and row["company_id"] == 1 and row["state"] == "posted"
             and row["move_type"] in ("out_invoice", "out_refund")
             and "2026-01-01" <= row["invoice_date"] <= nights.ANCHOR]  # fmt: skip
    invoiced = sum((Decimal(str(row["amount_untaxed_signed"])) for row in moves), Decimal(0))
    share = (invoiced / 400_000).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    assert [(row["entry"], row["name"], row["detail"], row["day"], row["amount"], row["figure"]) for row in found] == [
        ("plan", "2026", f"running · version 1 · {name} · {HOSTILE}", "2026-12-31", None, None),
        ("plan_revenue", "", "1 January 2026 to 31 December 2026", None, "400000.00", None),
        ("plan_share", "", "", None, None, "0.3000"),
        ("plan_invoiced", "", f"{(share * 100).normalize():f}% of the aim · 49.59% of its days are over", nights.ANCHOR,
         f"{invoiced:.2f}", str(share)),
        ("phase", "Phase 1", "1 January 2026 to 29 June 2026 · 1 of 2 measures open, 1 late", "2026-06-29", None, "1"),
        ("phase", "Phase 2", "1 January 2026 to 31 December 2026 · 1 of 1 measures open, 0 late", "2026-12-31", None,
         "1"),
        ("measure", "Own label", f"Product customisation · {name} · done on 20 March 2026", "2026-03-31", None, None),
        ("measure", "Own prices", f"Price preference · {name} · late", "2026-06-29", None, None),
        ("measure", "Stock at its plant", f"Service upgrade · {name}", "2026-12-31", None, None),
    ]  # fmt: skip
