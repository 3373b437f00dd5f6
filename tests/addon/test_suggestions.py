"""Suggestions of customers on real Odoo 19: who writes them down, what Odoo notes, where they stand, who reads them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from tests.addon.cast import Cast
from tests.addon.rpc import Refused

pytestmark = [pytest.mark.odoo, pytest.mark.long]
MODEL = "kam.suggestion"


@pytest.fixture
def said(cast: Cast) -> Iterator[int]:
    """A suggestion of Bo's customer Beck that Bo has written down."""
    number = cast.login("bo").create(MODEL, partner_id=cast.partners["Beck"], name="Deliver on Mondays")
    yield number
    cast.admin.write(MODEL, number, state="declined", answer="The test is over.")


@pytest.mark.requirement("S4-5")
def test_odoo_notes_who_wrote_it_and_on_which_day(cast: Cast, said: int) -> None:
    found = cast.login("bo").read(MODEL, said, "written_by_id", "suggested_on", "state", "topic", "kam_key")
    assert (found["written_by_id"], found["state"], found["topic"]) == (cast.users["bo"], "open", "other")
    assert abs((date.fromisoformat(found["suggested_on"]) - date.today()).days) <= 1
    assert found["kam_key"] == f"{MODEL},{said}"


def test_what_a_contact_suggests_stands_at_its_company(cast: Cast) -> None:
    contact = cast.admin.create("res.partner", name="Buyer of Beck", parent_id=cast.partners["Beck"])
    number = cast.login("bo").create(MODEL, partner_id=contact, name="Call before noon")
    assert cast.admin.read(MODEL, number, "partner_id")["partner_id"] == cast.partners["Beck"]
    cast.admin.write(MODEL, number, state="declined", answer="The test is over.")


def test_nobody_types_who_wrote_it(cast: Cast, said: int) -> None:
    bo = cast.login("bo")
    with pytest.raises(Refused, match="written_by_id"):
        bo.write(MODEL, said, written_by_id=cast.users["li"])
    values = {"partner_id": cast.partners["Beck"], "name": "Another one", "written_by_id": cast.users["li"]}
    other = bo.create(MODEL, **values)
    assert bo.read(MODEL, other, "written_by_id")["written_by_id"] == cast.users["bo"]


def test_the_manager_answers_and_whoever_does_not_look_after_the_customer_sees_nothing(cast: Cast, said: int) -> None:
    manager = cast.login("li")
    manager.write(MODEL, said, state="accepted", answer="From July on.")
    assert manager.read(MODEL, said, "state")["state"] == "accepted"
    assert cast.login("anna").search(MODEL, [["id", "=", said]]) == []
    assert cast.login("fin").search(MODEL, [["id", "=", said]]) == [said]
    for name in ("anna", "fin", "bot", "out"):
        with pytest.raises(Refused):
            cast.login(name).write(MODEL, said, name="Deliver never")
    for name in ("bo", "li", "bot"):
        with pytest.raises(Refused):
            cast.login(name).call(MODEL, "unlink", [said])


def test_the_connector_reads_it_and_writes_none(cast: Cast, said: int) -> None:
    assert cast.login("bot").search(MODEL, [["id", "=", said]]) == [said]
    [answer] = cast.apply(MODEL, cast.row("suggestion:x", partner_id=cast.partners["Beck"], name="By machine",
                                          suggested_on="2026-06-30"))  # fmt: skip
    assert answer["status"] == "refused"


def test_the_last_five_stand_on_the_customer_the_newest_first(cast: Cast) -> None:
    bo, beck = cast.login("bo"), cast.partners["Beck"]
    days = [f"2030-01-0{day}" for day in range(1, 7)]
    made = [bo.create(MODEL, partner_id=beck, name=day, suggested_on=day, state="done") for day in days]
    shown = bo.read("res.partner", beck, "kam_last_suggestion_ids")["kam_last_suggestion_ids"]
    assert shown == made[:0:-1]
    assert cast.login("anna").read("res.partner", beck, "kam_last_suggestion_ids")["kam_last_suggestion_ids"] == []


def test_the_open_ones_are_counted_and_the_dialog_knows_customer_and_company(cast: Cast, said: int) -> None:
    bo, beck = cast.login("bo"), cast.partners["Beck"]
    [figures] = bo.search("kam.customer", [["partner_id", "=", beck]])
    assert bo.read("kam.customer", figures, "suggestion_count")["suggestion_count"] >= 1
    action = bo.call("kam.customer", "action_open_suggestion_dialog", [figures])
    assert (action["res_model"], action["target"]) == (MODEL, "new")
    assert action["context"] == {"default_partner_id": beck, "default_company_id": cast.company_a}
