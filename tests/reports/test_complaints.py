"""The monthly workbook of complaints: the figures of the rule, a Pareto chart with an axis of shares, two languages."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from kam_connector.policy.learning import Learning
from kam_connector.reports import ComplaintsInput, Names, ReportHead, complaints_file, write_complaints
from kam_connector.rules.learning import CASES, learn

from .conftest import HOSTILE

SHOWN = {
    "proposed_remedy": "credit", "proposed_amount_minor": 12_00, "proposed_limit": "loss", "approver": "manager",
    "compensation": "The loss is the lowest limit.", "evidence_points": 35, "evidence_band": "review",
    "evidence_reason": "A lot that is not ours.",
}  # fmt: skip
CAUSES = {1: "Material", 2: HOSTILE}
SERVICE = pd.DataFrame({
    "user_id": [31, 32], "kind": ["delivery", ""], "deliveries": [250, 0], "upheld": [3, 1],
    "complaint_points": [5.0, 1.0], "per_100": [2.0, float("nan")], "service_score": [80.0, float("nan")],
})  # fmt: skip


def given(company: int = 1) -> ComplaintsInput:
    """Five of material, three of packing, one without cause in June; one in May; one rejected, one not settled."""
    rows = []
    for number, cause in enumerate([1] * 5 + [2] * 3 + [0], 1):
        rows.append(
            (number, "gold", f"2026-06-{number:02d}", "2026-06-20", True, False, cause, "yes", "", 10_00, "met")
        )
    rows[1] = (2, "", "2026-06-02", None, False, True, 1, "", "", 0, "breached")
    rows[2] = (3, "gold", "2026-06-03", None, False, False, 1, "", HOSTILE, 0, "running")
    rows.append((10, "gold", "2026-05-09", "2026-05-20", True, False, 1, "no", "", 7_00, "met"))
    names = [name for name in CASES if name not in ("company_id", "customer_id", "response_state")]
    cases = pd.DataFrame(rows, columns=names).assign(
        company_id=company, customer_id=21, response_state=lambda frame: frame["resolution_state"]
    )
    for name in ("received_on", "ended_on"):
        cases[name] = pd.to_datetime(cases[name])
    nothing = pd.DataFrame(columns=["complaint_id", "product_id"])
    bought = pd.DataFrame({"company_id": [1], "customer_id": [21], "bought_on": [pd.Timestamp("2026-06-25")]})
    found = learn(cases, nothing, bought, Learning(), date(2026, 6, 30))
    about = {"number": [f"C/{number}" for number in found.cases["complaint_id"]], "type": "product", "severity": "high",
             "state": "closed", "improver_id": 0, **SHOWN}  # fmt: skip
    june = {name: getattr(found, name) for name in ("causes", "tiers")}
    return ComplaintsInput(
        month="2026-06",
        months=found.months,
        cases=found.cases.assign(**about).loc[lambda frame: frame["month"] == "2026-06"],
        cause_names=CAUSES,
        service=SERVICE.assign(company_id=company),
        **{name: frame[frame["month"] == "2026-06"] for name, frame in june.items()},
    )


@pytest.fixture
def names() -> Names:
    return Names(customers={21: "Acme"}, people={31: HOSTILE}, tiers={"gold": "Gold"})


def cells(path: Path, sheet: str) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(path)[sheet].iter_rows()]


def below(rows: list[list[Any]], title: str) -> list[list[Any]]:
    """The rows below the line that begins with the title, up to the first empty one."""
    start = next(place for place, row in enumerate(rows) if row[0] == title) + 1
    end = next((place for place, row in enumerate(rows[start:], start) if row[0] is None), len(rows))
    return rows[start:end]


@pytest.mark.requirement("S4-72", "S2-56")
def test_the_summary_has_the_shares_and_the_causes_of_the_month(tmp_path: Path, head: ReportHead, names: Names) -> None:
    rows = cells(write_complaints(tmp_path / "c.xlsx", head, given(), names), "Summary")
    own = below(rows, "What the month teaches")
    assert [row[:2] for row in own] == [
        ["Complaints received", 9], ["Of them rejected", 1], ["Of them settled", 7], ["Compensation agreed", 70],
    ]  # fmt: skip
    assert [row[:4] for row in below(rows, "Indicator")] == [
        ["Answered in time", 7, 8, 0.875],
        ["Settled in time", 7, 8, 0.875],
        ["Settled at the first contact", 7, 7, 1],
        ["Came again", 6, 7, 0.857],
        ["Led to an improvement", 0, 7, 0],
        ["Customers who bought again", 1, 1, 1],
        ["Customers of whom it is not known yet", 0, None, None],
    ]
    assert [row[:7] for row in below(rows, "Root cause")] == [
        ["Material", 4, 0.5, 0.5, 4, 30, "yes"],
        [HOSTILE, 3, 0.375, 0.875, 2, 30, "yes"],
        ["Nobody has said", 1, 0.125, 1, 0, 10, None],
    ]


@pytest.mark.requirement("S4-72", "S2-47")
def test_the_pareto_chart_has_columns_of_complaints_and_a_line_of_shares_to_the_hundredth(
    tmp_path: Path, head: ReportHead, names: Names
) -> None:
    path = write_complaints(tmp_path / "c.xlsx", head, given(), names)
    with zipfile.ZipFile(path) as book:
        chart = book.read("xl/charts/chart1.xml").decode()
    rows = cells(path, "Summary")
    first = next(place for place, row in enumerate(rows, 1) if row[0] == "Root cause") + 1
    columns, line = chart.index("<c:barChart>"), chart.index("<c:lineChart>")
    assert chart.index(f"Summary!$B${first}:$B${first + 2}") in range(columns, line)
    assert chart.index(f"Summary!$D${first}:$D${first + 2}") > line
    assert 'formatCode="0%"' in chart
    assert '<c:max val="1"/>' in chart
    assert chart.count("<c:valAx>") == 2


def test_tiers_months_and_cases_have_sheets_of_their_own(tmp_path: Path, head: ReportHead, names: Names) -> None:
    path = write_complaints(tmp_path / "c.xlsx", head, given(), names)
    assert [row[:5] for row in cells(path, "By tier")[4:]] == [["Gold", 8, 7, 7, 1], ["none", 1, 0, 1, 0]]
    months = cells(path, "Twelve months")[4:]
    assert [row[:5] for row in months] == [["2026-05", 1, 0, 1, 7], ["2026-06", 9, 1, 7, 70]]
    listed = cells(path, "Complaints")[4:]
    assert [row[0] for row in listed] == [*(f"C/{number}" for number in range(1, 10)), "Total"]
    third = dict(zip(cells(path, "Complaints")[3], listed[2], strict=True))
    assert (third["Root cause"], third["Came again"], third["Improvement"]) == ("Material", "yes", HOSTILE)
    assert openpyxl.load_workbook(path)["Complaints"]["K10"].data_type == "s"


@pytest.mark.requirement("S2-56")
def test_the_service_of_each_salesperson_stands_on_a_sheet(tmp_path: Path, head: ReportHead, names: Names) -> None:
    rows = cells(write_complaints(tmp_path / "c.xlsx", head, given(), names), "Service")[3:]
    assert rows == [
        ["Salesperson", "Counted as delivery", "Deliveries", "Upheld complaints", "Complaint points",
         "Points per 100 deliveries", "Service score"],
        [HOSTILE, "Delivery", 250, 3, 5, 2, 80],
        ["#32", None, 0, 1, 1, None, None],
    ]  # fmt: skip


@pytest.mark.requirement("S4-69", "S4-74")
def test_the_list_tells_what_is_proposed_and_what_the_evidence_comes_to_in_neutral_words(
    tmp_path: Path, head: ReportHead, names: Names
) -> None:
    path = write_complaints(tmp_path / "c.xlsx", head, given(), names)
    first = dict(zip(cells(path, "Complaints")[3], cells(path, "Complaints")[4], strict=True))
    proposed = [first[name] for name in ("Proposed remedy", "Proposed amount", "Limit that binds", "Approver")]
    assert proposed == ["Credit note", 12, "documented loss", "the manager"]
    assert first["Compensation"] == "The loss is the lowest limit."
    weighed = [first[name] for name in ("Points of evidence", "Evidence", "What it rests on")]
    assert weighed == [35, "to look at again", "A lot that is not ours."]


def test_a_month_without_complaints_and_another_companys_rows_give_an_empty_book(
    tmp_path: Path, head: ReportHead, names: Names
) -> None:
    path = write_complaints(tmp_path / "c.xlsx", head, given(company=2), names)
    rows = cells(path, "Summary")
    assert below(rows, "Indicator")[0][:4] == ["Answered in time", 0, 0, None]
    assert [row[1] for row in below(rows, "What the month teaches")] == [0, 0, 0, 0]
    with zipfile.ZipFile(path) as book:
        assert not [name for name in book.namelist() if "chart" in name]


def test_the_same_input_gives_the_same_bytes_and_chinese_its_own_words(
    tmp_path: Path, head: ReportHead, names: Names
) -> None:
    first, again = (write_complaints(tmp_path / name, head, given(), names, "zh_CN") for name in ("a.xlsx", "b.xlsx"))
    assert first.read_bytes() == again.read_bytes()
    assert openpyxl.load_workbook(first).sheetnames == ["汇总", "按等级", "近 12 个月", "服务评分", "投诉"]
    assert below(cells(first, "汇总"), "根本原因")[2][0] == "未注明"


def test_the_file_is_named_by_its_month(head: ReportHead) -> None:
    name = complaints_file(Path(), head, "2026-06").name
    assert name.startswith("complaints-2026-06-1-")
    assert name.endswith("-CNY-2026-06-30.xlsx")
