"""A customer's statement of account: it ties to the ageing, and says nothing that is ours alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from kam_connector import sample
from kam_connector.erp import ErpAccess, connect
from kam_connector.messages import load_catalog
from kam_connector.sandbox import SandboxServer, serve
from tests.runs import nights

pytestmark = pytest.mark.long

CUSTOMER = 36
ZERO = Decimal(0)
STREET = "=HYPERLINK(1) 18 Lotus Road"
INTERNAL = ("tier", "status", "payer_class", "trend", "advice")


class Desk:
    def __init__(self, place: nights.Place, server: SandboxServer) -> None:
        self.place, self.server = place, server

    def ask(self, *words: str, **more: str) -> dict[str, Any]:
        done = self.place.kam(*words, "--as-of", nights.ANCHOR, "--format", "json", **more)
        assert done.returncode in (0, 1), done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def state(self, folder: Path, *words: str, customer: int = CUSTOMER, **more: str) -> dict[str, Any]:
        asked = ("collections", "statement", "--customer", str(customer), "--out", str(folder), *words)
        return self.ask(*asked, **more)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A home after one pull; the customer has an address and a promise."""
    with serve(sample.build("small", date(2026, 6, 30))) as server:
        access = ErpAccess(server.url, server.database, server.login, server.api_key)
        with connect(access) as session:
            session.write("res.partner", [CUSTOMER], {"street": STREET, "zip": "200120", "city": "上海"})
            said = {"partner_id": CUSTOMER, "company_id": 1, "made_on": "2026-06-29", "promised_for": "2026-07-03",
                    "currency_id": server.rows("res.company")[1]["currency_id"], "amount": 1234.5}  # fmt: skip
            session.create("kam.promise", [said])
        found = Desk(nights.at_sandbox(tmp_path_factory.mktemp("home"), server), server)
        assert found.place.kam("sync", "run").returncode in (0, 1)
        yield found


def texts(answer: dict[str, Any]) -> list[str]:
    (path,) = {total["report"] for total in answer["totals"]}
    book = openpyxl.load_workbook(path)
    assert len(book.sheetnames) == 1
    return [str(cell.value) for row in book.active.iter_rows() for cell in row if cell.value is not None]


@pytest.mark.requirement("S4-41")
def test_the_open_items_add_up_to_the_customers_total_in_the_ageing(desk: Desk, tmp_path: Path) -> None:
    ageing = [row for row in desk.ask("ageing", "show")["rows"] if row["company"] == 1]
    tried = 0
    for customer in sorted({row["customer"] for row in ageing if row["total"] != "0.00"})[:6]:
        answer = desk.state(tmp_path, customer=customer)
        own = [row for row in answer["rows"] if row["company"] == 1]
        if {row["currency"] for row in own} != {"CNY"}:
            continue
        tried += 1
        owed = sum((Decimal(row["residual"]) for row in own), ZERO)
        assert owed == sum((Decimal(row["total"]) for row in ageing if row["customer"] == customer), ZERO)
        (total,) = (row for row in answer["totals"] if row["company"] == 1)
        assert Decimal(total["total"]) == Decimal(total["debts"]) + Decimal(total["credits"]) == owed
        buckets = [value for name, value in total.items() if name == "not_due" or name.startswith("d1_")]
        assert len(buckets) == 2
        for row in own:
            assert Decimal(row["amount"]) - Decimal(row["settled_so_far"]) == Decimal(row["residual"])
    assert tried >= 3


def test_the_paper_has_the_customer_his_address_items_and_promise(desk: Desk, tmp_path: Path) -> None:
    answer = desk.state(tmp_path, "--language", "en")
    shown = texts(answer)
    name = desk.server.rows("res.partner")[CUSTOMER]["name"]
    for value in (
        "Statement of account",
        name,
        STREET,
        "200120 上海",
        "China",
        "Open items in CNY",
        "Balance due to us",
        "1234.5",
    ):
        assert value in shown, value
    assert {row["document"] for row in answer["rows"]} <= set(shown)
    sheet = openpyxl.load_workbook(answer["totals"][0]["report"]).active
    assert (sheet.page_setup.paperSize, sheet.sheet_properties.pageSetUpPr.fitToPage) == (9, True)
    assert sheet.page_setup.orientation == "portrait"
    (cell,) = [cell for row in sheet.iter_rows() for cell in row if cell.value == STREET]
    assert cell.data_type == "s"


def test_nothing_that_we_think_of_the_customer_is_on_it(desk: Desk, tmp_path: Path) -> None:
    """Neither in the cells nor in what the file says of itself."""
    answer = desk.state(tmp_path, "--language", "en")
    words = " ".join(texts(answer)).lower()
    catalog = load_catalog()
    ours = {
        message.texts["en"].lower()
        for key, message in catalog.items()
        if key.partition(".")[0] in INTERNAL
        or key in ("column.score", "column.reason", "column.limit", "column.exposure")
    }
    assert {word for word in ours if len(word) > 4 and word in words} == set()
    about = openpyxl.load_workbook(answer["totals"][0]["report"]).properties
    assert not any(word in f"{about.title} {about.subject} {about.description}" for word in ("run", "policy", "kam "))


def test_it_is_in_the_customers_language_unless_another_is_asked_for(desk: Desk, tmp_path: Path) -> None:
    partners = desk.server.rows("res.partner")
    assert partners[CUSTOMER]["lang"] == "zh_CN"
    assert "对账单" in texts(desk.state(tmp_path))
    assert "對帳單" in texts(desk.state(tmp_path, "--language", "zh_TW"))


def test_without_the_erp_it_is_written_without_the_address_and_says_so(desk: Desk, tmp_path: Path) -> None:
    answer = desk.state(tmp_path, KAM_ERP_URL="http://127.0.0.1:9")
    assert STREET not in texts(answer)
    (found,) = answer["findings"]
    assert (found["severity"], found["record"]) == ("info", str(CUSTOMER))


def test_a_contact_is_stated_as_its_customer_and_an_unknown_id_is_refused(desk: Desk, tmp_path: Path) -> None:
    partners = desk.server.rows("res.partner").values()
    contact = next(row for row in partners if row["commercial_partner_id"] not in (row["id"], False))
    answer = desk.state(tmp_path, customer=contact["id"])
    assert {row["customer"] for row in answer["rows"]} <= {contact["commercial_partner_id"]}
    done = desk.place.kam("collections", "statement", "--customer", "999999", "--as-of", nights.ANCHOR)
    assert done.returncode == 2
    assert "The mirror has no customer 999999." in done.stderr
