"""A complaint's case on a real Odoo 19: its moves, its status log that nobody changes, waiting, reopening, lines."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.addon.cast import Cast
from tests.addon.rpc import Login, Refused

pytestmark = pytest.mark.odoo
MODEL, LOG, LINE = "kam.complaint", "kam.complaint.event", "kam.complaint.line"


def record(user: Login, cast: Cast, name: str = "Alpha", **values: Any) -> int:
    """The person records a complaint of the customer."""
    return user.create(MODEL, partner_id=cast.partners[name], received_at="2026-06-01 08:00:00", **values)


def log(cast: Cast, complaint: int) -> list[tuple[str, str, str]]:
    """Event, from, to of the case, as it was written."""
    rows = cast.admin.call(LOG, "search_read", [["complaint_id", "=", complaint]], ["event", "old_state", "new_state"])
    return [(row["event"], row["old_state"] or "", row["new_state"]) for row in rows]


def bring(cast: Cast, complaint: int, *states: str) -> None:
    for state in states:
        cast.login("dir").write(MODEL, complaint, state=state)


@pytest.mark.requirement("S4-77")
def test_every_move_is_a_row_of_the_log_with_moment_and_person(cast: Cast) -> None:
    anna = cast.login("anna")
    complaint = record(anna, cast)
    anna.write(MODEL, complaint, state="accepted")
    anna.write(MODEL, complaint, responded_at="2026-06-01 09:30:00")
    anna.write(MODEL, complaint, state="investigating")
    bring(cast, complaint, "proposed", "approved", "executing", "confirmed", "closed", "reviewed")
    assert log(cast, complaint) == [
        ("received", "", "received"),
        ("moved", "received", "accepted"),
        ("responded", "accepted", "accepted"),
        ("moved", "accepted", "investigating"),
        ("moved", "investigating", "proposed"),
        ("moved", "proposed", "approved"),
        ("moved", "approved", "executing"),
        ("resolved", "executing", "confirmed"),
        ("closed", "confirmed", "closed"),
        ("moved", "closed", "reviewed"),
    ]
    rows = cast.admin.call(LOG, "search_read", [["complaint_id", "=", complaint]], ["at", "user_id"], load="")
    assert (rows[0]["at"], rows[0]["user_id"]) == ("2026-06-01 08:00:00", cast.users["anna"])
    assert (rows[2]["at"], rows[-1]["user_id"]) == ("2026-06-01 09:30:00", cast.users["dir"])


def test_each_row_has_type_and_severity_and_their_change_is_a_row(cast: Cast) -> None:
    anna = cast.login("anna")
    complaint = record(anna, cast, severity="medium", type="product")
    anna.write(MODEL, complaint, severity="critical")
    anna.write(MODEL, complaint, severity="critical")
    anna.write(MODEL, complaint, type="transport", severity="low", waiting_for="customer")
    anna.call(MODEL, "action_customer_message", [complaint])
    anna.call(MODEL, "action_customer_message", [complaint])
    names = ["event", "type", "severity"]
    rows = cast.admin.call(LOG, "search_read", [["complaint_id", "=", complaint]], names)
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("received", "product", "medium"), ("changed", "product", "critical"), ("changed", "transport", "low"),
        ("waiting_customer", "transport", "low"), ("customer_message", "transport", "low"),
        ("customer_message", "transport", "low"),
    ]  # fmt: skip


@pytest.mark.requirement("S4-77")
@pytest.mark.parametrize("person", ["anna", "dir", "fin", "bot"])
def test_nobody_writes_the_log(cast: Cast, person: str) -> None:
    complaint = record(cast.login("anna"), cast)
    [row] = cast.admin.search(LOG, [["complaint_id", "=", complaint]])
    user = cast.login(person)
    for forbidden in (("write", [row], {"at": "2020-01-01 00:00:00"}), ("unlink", [row])):
        with pytest.raises(Refused):
            user.call(LOG, *forbidden)
    with pytest.raises(Refused):
        user.create(LOG, complaint_id=complaint, at="2020-01-01 00:00:00", event="responded", new_state="received")
    with pytest.raises(Refused):
        user.call(MODEL, "write", [complaint], {"event_ids": [[1, row, {"at": "2020-01-01 00:00:00"}]]})


def test_a_corrected_moment_is_a_further_row(cast: Cast) -> None:
    anna = cast.login("anna")
    complaint = record(anna, cast)
    for at in ("2026-06-01 10:00:00", "2026-06-01 09:00:00"):
        anna.write(MODEL, complaint, responded_at=at)
    rows = cast.admin.call(LOG, "search_read", [["complaint_id", "=", complaint], ["event", "=", "responded"]], ["at"])
    assert [row["at"] for row in rows] == ["2026-06-01 10:00:00", "2026-06-01 09:00:00"]


def test_waiting_starts_and_ends_and_never_outlasts_the_solution(cast: Cast) -> None:
    anna = cast.login("anna")
    complaint = record(anna, cast)
    bring(cast, complaint, "accepted", "investigating")
    for step in ("action_wait_for_customer", "action_customer_message", "action_wait_for_supplier", "action_resume"):
        anna.call(MODEL, step, [complaint])
    anna.call(MODEL, "action_wait_for_customer", [complaint])
    bring(cast, complaint, "rejected")
    assert [event for event, _, _ in log(cast, complaint)][3:] == [
        "waiting_customer", "customer_message", "waiting_supplier", "resumed", "waiting_customer",
        "responded", "resolved",
    ]  # fmt: skip
    assert anna.read(MODEL, complaint, "waiting_for")["waiting_for"] is False
    with pytest.raises(Refused, match="waits for nobody"):
        anna.call(MODEL, "action_wait_for_customer", [complaint])


def test_only_a_settled_case_has_ends_and_none_in_the_future(cast: Cast) -> None:
    anna = cast.login("anna")
    complaint = record(anna, cast)
    for name in ("resolved_at", "closed_at"):
        with pytest.raises(Refused, match="Only a case that is settled"):
            anna.write(MODEL, complaint, **{name: "2026-06-02 08:00:00"})
    bring(cast, complaint, "accepted", "investigating", "proposed", "approved", "executing", "confirmed", "closed")
    for name in ("resolved_at", "closed_at"):
        with pytest.raises(Refused, match="cannot lie in the future"):
            anna.write(MODEL, complaint, **{name: "2099-01-01 00:00:00"})
    anna.write(MODEL, complaint, resolved_at="2026-06-02 08:00:00")
    assert log(cast, complaint)[-1] == ("resolved", "closed", "closed")


def test_a_rejected_case_that_is_closed_was_never_resolved(cast: Cast) -> None:
    anna = cast.login("anna")
    complaint = record(anna, cast)
    bring(cast, complaint, "rejected", "closed")
    dates = anna.read(MODEL, complaint, "resolved_at", "closed_at")
    assert (dates["resolved_at"], bool(dates["closed_at"])) == (False, True)
    assert [event for event, _, _ in log(cast, complaint)] == ["received", "responded", "resolved", "closed"]


@pytest.mark.parametrize(
    ("said", "noted"), [("resolved", "resumed"), ("nothing", "resumed"), ("customer_message", "customer_message")]
)
def test_a_caller_says_who_ended_the_waiting_and_nothing_else(cast: Cast, said: str, noted: str) -> None:
    anna = cast.login("anna")
    complaint = record(anna, cast)
    anna.write(MODEL, complaint, waiting_for="customer")
    anna.call(MODEL, "write", [complaint], {"waiting_for": False}, context={"kam_resumed": said})
    assert [event for event, _, _ in log(cast, complaint)] == ["received", "waiting_customer", noted]


def test_an_email_of_the_customer_ends_the_waiting_and_one_of_ours_does_not(cast: Cast) -> None:
    anna = cast.login("anna")
    complaint = record(anna, cast)
    anna.call(MODEL, "action_wait_for_customer", [complaint])
    post = {"body": "Here it is", "message_type": "email"}
    ours = cast.admin.read("res.users", cast.users["anna"], "partner_id")["partner_id"]
    cast.admin.call(MODEL, "message_post", [complaint], **post, author_id=ours)
    assert anna.read(MODEL, complaint, "waiting_for")["waiting_for"] == "customer"
    buyer = cast.admin.create("res.partner", name="Buyer", parent_id=cast.partners["Alpha"])
    cast.admin.call(MODEL, "message_post", [complaint], **post, author_id=buyer)
    assert anna.read(MODEL, complaint, "waiting_for")["waiting_for"] is False
    assert log(cast, complaint)[-1][0] == "customer_message"


@pytest.mark.requirement("S4-77")
@pytest.mark.parametrize(("days", "same"), [(29, True), (31, False)])
def test_a_case_closed_long_ago_is_followed_by_a_linked_one(cast: Cast, days: int, same: bool) -> None:
    anna = cast.login("anna")
    complaint = record(anna, cast, subtype="dents")
    bring(cast, complaint, "rejected", "closed")
    [past] = cast.admin.call(LOG, "search_read", [["complaint_id", "=", complaint], ["event", "=", "closed"]], ["at"])
    cast.admin.write(MODEL, complaint, closed_at=_earlier(past["at"], days))
    answer = anna.call(MODEL, "action_reopen", [complaint])
    if same:
        assert answer is True
        assert log(cast, complaint)[-1] == ("reopened", "closed", "investigating")
        return
    followed = anna.read(MODEL, answer["res_id"], "previous_id", "state", "subtype")
    assert followed == {"id": answer["res_id"], "previous_id": complaint, "state": "received", "subtype": "dents"}
    assert anna.read(MODEL, complaint, "state")["state"] == "closed"
    with pytest.raises(Refused, match="more than 30 days ago"):
        anna.write(MODEL, complaint, state="investigating")


def _earlier(moment: str, days: int) -> str:
    return f"{datetime.fromisoformat(moment) - timedelta(days=days):%Y-%m-%d %H:%M:%S}"


def test_a_copy_is_received_now(cast: Cast) -> None:
    anna = cast.login("anna")
    [copied] = anna.call(MODEL, "copy", [record(anna, cast)])
    assert anna.read(MODEL, copied, "received_at")["received_at"] > "2026-06-01 08:00:00"


def test_the_disputed_amount_is_the_sum_of_the_lines_and_the_stated_one_without(cast: Cast) -> None:
    anna = cast.login("anna")
    complaint = record(anna, cast, disputed_amount=75.0)
    assert anna.read(MODEL, complaint, "disputed_amount")["disputed_amount"] == 75.0
    first = anna.create(LINE, complaint_id=complaint, disputed_amount=30.0)
    anna.create(LINE, complaint_id=complaint, disputed_amount=12.5)
    assert anna.read(MODEL, complaint, "disputed_amount")["disputed_amount"] == 42.5
    anna.call(LINE, "unlink", [first])
    assert anna.read(MODEL, complaint, "disputed_amount")["disputed_amount"] == 12.5
    anna.call(LINE, "unlink", anna.search(LINE, [["complaint_id", "=", complaint]]))
    assert anna.read(MODEL, complaint, "disputed_amount")["disputed_amount"] == 0.0
    with pytest.raises(Refused, match="cannot be negative"):
        anna.create(LINE, complaint_id=complaint, disputed_amount=-1.0)


@pytest.mark.requirement("S4-62")
def test_the_customers_salesperson_is_told_at_once_of_a_case_that_somebody_else_records(cast: Cast) -> None:
    told = {}
    for person in ("anna", "dir"):
        complaint = record(cast.login(person), cast, user_id=cast.users["dir"])
        domain = [["res_model", "=", MODEL], ["res_id", "=", complaint]]
        found = cast.admin.call("mail.activity", "search_read", domain, ["user_id"], load="")
        told[person] = [row["user_id"] for row in found]
    assert told == {"anna": [], "dir": [cast.users["anna"]]}


@pytest.mark.requirement("S4-62")
def test_of_a_case_that_was_taken_in_its_owner_is_told_too(cast: Cast) -> None:
    values = {"partner_id": cast.partners["Alpha"], "received_at": "2026-06-01 08:00:00", "type": "product"}
    told = {}
    for key, owner in (("crm.claim,901", "anna"), ("crm.claim,902", "dir")):
        [answer] = cast.apply(MODEL, cast.row(key, user_id=cast.users[owner], **values))
        domain = [["res_model", "=", MODEL], ["res_id", "=", answer["id"]]]
        found = cast.admin.call("mail.activity", "search_read", domain, ["user_id"], load="")
        told[owner] = {row["user_id"] for row in found}
    assert told == {"anna": {cast.users["anna"]}, "dir": {cast.users["anna"], cast.users["dir"]}}


def test_a_salesperson_neither_skips_the_approval_nor_chooses_the_terms(cast: Cast) -> None:
    anna, bronze = cast.login("anna"), cast.admin.search("kam.tier", [["code", "=", "bronze"]], limit=1)[0]
    for state in ("approved", "executing", "confirmed", "closed"):
        with pytest.raises(Refused, match="Only a key-account manager"):
            record(anna, cast, state=state)
    complaint = record(anna, cast, tier_id=bronze, triage_code="triage.line")
    made = cast.admin.read(MODEL, complaint, "tier_id", "triage_code")
    assert (cast.admin.read("kam.tier", made["tier_id"], "code")["code"], made["triage_code"]) == ("gold", False)
    with pytest.raises(Refused, match="tier_id"):
        anna.write(MODEL, complaint, tier_id=bronze)


def test_lines_and_log_are_seen_with_their_case_and_not_without(cast: Cast) -> None:
    complaint = record(cast.login("cara"), cast, "Ceta")
    cast.login("cara").create(LINE, complaint_id=complaint, disputed_amount=1.0)
    for model in (LOG, LINE):
        domain = [["complaint_id", "=", complaint]]
        seen = {
            name for name in ("anna", "bo", "cara", "li", "dir", "fin", "bot") if cast.login(name).search(model, domain)
        }
        assert seen == {"cara", "dir", "fin", "bot"}, model


def taken_in(cast: Cast, key: str, **values: Any) -> int:
    """The connector takes a case of Alpha in."""
    facts = {"partner_id": cast.partners["Alpha"], "received_at": "2026-06-01 08:00:00", "type": "product"}
    [answer] = cast.apply(MODEL, cast.row(key, **facts, **values))
    assert answer["status"] == "created", answer
    return int(answer["id"])


def take_back(cast: Cast, key: str) -> dict[str, Any]:
    [answer] = cast.apply(MODEL, {**cast.row(key), "remove": True, "version": 1})
    return answer


def test_a_case_that_nobody_worked_on_is_taken_back_with_its_log(cast: Cast) -> None:
    case = taken_in(cast, "crm.claim,911")
    assert log(cast, case) == [("received", "", "received")]
    assert take_back(cast, "crm.claim,911")["status"] == "removed"
    assert log(cast, case) == []
    assert cast.admin.search(MODEL, [["id", "=", case]]) == []


def test_a_case_that_people_worked_on_is_not_taken_back_and_the_answer_says_so(cast: Cast) -> None:
    written, heard = taken_in(cast, "crm.claim,912"), taken_in(cast, "crm.claim,913")
    cast.login("anna").call(MODEL, "message_post", [written], body="The customer has called.", message_type="comment")
    cast.login("anna").call(MODEL, "action_customer_message", [heard])
    for case, key in ((written, "crm.claim,912"), (heard, "crm.claim,913")):
        answer = take_back(cast, key)
        name = cast.admin.read(MODEL, case, "name")["name"]
        told = (answer["status"], answer["message"])
        assert told == ("refused", f"People have worked on complaint {name}: it is not taken back.")
        assert log(cast, case)[0] == ("received", "", "received")


def test_a_rejected_case_is_closed_by_its_own_button(cast: Cast) -> None:
    anna = cast.login("anna")
    complaint = record(anna, cast)
    anna.call(MODEL, "action_reject", [complaint])
    anna.call(MODEL, "action_close", [complaint])
    assert cast.admin.read(MODEL, complaint, "state")["state"] == "closed"
    form = cast.login("anna").call(MODEL, "get_view", view_type="form")["arch"]
    assert 'name="action_close"' in form


def test_an_average_of_hours_is_that_of_clocks_that_have_stopped(cast: Cast) -> None:
    ended = {"state": "confirmed", "responded_at": "2026-06-01 09:00:00", "resolved_at": "2026-06-02 09:00:00"}
    cases = [
        taken_in(cast, "crm.claim,921", resolution_used=6.0, response_used=1.0, **ended),
        taken_in(cast, "crm.claim,922", resolution_used=0.0, response_used=0.0),
    ]
    assert averages(cast, cases) == (1.0, 6.0)
    cases.append(taken_in(cast, "crm.claim,923", resolution_used=0.0, response_used=0.0, **ended))
    assert averages(cast, cases) == (0.5, 3.0)
    assert averages(cast, cases[1:2]) == (False, False)


def averages(cast: Cast, cases: list[int]) -> tuple[Any, Any]:
    """Hours to respond and to resolve, as lists and pivots average them."""
    hours = ["response_used:avg", "resolution_used:avg"]
    [row] = cast.admin.call(MODEL, "formatted_read_group", [["id", "in", cases]], [], hours)
    return row[hours[0]] or False, row[hours[1]] or False
