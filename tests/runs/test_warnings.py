"""Early warnings through whole nights: raised at the second, written as activities once, cleared, raised anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kam_connector.sample.company import SampleCompany
from kam_connector.sandbox import SandboxServer, models_kam, serve
from tests.runs import nights

POLICY = """
[warnings]
valid_from = 2020-01-01

[[rule]]
code = "gone"
measure = "contacts_gone"
raise_at = 1
clear_at = 1
checks = 2
severity = "high"
label = { en = "Contact gone", zh = "联系人离职" }

[[rule.task]]
title = { en = "Find the new buyer", zh = "确认新的采购联系人" }
owner = "salesperson"
within_days = 5
"""


class Desk:
    """A home, an ERP, and what both show of the warnings."""

    def __init__(self, place: nights.Place, server: SandboxServer) -> None:
        self.place, self.server = place, server

    def night(self, day: str) -> dict[str, Any]:
        done = self.place.kam("run", "--yes", "--allow-past", "--as-of", day, "--skip", "report", "--format", "json")
        assert done.returncode in (0, 1), done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def show(self, day: str, *words: str) -> list[dict[str, Any]]:
        done = self.place.kam("warnings", "show", "--as-of", day, *words, "--format", "json")
        rows: list[dict[str, Any]] = json.loads(done.stdout)["rows"]
        return rows

    def card(self, day: str, customer: int) -> list[dict[str, Any]]:
        """The warnings on the card of the customer."""
        done = self.place.kam("card", "show", str(customer), "--as-of", day, "--format", "json")
        return [row for row in json.loads(done.stdout)["rows"] if row["entry"] == "warning"]

    def activities(self) -> list[dict[str, Any]]:
        rows = self.server.rows("mail.activity").values()
        return [row for row in rows if "(KAM gone-" in str(row["summary"])]

    def records(self) -> list[dict[str, Any]]:
        rows = self.server.rows("kam.warning").values()
        return sorted(rows, key=lambda row: (row["raised_on"], row["partner_id"]))


@pytest.fixture
def desk(small_company: SampleCompany, tmp_path: Path) -> Iterator[Desk]:
    """Without the addon: tasks are activities on the customer."""
    with serve(small_company, addon=False) as server:
        yield furnished(tmp_path, server)


@pytest.fixture
def raised_desk(shared_folder: Path, tmp_path: Path) -> Iterator[Desk]:
    """With the addon, after the contact went and the night of 2 July raised it; on 1 July nothing was to be seen."""

    def lose_contact(place: nights.Place, server: SandboxServer) -> None:
        desk = furnished(place.home, server)
        server.edit("res.partner", contact_on_orders(server)["id"], active=False)
        desk.night("2026-07-01")
        assert desk.records() == []
        desk.night("2026-07-02")

    with nights.after(shared_folder, tmp_path, "contact-gone", lose_contact) as found:
        yield Desk(*found)


def furnished(home: Path, server: SandboxServer, policy: str = POLICY) -> Desk:
    place = nights.at_sandbox(home, server)
    (place.home / "policy").mkdir(exist_ok=True)
    (place.home / "policy" / "warnings.toml").write_text(policy, encoding="utf-8")
    return Desk(place, server)


def contact_on_orders(server: SandboxServer) -> dict[str, Any]:
    """A contact who stands on confirmed orders of the last months, and whose customer has a salesperson."""
    partners = server.rows("res.partner")
    for order in sorted(server.rows("sale.order").values(), key=lambda row: str(row["date_order"]), reverse=True):
        for name in ("partner_id", "partner_invoice_id"):
            found = partners[order[name]]
            customer = partners[found["commercial_partner_id"]]
            if order["state"] == "sale" and found["id"] != customer["id"] and customer["user_id"]:
                return found
    raise AssertionError("The sample company has no order with a contact on it.")


@pytest.mark.requirement("S2-49")
@pytest.mark.requirement("S2-50")
@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_warning_is_raised_on_the_second_night_written_once_cleared_and_raised_anew(desk: Desk) -> None:
    contact = contact_on_orders(desk.server)
    customer = contact["commercial_partner_id"]

    # while the contact is there
    desk.night("2026-06-30")
    assert desk.show("2026-06-30", "--all") == []

    # he is archived: the first check
    desk.server.edit("res.partner", contact["id"], active=False)
    desk.night("2026-07-01")
    assert {row["state"] for row in desk.show("2026-07-01", "--all")} == {"pending"}
    assert desk.show("2026-07-01") == desk.activities() == []

    # the second check raises it, and the task is written
    answer = desk.night("2026-07-02")
    assert [each["record"] for each in answer["findings"] if each["source"] == "rules.warnings"] == [
        str(customer)
    ] * len(desk.activities())
    (shown,) = {row["customer"]: row for row in desk.show("2026-07-02", "--customer", str(customer))}.values()
    assert (shown["rule"], shown["warning"], shown["state"], shown["since"]) == (
        "gone", "Contact gone", "raised", "2026-07-02",
    )  # fmt: skip
    assert str(contact["id"]) in shown["reason"]
    assert "Find the new buyer" in shown["to_do"]
    assert "2026-07-07" in shown["to_do"]
    (told, *_) = desk.card("2026-07-02", customer)
    assert (told["panel"], told["name"], told["day"]) == ("suggestions", "Contact gone", "2026-07-07")
    assert told["detail"].startswith(shown["reason"])
    assert shown["to_do"] in told["detail"]
    written = desk.activities()
    seller = desk.server.rows("res.partner")[customer]["user_id"]
    assert {(row["res_id"], row["user_id"], row["date_deadline"]) for row in written} == {
        (customer, seller, "2026-07-07")
    }
    assert {row["summary"] for row in written} == {"Find the new buyer (KAM gone-2026-07-02:1)"}

    # the next night: still open, and nothing is written again
    desk.night("2026-07-03")
    assert desk.activities() == written
    assert desk.show("2026-07-03", "--customer", str(customer))[0]["state"] == "open"

    # he is back: cleared, and the task that nobody has touched goes
    desk.server.edit("res.partner", contact["id"], active=True)
    desk.night("2026-07-04")
    assert desk.activities() == []
    assert {row["state"] for row in desk.show("2026-07-04", "--all")} == {"cleared"}

    # he goes again: raised anew after two checks, with a task of its own
    desk.server.edit("res.partner", contact["id"], active=False)
    desk.night("2026-07-05")
    desk.night("2026-07-06")
    assert {row["summary"] for row in desk.activities()} == {"Find the new buyer (KAM gone-2026-07-06:1)"}


@pytest.mark.long
@pytest.mark.requirement("S2-49")
@pytest.mark.requirement("S2-50")
@pytest.mark.timeout(900)
def test_with_the_addon_a_warning_is_a_record_that_is_raised_kept_and_cleared(raised_desk: Desk) -> None:
    desk = raised_desk
    contact = contact_on_orders(desk.server)
    customer = contact["commercial_partner_id"]
    seller = desk.server.rows("res.partner")[customer]["user_id"]

    # raised: one record with its reason and its task; while the check was pending the ERP showed nothing
    written = desk.records()
    (record,) = [row for row in written if row["partner_id"] == customer and row["company_id"] == 1]
    assert (record["kam_key"], record["state"], record["raised_on"]) == (
        f"warning:{customer}:gone:2026-07-02", "open", "2026-07-02",
    )  # fmt: skip
    assert (record["rule"], record["measure"], record["severity"], record["user_id"]) == (
        "gone", "contacts_gone", "high", seller,
    )  # fmt: skip
    assert (record["figure"], record["raise_at"], record["clear_at"]) == (1.0, 1.0, 1.0)
    assert record["reason_code"] == "warning.contacts_gone"
    assert json.loads(record["rule_names"]) == {"en": "Contact gone", "zh_CN": "联系人离职", "zh_TW": "联系人离职"}
    assert json.loads(record["playbook"]) == [
        {
            "user_id": seller,
            "deadline": "2026-07-07",
            "titles": {"en": "Find the new buyer", "zh_CN": "确认新的采购联系人", "zh_TW": "确认新的采购联系人"},
        }
    ]
    assert desk.activities() == []

    # the same day again and the next night: nothing is written
    assert desk.night("2026-07-02")["totals"]["planned"] == 0
    desk.night("2026-07-03")
    assert desk.records() == written

    # somebody notes something, the contact is back: cleared all the same, with day and reason
    desk.server.edit("kam.warning", record["id"], note="She is on leave")
    desk.server.edit("res.partner", contact["id"], active=True)
    desk.night("2026-07-04")
    after = desk.server.rows("kam.warning")[record["id"]]
    assert (after["state"], after["cleared_on"], after["clear_code"]) == ("cleared", "2026-07-04", "warning.cleared")
    assert (after["reason_code"], after["reason_args"]) == (record["reason_code"], record["reason_args"])
    assert json.loads(after["clear_args"])["since"] == "2026-07-02"
    assert after["note"] == "She is on leave"
    assert desk.night("2026-07-04")["totals"]["planned"] == 0

    # raised anew: a record of its own
    desk.server.edit("res.partner", contact["id"], active=False)
    desk.night("2026-07-05")
    desk.night("2026-07-06")
    mine = [(row["raised_on"], row["state"]) for row in desk.records() if row["partner_id"] == customer]
    assert mine == [("2026-07-02", "cleared"), ("2026-07-06", "open")]


@pytest.mark.long
@pytest.mark.timeout(900)
def test_the_end_of_a_warning_that_was_not_written_comes_with_the_next_night(raised_desk: Desk) -> None:
    desk = raised_desk
    contact = contact_on_orders(desk.server)
    desk.server.edit("res.partner", contact["id"], active=True)
    words = ("run", "--yes", "--allow-past", "--as-of", "2026-07-03", "--skip", "write,report")
    assert desk.place.kam(*words).returncode in (0, 1)
    assert {row["state"] for row in desk.records()} == {"open"}
    desk.night("2026-07-04")
    assert {(row["state"], row["cleared_on"]) for row in desk.records()} == {("cleared", "2026-07-03")}


@pytest.mark.long
@pytest.mark.timeout(900)
def test_an_undo_takes_a_raised_warning_back_and_opens_a_cleared_one_again(raised_desk: Desk) -> None:
    desk = raised_desk
    contact = contact_on_orders(desk.server)
    assert desk.place.kam("writeback", "undo", "--yes").returncode == 0
    assert desk.records() == []
    desk.night("2026-07-02")
    desk.server.edit("res.partner", contact["id"], active=True)
    desk.night("2026-07-03")
    assert {row["state"] for row in desk.records()} == {"cleared"}
    assert desk.place.kam("writeback", "undo", "--yes").returncode == 0
    assert {(row["state"], row["cleared_on"], row["clear_code"]) for row in desk.records()} == {("open", False, False)}


@pytest.mark.long
@pytest.mark.timeout(900)
def test_an_older_addon_that_knows_no_warnings_is_worked_with(
    small_company: SampleCompany, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(models_kam.KAM, "kam.warning")
    with serve(small_company) as server:
        desk = furnished(tmp_path, server, POLICY.replace("checks = 2", "checks = 1"))
        desk.server.edit("res.partner", contact_on_orders(server)["id"], active=False)
        answer = desk.night("2026-07-02")
        assert answer["totals"]["refused"] == 0
        assert [row["rule"] for row in desk.show("2026-07-02")] == ["gone"] * len(desk.show("2026-07-02"))
        assert desk.show("2026-07-02")


def install_addon(server: SandboxServer) -> None:
    """The running ERP has the addon from now on."""
    models = {**models_kam.KAM, **models_kam.WRITER}
    with server.erp.lock:
        server.erp.store.schema.add(models)
        for model in models:
            server.erp.store.tables[model] = {}
            server.erp.store.highest[model] = 0
        server.erp.addon = True


@pytest.mark.requirement("S2-50")
@pytest.mark.long
@pytest.mark.timeout(900)
def test_an_addon_that_is_installed_later_brings_no_task_a_second_time(desk: Desk) -> None:
    policy = desk.place.home / "policy" / "warnings.toml"
    policy.write_text(POLICY.replace("checks = 2", "checks = 1"), encoding="utf-8")
    customer = contact_on_orders(desk.server)["commercial_partner_id"]
    desk.server.edit("res.partner", contact_on_orders(desk.server)["id"], active=False)

    # without the addon: an activity on the customer
    desk.night("2026-07-01")
    written = desk.activities()
    assert customer in {row["res_id"] for row in written}

    # with it: the warning is a record, its task is the activity that is there already
    install_addon(desk.server)
    desk.night("2026-07-02")
    shown = [row for row in desk.records() if row["partner_id"] == customer]
    assert [(row["state"], row["raised_on"], row["playbook"]) for row in shown] == [("open", "2026-07-01", "[]")]
    assert desk.activities() == written
