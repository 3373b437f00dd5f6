"""Compensation on a real Odoo 19: proposed by the connector, agreed by whoever has the right, drafted, never posted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.addon.cast import Cast
from tests.addon.rpc import Refused

pytestmark = [pytest.mark.odoo, pytest.mark.long]
MODEL, LINE = "kam.complaint", "kam.complaint.line"
REASON = {
    "amount": "900.00", "approver": "manager", "cap": "0.50", "cumulative_days": 90, "currency": "USD",
    "left": "4000.00", "loss": "1000.00", "remedy": "credit", "valid_from": "2026-01-01", "within": "900.00",
    "worth": "1800.00", "year": "2026",
}  # fmt: skip


def proposed(cast: Cast, name: str = "Alpha", approver: str = "manager", **more: Any) -> int:
    """A case of Anna's that waits for approval, with 900 proposed of a loss of 1,000."""
    anna, boss = cast.login("anna"), cast.login("dir")
    case = anna.create(MODEL, partner_id=cast.partners[name], received_at="2026-06-01 08:00:00", loss_amount=1000.0)
    for state in ("accepted", "investigating", "proposed"):
        boss.write(MODEL, case, state=state)
    propose(cast, case, approver=approver, **more)
    return case


def propose(cast: Cast, case: int, **more: Any) -> dict[str, Any]:
    values = {
        "proposed_remedy": "credit", "proposed_amount": 900.0, "proposed_limit": "value", "approver": "manager",
        "proposal_code": "compensation.value", "proposal_args": json.dumps(REASON), **more,
    }  # fmt: skip
    [answer] = cast.apply(MODEL, cast.row(f"{MODEL},{case}", **values))
    return answer


@pytest.mark.requirement("S4-69")
def test_a_manager_approves_what_is_proposed_and_it_is_sealed(cast: Cast) -> None:
    case = proposed(cast)
    assert propose(cast, case)["status"] == "unchanged"
    shown = cast.login("li").read(MODEL, case, "may_approve", "proposal")
    assert shown["may_approve"]
    assert shown["proposal"].startswith("Credit note, $")
    assert "50 % of the" in shown["proposal"]
    cast.login("li").write(MODEL, case, state="approved")
    names = ("remedy", "agreed_amount", "agreed_by_id", "credit_move_id")
    agreed = cast.admin.read(MODEL, case, *names, "agreed_at")
    assert agreed["agreed_at"]
    assert [agreed[name] for name in names] == ["credit", 900.0, cast.users["li"], False]


@pytest.mark.requirement("S4-69")
@pytest.mark.parametrize(
    ("approver", "amount", "person", "may"),
    [
        ("manager", 900.0, "li", True), ("manager", 899.99, "li", True), ("manager", 900.01, "li", False),
        ("manager", 900.01, "dir", True), ("manager", 900.0, "anna", False), ("director", 900.0, "li", False),
        ("director", 900.0, "dir", True), ("salesperson", 900.0, "anna", True), ("salesperson", 900.01, "anna", False),
        ("manager", 900.0, "fin", False),
    ],
)  # fmt: skip
def test_only_whoever_has_the_right_for_the_amount_approves(
    cast: Cast, approver: str, amount: float, person: str, may: bool
) -> None:
    case = proposed(cast, approver=approver)
    cast.login("anna").write(MODEL, case, remedy="goodwill", agreed_amount=amount)
    assert cast.login(person).read(MODEL, case, "may_approve")["may_approve"] is may
    if may:
        cast.login(person).write(MODEL, case, state="approved")
        kept = cast.admin.read(MODEL, case, "remedy", "agreed_amount")
        assert (kept["remedy"], kept["agreed_amount"]) == ("goodwill", amount)
        return
    for values in ({"state": "approved"}, {"state": "approved", "agreed_amount": amount}):
        with pytest.raises(Refused, match="approve"):
            cast.login(person).write(MODEL, case, **values)


def test_no_way_round_the_approver_leads_through_one_write_or_a_new_case(cast: Cast) -> None:
    case, li = proposed(cast), cast.login("li")
    with pytest.raises(Refused, match="to be approved by: Director"):
        li.write(MODEL, case, state="approved", agreed_amount=5000.0)
    with pytest.raises(Refused, match="to be approved by: Director"):
        li.write(MODEL, case, state="approved", remedy="credit", agreed_amount=5000.0)
    with pytest.raises(Refused, match="to be approved by: Director"):
        li.create(MODEL, partner_id=cast.partners["Alpha"], state="approved", remedy="credit", agreed_amount=10.0)


@pytest.mark.parametrize("remedy", [False, ""])
def test_who_empties_the_remedy_in_the_approval_approves_what_is_proposed(cast: Cast, remedy: Any) -> None:
    case, li = proposed(cast), cast.login("li")
    cast.login("anna").write(MODEL, case, remedy="goodwill", agreed_amount=5000.0)
    li.write(MODEL, case, state="approved", remedy=remedy)
    row = cast.admin.read(MODEL, case, "remedy", "agreed_amount", "agreed_by_id")
    assert (row["remedy"], row["agreed_amount"], row["agreed_by_id"]) == ("credit", 900.0, cast.users["li"])


def test_a_remedy_chosen_in_the_approval_is_given_at_the_proposed_amount(cast: Cast) -> None:
    case, li = proposed(cast), cast.login("li")
    li.write(MODEL, case, state="approved", remedy="goodwill")
    row = cast.admin.read(MODEL, case, "remedy", "agreed_amount")
    assert (row["remedy"], row["agreed_amount"]) == ("goodwill", 900.0)


@pytest.mark.parametrize("person", ["anna", "li", "dir", "fin"])
def test_nobody_writes_the_proposal_or_the_seal_by_hand(cast: Cast, person: str) -> None:
    anna = cast.login("anna")
    case = anna.create(MODEL, partner_id=cast.partners["Alpha"])
    kept: list[dict[str, Any]] = [
        {"proposed_amount": 9.0}, {"approver": "salesperson"}, {"agreed_at": "2026-06-01 08:00:00"},
        {"agreed_by_id": cast.users["dir"]}, {"proposal_code": "compensation.loss"}, {"credit_move_id": 1},
    ]  # fmt: skip
    for values in kept:
        with pytest.raises(Refused, match=next(iter(values))):
            cast.login(person).write(MODEL, case, **values)
    if person != "fin":
        with pytest.raises(Refused, match="approver"):
            cast.login(person).create(MODEL, partner_id=cast.partners["Alpha"], approver="salesperson")


def test_nobody_writes_what_follows_from_another_record(cast: Cast) -> None:
    """Else 900 of a weak currency were approved and given in a strong one."""
    case, euro = (
        proposed(cast),
        cast.admin.search("res.currency", [["name", "=", "EUR"]], context={"active_test": False}),
    )
    own = cast.admin.read(MODEL, case, "currency_id")["currency_id"]
    for person in ("anna", "dir"):
        with pytest.raises(Refused, match="currency_id"):
            cast.login(person).write(MODEL, case, currency_id=euro[0])
    anna = cast.login("anna", default_currency_id=euro[0])
    made = anna.create(MODEL, partner_id=cast.partners["Alpha"], received_at="2026-06-01 08:00:00")
    assert own != euro[0]
    assert [cast.admin.read(MODEL, each, "currency_id")["currency_id"] for each in (case, made)] == [own, own]


@pytest.mark.requirement("S4-69")
def test_no_default_of_a_context_or_of_ones_own_says_what_others_decide(cast: Cast) -> None:
    """Whoever makes a case with the proposal, the approver or the seal in the defaults approves nothing by it."""
    anna = cast.login("anna")
    said = {"proposed_remedy": "credit", "proposed_amount": 5000.0, "approver": "salesperson", "kam_run": "mine",
            "agreed_at": "2026-06-01 08:00:00", "state": "approved", "escalation_level": 4}  # fmt: skip
    context = {f"default_{name}": value for name, value in said.items()}
    anna.call("ir.default", "set", MODEL, "approver", "salesperson", True)
    try:
        values = {"partner_id": cast.partners["Alpha"]}
        [case] = anna.call(MODEL, "create", [{**values, "remedy": "credit", "agreed_amount": 5000.0}], context=context)
        [plain] = anna.call(MODEL, "create", [values])
    finally:
        anna.call("ir.default", "unlink", anna.search("ir.default", [["user_id", "=", anna.uid]]))
    for made in (case, plain):
        row = cast.admin.read(MODEL, made, *said, "kam_key")
        assert row.pop("kam_key") == f"{MODEL},{made}"
        assert {name: row[name] for name in said} == {
            "proposed_remedy": False, "proposed_amount": 0.0, "approver": False, "kam_run": False, "agreed_at": False,
            "state": "received", "escalation_level": 0,
        }  # fmt: skip


def test_what_is_approved_is_changed_only_after_a_further_investigation(cast: Cast) -> None:
    case, boss = proposed(cast), cast.login("dir")
    boss.write(MODEL, case, state="approved")
    other = max(set(cast.partners.values()) - {cast.admin.read(MODEL, case, "partner_id")["partner_id"]})
    for values in ({"agreed_amount": 1.0}, {"remedy": "repair"}, {"partner_id": other}):
        with pytest.raises(Refused, match="Investigate the case again"):
            boss.write(MODEL, case, **values)
    boss.write(MODEL, case, state="investigating")
    boss.write(MODEL, case, remedy="repair", agreed_amount=1.0)
    again = cast.admin.read(MODEL, case, "agreed_at", "agreed_by_id", "agreed_amount")
    assert (again["agreed_at"], again["agreed_by_id"], again["agreed_amount"]) == (False, False, 1.0)


def test_a_persons_amount_stays_when_the_connector_proposes_another_one(cast: Cast) -> None:
    case = proposed(cast)
    cast.login("anna").write(MODEL, case, remedy="goodwill", agreed_amount=300.0)
    propose(cast, case, proposed_amount=700.0, remedy="credit", agreed_amount=1.0)
    row = cast.admin.read(MODEL, case, "proposed_amount", "remedy", "agreed_amount")
    assert (row["proposed_amount"], row["remedy"], row["agreed_amount"]) == (700.0, "goodwill", 300.0)


def invoice(cast: Cast, name: str = "Alpha") -> int:
    line = {"name": "Pumps", "quantity": 1, "price_unit": 1800.0, "tax_ids": [[6, 0, []]]}
    move = cast.admin.create(
        "account.move", move_type="out_invoice", partner_id=cast.partners[name], invoice_date="2026-05-20",
        invoice_user_id=cast.users["anna"], invoice_line_ids=[[0, 0, line]],
    )  # fmt: skip
    cast.admin.call("account.move", "action_post", [move])
    return move


@pytest.mark.requirement("S4-69")
def test_the_approver_makes_one_draft_credit_note_that_reverses_the_invoice_and_is_not_posted(cast: Cast) -> None:
    case, li, sold = proposed(cast), cast.login("li"), invoice(cast)
    cast.login("anna").write(MODEL, case, move_id=sold)
    with pytest.raises(Refused, match="Only an approved amount"):
        li.call(MODEL, "action_make_credit_note", [case])
    li.write(MODEL, case, state="approved")
    with pytest.raises(Refused, match="Only an approved amount"):
        cast.login("anna").call(MODEL, "action_make_credit_note", [case])
    for _ in range(2):
        li.call(MODEL, "action_make_credit_note", [case])
    [note] = cast.admin.call(
        "account.move", "search_read", [["reversed_entry_id", "=", sold]],
        ["id", "state", "move_type", "amount_total", "partner_id", "invoice_user_id"], load="",
    )  # fmt: skip
    assert cast.admin.call(MODEL, "read", [case], ["credit_move_id"], load="")[0]["credit_move_id"] == note.pop("id")
    assert note == {
        "state": "draft", "move_type": "out_refund", "amount_total": 900.0, "partner_id": cast.partners["Alpha"],
        "invoice_user_id": cast.users["anna"],
    }  # fmt: skip


def test_the_credit_note_speaks_the_customers_language(cast: Cast) -> None:
    case, li, alpha = proposed(cast), cast.login("li"), cast.partners["Alpha"]
    li.write(MODEL, case, state="approved")
    cast.admin.write("res.partner", alpha, lang="zh_CN")
    try:
        li.call(MODEL, "action_make_credit_note", [case])
    finally:
        cast.admin.write("res.partner", alpha, lang="en_US")
    row = cast.admin.read(MODEL, case, "name", "credit_move_id")
    domain = [["move_id", "=", row["credit_move_id"]], ["display_type", "=", "product"]]
    lines = cast.admin.call("account.move.line", "search_read", domain, ["name"], load="")
    assert [line["name"] for line in lines] == [f"投诉 {row['name']} 的补偿"]


def test_a_repair_gives_no_credit_note(cast: Cast) -> None:
    case, boss = proposed(cast, proposed_remedy="repair"), cast.login("dir")
    boss.write(MODEL, case, state="approved")
    assert not boss.read(MODEL, case, "may_credit")["may_credit"]
    with pytest.raises(Refused, match="Only an approved amount"):
        boss.call(MODEL, "action_make_credit_note", [case])


def test_the_loss_is_the_sum_of_the_lines_and_never_negative(cast: Cast) -> None:
    anna = cast.login("anna")
    case = anna.create(MODEL, partner_id=cast.partners["Alpha"], loss_amount=75.0)
    assert anna.read(MODEL, case, "loss_amount")["loss_amount"] == 75.0
    anna.create(LINE, complaint_id=case, loss_amount=30.0)
    anna.create(LINE, complaint_id=case, loss_amount=12.5)
    assert anna.read(MODEL, case, "loss_amount")["loss_amount"] == 42.5
    anna.call(LINE, "unlink", anna.search(LINE, [["complaint_id", "=", case]]))
    assert anna.read(MODEL, case, "loss_amount")["loss_amount"] == 0.0
    for model, values in ((LINE, {"complaint_id": case}), (MODEL, {"partner_id": cast.partners["Alpha"]})):
        with pytest.raises(Refused, match="cannot be negative"):
            anna.create(model, **values, loss_amount=-1.0)


def test_a_follow_up_begins_without_loss_proposal_and_amount(cast: Cast) -> None:
    case = proposed(cast)
    cast.login("dir").write(MODEL, case, state="approved")
    [copied] = cast.login("dir").call(MODEL, "copy", [case])
    row = cast.admin.read(MODEL, copied, "loss_amount", "proposed_amount", "agreed_amount", "remedy", "agreed_at")
    assert [row[name] for name in ("loss_amount", "proposed_amount", "agreed_amount", "remedy", "agreed_at")] == [
        0.0, 0.0, 0.0, False, False,
    ]  # fmt: skip
