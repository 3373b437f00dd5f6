"""The addon's endpoint: the same answers from the sandbox and from a real Odoo 19 with the addon."""

from __future__ import annotations

from typing import Any

import pytest

from kam_connector.erp import connect
from kam_connector.errors import AccessRefused, RecordRefused
from tests.contract.conftest import Place


def apply(erp: Place, model: str, *rows: dict[str, Any], run: str = "run-1") -> list[dict[str, Any]]:
    whole = [{"company_id": erp.companies[0], "version": 0, **row} for row in rows]
    answers: list[dict[str, Any]] = erp.session.call("kam.gateway", "apply", model, whole, run)
    return answers


def statuses(answers: list[dict[str, Any]]) -> list[str]:
    return [answer["status"] for answer in answers]


@pytest.fixture
def tier(addon_erp: Place) -> str:
    key = addon_erp.unique("gold")
    assert statuses(apply(addon_erp, "kam.tier", {"key": key, "values": {"code": key, "name": "Gold"}})) == ["created"]
    return key


def task(erp: Place, **values: Any) -> dict[str, Any]:
    partner = erp.partners({})[0]
    figures = {"partner_id": partner, "step": "reminder", "level": 1, "amount": 1200.5, "overdue_days": 12}
    return {"key": erp.unique("task"), "values": {**figures, "oldest_item": 7, **values}}


def test_info_names_version_protocol_and_models(addon_erp: Place) -> None:
    told = addon_erp.session.call("kam.gateway", "info")
    assert told["protocol"] == 2
    assert told["version"].startswith("19.0.")
    assert {"kam.customer", "kam.payout.line", "kam.run"} <= set(told["models"])
    assert addon_erp.session.capabilities.addon_version == told["version"]


def test_an_erp_without_the_addon_has_no_addon_version(erp: Place) -> None:
    assert (erp.session.capabilities.addon_version is None) == (not erp.has_addon)


def test_a_row_is_created_then_unchanged_then_updated_and_counts_its_versions(addon_erp: Place) -> None:
    row = task(addon_erp)
    created = apply(addon_erp, "kam.collection.task", row)[0]
    assert (created["status"], created["version"], created["key"]) == ("created", 1, row["key"])
    again = apply(addon_erp, "kam.collection.task", row, run="run-2")[0]
    assert (again["status"], again["version"], again["id"]) == ("unchanged", 1, created["id"])
    more = {**row, "values": {**row["values"], "amount": 1300.0}, "version": 1}
    updated = apply(addon_erp, "kam.collection.task", more, run="run-3")[0]
    assert (updated["status"], updated["version"], updated["id"]) == ("updated", 2, created["id"])
    fields = ["kam_key", "kam_run", "kam_version", "amount", "state", "company_id", "currency_id"]
    kept = addon_erp.session.read("kam.collection.task", [created["id"]], fields)[0]
    assert (kept["kam_key"], kept["kam_run"], kept["kam_version"]) == (row["key"], "run-3", 2)
    assert (kept["amount"], kept["state"], kept["company_id"]) == (1300.0, "open", addon_erp.companies[0])
    assert kept["currency_id"] is not None


def test_an_amount_that_differs_only_beyond_the_currencys_digits_is_unchanged(addon_erp: Place) -> None:
    row = task(addon_erp, amount=10.004)
    created = apply(addon_erp, "kam.collection.task", row)[0]
    assert addon_erp.session.read("kam.collection.task", [created["id"]], ["amount"])[0]["amount"] == 10.0
    assert statuses(apply(addon_erp, "kam.collection.task", row)) == ["unchanged"]


def test_a_row_that_moved_on_is_a_conflict_and_stays_as_it_was(addon_erp: Place) -> None:
    row = task(addon_erp)
    created = apply(addon_erp, "kam.collection.task", row)[0]
    apply(addon_erp, "kam.collection.task", {**row, "values": {"level": 2}})
    late = apply(addon_erp, "kam.collection.task", {**row, "values": {"level": 3}, "version": 1})[0]
    assert (late["status"], late["version"], late["id"]) == ("conflict", 2, created["id"])
    assert addon_erp.session.read("kam.collection.task", [created["id"]], ["level"])[0]["level"] == 2


def test_a_bad_row_stops_only_itself_and_answers_keep_the_order(addon_erp: Place) -> None:
    good, other = task(addon_erp), task(addon_erp)
    bad: list[dict[str, Any]] = [
        task(addon_erp, nonsense=1),
        task(addon_erp, state="castle"),
        task(addon_erp, partner_id=999_999),
        task(addon_erp, date_deadline="soon"),
        {"key": "", "values": {}},
        {"key": addon_erp.unique("no values")},
        task(addon_erp, kam_version=9),
        task(addon_erp, amount="many"),
    ]
    answers = apply(addon_erp, "kam.collection.task", good, *bad, other)
    assert statuses(answers) == ["created", *["refused"] * len(bad), "created"]
    assert all(answer["message"] and answer["id"] == 0 for answer in answers[1:-1])
    assert [answer["key"] for answer in answers] == [row["key"] for row in (good, *bad, other)]


def test_a_key_that_stands_twice_is_applied_once(addon_erp: Place) -> None:
    row = task(addon_erp)
    assert statuses(apply(addon_erp, "kam.collection.task", row, row)) == ["created", "refused"]


def test_a_reference_by_key_finds_the_record_of_the_same_company(addon_erp: Place, tier: str) -> None:
    partner = addon_erp.partners({})[0]
    row = {"key": f"customer:{partner}", "values": {"partner_id": partner, "tier_id": {"key": tier}, "score": 81.25}}
    created = apply(addon_erp, "kam.customer", row)[0]
    assert created["status"] == "created"
    found = addon_erp.session.search_ids("kam.tier", [["kam_key", "=", tier]])
    kept = addon_erp.session.read("kam.customer", [created["id"]], ["tier_id", "score", "current_tier_id"])[0]
    assert kept == {"id": created["id"], "tier_id": found[0], "score": 81.25, "current_tier_id": found[0]}
    elsewhere = {**row, "company_id": addon_erp.companies[1]}
    assert statuses(apply(addon_erp, "kam.customer", elsewhere)) == ["refused"]


def test_the_same_key_in_another_company_is_another_record(addon_erp: Place) -> None:
    row = {"key": addon_erp.unique("silver"), "values": {"code": "silver", "name": "Silver"}}
    first = apply(addon_erp, "kam.tier", row)[0]
    second = apply(addon_erp, "kam.tier", {**row, "company_id": addon_erp.companies[1]})[0]
    assert (first["status"], second["status"]) == ("created", "created")
    assert first["id"] != second["id"]


def test_a_company_that_the_login_does_not_have_is_refused_for_its_row(addon_erp: Place) -> None:
    assert statuses(apply(addon_erp, "kam.tier", {"key": "x", "company_id": 4711, "values": {}})) == ["refused"]


def test_what_people_own_is_taken_once_and_then_left_alone(addon_erp: Place) -> None:
    row = task(addon_erp, date_deadline="2026-07-03", state="open", note="call")
    created = apply(addon_erp, "kam.collection.task", row)[0]
    moved = {**row, "values": {**row["values"], "date_deadline": "2026-08-01", "state": "cancelled"}}
    assert statuses(apply(addon_erp, "kam.collection.task", moved)) == ["unchanged"]
    kept = addon_erp.session.read("kam.collection.task", [created["id"]], ["date_deadline", "state", "note"])[0]
    assert (kept["date_deadline"], kept["state"], kept["note"]) == ("2026-07-03", "open", "call")


def test_a_persons_edit_counts_as_a_version_so_that_the_connector_notices(addon_erp: Place) -> None:
    """R-59."""
    row = task(addon_erp)
    created = apply(addon_erp, "kam.collection.task", row)[0]
    addon_erp.session.write("kam.collection.task", [created["id"]], {"note": "promised for Friday"})
    kept = addon_erp.session.read("kam.collection.task", [created["id"]], ["kam_version", "kam_run", "note"])[0]
    assert (kept["kam_version"], kept["kam_run"], kept["note"]) == (2, "run-1", "promised for Friday")
    late = {**row, "values": {"level": 2}, "version": 1}
    assert statuses(apply(addon_erp, "kam.collection.task", late)) == ["conflict"]
    assert statuses(apply(addon_erp, "kam.collection.task", {**late, "version": 2})) == ["updated"]


def test_an_existing_record_is_addressed_by_its_id(addon_erp: Place) -> None:
    row = task(addon_erp)
    created = apply(addon_erp, "kam.collection.task", row)[0]
    addressed = {"key": row["key"], "id": created["id"], "values": {"level": 4}, "version": 1}
    assert statuses(apply(addon_erp, "kam.collection.task", addressed)) == ["updated"]
    assert statuses(apply(addon_erp, "kam.collection.task", {**addressed, "id": 999_999})) == ["gone"]


def test_lines_have_what_their_parent_has(addon_erp: Place) -> None:
    key = addon_erp.unique("ageing")
    head = {"name": "Ageing", "as_of": "2026-06-30", "basis": "due", "total": 150.0, "d1_30": 100.0, "not_due": 50.0}
    ageing = apply(addon_erp, "kam.ageing", {"key": key, "values": head})[0]
    partner = addon_erp.partners({})[0]
    figures = {"ageing_id": {"key": key}, "partner_id": partner, "total": 150.0, "d1_30": 100.0, "not_due": 50.0}
    line = apply(addon_erp, "kam.ageing.line", {"key": f"{key}:{partner}:0", "values": figures})[0]
    fields = ["ageing_id", "as_of", "basis", "overdue", "total", "active"]
    kept = addon_erp.session.read("kam.ageing.line", [line["id"]], fields)[0]
    assert kept == {
        "id": line["id"],
        "ageing_id": ageing["id"],
        "as_of": "2026-06-30",
        "basis": "due",
        "overdue": 100.0,
        "total": 150.0,
        "active": True,
    }
    apply(addon_erp, "kam.ageing", {"key": key, "values": {"as_of": "2026-07-01"}})
    assert addon_erp.session.read("kam.ageing.line", [line["id"]], ["as_of"])[0]["as_of"] == "2026-07-01"


def test_a_model_outside_the_list_is_refused_whole(addon_erp: Place) -> None:
    with pytest.raises(RecordRefused, match=r"res\.partner"):
        apply(addon_erp, "res.partner", {"key": "x", "values": {"name": "x"}})


def test_another_login_may_not_use_the_endpoint(addon_erp: Place) -> None:
    """R-90."""
    with connect(addon_erp.weak) as session:
        with pytest.raises(AccessRefused):
            session.call("kam.gateway", "info")
        with pytest.raises(AccessRefused):
            session.call("kam.gateway", "apply", "kam.tier", [], "run-x")
        with pytest.raises(AccessRefused):
            _ = session.capabilities.addon_version


def test_private_parts_of_the_endpoint_cannot_be_called(addon_erp: Place) -> None:
    with pytest.raises(AccessRefused):
        addon_erp.session.call("kam.gateway", "_apply_rows")


def test_every_field_here_is_in_the_real_model_alike(addon_erp: Place) -> None:
    """Where the sandbox differs from Odoo 19 it is wrong: every field that it has, the real model has alike."""
    from kam_connector.sandbox.models_base import BASE
    from kam_connector.sandbox.models_kam import KAM
    from kam_connector.sandbox.models_trade import TRADE
    from kam_connector.sandbox.schema import Schema

    schema = Schema()
    schema.add({**BASE, **TRADE, **KAM})
    wrong = []
    for model, specs in schema.models.items():
        real = addon_erp.session.fields(model)
        for spec in specs.values():
            field = real.get(spec.name)
            ours = (spec.type, spec.stored, spec.relation, spec.required, spec.company_dependent)
            theirs = field and (field.type, field.stored, field.relation, field.required, field.company_dependent)
            if ours != theirs:
                wrong.append(f"{model}.{spec.name}: sandbox {ours}, Odoo {theirs}")
    assert wrong == []


def test_a_case_that_nobody_worked_on_is_taken_back_with_its_log(addon_erp: Place) -> None:
    facts = {"partner_id": addon_erp.partners({})[0], "type": "product", "received_at": "2026-06-01 08:00:00"}
    key = addon_erp.unique("crm.claim")
    (made,) = apply(addon_erp, "kam.complaint", {"key": key, "values": facts})
    back = {"key": key, "values": {}, "remove": True, "version": made["version"]}
    assert statuses(apply(addon_erp, "kam.complaint", back)) == ["removed"]
    log = addon_erp.session.search_read("kam.complaint.event", [("complaint_id", "=", made["id"])], ["event"])
    assert log == []
