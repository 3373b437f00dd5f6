"""`kam complaints import`: a file of complaints is a source like tickets: once, by policy, or left out and named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kam_connector.policy import DEFAULTS
from kam_connector.sandbox import SandboxServer
from tests.runs import nights

pytestmark = pytest.mark.long

MODEL = "kam.complaint"


class Desk:
    """A home after a night; an invoice of company 1 that nobody complains about, and its customer."""

    def __init__(self, place: nights.Place, server: SandboxServer, folder: Path) -> None:
        self.place, self.server, self.file = place, server, folder / "complaints.csv"
        moves = server.rows("account.move").values()
        posted = (row for row in moves if row["move_type"] == "out_invoice" and row["state"] == "posted")
        claimed = {row["move_id"] for row in server.rows(MODEL).values()}
        self.invoice = next(row for row in posted if row["company_id"] == 1 and row["id"] not in claimed)
        self.customer = server.rows("res.partner")[self.invoice["commercial_partner_id"]]

    def write(self, *lines: str) -> None:
        header = "number,customer,received_at,title,text,category,company,order,invoice"
        self.file.write_text("\n".join([header, *lines]) + "\n", "utf-8")

    def row(self, number: str = "K-77", **cells: str) -> str:
        values = {"customer": str(self.customer["id"]), "received_at": "2026-06-26 16:30",
                  "title": "Pallet broken in transit", "text": "", "category": "", "company": "1", "order": "",
                  "invoice": "", **cells}  # fmt: skip
        return ",".join([number, *values.values()])

    def bring(self, *words: str) -> dict[str, Any]:
        done = self.place.kam(
            "complaints", "import", str(self.file), "--as-of", nights.ANCHOR, *words, "--format", "json"
        )
        assert done.returncode in (0, 1), done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    @property
    def brought(self) -> list[dict[str, Any]]:
        return [row for row in self.server.rows(MODEL).values() if str(row["kam_key"]).startswith("csv,")]


@pytest.fixture
def desk(shared_folder: Path, tmp_path: Path) -> Iterator[Desk]:
    with nights.after_one(shared_folder, tmp_path / "home") as after:
        yield Desk(*after, tmp_path)


@pytest.mark.requirement("S4-73")
@pytest.mark.timeout(300)
def test_a_row_becomes_one_complaint_by_policy_and_the_second_run_writes_nothing(desk: Desk) -> None:
    desk.write(desk.row(invoice=desk.invoice["name"], company=""))
    planned = desk.bring("--dry-run")
    assert planned["totals"] == [{"planned": 1, "written": 0, "known": 0, "held": 0}]
    assert desk.brought == []
    written = desk.bring("--yes")
    assert written["totals"] == [{"planned": 1, "written": 1, "known": 0, "held": 0}]
    [row], [made] = written["rows"], desk.brought
    assert (row["complaint"], row["type"], row["severity"]) == ("K-77", "transport", "medium")
    assert (made["kam_key"], made["partner_id"], made["company_id"]) == ("csv,K-77", desk.customer["id"], 1)
    assert (made["type"], made["subject"], made["move_id"]) == (
        "transport", "Pallet broken in transit", desk.invoice["id"],
    )  # fmt: skip
    assert made["received_at"] == "2026-06-26 08:30:00"  # W16: 16:30 in Shanghai

    # at once, before anything was pulled: nothing; after the pull it is known, whatever people changed
    assert desk.bring("--yes")["totals"] == [{"planned": 0, "written": 0, "known": 0, "held": 1}]
    desk.server.edit(MODEL, made["id"], severity="critical", subject="Ours")
    assert desk.place.kam("sync", "run").returncode in (0, 1)
    again = desk.bring("--yes")
    assert (again["totals"], again["rows"], again["findings"]) == (
        [{"planned": 0, "written": 0, "known": 1, "held": 0}],
        [],
        [],
    )
    assert [(row["severity"], row["subject"]) for row in desk.brought] == [("critical", "Ours")]

    # the next night gives it deadlines
    assert desk.place.kam(*nights.NIGHT, "--skip", "report").returncode in (0, 1)
    assert desk.brought[0]["response_due"]


@pytest.mark.requirement("S4-73")
@pytest.mark.timeout(300)
def test_a_complaint_about_a_product_is_that_persons_who_takes_care_of_its_category(desk: Desk) -> None:
    lines = (row for row in desk.server.rows("account.move.line").values() if row["move_id"] == desk.invoice["id"])
    product = desk.server.rows("product.product")[next(row["product_id"] for row in lines if row["product_id"])]
    template = desk.server.rows("product.template")[product["product_tmpl_id"]]
    category = desk.server.rows("product.category")[template["categ_id"]]
    seller = desk.customer["user_id"]
    login, user = next((row["login"], row["id"]) for row in desk.server.rows("res.users").values()
                       if row["id"] != seller and row.get("active", True))  # fmt: skip
    folder = desk.place.home / "policy"
    folder.mkdir(exist_ok=True)
    text = (DEFAULTS / "complaints.toml").read_text("utf-8")
    line = f'[[owner]]\nproduct_category = "{category["name"]}"\nuser = "{login}"\n'
    (folder / "complaints.toml").write_text(f"{text}\n{line}", "utf-8")
    desk.write(desk.row("K-1", invoice=desk.invoice["name"], company=""), desk.row("K-2"))
    desk.bring("--yes")
    about, other = sorted(desk.brought, key=lambda row: str(row["kam_key"]))
    assert (about["user_id"], about["triage_code"]) == (user, "triage.goods")
    assert json.loads(about["triage_args"])["goods"] == category["name"]
    assert (other["user_id"], other["triage_code"]) == (seller, "triage.word")


@pytest.mark.timeout(300)
def test_what_cannot_be_a_complaint_is_left_out_with_its_row_and_the_rest_goes_on(desk: Desk) -> None:
    desk.write(
        desk.row("K-1", customer="Nobody at all"),
        desk.row("K-2", invoice="INV/none"),
        desk.row("K-3", company="Nowhere"),
        desk.row("K-4", received_at="yesterday"),
        desk.row("K-5", received_at="2126-06-26 16:30"),
        desk.row("K-6"),
        desk.row("K-6"),
    )
    answer = desk.bring("--yes")
    assert [row["kam_key"] for row in desk.brought] == ["csv,K-6"]
    found = [(each["record"], each["message"]) for each in answer["findings"]]
    assert [record for record, _ in found] == [f"complaints.csv:{place}" for place in (2, 3, 4, 5, 6, 8)]
    parts = ("No customer", "INV/none", "not clear of which company", "'yesterday'", "still to come", "twice")
    messages = [message for _, message in found]
    assert all(part in message or "no customer" in message for part, message in zip(parts, messages, strict=True))


@pytest.mark.timeout(300)
def test_of_two_companies_that_number_alike_the_one_that_is_named_counts(desk: Desk) -> None:
    moves = desk.server.rows("account.move")
    other = next(number for number, row in moves.items() if row["company_id"] == 2 and row["state"] == "posted"
                 and row["move_type"] == "out_invoice")  # fmt: skip
    desk.server.edit("account.move", other, name=desk.invoice["name"], commercial_partner_id=desk.customer["id"],
                     partner_id=desk.customer["id"])  # fmt: skip
    assert desk.place.kam("sync", "run").returncode in (0, 1)
    desk.write(desk.row("K-1", company="", invoice=desk.invoice["name"]), desk.row(invoice=desk.invoice["name"]))
    [found] = desk.bring("--yes")["findings"]
    assert "several are called so" in found["message"]
    assert [(row["kam_key"], row["move_id"]) for row in desk.brought] == [("csv,K-77", desk.invoice["id"])]


@pytest.mark.timeout(300)
def test_a_file_without_rows_brings_nothing_and_one_without_a_column_is_refused(desk: Desk) -> None:
    desk.write()
    assert desk.bring("--yes")["totals"] == [{"planned": 0, "written": 0, "known": 0, "held": 0}]
    desk.file.write_text("number,customer\nK-1,36\n", "utf-8")
    done = desk.place.kam("complaints", "import", str(desk.file), "--yes")
    assert (done.returncode, "lacks the columns" in done.stderr) == (2, True)


@pytest.mark.timeout(300)
def test_two_sources_of_one_case_are_refused_and_named(desk: Desk) -> None:
    first = desk.row("K-1", invoice=desk.invoice["name"])
    desk.write(first, desk.row("K-2", invoice=desk.invoice["name"], received_at="2026-06-27 09:00"))
    answer = desk.bring("--yes")
    assert [row["kam_key"] for row in desk.brought] == ["csv,K-1"]
    [found] = answer["findings"]
    assert found["record"] == "csv,K-2"
    assert "about the same order or invoice" in found["message"]


@pytest.mark.timeout(300)
def test_without_the_addon_there_is_no_place_for_them(shared_folder: Path, tmp_path: Path) -> None:
    with nights.after_one(shared_folder, tmp_path / "home", addon=False) as after:
        desk = Desk.__new__(Desk)
        desk.place, desk.server, desk.file = *after, tmp_path / "complaints.csv"
        desk.write("K-1,36,2026-06-26 16:30,Dents,,,,,")
        done = desk.place.kam("complaints", "import", str(desk.file), "--yes")
        assert (done.returncode, "The ERP has no addon" in done.stderr) == (2, True)


FACTS = "company,order,invoice,type,severity,channel,contact,claimed,disputed,currency"
HEADER = f"number,customer,received_at,title,{FACTS}"


@pytest.mark.requirement("S4-73")
@pytest.mark.timeout(300)
def test_what_the_file_says_of_a_complaint_stands_and_a_claim_above_the_invoice_is_told(desk: Desk) -> None:
    partners = desk.server.rows("res.partner")
    contact = next(row for row in partners.values() if row["parent_id"] == desk.customer["id"])
    total = Decimal(str(desk.invoice["amount_total_signed"])).quantize(Decimal("0.01"))
    stated = ("", desk.invoice["name"], "Contract", "high", "phone", contact["name"])
    head = f"{desk.customer['id']},2026-06-26 16:30,Pallet broken in transit,1"
    rows = [f"K-1,{head},{','.join(stated)},{total},100.00,"]
    desk.file.write_text("\n".join([HEADER, *rows]) + "\n", "utf-8")
    written = desk.bring("--yes")
    assert written["findings"] == []
    [row], [made] = written["rows"], desk.brought
    assert (row["type"], row["severity"], row["claimed"], row["disputed"]) == ("contract", "high", f"{total}", "100.00")
    assert (made["type"], made["severity"], made["channel"]) == ("contract", "high", "phone")
    assert (made["contact_id"], made["move_id"]) == (contact["id"], desk.invoice["id"])
    assert (made["claimed_amount"], made["disputed_amount"]) == (float(total), 100.0)
    assert "type or severity stand there" in row["detail"]


@pytest.mark.timeout(300)
def test_a_claim_that_cannot_be_is_told_with_its_row(desk: Desk) -> None:
    total = Decimal(str(desk.invoice["amount_total_signed"])).quantize(Decimal("0.01"))
    head = f"{desk.customer['id']},2026-06-26 16:30,Bent,1"
    name = desk.invoice["name"]
    cells = [
        f"K-1,{head},,{name},,,,,{total + Decimal('0.01')},,",
        f"K-2,{head},,,,,,,,5.00,",
        f"K-3,{head},,,,,,,5.00,,XAU",
        f"K-4,{head},,,,,,,-5.00,,",
        f"K-5,{head},,,,,,Nobody,,,",
    ]
    desk.file.write_text("\n".join([HEADER, *cells]) + "\n", "utf-8")
    answer = desk.bring("--yes")
    assert [row["kam_key"] for row in desk.brought] == ["csv,K-1"]
    found = [(each["record"], each["message"]) for each in answer["findings"]]
    assert [record for record, _ in found] == [f"complaints.csv:{place}" for place in (2, 3, 4, 5, 6)]
    parts = ("was sold for", "names no invoice", "XAU is neither", "below zero", "'Nobody' is no contact")
    assert [part for part, (_, message) in zip(parts, found, strict=True) if part not in message] == [], found


@pytest.mark.timeout(300)
def test_a_type_that_is_none_is_refused_with_its_cell(desk: Desk) -> None:
    desk.file.write_text(f"{HEADER}\nK-1,36,2026-06-26 16:30,Bent,1,,,produkt,,,,,,\n", "utf-8")
    done = desk.place.kam("complaints", "import", str(desk.file), "--yes")
    assert done.returncode == 2
    assert "row 2, column type: 'produkt' cannot be used" in done.stderr
    assert "product, contract, transport, service" in done.stderr
