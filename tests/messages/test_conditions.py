"""What a segment asks, in words: tiers and classes by name, points and figures with their limits."""

from __future__ import annotations

import json

import pytest

from kam_connector.messages import render


def told(conditions: str, lang: str, **names: dict[str, str]) -> str:
    """The part in brackets of the reason."""
    args = {"segment": "key", "conditions": conditions, "tier": "gold", "valid_from": "2026-01-01"}
    sentence = render("segment.fits", json.dumps(args), lang, names)
    return sentence.replace("（", "(").replace("）", ")").partition("(")[2].partition(")")[0]


@pytest.mark.requirement("S2-2")
@pytest.mark.parametrize(
    ("conditions", "english", "chinese"),
    [
        ("tier=gold", "tier Gold", "等级为金牌"),
        ("tier=gold; growth>=50", "tier Gold and Growth of at least 50 points", "等级为金牌，成长性不低于 50 分"),
        (
            "tier=gold,silver; contribution>=80; growth>=50",
            "tier Gold or Silver, Contribution of at least 80 points and Growth of at least 50 points",
            "等级为金牌或银牌，贡献度不低于 80 分，成长性不低于 50 分",
        ),
        ("score>=40; score<80", "Score from 40 to below 80 points", "评分不低于 40 分且低于 80 分"),
        ("risk<60", "Risk below 60 points", "风险低于 60 分"),
        ("revenue_class=A,B; margin_class=N", "class A or B by revenue and class N by margin",
         "销售额 A或B 类，毛利 N 类"),
        ("orders_12m>=12; orders_12m<24", "Orders of 12 months from 12 to below 24",
         "近 12 个月订单数不低于 12 且低于 24"),
        ("wallet_share<20%", "Our share of the customer's yearly need below 20%", "占客户年采购需求份额低于 20%"),
        ("tenure_days>=365", "Days since the first invoice of at least 365", "首张发票至今天数不低于 365"),
        ("what is this", "what is this", "what is this"),
    ],
)  # fmt: skip
def test_conditions_read_as_words(conditions: str, english: str, chinese: str) -> None:
    assert told(conditions, "en") == english
    assert told(conditions, "zh_CN") == chinese


def test_the_companys_own_names_of_tiers_come_first() -> None:
    assert told("tier=gold,diamond", "en", tier={"gold": "Top"}) == "tier Top or diamond"
    assert told("tier=gold", "zh_TW") == "等級為金牌"
