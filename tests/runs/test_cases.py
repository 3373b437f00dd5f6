"""Bad-debt cases through whole nights against the sandbox: opened, decided by people, sealed, closed when paid."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kam_connector import ledger
from kam_connector.erp import ErpAccess, connect
from kam_connector.sample.company import SampleCompany
from kam_connector.sandbox import SandboxServer, models_kam, serve
from tests.runs import nights

MODEL = "kam.collection.case"


@dataclass(frozen=True)
class Desk:
    """A home, a sandbox, and people's hands in it."""

    place: nights.Place
    server: SandboxServer

    def night(self, as_of: str = nights.ANCHOR) -> dict[str, Any]:
        words = ("run", "--yes", "--allow-past", "--as-of", as_of, "--skip", "report", "--format", "json")
        done = self.place.kam(*words)
        assert done.returncode in (0, 1), done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def ask(self) -> list[dict[str, Any]]:
        done = self.place.kam("collections", "cases", "--as-of", nights.ANCHOR, "--format", "json")
        assert done.returncode in (0, 1), done.stderr
        rows: list[dict[str, Any]] = json.loads(done.stdout)["rows"]
        return rows

    def write(self, number: int, **values: Any) -> None:
        server = self.server
        with connect(ErpAccess(server.url, server.database, server.login, server.api_key)) as session:
            session.write(MODEL, [number], values)

    def cases(self) -> dict[int, dict[str, Any]]:
        return self.server.rows(MODEL)

    def pay(self, case: dict[str, Any]) -> None:
        """A payment on the anchor day settles every open item of the customer: one item each, matched whole."""
        store = self.server.erp.store
        lines, matches = store.tables["account.move.line"], store.tables["account.partial.reconcile"]
        template = next(iter(matches.values()))
        paid_by = lines[template["credit_move_id"]]["move_id"]
        owed = lines[case["oldest_item"]]
        same = ("partner_id", "account_id", "company_id")
        for row in [row for row in lines.values() if [row[name] for name in same] == [owed[name] for name in same]]:
            ends = ("debit_move_id", "credit_move_id")
            settled = sum(match["amount"] for match in matches.values() if row["id"] in [match[end] for end in ends])
            left = round(row["balance"] - settled, 2)
            if left > 0:
                credit = store.next_id("account.move.line")
                amounts = {"balance": -left, "amount_currency": -left, "move_id": paid_by, "date": nights.ANCHOR}
                store.put("account.move.line", {**row, **amounts, "id": credit})
                both = {"debit_amount_currency": left, "credit_amount_currency": left, "amount": left}
                ids = {"debit_move_id": row["id"], "credit_move_id": credit, "company_id": row["company_id"]}
                number = store.next_id("account.partial.reconcile")
                store.put("account.partial.reconcile", {**template, **both, **ids, "id": number})
                self.server.edit("account.move.line", credit)
                self.server.edit("account.partial.reconcile", number)

    def book(self) -> list[tuple[str, str]]:
        with ledger.open(self.place.home / "main" / "ledger.sqlite", read_only=True) as book:
            return [(event.payload["state"], event.payload["reason_code"]) for event in book.events("case")]


@pytest.fixture
def desk(shared_folder: Path, tmp_path: Path) -> Iterator[Desk]:
    """A home whose first night has opened the cases."""
    with nights.after_one(shared_folder, tmp_path) as after:
        yield Desk(*after)


def largest(desk: Desk) -> dict[str, Any]:
    return max(desk.cases().values(), key=lambda row: row["amount"])


@pytest.mark.long
@pytest.mark.requirement("S4-40")
def test_the_first_night_opens_the_cases_and_the_next_one_has_nothing_to_do(desk: Desk) -> None:
    """As of 2026-06-30 the sample has two customers with debts of more than 180 days, both bad payers."""
    told = [(row["customer"], row["amount"], row["proposal"], row["state"]) for row in desk.ask()]
    assert told == [(68, "70742.52", "legal", "open"), (65, "62042.93", "legal", "open")]
    case = largest(desk)
    assert (case["kam_key"], case["amount"], case["due_date"]) == ("case:68:60", 70742.52, "2024-09-11")
    assert (case["advice"], case["proposal"], case["overdue_days"]) == ("legal", "legal", 657)
    assert desk.night()["totals"]["planned"] == 0
    assert desk.night("2026-07-01")["totals"]["refused"] == 0
    assert largest(desk)["overdue_days"] == 657
    assert desk.book() == [("open", "case.over_days")] * 2


@pytest.mark.long
@pytest.mark.requirement("S4-40")
def test_a_case_that_two_people_have_decided_is_sealed(desk: Desk) -> None:
    case = largest(desk)
    desk.write(case["id"], state="proposed", proposal="write_off", proposed_by=case["user_id"])
    assert desk.night()["totals"]["planned"] == 0
    desk.write(case["id"], state="approved", decided_by=1, decided_on="2026-06-30 09:00:00")
    # The debt grows, and the policy changes its mind: the sealed case does not.
    line = desk.server.rows("account.move.line")[case["oldest_item"]]
    desk.server.edit("account.move.line", line["id"], partner_id=line["partner_id"], date_maturity="2023-01-01")
    assert desk.night()["totals"]["refused"] == 0
    after = desk.cases()[case["id"]]
    assert (after["state"], after["amount"], after["proposal"], after["due_date"]) == (
        "approved", case["amount"], "write_off", case["due_date"],
    )  # fmt: skip
    assert [row["state"] for row in desk.ask()] == ["approved", "open"]
    assert desk.book()[2:] == [("proposed", "case.over_days"), ("approved", "case.none_decided")]


@pytest.mark.long
def test_what_people_write_in_a_case_stays(desk: Desk) -> None:
    case = largest(desk)
    desk.write(case["id"], note="The court has the file.", evidence_ref="(2026) 123", user_id=1)
    assert desk.night()["totals"]["planned"] == 0
    after = desk.cases()[case["id"]]
    assert (after["note"], after["evidence_ref"], after["user_id"]) == ("The court has the file.", "(2026) 123", 1)


@pytest.mark.long
@pytest.mark.requirement("S4-40")
def test_a_case_whose_debts_are_paid_is_closed_and_not_opened_again(desk: Desk) -> None:
    case = largest(desk)
    desk.write(case["id"], note="He says that he pays.")
    desk.pay(case)
    desk.night()
    assert desk.cases()[case["id"]]["state"] == "closed"
    assert desk.night()["totals"]["planned"] == 0
    assert desk.book()[2:] == [("closed", "case.paid")]
    desk.server.edit("account.move.line", case["oldest_item"], balance=case["amount"] * 2)
    assert desk.night()["totals"]["refused"] == 0
    assert desk.cases()[case["id"]]["state"] == "closed"
    assert len(desk.cases()) == 2


@pytest.mark.long
def test_a_proposed_case_whose_debts_are_paid_is_left_to_the_person_at_nothing(desk: Desk) -> None:
    case = largest(desk)
    desk.write(case["id"], state="proposed")
    desk.pay(case)
    desk.night()
    after = desk.cases()[case["id"]]
    assert (after["state"], after["amount"], after["reason_code"]) == ("proposed", 0.0, "case.paid")
    assert desk.night()["totals"]["planned"] == 0


@pytest.mark.long
@pytest.mark.requirement("S4-40")
def test_a_task_closed_because_the_customer_is_insolvent_makes_a_case(desk: Desk) -> None:
    task = next(row for row in desk.server.rows("kam.collection.task").values() if row["partner_id"] not in (65, 68))
    desk.server.edit("kam.collection.task", task["id"], state="done", cause_code="insolvency")
    desk.night()
    (case,) = [row for row in desk.cases().values() if row["partner_id"] == task["partner_id"]]
    assert (case["reason_code"], case["advice"]) == ("case.insolvency", "legal")
    assert case["amount"] >= task["amount"]


@pytest.mark.long
@pytest.mark.requirement("S4-46")
def test_the_causes_of_closed_tasks_are_counted(desk: Desk) -> None:
    tasks = [row for row in desk.server.rows("kam.collection.task").values() if row["company_id"] == 1]
    for row, cause in zip(tasks[:3], ("cash", "cash", "dispute"), strict=True):
        desk.server.edit("kam.collection.task", row["id"], state="done", cause_code=cause)
    assert desk.place.kam("sync", "run").returncode in (0, 1)
    tomorrow = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)).isoformat()  # it is already that day in Shanghai
    words = ("collections", "causes", "--as-of", tomorrow, "--by", "salesperson", "--format", "json")
    rows = json.loads(desk.place.kam(*words).stdout)["rows"]
    told = {(row["salesperson"], row["cause"]): (row["tasks"], Decimal(row["amount"])) for row in rows}
    wanted: dict[tuple[str, str], tuple[int, Decimal]] = {}
    for row, cause in zip(tasks[:3], ("cash", "cash", "dispute"), strict=True):
        key = (
            desk.server.rows("res.partner")[desk.server.rows("res.users")[row["user_id"]]["partner_id"]]["name"],
            cause,
        )
        number, amount = wanted.get(key, (0, Decimal(0)))
        wanted[key] = (number + 1, amount + Decimal(str(row["amount"])))
    assert told == wanted


@pytest.mark.long
def test_an_older_addon_that_knows_no_cases_is_worked_with(
    small_company: SampleCompany, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(models_kam.KAM, MODEL)
    with serve(small_company) as server:
        desk = Desk(nights.at_sandbox(tmp_path, server), server)
        first = desk.night()
        assert first["totals"]["written"] == first["totals"]["planned"] > 100
        assert first["totals"]["refused"] == 0
        assert [row["customer"] for row in desk.ask()] == [68, 65]
        assert desk.night()["totals"]["planned"] == 0


@pytest.mark.long
@pytest.mark.requirement("S4-55")
def test_orders_without_terms_are_found_and_customers_without_terms_hinted_at(desk: Desk) -> None:
    def ask(code: int) -> dict[str, Any]:
        done = desk.place.kam("collections", "terms", "--as-of", nights.ANCHOR, "--format", "json")
        assert done.returncode == code, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    before = ask(0)
    assert {finding["severity"] for finding in before["findings"]} == {"info"}
    assert [row["documents"] for row in before["rows"]] == [""] * len(before["findings"])
    orders = desk.server.rows("sale.order").values()
    order = next(row for row in orders if (row["company_id"], row["invoice_status"]) == (1, "to invoice"))
    desk.server.edit("sale.order", order["id"], payment_term_id=False)
    assert desk.place.kam("sync", "run").returncode in (0, 1)
    (row,) = [row for row in ask(1)["rows"] if row["documents"]]
    assert (row["customer"], row["documents"], row["orders_without"]) == (order["partner_id"], order["name"], 1)
