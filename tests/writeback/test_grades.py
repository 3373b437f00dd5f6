"""The tier as partner level: one record at a time, read again, and the price list before is known for the way back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from kam_connector.messages import tell
from kam_connector.writeback.grade_writes import write_grade
from kam_connector.writeback.grades import find_grades, plan_grades, tell_missing, tell_price_lists
from kam_connector.writeback.plans import Change
from tests.writeback.partnership import PRICES, Partnership

NAMED = {"gold": 3, "silver": 2}


def rated(*rows: tuple[int, int, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["company_id", "customer_id", "tier"])


def plan(erp: Any, *rows: tuple[int, int, str], named: dict[str, int] = NAMED) -> list[Change]:
    return list(plan_grades(rated(*rows), find_grades(erp, named), erp))


def test_a_level_is_planned_with_the_price_list_that_it_brings_and_both_as_they_were() -> None:
    erp = Partnership({11: (2, 25), 12: (3, 30)})
    changes = plan(erp, (1, 11, "gold"), (1, 12, "gold"))
    assert [(change.key, change.id) for change in changes] == [("grade:11", 11)]
    assert changes[0].values == {"grade_id": 3, PRICES: 30}
    assert changes[0].former == {"grade_id": 2, PRICES: 25}
    assert erp.log == []


def test_only_the_tiers_that_are_named_have_a_level() -> None:
    erp = Partnership({11: (2, 20), 12: (2, 20)})
    assert plan(erp, (1, 11, "bronze"), (1, 12, "")) == []


def test_the_plan_says_which_price_list_comes_to_how_many_customers() -> None:
    erp = Partnership({11: (None, None), 12: (None, None), 13: (None, None)})
    named = {**NAMED, "friend": 4}
    changes = plan(erp, (1, 11, "gold"), (1, 12, "gold"), (1, 13, "friend"), named=named)
    told = [str(text) for text in tell_price_lists(find_grades(erp, named), changes)]
    assert told == [
        "Customers get the price list Gold prices with the partner level Gold partner (2); theirs before is kept."
    ]


def test_a_level_is_written_in_the_company_and_read_again() -> None:
    erp = Partnership({11: (2, 25)})
    answer = write_grade(erp, plan(erp, (1, 11, "gold"))[0])
    assert (answer.status, erp.holds(11)) == ("updated", (3, 30))
    assert erp.log == [{"grade_id": 3, "company": [1]}]
    assert erp.companies == [[1]] * 3


def test_a_level_without_a_price_list_leaves_the_customers_own() -> None:
    erp = Partnership({11: (2, 25)})
    write_grade(erp, plan(erp, (1, 11, "friend"), named={"friend": 4})[0])
    assert erp.holds(11) == (4, 25)


def test_the_way_back_gives_the_level_first_and_then_the_price_list() -> None:
    erp = Partnership({11: (2, 25)})
    there = plan(erp, (1, 11, "gold"))[0]
    write_grade(erp, there)
    back = replace(there, values=there.former, former=there.values)
    assert (write_grade(erp, back).status, erp.holds(11)) == ("updated", (2, 25))


def test_the_way_back_to_no_level_takes_the_price_list_along() -> None:
    erp = Partnership({11: (None, None)})
    there = plan(erp, (1, 11, "gold"))[0]
    write_grade(erp, there)
    write_grade(erp, replace(there, values=there.former, former=there.values))
    assert erp.holds(11) == (None, None)


def test_a_price_list_that_a_person_gave_since_is_not_touched() -> None:
    erp = Partnership({11: (2, 25)})
    there = plan(erp, (1, 11, "gold"))[0]
    write_grade(erp, there)
    erp.partners[11][PRICES] = 99
    answer = write_grade(erp, replace(there, values=there.former, former=there.values))
    assert (answer.status, erp.holds(11)) == ("conflict", (3, 99))


def test_a_level_that_does_not_stay_is_refused_with_what_is_there() -> None:
    erp = Partnership({11: (2, 25)})
    change = plan(erp, (1, 11, "gold"))[0]
    erp.keeps_levels = True
    answer = write_grade(erp, change)
    assert (answer.status, erp.holds(11)) == ("refused", (2, 25))
    assert "the partner level is 2" in str(answer.message)
    assert tell(answer.message, "zh_CN") == "写入之后合作伙伴级别仍为 2：ERP 的其他模块保持了原值。"


def test_a_lost_answer_is_found_done_and_a_customer_that_is_gone_is_said() -> None:
    erp = Partnership({11: (2, 25), 12: (2, 25)})
    first, second = plan(erp, (1, 11, "gold"), (1, 12, "gold"))
    write_grade(erp, first)
    assert write_grade(erp, first).status == "unchanged"
    del erp.partners[12]
    assert write_grade(erp, second).status == "gone"


@pytest.mark.parametrize(("version", "module"), [((19, 0), "partnership"), ((18, 0), "website_crm_partner_assign")])
def test_without_the_module_the_place_is_refused_by_the_name_of_that_version(
    version: tuple[int, int], module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Partnership, "version", version)
    erp = Partnership({11: (None, None)}, installed=False)
    found = find_grades(erp, NAMED)
    assert [str(text) for text in tell_missing(found)] == [f"partner levels (the module `{module}` is not installed)"]
    assert plan(erp, (1, 11, "gold")) == []


def test_a_level_that_is_not_there_is_named_with_its_tier() -> None:
    erp = Partnership({11: (None, None)})
    found = find_grades(erp, {"gold": 7, "silver": 2})
    assert "partner level of the tier gold" in str(tell_missing(found)[0])
    assert [change.id for change in plan(erp, (1, 11, "gold"), named={"gold": 7})] == []
