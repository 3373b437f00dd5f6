"""The endpoint: each row for itself, nothing written for nothing, people's decisions kept."""

from __future__ import annotations

import json

import pytest

from tests.addon.cast import RUN, Cast
from tests.addon.rpc import Refused

pytestmark = [pytest.mark.odoo, pytest.mark.long]


def statuses(answers: list[dict[str, object]]) -> list[object]:
    return [answer["status"] for answer in answers]


@pytest.fixture
def task(cast: Cast, request: pytest.FixtureRequest) -> str:
    """The key of a task of Alpha that no other test touches."""
    key = f"task:{request.node.name}"
    partner, anna = cast.partners["Alpha"], cast.users["anna"]
    row = cast.row(key, partner_id=partner, user_id=anna, step="call", amount=10.0, date_deadline="2026-07-01")
    assert statuses(cast.apply("kam.collection.task", row)) == ["created"]
    return key


def find(cast: Cast, model: str, key: str) -> int:
    [record] = cast.admin.search(model, [["kam_key", "=", key], ["company_id", "=", cast.company_a]])
    return record


def test_info_names_version_protocol_and_models(cast: Cast) -> None:
    info = cast.login("bot").call("kam.gateway", "info")
    assert (info["version"], info["protocol"]) == ("19.0.1.12.0", 2)
    assert {"kam.customer", "kam.ageing.line", "kam.payout.line", "kam.run"} <= set(info["models"])


def test_a_new_row_is_created_then_unchanged_then_updated(cast: Cast) -> None:
    row = cast.row("run-1", name="run-1", written_count=1)
    [first] = cast.apply("kam.run", row)
    [second] = cast.apply("kam.run", row)
    [third] = cast.apply("kam.run", {**row, "values": {"written_count": 2}, "version": 1}, run="later")
    assert (first["status"], first["version"]) == ("created", 1)
    assert (second["status"], second["version"], second["id"]) == ("unchanged", 1, first["id"])
    assert (third["status"], third["version"], third["id"]) == ("updated", 2, first["id"])
    assert cast.admin.read("kam.run", third["id"], "kam_run", "written_count") == {
        "id": third["id"], "kam_run": "later", "written_count": 2,
    }  # fmt: skip


def test_an_unchanged_row_leaves_the_write_date_alone(cast: Cast) -> None:
    record = find(cast, "kam.customer", f"customer:{cast.partners['Beck']}")
    before = cast.admin.read("kam.customer", record, "write_date", "kam_run")
    row = cast.row(f"customer:{cast.partners['Beck']}", revenue_12m=1000000.0, d1_30=300.0, oldest_due="2025-12-15")
    assert statuses(cast.apply("kam.customer", row, run="another")) == ["unchanged"]
    assert cast.admin.read("kam.customer", record, "write_date", "kam_run") == before


def test_money_that_differs_only_below_the_cent_is_unchanged(cast: Cast) -> None:
    row = cast.row(f"customer:{cast.partners['Beck']}", revenue_12m=1000000.001)
    assert statuses(cast.apply("kam.customer", row)) == ["unchanged"]


def test_one_bad_row_of_many_stops_only_itself(cast: Cast) -> None:
    rows = [cast.row(f"batch-{number}", name=f"batch-{number}", findings_count=number) for number in range(40)]
    rows[7]["values"]["state"] = "no such state"
    rows[23]["values"]["no_such_field"] = 1
    rows[31]["company_id"] = 987654
    answers = cast.apply("kam.run", *rows)
    bad = [place for place, answer in enumerate(answers) if answer["status"] == "refused"]
    assert bad == [7, 23, 31]
    assert statuses(answers).count("created") == 37
    assert "no such state" in answers[7]["message"]
    assert "no_such_field" in answers[23]["message"]
    assert "987654" in answers[31]["message"]
    assert [answer["key"] for answer in answers] == [row["key"] for row in rows]
    assert len(cast.admin.search("kam.run", [["kam_key", "like", "batch-"]])) == 37


def test_a_row_that_breaks_a_database_rule_stops_only_itself(cast: Cast) -> None:
    partner = cast.partners["Alpha"]
    answers = cast.apply(
        "kam.customer",
        cast.row("second figures of alpha", partner_id=partner, score=1.0),
        cast.row(f"customer:{partner}", score=86.5),
    )
    assert statuses(answers) == ["refused", "unchanged"]
    assert answers[0]["message"] == "The customer has figures in this company already."


def test_a_key_that_stands_twice_in_a_batch_is_refused_the_second_time(cast: Cast) -> None:
    answers = cast.apply("kam.run", cast.row("twice", name="one"), cast.row("twice", name="two"))
    assert statuses(answers) == ["created", "refused"]


def test_the_database_refuses_a_second_record_with_the_key(cast: Cast) -> None:
    cast.apply("kam.run", cast.row("only-once", name="only-once"))
    with pytest.raises(Refused, match="has a record with this key already"):
        cast.login("bot").create("kam.run", name="again", kam_key="only-once", company_id=cast.company_a)


def test_the_same_key_in_another_company_is_another_record(cast: Cast) -> None:
    answers = cast.apply(
        "kam.run", cast.row("both", name="both"), cast.row("both", company=cast.company_b, name="both")
    )
    assert statuses(answers) == ["created", "created"]
    assert answers[0]["id"] != answers[1]["id"]


def test_a_version_that_moved_on_is_a_conflict_and_nothing_is_written(cast: Cast, task: str) -> None:
    cast.login("anna").write(
        "kam.collection.task", find(cast, "kam.collection.task", task), note="Mr. Hu pays on Friday"
    )
    [answer] = cast.apply("kam.collection.task", {**cast.row(task, amount=12.0), "version": 1})
    assert (answer["status"], answer["version"]) == ("conflict", 2)
    assert cast.admin.read("kam.collection.task", answer["id"], "amount")["amount"] == 10.0
    [answer] = cast.apply("kam.collection.task", {**cast.row(task, amount=12.0), "version": 2})
    assert (answer["status"], answer["version"]) == ("updated", 3)


def test_what_people_own_is_taken_at_creation_only(cast: Cast, task: str) -> None:
    record = find(cast, "kam.collection.task", task)
    said = {"state": "done", "cause_code": "cash", "date_deadline": "2026-07-09", "note": "paid"}
    cast.login("anna").write("kam.collection.task", record, **said)
    values = {"state": "open", "date_deadline": "2026-08-01", "note": "", "user_id": cast.users["bo"]}
    assert statuses(cast.apply("kam.collection.task", cast.row(task, **values))) == ["unchanged"]
    found = cast.admin.read("kam.collection.task", record, *values)
    assert (found["state"], found["date_deadline"], found["note"]) == ("done", "2026-07-09", "paid")
    assert found["user_id"] == cast.users["anna"]


def test_a_complaint_that_a_person_made_is_addressed_by_its_id(cast: Cast) -> None:
    complaint = cast.login("anna").create("kam.complaint", partner_id=cast.partners["Alpha"], type="transport")
    row = {**cast.row("any", response_due="2026-07-01 04:00:00", response_breached=True), "id": complaint}
    [answer] = cast.apply("kam.complaint", row)
    assert (answer["status"], answer["id"]) == ("updated", complaint)
    found = cast.admin.read("kam.complaint", complaint, "response_due", "response_breached", "kam_key", "type")
    assert found["kam_key"] == f"kam.complaint,{complaint}"
    assert (found["response_due"], found["response_breached"], found["type"]) == (
        "2026-07-01 04:00:00",
        True,
        "transport",
    )


def test_a_record_that_is_gone_is_told_and_never_made(cast: Cast) -> None:
    [answer] = cast.apply("kam.complaint", {**cast.row("any", response_breached=True), "id": 999999})
    assert (answer["status"], answer["message"]) == ("gone", "The record is gone.")


def test_a_record_of_another_company_is_not_reached_by_its_id(cast: Cast) -> None:
    [made] = cast.apply("kam.run", cast.row("of b", company=cast.company_b, name="of b"))
    [answer] = cast.apply("kam.run", {**cast.row("of b", name="mine"), "id": made["id"]})
    assert answer["status"] == "refused"


def test_a_reference_by_key_finds_the_record_of_the_same_company(cast: Cast) -> None:
    partner = cast.partners["Beta"]
    cast.apply("kam.customer", cast.row(f"customer:{partner}", tier_id={"key": "bronze"}))
    record = find(cast, "kam.customer", f"customer:{partner}")
    tier = cast.admin.read("kam.customer", record, "tier_id")["tier_id"]
    found = cast.admin.read("kam.tier", tier, "code", "company_id")
    assert (found["code"], found["company_id"]) == ("bronze", cast.company_a)
    [answer] = cast.apply("kam.customer", cast.row(f"customer:{partner}", tier_id={"key": "diamond"}))
    assert answer["status"] == "refused"
    assert "diamond" in answer["message"]
    cast.apply("kam.customer", cast.row(f"customer:{partner}", tier_id={"key": "silver"}))


@pytest.mark.parametrize(
    "field", ["kam_key", "kam_run", "kam_version", "company_id", "create_uid", "reason", "currency_id"]
)
def test_fields_that_are_nobodys_to_send_are_refused(cast: Cast, field: str) -> None:
    [answer] = cast.apply("kam.ageing", cast.row("ageing:due", **{field: 1}))
    assert answer["status"] == "refused"
    assert field in answer["message"]


@pytest.mark.parametrize("row", ["text", {"key": "", "company_id": 1, "values": {}}, {"key": "a"}, {"values": {}}])
def test_a_row_that_is_no_row_is_refused(cast: Cast, row: object) -> None:
    answers = cast.login("bot").call("kam.gateway", "apply", "kam.run", [row], RUN)
    assert statuses(answers) == ["refused"]


def test_other_models_are_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match=r"does not take the model res\.partner"):
        cast.apply("res.partner", cast.row("x", name="x"))


@pytest.mark.parametrize("person", ["anna", "li", "dir", "fin", "out"])
def test_only_the_service_user_may_call_the_endpoint(cast: Cast, person: str) -> None:
    with pytest.raises(Refused, match="Only the connector's own login"):
        cast.login(person).call("kam.gateway", "apply", "kam.run", [], RUN)
    with pytest.raises(Refused, match="Only the connector's own login"):
        cast.login(person).call("kam.gateway", "info")


def test_approved_payouts_and_their_lines_are_locked(cast: Cast) -> None:
    key = f"payout:{cast.users['cara']}:standard:2026-06:1"
    payout = find(cast, "kam.payout", key)
    cast.login("fin").call("kam.payout", "action_approve", [payout])
    answers = cast.apply("kam.payout", cast.row(key, amount=999.0))
    assert statuses(answers) == ["refused"]
    assert statuses(cast.apply("kam.payout.line", cast.row(f"{key}:commission:0", amount=999.0))) == ["refused"]
    assert cast.admin.read("kam.payout", payout, "amount")["amount"] == 123.46
    cast.login("fin").call("kam.payout", "action_withdraw", [payout])
    assert statuses(cast.apply("kam.payout", cast.row(key, amount=130.0))) == ["updated"]


def test_rows_as_one_text_get_one_text_back(cast: Cast) -> None:
    rows = [cast.row(f"text-{number}", name="中 é", written_count=number) for number in range(3)]
    answer = cast.login("bot").call("kam.gateway", "apply", "kam.run", json.dumps(rows), RUN)
    assert [(row["key"], row["status"]) for row in json.loads(answer)] == [(f"text-{n}", "created") for n in range(3)]


def test_a_record_of_the_connector_is_taken_back_only_as_it_was_written(cast: Cast, task: str) -> None:
    row = {**cast.row(task), "remove": True, "version": 1}
    cast.login("anna").write("kam.collection.task", find(cast, "kam.collection.task", task), note="called")
    assert statuses(cast.apply("kam.collection.task", row)) == ["conflict"]
    assert statuses(cast.apply("kam.collection.task", {**row, "version": 2})) == ["removed"]
    assert statuses(cast.apply("kam.collection.task", {**row, "version": 2})) == ["unchanged"]
    assert cast.admin.search("kam.collection.task", [["kam_key", "=", task]]) == []


def test_what_a_person_made_is_not_taken_back(cast: Cast) -> None:
    complaint = cast.login("anna").create("kam.complaint", partner_id=cast.partners["Alpha"], type="transport")
    row = {**cast.row(f"kam.complaint,{complaint}"), "remove": True, "version": 0}
    assert statuses(cast.apply("kam.complaint", row)) == ["conflict"]
