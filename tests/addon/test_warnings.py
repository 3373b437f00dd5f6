"""An early warning brings its tasks as activities, once; they go with it unless a person has changed them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.addon.cast import Cast
from tests.addon.rpc import Refused

pytestmark = [pytest.mark.odoo, pytest.mark.long]
MODEL = "kam.warning"
GONE = {"contacts": "4", "months": 12, "valid_from": "2026-01-01"}
CLEARED = {"clear_at": "1", "figure": "0", "since": "2026-07-02", "valid_from": "2026-01-01"}
NAMES = {"en": "Contact gone", "zh_CN": "联系人离职", "zh_TW": "聯絡人離職"}
ASK = {"en": "Find the new buyer", "zh_CN": "确认新的采购联系人", "zh_TW": "確認新的採購聯絡人"}
DECIDE = {"en": "Decide", "zh_CN": "决定", "zh_TW": "決定"}


def raise_warning(cast: Cast, key: str, *people: str, name: str = "Beck", seller: str = "bo", **more: Any) -> int:
    """The id of a new open warning of the customer, with one task for each of the people."""
    tasks = [
        {"user_id": cast.users[person] if person else 0, "deadline": f"2026-07-{7 + place:02}", "titles": titles}
        for place, (person, titles) in enumerate(zip(people, (ASK, DECIDE), strict=False))
    ]
    values = {
        "partner_id": cast.partners[name], "user_id": cast.users[seller], "rule": "gone", "measure": "contacts_gone",
        "rule_names": json.dumps(NAMES), "severity": "high", "raised_on": "2026-07-02", "state": "open",
        "figure": 1.0, "raise_at": 1.0, "clear_at": 1.0, "playbook": json.dumps(tasks),
        "reason_code": "warning.contacts_gone", "reason_args": json.dumps(GONE),
    }  # fmt: skip
    [answer] = cast.apply(MODEL, cast.row(f"warning:{key}", **{**values, **more}))
    assert answer["status"] == "created", answer
    return int(answer["id"])


def clear(cast: Cast, warning: int) -> None:
    """The connector clears it, as it read it."""
    row = cast.admin.read(MODEL, warning, "kam_key", "kam_version")
    values = {"state": "cleared", "cleared_on": "2026-07-04", "clear_code": "warning.cleared"}
    values["clear_args"] = json.dumps(CLEARED)
    [answer] = cast.apply(MODEL, {**cast.row(row["kam_key"], **values), "version": row["kam_version"]})
    assert answer["status"] == "updated", answer


def activities(cast: Cast, warning: int) -> list[dict[str, Any]]:
    domain = [["res_model", "=", MODEL], ["res_id", "=", warning]]
    fields = ["user_id", "date_deadline", "summary", "activity_type_id", "note"]
    found: list[dict[str, Any]] = cast.admin.call(
        "mail.activity", "search_read", domain, fields, load="", order="date_deadline, id"
    )
    return found


@pytest.mark.requirement("S2-50")
def test_the_tasks_of_the_playbook_are_activities_of_their_people(cast: Cast) -> None:
    warning = raise_warning(cast, "tasks", "bo", "li")
    told = [(row["summary"], row["user_id"], row["date_deadline"]) for row in activities(cast, warning)]
    assert told == [
        ("Find the new buyer", cast.users["bo"], "2026-07-07"), ("Decide", cast.users["li"], "2026-07-08"),
    ]  # fmt: skip
    kind = cast.admin.xml_id("kam_connector.mail_activity_type_warning")
    assert {row["activity_type_id"] for row in activities(cast, warning)} == {kind}
    assert all("Contacts who stood on papers" in row["note"] for row in activities(cast, warning))


@pytest.mark.requirement("S2-50")
def test_a_task_that_a_person_did_or_cancelled_is_not_made_again(cast: Cast) -> None:
    warning = raise_warning(cast, "once", "bo", "li")
    done, cancelled = activities(cast, warning)
    cast.login("bo").call("mail.activity", "action_feedback", [done["id"]], feedback="asked")
    cast.login("li").call("mail.activity", "unlink", [cancelled["id"]])
    key = cast.admin.read(MODEL, warning, "kam_key")["kam_key"]
    playbook = json.dumps([{"user_id": cast.users["bo"], "deadline": "2026-08-01", "titles": ASK}])
    cast.apply(MODEL, cast.row(key, state="open", rule="gone", playbook=playbook))
    assert activities(cast, warning) == []
    clear(cast, warning)
    cast.apply(MODEL, cast.row(key, state="open"))
    assert activities(cast, warning) == []


@pytest.mark.requirement("S2-49")
def test_a_cleared_warning_closes_its_tasks_but_not_what_people_have_made_of_them(cast: Cast) -> None:
    warning = raise_warning(cast, "cleared", "bo", "li")
    moved, _ = activities(cast, warning)
    cast.login("bo").write("mail.activity", moved["id"], date_deadline="2026-09-09")
    own = cast.login("bo").call(
        MODEL, "activity_schedule", [warning], "kam_connector.mail_activity_type_warning", user_id=cast.users["bo"],
        date_deadline="2026-10-10", summary="My own",
    )  # fmt: skip
    assert own
    clear(cast, warning)
    assert [row["summary"] for row in activities(cast, warning)] == ["Find the new buyer", "My own"]
    found = cast.admin.read(MODEL, warning, "state", "cleared_on", "reason", "clear_reason")
    assert (found["state"], found["cleared_on"]) == ("cleared", "2026-07-04")
    assert "Contacts who stood on papers" in found["reason"]
    assert found["clear_reason"].startswith(
        "Cleared: the figure is 0 and below 1; the warning was raised on 07/02/2026"
    )


@pytest.mark.parametrize("person", ["cara", "finb", "out", ""])
def test_whoever_may_not_see_the_warning_does_not_get_its_task_but_the_responsible_one(cast: Cast, person: str) -> None:
    warning = raise_warning(cast, f"for {person or 'nobody'}", person)
    assert [row["user_id"] for row in activities(cast, warning)] == [cast.users["bo"]]


def test_a_warning_of_nobody_has_no_activity_and_is_the_managers_to_see(cast: Cast) -> None:
    warning = raise_warning(cast, "of nobody", "out", user_id=False)
    assert activities(cast, warning) == []
    assert cast.login("li").search(MODEL, [["id", "=", warning], ["user_id", "=", False]]) == [warning]


def activate(cast: Cast, code: str) -> None:
    """The database has the language."""
    for language in cast.admin.search("res.lang", [["code", "=", code]], context={"active_test": False}):
        cast.admin.write("res.lang", language, active=True)


def test_everything_is_said_in_the_readers_language(cast: Cast) -> None:
    warning = raise_warning(cast, "language", "bo")
    in_chinese = cast.login("bo", lang="zh_CN").read(MODEL, warning, "label", "reason", "display_name")
    assert in_chinese["label"] == "联系人离职"
    assert in_chinese["display_name"] == "Beck · 联系人离职"
    activate(cast, "zh_HK")
    assert cast.login("bo", lang="zh_HK").read(MODEL, warning, "label")["label"] == "聯絡人離職"
    assert cast.login("bo").read(MODEL, warning, "label")["label"] == "Contact gone"


def test_a_task_is_told_in_its_persons_language(cast: Cast) -> None:
    activate(cast, "zh_TW")
    cast.admin.write("res.users", cast.users["anna"], lang="zh_TW")
    try:
        warning = raise_warning(cast, "in Chinese", "anna", name="Beta", seller="anna")
    finally:
        cast.admin.write("res.users", cast.users["anna"], lang="en_US")
    assert [row["summary"] for row in activities(cast, warning)] == ["確認新的採購聯絡人"]


def test_people_write_the_note_and_who_is_responsible_and_nothing_else(cast: Cast) -> None:
    warning, bo = raise_warning(cast, "people", "bo"), cast.login("bo")
    bo.write(MODEL, warning, note="She is on leave")
    cast.login("li").write(MODEL, warning, user_id=cast.users["anna"])
    for name, value in {"state": "cleared", "severity": "low", "raised_on": "2026-01-01", "playbook": "[]"}.items():
        with pytest.raises(Refused, match=name):
            bo.write(MODEL, warning, **{name: value})
    with pytest.raises(Refused):
        bo.create(MODEL, partner_id=cast.partners["Beck"])
    with pytest.raises(Refused):
        bo.call(MODEL, "unlink", [warning])
    clear(cast, warning)
    found = cast.admin.read(MODEL, warning, "state", "note", "user_id")
    assert (found["state"], found["note"], found["user_id"]) == ("cleared", "She is on leave", cast.users["anna"])


@pytest.mark.parametrize(
    "playbook", ["no JSON", "{}", '["x"]', '[{"titles":{"en":"x"}}]', '[{"user_id":1,"deadline":"2026-07-07"}]']
)
def test_a_playbook_that_cannot_be_read_is_refused_alone(cast: Cast, playbook: str) -> None:
    partner = cast.partners["Beck"]
    bad = cast.row("warning:bad", partner_id=partner, rule="gone", playbook=playbook)
    good = cast.row(f"warning:good {playbook}", partner_id=partner, rule="gone", playbook="[]")
    assert [answer["status"] for answer in cast.apply(MODEL, bad, good)] == ["refused", "created"]


def test_the_customer_counts_the_open_warnings_and_is_found_by_them(cast: Cast) -> None:
    """Each customer has one of the cast's; Alpha gets a second one, Ceta's is cleared."""
    raise_warning(cast, "second", "anna", name="Alpha", seller="anna")
    [ceta] = cast.admin.search(MODEL, [["partner_id", "=", cast.partners["Ceta"]]])
    clear(cast, ceta)
    director = cast.login("dir", allowed_company_ids=[cast.company_a])
    counts = dict[int, int]()
    for row in director.call("kam.customer", "search_read", [], ["partner_id", "warning_count"], load=""):
        counts[row["partner_id"]] = row["warning_count"]
    assert (counts[cast.partners["Alpha"]], counts[cast.partners["Ceta"]]) == (2, 0)
    for operator, value in ((">", 0), (">", 1), ("=", 0), ("!=", 0), ("<", 2), ("in", [0, 2])):
        found = director.call(
            "kam.customer", "search_read", [["warning_count", operator, value]], ["partner_id"], load=""
        )
        assert {row["partner_id"] for row in found} == {
            partner for partner, count in counts.items() if FITS[operator](count, value)
        }, (operator, value)
    alpha = cast.partners["Alpha"]
    anna = cast.login("anna")
    assert anna.read("res.partner", alpha, "kam_warning_count")["kam_warning_count"] == 2
    action = anna.call("res.partner", "action_open_kam_warnings", [alpha])
    assert (action["res_model"], action["domain"]) == (MODEL, [["partner_id", "=", alpha]])
    assert cast.login("bo").read("res.partner", alpha, "kam_warning_count")["kam_warning_count"] == 0


FITS: dict[str, Any] = {
    ">": lambda count, value: count > value,
    "=": lambda count, value: count == value,
    "!=": lambda count, value: count != value,
    "<": lambda count, value: count < value,
    "in": lambda count, value: count in value,
}


def test_a_customer_who_is_deleted_takes_the_warnings_along(cast: Cast) -> None:
    partner = cast.admin.create("res.partner", name="To be erased", is_company=True, user_id=cast.users["bo"])
    warning = raise_warning(cast, "erased", "bo", partner_id=partner)
    assert len(activities(cast, warning)) == 1
    cast.admin.call("res.partner", "unlink", [partner])
    assert cast.admin.search(MODEL, [["id", "=", warning]]) == []
    assert activities(cast, warning) == []


def test_a_cleared_warning_closes_the_tasks_that_were_made_on_the_customer_without_the_addon(cast: Cast) -> None:
    """As the connector made them there, when it still had the rights: marked in the summary, on the partner. One that
    a person has moved stays, as do those of other warnings."""
    warning = raise_warning(cast, "with older tasks")
    [model] = cast.admin.search("ir.model", [["model", "=", "res.partner"]])
    place = {"res_model_id": model, "res_id": cast.partners["Beck"]}
    rows = [
        {**place, "summary": f"Visit (KAM {mark})", "date_deadline": "2026-07-07", "user_id": cast.users["bo"]}
        for mark in ("gone-2026-07-02:1", "gone-2026-07-02:2", "gone-2026-07-03:1", "falls-2026-07-02:1")
    ]
    rights = [cast.admin.xml_id(group) for group in ("base.group_user", "base.group_partner_manager")]
    cast.admin.write("res.users", cast.users["bot"], group_ids=[[4, group] for group in rights])
    made = [cast.login("bot").create("mail.activity", **row) for row in rows]
    cast.admin.write("res.users", cast.users["bot"], group_ids=[[3, group] for group in rights])
    cast.admin.write("mail.activity", made[1], date_deadline="2026-09-09")
    clear(cast, warning)
    assert sorted(cast.admin.search("mail.activity", [["id", "in", made]])) == made[1:]
