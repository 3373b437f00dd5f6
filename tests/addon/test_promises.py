"""Promises to pay in Odoo: what the dialog proposes, who may change what, approval, activity, words on the customer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.addon.cast import Cast
from tests.addon.rpc import Login, Refused

pytestmark = [pytest.mark.odoo, pytest.mark.long]
MODEL = "kam.promise"
TODAY = date.today()
DAY = (TODAY + timedelta(days=3)).isoformat()


def log(user: Login, cast: Cast, name: str = "Beck", **values: Any) -> int:
    """The person logs a promise of the customer."""
    return user.create(MODEL, **{"partner_id": cast.partners[name], "amount": 500.0, "promised_for": DAY, **values})


def judge(cast: Cast, promise: int, **values: Any) -> dict[str, Any]:
    """What the endpoint answers when the connector writes what became of the promise."""
    row = cast.row(f"{MODEL},{promise}", **{"reason_code": "promise.kept", "reason_args": "{}", **values})
    [answer] = cast.apply(MODEL, row)
    return answer


def activities(cast: Cast, promise: int) -> list[tuple[int, str]]:
    domain = [["res_model", "=", MODEL], ["res_id", "=", promise]]
    rows = cast.admin.call("mail.activity", "search_read", domain, ["user_id", "date_deadline"], load="")
    return [(row["user_id"], row["date_deadline"]) for row in rows]


@pytest.mark.requirement("S4-52")
def test_the_dialog_proposes_the_claim_today_and_next_friday(cast: Cast) -> None:
    bo, began = cast.login("bo"), date.today()
    customer = bo.search("kam.customer", [["partner_id", "=", cast.partners["Beck"]]])
    action = bo.call("kam.customer", "action_open_promise_dialog", customer)
    assert (action["res_model"], action["target"]) == (MODEL, "new")
    fields = {"partner_id": {}, "amount": {}, "promised_for": {}, "made_on": {}, "user_id": {}, "kind": {}}
    values = bo.call(MODEL, "onchange", [], {}, [], fields, context=action["context"])["value"]
    day = date.fromisoformat(values["promised_for"])
    assert (values["amount"], values["kind"]) == (500.0, "promise")
    made_on = date.fromisoformat(values["made_on"])
    assert began <= made_on <= date.today()
    assert day.weekday() == 4
    assert timedelta(0) < day - made_on <= timedelta(days=7)


def test_without_a_task_the_overdue_figures_less_the_rest_are_proposed(cast: Cast) -> None:
    bo, beck = cast.login("bo"), cast.partners["Beck"]
    task = cast.admin.search("kam.collection.task", [["partner_id", "=", beck], ["state", "=", "open"]])
    cast.admin.call("kam.collection.task", "write", task, {"state": "cancelled", "cause_code": "other"})
    cast.apply("kam.customer", cast.row(f"customer:{beck}", partner_id=beck, unapplied=120.0, disputed=30.0))
    try:
        promise = bo.create(MODEL, partner_id=beck)
        assert bo.read(MODEL, promise, "amount")["amount"] == 350.0
    finally:
        cast.admin.call("kam.collection.task", "action_reopen", task)


def test_a_contacts_promise_is_the_companys(cast: Cast) -> None:
    contact = cast.admin.create("res.partner", name="Buyer", parent_id=cast.partners["Beck"])
    promise = cast.login("bo").create(MODEL, partner_id=contact, amount=1.0)
    assert cast.admin.read(MODEL, promise, "partner_id")["partner_id"] == cast.partners["Beck"]


def test_a_logged_promise_is_an_activity_on_its_day_and_a_line_on_the_customer(cast: Cast) -> None:
    promise = log(cast.login("bo"), cast, amount=512.0)
    assert activities(cast, promise) == [(cast.users["bo"], DAY)]
    beck = cast.partners["Beck"]
    told = cast.admin.call(
        "mail.message", "search_read", [["model", "=", "res.partner"], ["res_id", "=", beck]], ["body", "author_id"],
        limit=1, load="",
    )  # fmt: skip
    assert "512.00" in told[0]["body"]
    bo = cast.admin.read("res.users", cast.users["bo"], "partner_id")["partner_id"]
    assert told[0]["author_id"] == bo


def test_the_customer_shows_how_many_promises_run(cast: Cast) -> None:
    cara, ceta = cast.login("cara"), cast.partners["Ceta"]
    before = cara.read("res.partner", ceta, "kam_promise_count")["kam_promise_count"]
    promise = log(cara, cast, "Ceta")
    assert cara.read("res.partner", ceta, "kam_promise_count")["kam_promise_count"] == before + 1
    cara.call(MODEL, "action_cancel", [promise])
    assert cara.read("res.partner", ceta, "kam_promise_count")["kam_promise_count"] == before
    assert activities(cast, promise) == []


def test_the_connector_writes_what_became_of_it_and_nothing_that_was_said(cast: Cast) -> None:
    promise = log(cast.login("bo"), cast)
    told = judge(
        cast, promise, state="kept", received=500.0, state_on="2026-06-30", amount=1.0, promised_for="2020-01-01"
    )
    assert told["status"] == "updated"
    row = cast.admin.read(MODEL, promise, "state", "received", "state_on", "amount", "promised_for", "kam_run")
    assert (row["state"], row["received"], row["state_on"]) == ("kept", 500.0, "2026-06-30")
    assert (row["amount"], row["promised_for"], bool(row["kam_run"])) == (500.0, DAY, True)
    assert activities(cast, promise) == []
    assert judge(cast, promise, state="kept", received=500.0, state_on="2026-06-30")["status"] == "unchanged"


@pytest.mark.requirement("S4-57")
def test_a_promise_that_breaks_later_is_broken(cast: Cast) -> None:
    promise = log(cast.login("bo"), cast)
    judge(cast, promise, state="kept", received=500.0)
    judge(cast, promise, state="broken", received=0.0, reason_code="promise.broken")
    assert cast.admin.read(MODEL, promise, "state", "received") == {"id": promise, "state": "broken", "received": 0.0}


@pytest.mark.parametrize(
    "values", [{"state": "kept"}, {"received": 500.0}, {"approval": "approved"}, {"state_on": DAY}]
)
def test_nobody_logs_a_promise_that_is_already_kept_or_approved(cast: Cast, values: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        log(cast.login("bo"), cast, **values)


@pytest.mark.parametrize(
    "values", [{"amount": 0.0}, {"amount": -1.0}, {"promised_for": (TODAY - timedelta(days=1)).isoformat()}]
)
def test_a_promise_without_an_amount_or_for_a_past_day_is_refused(cast: Cast, values: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        log(cast.login("bo"), cast, **values)


@pytest.mark.parametrize("state", ["kept", "partly", "broken"])
def test_a_person_neither_keeps_nor_breaks_a_promise(cast: Cast, state: str) -> None:
    promise = log(cast.login("bo"), cast)
    for person in ("bo", "li", "dir"):
        with pytest.raises(Refused):
            cast.login(person).write(MODEL, promise, state=state)


def test_a_broken_promise_is_not_cancelled_away(cast: Cast) -> None:
    promise = log(cast.login("bo"), cast)
    judge(cast, promise, state="broken")
    with pytest.raises(Refused, match="not possible"):
        cast.login("bo").call(MODEL, "action_cancel", [promise])


def test_a_typo_is_mended_until_a_night_has_looked_at_it(cast: Cast) -> None:
    bo = cast.login("bo")
    promise = log(bo, cast)
    bo.write(MODEL, promise, amount=510.0)
    judge(cast, promise, reason_code="promise.open")
    for values in ({"amount": 1.0}, {"promised_for": "2030-01-01"}, {"move_id": False}):
        with pytest.raises(Refused, match="stays as it was made"):
            bo.write(MODEL, promise, **values)
    bo.write(MODEL, promise, note="He said so twice.")
    assert cast.admin.read(MODEL, promise, "amount")["amount"] == 510.0


@pytest.mark.requirement("S4-52")
def test_an_extension_is_granted_by_a_manager_who_did_not_log_it(cast: Cast) -> None:
    bo, li = cast.login("bo"), cast.login("li")
    promise = log(bo, cast, kind="extension")
    assert bo.read(MODEL, promise, "approval")["approval"] == "requested"
    with pytest.raises(Refused, match="Only a key-account manager"):
        bo.call(MODEL, "action_approve", [promise])
    li.call(MODEL, "action_approve", [promise])
    row = cast.admin.read(MODEL, promise, "approval", "approved_by", "approved_on", "state")
    assert (row["approval"], row["approved_by"], row["state"]) == ("approved", cast.users["li"], "open")
    assert row["approved_on"]
    with pytest.raises(Refused, match="stays as it was made"):
        bo.write(MODEL, promise, promised_for="2030-01-01")


@pytest.mark.requirement("S4-52")
def test_a_manager_does_not_grant_what_he_logged_himself(cast: Cast) -> None:
    promise = log(cast.login("li"), cast, kind="extension")
    with pytest.raises(Refused, match="Somebody else"):
        cast.login("li").call(MODEL, "action_approve", [promise])
    cast.login("dir").call(MODEL, "action_approve", [promise])
    assert cast.admin.read(MODEL, promise, "approval")["approval"] == "approved"


def test_naming_a_colleague_as_the_one_who_logged_it_does_not_help(cast: Cast) -> None:
    promise = log(cast.login("li"), cast, kind="extension", made_by=cast.users["bo"])
    with pytest.raises(Refused, match="Somebody else"):
        cast.login("li").call(MODEL, "action_approve", [promise])


def test_a_refused_extension_is_cancelled_and_stays_so(cast: Cast) -> None:
    promise = log(cast.login("bo"), cast, kind="extension")
    cast.login("li").call(MODEL, "action_refuse", [promise])
    assert cast.admin.read(MODEL, promise, "state")["state"] == "cancelled"
    with pytest.raises(Refused):
        cast.login("bo").call(MODEL, "action_reopen", [promise])


def test_approval_is_asked_for_a_promise_too(cast: Cast) -> None:
    bo = cast.login("bo")
    promise = log(bo, cast)
    with pytest.raises(Refused, match="nothing to decide"):
        cast.login("li").call(MODEL, "action_approve", [promise])
    bo.call(MODEL, "action_request", [promise])
    cast.login("li").call(MODEL, "action_approve", [promise])
    assert cast.admin.read(MODEL, promise, "approval")["approval"] == "approved"


def test_an_approval_is_not_written_by_hand(cast: Cast) -> None:
    promise = log(cast.login("bo"), cast, kind="extension")
    for person in ("bo", "li", "dir"):
        with pytest.raises(Refused):
            cast.login(person).write(MODEL, promise, approval="approved")


def test_a_promise_is_in_the_currency_that_was_named(cast: Cast) -> None:
    euro = cast.admin.xml_id("base.EUR")
    cast.admin.write("res.currency", euro, active=True)
    promise = log(cast.login("bo"), cast, currency_id=euro)
    assert cast.admin.read(MODEL, promise, "currency_id", "amount") == {
        "id": promise, "currency_id": euro, "amount": 500.0,
    }  # fmt: skip


def test_the_filter_of_this_week_finds_this_weeks_promises(cast: Cast) -> None:
    bo = cast.login("bo")
    near, far = log(bo, cast, promised_for=date.today().isoformat()), log(bo, cast, promised_for="2030-01-01")
    domain = [["promised_for", ">=", "today =week_start"], ["promised_for", "<", "today =week_start +7d"]]
    found = bo.search(MODEL, domain)
    assert near in found
    assert far not in found
