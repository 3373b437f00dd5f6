"""Objections of payees on real Odoo 19: who raises, who answers, what waits for it; and where a period stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.addon.cast import Cast
from tests.addon.rpc import Refused

pytestmark = [pytest.mark.odoo, pytest.mark.long]
MODEL, TYPE = "kam.payout.objection", "kam_connector.mail_activity_type_objection"
TEXT = "INV/2026/00007 is mine: the customer has been moved to me in May."
WORDS = "You have been its salesperson since 2 May; the invoice is put right."


def payout_of(cast: Cast, name: str) -> int:
    [found] = cast.admin.search("kam.payout", [["payee_id", "=", cast.users[name]], ["period", "=", "2026-06"]])
    return found


def key_of(cast: Cast, name: str) -> str:
    return f"payout:{cast.users[name]}:standard:2026-06:1"


def activities(cast: Cast, objection: int) -> set[int]:
    """The ids of the users for whom an activity waits."""
    domain = [["res_model", "=", MODEL], ["res_id", "=", objection], ["activity_type_id", "=", cast.admin.xml_id(TYPE)]]
    rows = cast.admin.call("mail.activity", "search_read", domain, ["user_id"], load="")
    return {row["user_id"] for row in rows}


@pytest.fixture
def said(cast: Cast) -> Iterator[int]:
    """Anna objects to her payout, which is a draft."""
    anna = cast.login("anna")
    number = anna.create(MODEL, payout_id=payout_of(cast, "anna"), text=TEXT)
    yield number
    if anna.read(MODEL, number, "state")["state"] == "open":
        anna.call(MODEL, "action_withdraw", [number])


@pytest.mark.requirement("S0-14", "S4-33")
def test_the_payee_raises_it_and_odoo_says_who_and_when(cast: Cast, said: int) -> None:
    found = cast.login("anna").read(MODEL, said, "payee_id", "raised_by", "raised_on", "state", "period", "kam_key")
    assert (found["payee_id"], found["raised_by"]) == (cast.users["anna"], cast.users["anna"])
    assert (found["state"], found["period"], found["kam_key"]) == ("open", "2026-06", f"{MODEL},{said}")
    assert found["raised_on"]
    payout = cast.login("anna").read("kam.payout", payout_of(cast, "anna"), "open_objection_count", "is_mine")
    assert (payout["open_objection_count"], payout["is_mine"]) == (1, True)
    assert cast.login("fin").read("kam.payout", payout_of(cast, "anna"), "is_mine")["is_mine"] is False
    domain = [["model", "=", "kam.payout"], ["res_id", "=", payout_of(cast, "anna")], ["body", "like", "objection"]]
    [message] = cast.admin.call("mail.message", "search_read", domain, ["author_id"], limit=1, load="")
    partner = cast.admin.read("res.users", cast.users["anna"], "partner_id")["partner_id"]
    assert message["author_id"] == partner


def test_nobody_but_the_payee_sees_a_button_and_raises_one(cast: Cast) -> None:
    payout = payout_of(cast, "anna")
    for person in ("li", "dir", "fin"):  # they read the payout
        with pytest.raises(Refused, match="Only who receives a payout objects to it"):
            cast.login(person).create(MODEL, payout_id=payout, text=TEXT)
    for person in ("bo", "cara", "finb", "bot", "out"):
        with pytest.raises(Refused):
            cast.login(person).create(MODEL, payout_id=payout, text=TEXT)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"text": "  "}, "Say what is wrong"),
        ({"state": "accepted"}, "begins open"),
        ({"answer": "Yes."}, "answer"),
        ({"raised_by": 1}, "raised_by"),
        ({"raised_on": "2020-01-01 00:00:00"}, "raised_on"),
        ({"period": "2026-05"}, "period"),
        ({"plan": "other"}, "plan"),
    ],
)
def test_what_it_may_not_begin_with(cast: Cast, values: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused, match=said):
        cast.login("anna").create(MODEL, **{"payout_id": payout_of(cast, "anna"), "text": TEXT, **values})


def test_a_default_of_the_context_answers_nothing(cast: Cast) -> None:
    anna = cast.login("anna", default_state="accepted", default_answer="Yes.", default_answered_by=cast.users["fin"],
                      default_payee_id=cast.users["bo"], default_period="2026-05")  # fmt: skip
    number = anna.create(MODEL, payout_id=payout_of(cast, "anna"), text=TEXT)
    assert anna.read(MODEL, number, "state", "answer", "answered_by", "period") == {
        "id": number, "state": "open", "answer": False, "answered_by": False, "period": "2026-06",
    }  # fmt: skip
    assert cast.admin.search(MODEL, [["id", "=", number], ["payee_id", "=", cast.users["anna"]]]) == [number]
    anna.call(MODEL, "action_withdraw", [number])


def test_a_line_of_another_payout_is_refused(cast: Cast) -> None:
    lines = {
        name: cast.admin.search("kam.payout.line", [["payee_id", "=", cast.users[name]]]) for name in ("anna", "bo")
    }
    anna, payout = cast.login("anna"), payout_of(cast, "anna")
    with pytest.raises(Refused):
        anna.create(MODEL, payout_id=payout, line_id=lines["bo"][0], text=TEXT)
    action = anna.call("kam.payout.line", "action_open_objection_dialog", [lines["anna"][0]])
    assert (action["res_model"], action["target"]) == (MODEL, "new")
    assert action["context"] == {
        "default_payout_id": payout, "default_line_id": lines["anna"][0], "default_company_id": cast.company_a,
    }  # fmt: skip
    about = anna.create(MODEL, payout_id=payout, line_id=lines["anna"][0], text=TEXT)
    anna.call(MODEL, "action_withdraw", [about])


def test_own_team_and_all_see_it_strangers_do_not(cast: Cast, said: int) -> None:
    for person in ("anna", "li", "dir", "fin", "bot"):
        assert cast.login(person).search(MODEL, [["id", "=", said]]) == [said], person
    for person in ("bo", "cara", "finb"):
        assert cast.login(person).search(MODEL, [["id", "=", said]]) == [], person
    with pytest.raises(Refused):
        cast.login("out").search(MODEL, [])


def test_a_portal_user_reads_and_raises_none(cast: Cast, said: int) -> None:
    group = cast.admin.xml_id("base.group_portal")
    cast.admin.create("res.users", name="Portal", login="portal", password="portal", group_ids=[[6, 0, [group]]])
    for ask in (
        lambda user: user.search(MODEL, []),
        lambda user: user.read(MODEL, said, "text"),
        lambda user: user.create(MODEL, payout_id=payout_of(cast, "anna"), text=TEXT),
    ):
        with pytest.raises(Refused):
            ask(cast.login("portal"))


def test_what_was_said_stays(cast: Cast, said: int) -> None:
    for person in ("anna", "li", "fin"):
        for values in (
            {"text": "Nothing."}, {"payout_id": payout_of(cast, "bo")}, {"raised_by": cast.users["li"]},
            {"payee_id": cast.users["bo"]}, {"period": "2026-05"}, {"plan": "other"},
        ):  # fmt: skip
            with pytest.raises(Refused):
                cast.login(person).write(MODEL, said, **values)
    assert cast.admin.read(MODEL, said, "text")["text"] == TEXT
    for person in ("anna", "fin", "bot"):
        with pytest.raises(Refused):
            cast.login(person).call(MODEL, "unlink", [said])


@pytest.mark.requirement("S0-14", "S4-33")
def test_while_it_is_open_the_payout_is_not_approved_and_an_answer_frees_it(cast: Cast, said: int) -> None:
    fin, payout = cast.login("fin"), payout_of(cast, "anna")
    with pytest.raises(Refused, match="an objection of the payee is open"):
        fin.call("kam.payout", "action_approve", [payout])
    with pytest.raises(Refused, match="write the answer first"):
        fin.call(MODEL, "action_reject", [said])
    with pytest.raises(Refused, match="write the answer first"):
        fin.write(MODEL, said, state="rejected", answer="   ")
    fin.write(MODEL, said, answer=WORDS)
    fin.call(MODEL, "action_accept", [said])
    found = fin.read(MODEL, said, "state", "answered_by", "answered_on", "answer")
    assert (found["state"], found["answered_by"], found["answer"]) == ("accepted", cast.users["fin"], WORDS)
    assert found["answered_on"]
    with pytest.raises(Refused, match="stays as it was given"):
        fin.write(MODEL, said, answer="Another one.")
    with pytest.raises(Refused, match="it is over"):
        fin.call(MODEL, "action_reject", [said])
    fin.call("kam.payout", "action_approve", [payout])
    fin.call("kam.payout", "action_withdraw", [payout])


def test_the_payee_reads_the_answer(cast: Cast, said: int) -> None:
    cast.login("fin").write(MODEL, said, answer=WORDS, state="rejected")
    anna = cast.login("anna")
    assert anna.read(MODEL, said, "answer")["answer"] == WORDS
    partner = cast.admin.read("res.users", cast.users["anna"], "partner_id")["partner_id"]
    domain = [["model", "=", MODEL], ["res_id", "=", said], ["notified_partner_ids", "in", [partner]]]
    assert len(anna.search("mail.message", domain)) == 1


def test_managers_answer_nothing_and_accountants_not_about_their_own_pay(cast: Cast, said: int) -> None:
    for person in ("anna", "li", "dir"):
        with pytest.raises(Refused, match="Only an accountant"):
            cast.login(person).write(MODEL, said, answer="Yes.", state="accepted")
    row = cast.row("payout:fin", payee_id=cast.users["fin"], plan="p", period="2026-06", amount=1.0,
                   currency_id=cast.admin.xml_id("base.USD"))  # fmt: skip
    [made] = cast.apply("kam.payout", row)
    fin = cast.login("fin")
    own = fin.create(MODEL, payout_id=made["id"], text=TEXT)
    with pytest.raises(Refused, match="about your own payout"):
        fin.write(MODEL, own, answer="Yes.", state="accepted")
    assert fin.read(MODEL, own, "may_answer")["may_answer"] is False
    assert cast.users["fin"] not in activities(cast, own)
    fin.call(MODEL, "action_withdraw", [own])


def test_only_who_raised_it_withdraws_it(cast: Cast, said: int) -> None:
    for person in ("li", "dir", "fin"):
        with pytest.raises(Refused, match="Only who raised an objection withdraws it"):
            cast.login(person).call(MODEL, "action_withdraw", [said])
    cast.login("anna").call(MODEL, "action_withdraw", [said])
    assert activities(cast, said) == set()
    with pytest.raises(Refused, match="it is over"):
        cast.login("anna").write(MODEL, said, state="open")


def test_the_accountants_of_the_company_have_an_activity_until_it_is_answered(cast: Cast, said: int) -> None:
    waiting = activities(cast, said)
    assert cast.users["fin"] in waiting
    assert waiting & {cast.users[name] for name in ("anna", "li", "dir", "finb", "bot")} == set()
    cast.login("fin").write(MODEL, said, answer=WORDS, state="accepted")
    assert activities(cast, said) == set()


@pytest.mark.requirement("S4-33")
def test_an_objection_to_an_approved_payout_changes_no_figure_of_it(cast: Cast) -> None:
    """The approver is asked; while it is open the payout is not paid; accepted, it stays as it was approved."""
    fin, bo, payout = cast.login("fin"), cast.login("bo"), payout_of(cast, "bo")
    fin.call("kam.payout", "action_approve", [payout])
    before = fin.read("kam.payout", payout, "amount", "earned", "approved_by", "approved_on", "kam_version")
    number = bo.create(MODEL, payout_id=payout, text=TEXT)
    assert activities(cast, number) == {cast.users["fin"]}
    with pytest.raises(Refused, match="an objection of the payee is open"):
        fin.call("kam.payout", "action_paid", [payout])
    fin.write(MODEL, number, answer=WORDS, state="accepted")
    domain = [["model", "=", "kam.payout"], ["res_id", "=", payout], ["body", "like", "first open period"]]
    assert len(cast.admin.search("mail.message", domain)) == 1
    assert fin.read("kam.payout", payout, *(name for name in before if name != "id")) == before
    [answer] = cast.apply("kam.payout", cast.row(key_of(cast, "bo"), amount=1.0))
    assert answer["status"] == "refused"
    fin.call("kam.payout", "action_withdraw", [payout])


def test_the_connector_reads_it_and_writes_none(cast: Cast, said: int) -> None:
    [answer] = cast.apply(MODEL, cast.row("objection:x", payout_id={"key": key_of(cast, "anna")}, text="By machine"))
    assert answer["status"] == "refused"
    [answer] = cast.apply(MODEL, cast.row(f"{MODEL},{said}", state="withdrawn"))
    assert cast.admin.read(MODEL, said, "state")["state"] == "open"


@pytest.mark.requirement("S4-33")
def test_where_a_period_stands_is_written_to_an_approved_payout_and_nothing_else(cast: Cast) -> None:
    """Neither the figures nor who computed and approved them: state of the period and revision alone."""
    fin, payout, key = cast.login("fin"), payout_of(cast, "cara"), key_of(cast, "cara")
    kept = ("amount", "earned", "state", "approved_by", "approved_on", "computed_by_id")
    assert fin.read("kam.payout", payout, "period_state", "revision") == {
        "id": payout, "period_state": "open", "revision": 0,
    }  # fmt: skip
    fin.call("kam.payout", "action_approve", [payout])
    before = fin.read("kam.payout", payout, *kept)
    [answer] = cast.apply("kam.payout", cast.row(key, period_state="locked", revision=2), run="lock-1")
    assert answer["status"] == "updated", answer
    assert cast.login("cara").read("kam.payout", payout, "period_state", "revision", "kam_run") == {
        "id": payout, "period_state": "locked", "revision": 2, "kam_run": "lock-1",
    }  # fmt: skip
    assert fin.read("kam.payout", payout, *kept) == before
    for values in ({"amount": 1.0}, {"period_state": "paid", "amount": 1.0}, {"period_state": "paid", "plan": "x"}):
        [answer] = cast.apply("kam.payout", cast.row(key, **values))
        assert answer["status"] == "refused", values
    by_admin = cast.admin.call("kam.gateway", "apply", "kam.payout", [cast.row(key, period_state="paid")], "r")
    assert by_admin[0]["status"] == "updated"
    assert fin.read("kam.payout", payout, *kept) == before
    for person in ("cara", "fin"):
        with pytest.raises(Refused):
            cast.login(person).write("kam.payout", payout, period_state="paid")
    fin.call("kam.payout", "action_withdraw", [payout])
