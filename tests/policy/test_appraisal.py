"""appraisal.toml: what is refused."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from kam_connector import policy
from kam_connector.policy.appraisal import AppraisalPolicy, find_appraisal_problems
from tests.scripts import PROJECT

REVENUE = {"measure": "revenue", "weight": 40}


def problems(*measured: dict[str, Any], head: dict[str, Any] | None = None, scale: Any = None) -> list[str]:
    given = {"appraisal": {"valid_from": date(2026, 1, 1), **(head or {})}, "measured": measured or [REVENUE]}
    made = AppraisalPolicy.model_validate({**given, **({"scale": scale} if scale else {})})
    return [f"{problem.what} {problem.why}" for problem in find_appraisal_problems(made)]


def test_one_measure_is_enough_and_a_scale_may_be_left_out() -> None:
    assert problems() == []
    assert problems(head={"cap": "1"}) == []


def test_a_cap_below_the_target_is_refused() -> None:
    (found,) = problems(head={"cap": "0.99"})
    assert found == "The cap 0.99 is below 1: whoever reaches the target would not count whole."


def test_what_stands_there_twice_or_has_no_weight_is_refused() -> None:
    assert problems(REVENUE, REVENUE) == ['The measure "revenue" stands there a second time.']
    assert problems({"measure": "revenue", "weight": 0}) == ["The weights of [[measured]] are all 0."]
    item = {"code": "results", "weight": 60}
    assert problems(scale={"item": [item, item]}) == ['The item "results" stands there a second time.']
    assert problems(scale={"item": [{**item, "weight": "0"}]}) == ["The weights of [[scale.item]] are all 0."]


def test_a_service_score_has_its_target_in_the_file_and_nothing_else_has() -> None:
    score = {"measure": "service_score", "weight": 10}
    assert problems(REVENUE, {**score, "target": 90}) == []
    (found,) = problems(score)
    assert found == 'The measure "service_score" needs a target here, from above 0 to 100: the ERP has none of it.'
    (found,) = problems({**REVENUE, "target": 90})
    assert found == 'The measure "revenue" has its targets in the ERP: leave the key target out.'


def test_the_addon_brings_the_items_of_the_shipped_scale() -> None:
    text = (PROJECT / "addon_manifest" / "data" / "kam_appraisal_item_data.xml").read_text("utf-8")
    shipped = policy.load().at(date(2026, 6, 30)).appraisal
    assert re.findall(r'<field name="code">(.+)</field>', text) == [item.code for item in shipped.scale.item]
