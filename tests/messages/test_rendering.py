"""How codes, parameters and figures read in each language."""

from __future__ import annotations

import json

import pytest

from kam_connector.messages import find_language, label, render
from kam_connector.messages.formats import format_day, format_moment, format_money, format_number, format_percent

TASK = {
    "amount": "1200.50", "currency": "CNY", "due_date": "2026-06-01", "step": "call", "level": 2,
    "after_days": 5, "valid_from": "2026-01-01",
}  # fmt: skip


def test_a_reason_reads_in_english_with_its_figures() -> None:
    assert render("task.opened", TASK, "en_US") == (
        "CNY 1,200.50 may be asked for, the oldest due since 1 June 2026: step “Call and agree a date” (level 2) is "
        "taken from 5 days after the due date. Policy in force since 1 January 2026."
    )


def test_a_reason_reads_in_chinese_with_its_figures() -> None:
    sentence = render("task.opened", TASK, "zh_CN")
    assert "CNY 1,200.50" in sentence
    assert "2026年6月1日" in sentence
    assert "电话约定付款日" in sentence


def test_a_reason_reads_in_traditional_chinese() -> None:
    assert "電話約定付款日" in render("task.opened", TASK, "zh_TW")


def test_parameters_may_come_as_the_json_that_the_erp_stores() -> None:
    assert render("task.opened", json.dumps(TASK), "en") == render("task.opened", TASK, "en")


def test_a_code_of_another_release_reads_as_code_and_parameters() -> None:
    assert render("tier.unheard_of", {"score": "80.00"}, "en") == 'tier.unheard_of {"score": "80.00"}'
    assert render("tier.unheard_of", None, "en") == "tier.unheard_of"


def test_a_missing_parameter_is_a_question_mark_and_an_empty_one_a_dash() -> None:
    assert "Open items: 3" in render("ageing.open_items", {"count": 3, "basis": "due", "due_date": ""}, "en")
    assert render("ageing.open_items", {"count": 3, "basis": "due", "due_date": ""}, "en").count("–") == 1
    assert render("ageing.open_items", {"count": 3}, "en").count("?") == 2


def test_broken_parameters_lose_no_report() -> None:
    assert "?" in render("ageing.open_items", "{not json", "en")
    assert "?" in render("ageing.open_items", "[1]", "en")


def test_a_tier_of_the_companys_own_reads_as_its_code_and_no_tier_as_none() -> None:
    args = {"coverage": "0.4", "coverage_min": "0.6", "tier": "diamond.plus", "valid_from": "2026-01-01"}
    assert "diamond.plus" in render("tier.unrated", args, "en")
    assert "tier as before: none" in render("tier.unrated", {**args, "tier": ""}, "en")


def test_the_companys_own_names_come_before_the_catalogs() -> None:
    assert "step “Ring them”" in render("task.opened", TASK, "en", {"step": {"call": "Ring them"}})


@pytest.mark.parametrize(
    ("key", "lang", "text"),
    [
        ("customer", "en", "Customer"),
        ("column.customer", "zh_CN", "客户"),
        ("customer", "zh_TW", "客戶"),
        ("bucket.not_due", "en", "Not due"),
        ("d1_30", "en", "1–30 days"),
        ("bucket.d181_plus", "en", "Over 180 days"),
        ("bucket.d366_plus", "zh_CN", "365 天以上"),
        ("something.else", "en", "else"),
    ],
)
def test_labels(key: str, lang: str, text: str) -> None:
    assert label(key, lang) == text


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("zh_CN.UTF-8", "zh_CN"), ("zh", "zh_CN"), ("zh-Hans", "zh_CN"), ("zh_TW", "zh_TW"), ("zh-Hant", "zh_TW"),
        ("zh_HK", "zh_TW"), ("en_GB", "en"), ("de_DE@euro", "en"), ("", "en"), (None, "en"), ("zhuang", "en"),
    ],
)  # fmt: skip
def test_a_locale_name_gives_a_language(name: str | None, language: str) -> None:
    assert find_language(name) == language


def test_figures_keep_their_digits() -> None:
    assert format_number("1234567.50", "en") == "1,234,567.50"
    assert format_number("-0.125", "zh_CN") == "-0.125"
    assert format_number("n/a", "en") == "n/a"
    assert format_money("-12000", "JPY", "en") == "JPY -12,000"
    assert format_money("5.00", "", "en") == "5.00"
    assert [format_percent(share, "en") for share in ("0.8", "0.125", "1", "0.03000", "0")] == [
        "80%",
        "12.5%",
        "100%",
        "3%",
        "0%",
    ]


def test_days_and_moments_read_by_language() -> None:
    assert format_day("2026-06-30", "en") == "30 June 2026"
    assert format_day("2026-06-30", "zh_TW") == "2026年6月30日"
    assert format_day("soon", "en") == "soon"
    assert format_moment("2026-06-30T09:30:00+08:00", "en") == "30 June 2026 09:30 (+08:00)"
