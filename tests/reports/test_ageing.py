"""The ageing workbook: its figures add up, it says where they come from, and it agrees with the ledger or says no."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from kam_connector.errors import Contradiction
from kam_connector.reports import AgeingInput, Frozen, Names, ReportHead, ageing_file, write_ageing

from .conftest import HOSTILE, customer_lines, item


def load(target: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(target)


def texts(sheet: Worksheet) -> list[str]:
    return [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]


def table(sheet: Worksheet, top: int = 4) -> pd.DataFrame:
    """The table below its title row, total row included."""
    rows = list(sheet.iter_rows(min_row=top, values_only=True))
    return pd.DataFrame(rows[1:], columns=list(rows[0]))


def row_of(sheet: Worksheet, title: str) -> list[object]:
    return [[cell.value for cell in row] for row in sheet.iter_rows() if row[0].value == title][-1]


@pytest.fixture
def book(tmp_path: Path, head: ReportHead, ageing: AgeingInput, names: Names) -> openpyxl.Workbook:
    return load(write_ageing(tmp_path / "a.xlsx", head, ageing, names))


@pytest.mark.requirement("S4-39")
def test_every_sheet_has_the_ledgers_total(book: openpyxl.Workbook) -> None:
    assert book.sheetnames == ["Summary", "By customer", "By salesperson", "Open items"]
    assert row_of(book["Summary"], "All receivable accounts")[1:4] == [13333.33, 13333.33, 0]
    assert row_of(book["By customer"], "Total")[2] == 13333.33
    assert row_of(book["By salesperson"], "Total")[3] == 13333.33
    assert row_of(book["Open items"], "Total")[8] == 13333.33


@pytest.mark.requirement("S4-39")
@pytest.mark.parametrize(("basis", "title"), [("due", "By customer, age"), ("recognition", "By customer, due")])
def test_the_other_clock_has_a_sheet_of_its_own_with_the_same_total(
    tmp_path: Path, head: ReportHead, ageing: AgeingInput, names: Names, basis: str, title: str
) -> None:
    older = replace(ageing, basis=basis, other_lines=ageing.lines.assign(not_due_minor=0, d1_30_minor=300000))
    book = load(write_ageing(tmp_path / "a.xlsx", head, older, names))
    assert book.sheetnames == ["Summary", "By customer", title, "By salesperson", "Open items"]
    assert row_of(book[title], "Total")[2] == row_of(book["By customer"], "Total")[2] == 13333.33
    assert row_of(book[title], "Total")[4] != row_of(book["By customer"], "Total")[4]


def test_a_clock_that_comes_to_another_total_is_refused(
    tmp_path: Path, head: ReportHead, ageing: AgeingInput, names: Names
) -> None:
    wrong = replace(ageing, other_lines=ageing.lines.assign(total_minor=ageing.lines["total_minor"] + 1))
    with pytest.raises(Contradiction, match="does not add up"):
        write_ageing(tmp_path / "a.xlsx", head, wrong, names)
    assert not (tmp_path / "a.xlsx").exists()


def test_the_buckets_stand_in_order_and_add_up(book: openpyxl.Workbook) -> None:
    titles = ["Not due", "1–30 days", "31–60 days", "61–90 days", "91–180 days", "Over 180 days"]
    figures = [row_of(book["Summary"], title)[1] for title in titles]
    assert figures == [1000.00, 2000.00, 4000.00, 500.00, 5000.00, 833.33]
    assert list(table(book["By customer"]).columns)[3:9] == titles
    assert row_of(book["By customer"], "Total")[3:9] == figures


def test_the_first_sheet_says_where_the_figures_come_from(book: openpyxl.Workbook, head: ReportHead) -> None:
    shown = texts(book["Summary"])
    for value in (head.company, "2026-06-30", head.run, head.policy_version, head.input_hash, "due date", head.source):
        assert value in shown
    assert {"Reviewed by", "Approved by", "Signature"} <= set(shown)


def test_a_ledger_that_disagrees_is_said_aloud(
    tmp_path: Path, head: ReportHead, ageing: AgeingInput, names: Names
) -> None:
    ledger = pd.DataFrame({"company_id": [1], "account_id": [11], "ledger_minor": [1_333_334]})
    shown = load(write_ageing(tmp_path / "a.xlsx", head, replace(ageing, ledger=ledger), names))["Summary"]
    assert row_of(shown, "All receivable accounts")[1:4] == [13333.33, 13333.34, -0.01]
    assert any("Does NOT agree" in text and "CNY -0.01" in text for text in texts(shown))


def test_an_account_that_only_the_ledger_has_is_shown(
    tmp_path: Path, head: ReportHead, ageing: AgeingInput, names: Names
) -> None:
    ledger = pd.DataFrame({"company_id": [1, 1], "account_id": [11, 12], "ledger_minor": [1_333_333, 500]})
    shown = load(write_ageing(tmp_path / "a.xlsx", head, replace(ageing, ledger=ledger), names))["Summary"]
    assert row_of(shown, "#12")[1:4] == [0, 5, -5]


def test_a_missing_ledger_balance_is_not_taken_for_agreement(
    tmp_path: Path, head: ReportHead, ageing: AgeingInput, names: Names
) -> None:
    shown = texts(load(write_ageing(tmp_path / "a.xlsx", head, replace(ageing, ledger=None), names))["Summary"])
    assert any("Not compared" in text for text in shown)
    assert not any("Agrees" in text for text in shown)


def test_lines_and_items_that_disagree_give_no_report(
    tmp_path: Path, head: ReportHead, ageing: AgeingInput, names: Names
) -> None:
    lines = ageing.lines.assign(total_minor=ageing.lines["total_minor"] + 1)
    with pytest.raises(Contradiction, match="does not add up"):
        write_ageing(tmp_path / "a.xlsx", head, replace(ageing, lines=lines), names)
    assert list(tmp_path.iterdir()) == []


def test_totals_and_days_are_figures_not_text(book: openpyxl.Workbook) -> None:
    customers = table(book["By customer"])
    assert all(isinstance(figure, (int, float)) for figure in customers["Total"])
    items = book["Open items"]
    assert items["D5"].is_date
    assert items.auto_filter.ref == "A4:O11"
    assert items.freeze_panes == "C5"
    assert items.print_title_rows == "$4:$4"


def test_a_hostile_customer_name_is_text(book: openpyxl.Workbook) -> None:
    cells = [cell for row in book["By customer"].iter_rows() for cell in row if cell.value == HOSTILE]
    assert [cell.data_type for cell in cells] == ["s"]


def test_document_amounts_have_their_own_currencys_digits(book: openpyxl.Workbook) -> None:
    items = book["Open items"]
    row = next(row for row in items.iter_rows() if row[9].value == "JPY")
    assert row[10].value == 81633
    assert row[10].number_format.startswith("#,##0;")
    assert row[8].number_format.startswith("#,##0.00;")


def test_a_customer_of_two_salespeople_is_one_row(tmp_path: Path, head: ReportHead, names: Names) -> None:
    items = pd.DataFrame([item(1, 21, 5, 5, 100), item(2, 21, 6, 5, 200)])
    given = AgeingInput(lines=customer_lines(items), items=items, ledger=None)
    book = load(write_ageing(tmp_path / "a.xlsx", head, given, names))
    assert table(book["By customer"])[["Salesperson", "Total"]].values.tolist()[:-1] == [["several", 3.00]]
    assert table(book["By salesperson"])["Total"].tolist() == [2.00, 1.00, 3.00]


def test_a_customer_without_salesperson_is_kept(book: openpyxl.Workbook) -> None:
    assert "(no salesperson)" in table(book["By salesperson"])["Salesperson"].tolist()


def test_rows_of_another_company_stay_out(book: openpyxl.Workbook) -> None:
    assert 9999.99 not in table(book["Open items"])["Open amount"].tolist()


def test_a_company_without_receivables_gets_an_empty_signed_paper(
    tmp_path: Path, head: ReportHead, ageing: AgeingInput, names: Names
) -> None:
    empty = AgeingInput(lines=ageing.lines.iloc[:0], items=ageing.items.iloc[:0], ledger=ageing.ledger.iloc[:0])
    book = load(write_ageing(tmp_path / "a.xlsx", head, empty, names))
    assert row_of(book["Summary"], "All receivable accounts")[1:4] == [0, 0, 0]
    assert row_of(book["By customer"], "Nothing to show.")


@pytest.mark.parametrize(("lang", "title"), [("zh_CN", "应收账款账龄分析表"), ("zh_TW.UTF-8", "應收帳款帳齡分析表")])
def test_the_same_paper_in_chinese(
    tmp_path: Path, head: ReportHead, ageing: AgeingInput, names: Names, lang: str, title: str
) -> None:
    book = load(write_ageing(tmp_path / "a.xlsx", head, ageing, names, lang))
    shown = [text for sheet in book for text in texts(sheet)]
    assert title in shown
    assert not any("Total" in text or "Customer" in text for text in shown)


def test_the_same_input_gives_the_same_bytes_in_any_row_order(
    tmp_path: Path, head: ReportHead, ageing: AgeingInput, names: Names
) -> None:
    turned = replace(ageing, lines=ageing.lines.iloc[::-1], items=ageing.items.iloc[::-1])
    first = write_ageing(tmp_path / "a.xlsx", head, ageing, names).read_bytes()
    assert write_ageing(tmp_path / "b.xlsx", head, turned, names).read_bytes() == first


def test_the_recognition_basis_explains_itself(
    tmp_path: Path, head: ReportHead, ageing: AgeingInput, names: Names
) -> None:
    shown = texts(load(write_ageing(tmp_path / "a.xlsx", head, replace(ageing, basis="recognition"), names))["Summary"])
    assert "document date" in shown
    assert any("accounting date" in text for text in shown)


def test_the_file_is_named_by_company_currency_and_day(tmp_path: Path, head: ReportHead) -> None:
    assert ageing_file(tmp_path, head).name == "ageing-1-Lotus Trading 莲花贸易-CNY-2026-06-30.xlsx"
    assert ageing_file(tmp_path, replace(head, company="../x")).parent == tmp_path
    assert ageing_file(tmp_path, replace(head, company="x" * 200)).stem.endswith("-CNY-2026-06-30")
    assert ageing_file(tmp_path, replace(head, company_id=2)) != ageing_file(tmp_path, head)


def test_a_pending_payment_has_its_own_sheet_and_no_part_in_the_total(
    tmp_path: Path, head: ReportHead, ageing: AgeingInput, names: Names
) -> None:
    pending = pd.DataFrame([item(99, 21, 5, 0, 77_700, kind="pending", document="PAY/99")])
    given = replace(ageing, items=pd.concat([ageing.items, pending], ignore_index=True))
    book = load(write_ageing(tmp_path / "a.xlsx", head, given, names))
    assert row_of(book["Open items"], "Total")[8] == 13333.33
    assert table(book["Pending payments"])["Document"].tolist()[0] == "PAY/99"


@pytest.mark.parametrize(
    ("frozen", "wanted"),
    [
        (Frozen("2026-07-01T02:00:00+00:00", 1, 0), "Frozen on 1 July 2026 02:00 (+00:00) (copy 1); unchanged since."),
        (
            Frozen("2026-07-01T02:00:00+00:00", 2, 7),
            "Frozen on 1 July 2026 02:00 (+00:00) (copy 2); lines that have moved since: 7. See `kam ageing changes`.",
        ),
    ],
)
def test_a_frozen_day_says_whether_it_has_moved(
    tmp_path: Path, head: ReportHead, ageing: AgeingInput, names: Names, frozen: Frozen, wanted: str
) -> None:
    sheet = load(write_ageing(tmp_path / "a.xlsx", head, replace(ageing, frozen=frozen), names))["Summary"]
    assert row_of(sheet, "Frozen")[1] == wanted
    assert "Signed in the ERP" not in texts(sheet)


def test_a_signed_day_names_who_signed_it(tmp_path: Path, head: ReportHead, ageing: AgeingInput, names: Names) -> None:
    signed = Frozen("2026-07-01T02:00:00+00:00", 1, 0, HOSTILE, "2026-07-02T08:00:00+00:00")
    sheet = load(write_ageing(tmp_path / "a.xlsx", head, replace(ageing, frozen=signed), names, "zh_CN"))["汇总"]
    assert row_of(sheet, "ERP 中签核")[1] == f"{HOSTILE}，2026年7月2日 08:00 (+00:00)"


def test_a_day_that_is_not_frozen_says_nothing_of_it(book: openpyxl.Workbook) -> None:
    assert "Frozen" not in texts(book["Summary"])
