"""Payers, credit, provision and promises in the ageing workbook: figures by hand, tied to the ageing's total."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from kam_connector.errors import Contradiction
from kam_connector.policy.provision import Band, Provision
from kam_connector.reports import AgeingInput, Names, ReportHead, Standing, write_ageing
from kam_connector.rules.provision import compute_provision

from .conftest import HOSTILE, customer_lines, item
from .test_ageing import load, row_of, table, texts

RATES = ((0, "0.003"), (30, "0.016"), (60, "0.036"), (90, "0.066"), (None, "0.106"))
MATRIX = Provision(basis="due", band=tuple(Band(up_to_days=days, rate=Decimal(rate)) for days, rate in RATES))
SLOW = '{"days_late":"8.0","months":12,"paid_items":3,"share_late":"1.0000","valid_from":"2026-01-01"}'
HOLD = (
    '{"currency":"CNY","exposure":"105000.00","headroom":"-5000.00","limit":"100000.00","over_share":"0",'
    '"valid_from":"2026-01-01"}'
)
KEPT = '{"currency":"JPY","paid_on":"2026-06-04","promised":"900","promised_for":"2026-06-05","received":"900",' \
    '"valid_from":"2026-01-01"}'  # fmt: skip


def payer(customer: int, payer_class: str, **figures: object) -> dict[str, object]:
    known = {"paid_items": 3, "days_late_mean": 8.0, "days_late_spread": 3.741657, "share_late": 1.0, "trend": "worse",
             "last_paid_on": date(2026, 6, 12), "broken": 0}  # fmt: skip
    return {"company_id": 1, "customer_id": customer, "payer_class": payer_class, **known,
            "reason_code": "payer.slow", "reason_args": SLOW, **figures}  # fmt: skip


def credit(customer: int, receivable: int, **figures: object) -> dict[str, object]:
    known = {"drafts_minor": 0, "orders_minor": 0, "exposure_minor": max(receivable, 0), "limit_minor": None,
             "headroom_minor": None, "advice": "none"}  # fmt: skip
    return {"company_id": 1, "customer_id": customer, "receivable_minor": receivable, **known,
            "reason_code": "credit.hold_limit", "reason_args": HOLD, **figures}  # fmt: skip


def promise(number: int, customer: int, state: str, **figures: object) -> dict[str, object]:
    known = {"currency_id": 8, "amount_minor": 900, "received_minor": 900, "promised_for": pd.Timestamp("2026-06-05"),
             "made_on": pd.Timestamp("2026-06-01"), "state_on": pd.Timestamp("2026-06-04"), "move_id": 0}  # fmt: skip
    return {"promise_id": number, "company_id": 1, "customer_id": customer, "state": state, **known,
            "reason_code": "promise.kept", "reason_args": KEPT, **figures}  # fmt: skip


def with_matrix(standing: Standing, items: pd.DataFrame, matrix: Provision) -> Standing:
    return replace(
        standing,
        provision=compute_provision(items, matrix, date(2026, 1, 1)).frame,
        bands=[(span.name, f"{span.rate:f}") for span in matrix.spans],
        basis=matrix.basis,
        view=matrix.view,
    )


@pytest.fixture
def standing(items: pd.DataFrame) -> Standing:
    missing = {"days_late_mean": None, "days_late_spread": None, "share_late": None, "trend": "", "last_paid_on": None}
    other = {"company_id": 2}
    payers = pd.DataFrame(
        [payer(25, "prompt"), payer(21, "slow"), payer(22, "bad", **missing), payer(99, "bad") | other]
    )
    owed = [
        credit(21, 3_000_00),
        credit(22, 70_000_00, drafts_minor=5_000_00, orders_minor=30_000_00, exposure_minor=105_000_00,
               limit_minor=100_000_00, headroom_minor=-5_000_00, advice="hold"),
        credit(24, 0, limit_minor=9_00, headroom_minor=9_00),
        credit(23, -40_00),
    ]  # fmt: skip
    frame = pd.DataFrame(owed).astype({"limit_minor": "Int64", "headroom_minor": "Int64"})
    expected = pd.DataFrame({"company_id": [1], "customer_id": [21], "expected_on": [pd.Timestamp("2026-07-08")],
                             "expected_minor": [40_00]})  # fmt: skip
    promises = pd.DataFrame([promise(1, 21, "kept"), promise(2, 22, "open", state_on=pd.NaT, received_minor=0)])
    return with_matrix(Standing(payers, expected, frame, pd.DataFrame(), (), "", "", promises), items, MATRIX)


@pytest.fixture
def given(ageing: AgeingInput, standing: Standing) -> AgeingInput:
    return replace(ageing, standing=standing)


@pytest.fixture
def book(tmp_path: Path, head: ReportHead, given: AgeingInput, names: Names) -> openpyxl.Workbook:
    return load(write_ageing(tmp_path / "a.xlsx", head, given, names))


@pytest.mark.requirement("S2-18")
def test_payers_stand_with_their_figures_the_worst_class_first(book: openpyxl.Workbook) -> None:
    rows = table(book["Payers"]).iloc[:-1]
    assert rows["Customer"].tolist() == [HOSTILE, "上海远景机械有限公司", "Quiet Ltd"]
    assert rows["Payer"].tolist() == ["Bad", "Slow", "Prompt"]
    slow = rows.iloc[1]
    assert [slow[name] for name in ("Items paid", "Mean days late", "Share late", "Trend", "Expected")] == [
        3, 8.0, 1.0, "Worse", 40.0,
    ]  # fmt: skip
    assert slow["Reason"].startswith("Slow payer: in 12 months 3 items were paid 8.0 days late")
    assert rows.iloc[0][["Mean days late", "Share late", "Last paid", "Expected on"]].isna().all()
    assert row_of(book["Payers"], "Total")[10] == 40.0


@pytest.mark.requirement("S4-49")
def test_credit_stands_by_falling_exposure_with_its_advice(book: openpyxl.Workbook) -> None:
    rows = table(book["Credit"]).iloc[:-1]
    assert rows["Customer"].tolist() == [HOSTILE, "上海远景机械有限公司", "-Minus GmbH"]
    first = rows.iloc[0]
    assert first[["Receivable", "Draft invoices", "Orders not invoiced", "Exposure", "Credit limit"]].tolist() == [
        70_000, 5_000, 30_000, 105_000, 100_000,
    ]  # fmt: skip
    assert (first["Headroom"], first["Advice"]) == (-5_000, "Hold deliveries")
    assert rows.iloc[1][["Credit limit", "Headroom"]].isna().all()
    assert row_of(book["Credit"], "Total")[1:5] == [72_960, 5_000, 30_000, 108_000]


@pytest.mark.requirement("S4-41")
def test_the_matrix_by_hand_ties_to_the_ageing(book: openpyxl.Workbook) -> None:
    """The credit of 200 clears the debt of 2,000 that is one day late; 833.33 at 10.6 % are 88.33."""
    assert [row[:3] + row[4:] for row in table(book["Provision"]).head(6).values.tolist()] == [
        ["Not due", 1, 1200.00, 3.60],
        ["1–30 days", 1, 1800.00, 28.80],
        ["31–60 days", 1, 4000.00, 144.00],
        ["61–90 days", 1, 500.00, 33.00],
        ["Over 90 days", 2, 5833.33, 618.33],
        ["Total", 6, 13333.33, 827.73],
    ]
    assert table(book["Provision"])["Rate"].head(5).tolist() == [0.003, 0.016, 0.036, 0.066, 0.106]
    assert row_of(book["Provision"], "Debts provided for")[2] == 13333.33
    assert row_of(book["Provision"], "Credits beyond a customer's debts")[2] == 0
    assert row_of(book["Provision"], "Total of the ageing")[2] == row_of(book["By customer"], "Total")[2] == 13333.33
    by_customer = table(book["Provision by customer"])
    assert by_customer["Provision"].iloc[-1] == 827.73
    assert by_customer["Provision"].iloc[:-1].sum() == pytest.approx(827.73)


def test_a_matrix_on_gross_debts_shows_the_credits_that_it_leaves(
    tmp_path: Path, head: ReportHead, given: AgeingInput, standing: Standing, names: Names
) -> None:
    gross = with_matrix(standing, given.items, MATRIX.model_copy(update={"view": "gross"}))
    book = load(write_ageing(tmp_path / "a.xlsx", head, replace(given, standing=gross), names))
    assert row_of(book["Provision"], "Total")[2] == 13533.33
    assert row_of(book["Provision"], "Open credits")[2] == -200
    assert row_of(book["Provision"], "Total of the ageing")[2] == 13333.33


def test_a_customer_who_is_owed_something_lowers_nobody_elses_debt(
    tmp_path: Path, head: ReportHead, given: AgeingInput, standing: Standing, names: Names
) -> None:
    items = pd.concat([given.items, pd.DataFrame([item(9, 26, 5, 3, -70_000, kind="payment")])], ignore_index=True)
    lines = customer_lines(items[items["company_id"] == 1])
    more = replace(given, items=items, lines=lines, ledger=None, standing=with_matrix(standing, items, MATRIX))
    sheet = load(write_ageing(tmp_path / "a.xlsx", head, more, names))["Provision"]
    found = [row_of(sheet, title)[2] for title in ("Debts provided for", "Credits beyond a customer's debts")]
    assert found == [13333.33, -700]
    assert row_of(sheet, "Total of the ageing")[2] == 12633.33


def test_a_provision_that_does_not_stand_on_the_ageing_gives_no_report(
    tmp_path: Path, head: ReportHead, given: AgeingInput, standing: Standing, names: Names
) -> None:
    short = replace(standing, provision=standing.provision.iloc[1:])
    with pytest.raises(Contradiction, match="does not stand on the ageing"):
        write_ageing(tmp_path / "a.xlsx", head, replace(given, standing=short), names)
    assert list(tmp_path.iterdir()) == []


def test_every_band_of_the_policy_is_shown_also_an_empty_one(
    tmp_path: Path, head: ReportHead, given: AgeingInput, standing: Standing, names: Names
) -> None:
    by_age = with_matrix(standing, given.items, Provision())
    rows = table(load(write_ageing(tmp_path / "a.xlsx", head, replace(given, standing=by_age), names))["Provision"])
    assert rows["Age"].head(4).tolist() == ["0–365 days", "366–730 days", "731–1095 days", "Over 1095 days"]
    assert rows["Provision"].head(5).tolist() == [666.67, 0, 0, 0, 666.67]


def test_promises_stand_by_state_in_their_own_currency(
    tmp_path: Path, head: ReportHead, given: AgeingInput, standing: Standing, names: Names, book: openpyxl.Workbook
) -> None:
    rows = table(book["Promises"])
    assert rows["State"].tolist() == ["Open", "Kept"]
    assert rows["Amount"].tolist() == [900, 900]
    assert rows["Currency"].tolist() == ["JPY", "JPY"]
    assert book["Promises"]["E5"].number_format.startswith("#,##0;")
    none = replace(standing, promises=standing.promises.iloc[:0])
    without = load(write_ageing(tmp_path / "b.xlsx", head, replace(given, standing=none), names))
    assert "Promises" not in without.sheetnames


def test_the_sheets_print_and_scroll_like_the_others(book: openpyxl.Workbook) -> None:
    for name in ("Payers", "Credit", "Provision by customer", "Promises"):
        assert (book[name].freeze_panes, book[name].print_title_rows) == ("B5", "$4:$4")
        assert book[name].sheet_properties.pageSetUpPr.fitToPage
        assert book[name].auto_filter.ref
    assert book["Payers"]["D5"].number_format == "0.0"
    hostile = [cell for row in book["Payers"].iter_rows() for cell in row if cell.value == HOSTILE]
    assert [cell.data_type for cell in hostile] == ["s"]


@pytest.mark.parametrize("lang", ["zh_CN", "zh_TW"])
def test_the_sheets_in_chinese_have_no_english_word(
    tmp_path: Path, head: ReportHead, given: AgeingInput, names: Names, lang: str
) -> None:
    book = load(write_ageing(tmp_path / "a.xlsx", head, given, names, lang))
    shown = [text for sheet in book.worksheets[-5:] for text in texts(sheet)]
    assert not any(word in text for text in shown for word in ("Payer", "Credit", "Total", "days", "Kept", "Reason"))


def test_the_same_input_gives_the_same_bytes_in_any_row_order(
    tmp_path: Path, head: ReportHead, given: AgeingInput, standing: Standing, names: Names
) -> None:
    frames = ("payers", "credit", "provision", "promises")
    turned = replace(standing, **{name: getattr(standing, name).iloc[::-1] for name in frames})
    first = write_ageing(tmp_path / "a.xlsx", head, given, names).read_bytes()
    assert write_ageing(tmp_path / "b.xlsx", head, replace(given, standing=turned), names).read_bytes() == first
