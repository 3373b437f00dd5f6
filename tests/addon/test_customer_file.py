"""A customer's file on real Odoo 19: who decides there, who serves it, what is known; who writes and who reads."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.addon.cast import Cast
from tests.addon.rpc import Login, Refused

pytestmark = [pytest.mark.odoo, pytest.mark.long]
PERSON, MEMBER, NOTE = "kam.stakeholder", "kam.account.member", "kam.customer.note"
TODAY = date.today()


def contact(cast: Cast, customer: str = "Beck") -> int:
    return cast.admin.create("res.partner", name=f"Wu of {customer}", parent_id=cast.partners[customer])


def note(user: Login, partner: int, **values: Any) -> int:
    return user.create(
        NOTE, **{"partner_id": partner, "kind": "preference", "note": "One brand.", "source": "Visit"} | values
    )


@pytest.mark.requirement("S2-8")
def test_odoo_notes_who_wrote_last_that_a_contact_decides_and_on_which_day(cast: Cast) -> None:
    person, bo, li = contact(cast), cast.login("bo"), cast.login("li")
    number = bo.create(PERSON, partner_id=cast.partners["Beck"], contact_id=person, role="decides", influence="5")
    found = bo.read(PERSON, number, "noted_by_id", "noted_on", "attitude", "is_gone", "kam_key")
    assert (found["noted_by_id"], found["attitude"], found["is_gone"]) == (cast.users["bo"], "unknown", False)
    assert abs((date.fromisoformat(found["noted_on"]) - TODAY).days) <= 1
    assert found["kam_key"] == f"{PERSON},{number}"
    li.write(PERSON, number, attitude="supports")
    assert bo.read(PERSON, number, "noted_by_id")["noted_by_id"] == cast.users["li"]
    for values in ({"noted_by_id": cast.users["bo"]}, {"noted_on": "2020-01-01"}):
        with pytest.raises(Refused, match="noted_"):
            bo.write(PERSON, number, **values)


@pytest.mark.requirement("S2-14")
def test_how_they_search_compare_and_decide_stands_with_the_person(cast: Cast) -> None:
    said = {"decision_search": "Tender", "decision_compare": "Three quotations", "decision_basis": "Delivery first"}
    bo = cast.login("bo")
    number = bo.create(PERSON, partner_id=cast.partners["Beck"], contact_id=contact(cast), **said)
    assert {name: bo.read(PERSON, number, name)[name] for name in said} == said


def test_the_contact_is_one_of_the_customers_and_has_a_role_once(cast: Cast) -> None:
    bo, beck, person = cast.login("bo"), cast.partners["Beck"], contact(cast)
    with pytest.raises(Refused, match="has to belong to the customer"):
        bo.create(PERSON, partner_id=beck, contact_id=contact(cast, "Alpha"))
    bo.create(PERSON, partner_id=beck, contact_id=person, role="buys")
    with pytest.raises(Refused, match="has this role already"):
        bo.create(PERSON, partner_id=beck, contact_id=person, role="buys")
    assert bo.create(PERSON, partner_id=beck, contact_id=person, role="uses")
    with pytest.raises(Refused, match="last day lies before the first"):
        bo.create(PERSON, partner_id=beck, contact_id=person, since="2026-05-02", until="2026-05-01")


@pytest.mark.parametrize(("days", "gone"), [(-2, True), (2, False)])
def test_a_person_is_gone_after_the_last_day(cast: Cast, days: int, gone: bool) -> None:
    bo, until = cast.login("bo"), (TODAY + timedelta(days=days)).isoformat()
    number = bo.create(PERSON, partner_id=cast.partners["Beck"], contact_id=contact(cast), until=until)
    assert bo.read(PERSON, number, "is_gone")["is_gone"] is gone


def test_who_is_archived_or_elsewhere_is_gone_and_who_is_erased_leaves_nothing(cast: Cast) -> None:
    bo, person = cast.login("bo"), contact(cast)
    number = bo.create(PERSON, partner_id=cast.partners["Beck"], contact_id=person)
    cast.admin.write("res.partner", person, parent_id=cast.partners["Beta"])
    found = bo.read(PERSON, number, "is_gone", "partner_id")
    assert (found["is_gone"], found["partner_id"]) == (True, cast.partners["Beck"])
    cast.admin.write("res.partner", person, parent_id=cast.partners["Beck"], active=False)
    assert bo.read(PERSON, number, "is_gone")["is_gone"] is True
    said = [["model", "=", PERSON], ["res_id", "=", number]]
    assert cast.admin.search("mail.message", said)
    with pytest.raises(Refused):
        cast.login("out").call("res.partner", "unlink", [person])
    assert cast.admin.search(PERSON, [["id", "=", number]])
    cast.admin.call("res.partner", "unlink", [person])
    assert cast.admin.search(PERSON, [["id", "=", number]]) == []
    assert cast.admin.search("mail.message", said) == []


@pytest.mark.parametrize("model", [PERSON, MEMBER, NOTE, "kam.warning", "kam.collection.case", "kam.customer"])
def test_the_chatter_suggests_nobody_of_the_customer(cast: Cast, model: str) -> None:
    assert cast.login("bo").call(model, "mail_get_partner_fields", []) == []


@pytest.mark.requirement("S0-5", "S2-25")
def test_spans_of_one_person_and_role_share_no_day(cast: Cast) -> None:
    bo, mine = cast.login("bo"), {"partner_id": cast.partners["Beck"], "user_id": cast.users["anna"]}
    bo.create(MEMBER, **mine, role="service", date_from="2026-01-01", date_to="2026-03-31")
    with pytest.raises(Refused, match="has this role at the customer already"):
        bo.create(MEMBER, **mine, role="service", date_from="2026-03-31")
    with pytest.raises(Refused, match="has this role at the customer already"):
        bo.create(MEMBER, **mine, role="service", date_from="2025-12-01", date_to="2026-01-01")
    assert bo.create(MEMBER, **mine, role="service", date_from="2026-04-01")
    assert bo.create(MEMBER, **mine, role="service", date_from="2025-12-01", date_to="2025-12-31")
    assert bo.create(MEMBER, **mine, role="finance", date_from="2026-03-01")
    with pytest.raises(Refused, match="last day lies before the first"):
        bo.create(MEMBER, **mine, role="technical", date_from="2026-03-02", date_to="2026-03-01")


def test_no_rights_follow_from_the_service_team(cast: Cast) -> None:
    bo, beck = cast.login("bo"), cast.partners["Beck"]
    number = bo.create(MEMBER, partner_id=beck, user_id=cast.users["anna"], role="logistics")
    anna = cast.login("anna")
    assert anna.search(MEMBER, [["id", "=", number]]) == []
    assert anna.search("kam.customer", [["partner_id", "=", beck]]) == []


@pytest.mark.requirement("S2-6", "S2-7", "S2-9", "S2-11", "S2-13")
def test_each_kind_of_knowledge_has_its_own_figure_or_a_text(cast: Cast) -> None:
    bo, beck = cast.login("bo"), cast.partners["Beck"]
    assert note(bo, beck, kind="size", people_count=250, note=False)
    assert note(bo, beck, kind="profit", amount=-5.5, note=False)
    assert note(bo, beck, kind="market_share", share=1.0, note=False)
    assert note(bo, beck, kind="industry_risk", note="Duties")
    for wrong in ({"people_count": 5}, {"kind": "size", "share": 0.5}, {"kind": "revenue", "people_count": 1}):
        with pytest.raises(Refused, match="has no such figure"):
            note(bo, beck, **wrong)
    assert note(bo, beck, kind="profit", amount=0, note="Neither profit nor loss")
    for wrong in ({"note": " "}, {"kind": "size", "note": False}, {"kind": "market_share", "share": 0, "note": ""}):
        with pytest.raises(Refused, match="Say what is known"):
            note(bo, beck, **wrong)
    for wrong in ({"kind": "size", "people_count": -1}, {"kind": "market_share", "share": 1.01}):
        with pytest.raises(Refused, match="not below zero"):
            note(bo, beck, **wrong)
    with pytest.raises(Refused, match="cannot be valid up to a day before"):
        note(bo, beck, as_of="2026-05-02", valid_until="2026-05-01")


def test_a_figure_goes_when_another_kind_is_chosen_and_the_form_hides_it(cast: Cast) -> None:
    typed = {"kind": "revenue", "people_count": 250, "amount": 5.5}
    spec = {name: {} for name in ("kind", "people_count", "amount", "share")}
    changed = cast.login("bo").call(NOTE, "onchange", [], typed, ["kind"], spec)["value"]
    assert {name: changed.get(name, typed.get(name)) for name in ("people_count", "amount")} == {
        "people_count": 0, "amount": 5.5,
    }  # fmt: skip


def test_the_customer_shows_the_team_of_today_and_the_newest_of_each_kind(cast: Cast) -> None:
    bo, alpha = cast.login("anna"), cast.partners["Alpha"]
    person = bo.create(PERSON, partner_id=alpha, contact_id=contact(cast, "Alpha"))
    mine = {"partner_id": alpha, "user_id": cast.users["bo"]}
    bo.create(MEMBER, **mine, role="service", date_from="2020-01-01", date_to="2020-03-31")
    member = bo.create(MEMBER, **mine, role="service", date_from="2020-04-01")
    newest = note(bo, alpha, kind="competition", as_of="2026-05-02")
    note(bo, alpha, kind="competition", as_of="2026-05-01")
    other = note(bo, alpha, kind="policy", as_of="2020-01-01")
    fields = ("kam_stakeholder_ids", "kam_member_ids", "kam_note_ids")
    shown = bo.read("res.partner", alpha, *fields)
    assert [sorted(shown[name]) for name in fields] == [[person], [member], sorted([newest, other])]
    hidden = cast.login("bo").read("res.partner", alpha, *fields)
    assert [hidden[name] for name in fields] == [[], [], []]
    action = bo.call("res.partner", "action_open_kam_stakeholders", [alpha])
    assert (action["res_model"], action["context"]["default_partner_id"]) == (PERSON, alpha)


@pytest.mark.parametrize("model", [PERSON, MEMBER, NOTE])
def test_who_looks_after_the_customer_and_the_leader_write_and_the_connector_only_reads(cast: Cast, model: str) -> None:
    bo, beck = cast.login("bo"), cast.partners["Beck"]
    values: dict[str, dict[str, Any]] = {
        PERSON: {"contact_id": contact(cast)},
        MEMBER: {"user_id": cast.users["dir"], "role": "sponsor", "date_from": "2026-01-01"},
        NOTE: {"kind": "preference", "note": "One brand.", "source": "Visit"},
    }
    change = {PERSON: {"role": "buys"}, MEMBER: {"date_to": "2026-12-31"}, NOTE: {"source": "Fair"}}[model]
    number = bo.create(model, partner_id=beck, **values[model])
    cast.login("li").write(model, number, **change)
    for reader in ("fin", "bot"):
        assert cast.login(reader).search(model, [["id", "=", number]]) == [number]
    for name in ("anna", "fin", "bot", "out"):
        with pytest.raises(Refused):
            cast.login(name).write(model, number, **change)
    with pytest.raises(Refused):
        cast.login("anna").create(model, partner_id=beck, **values[model])
    for name in ("bo", "li", "bot"):
        with pytest.raises(Refused):
            cast.login(name).call(model, "unlink", [number])
    [answer] = cast.apply(model, cast.row("file:x", partner_id=beck, **values[model]))
    assert answer["status"] == "refused"
