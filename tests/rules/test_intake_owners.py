"""Who takes care of a product owns the complaints about it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from kam_connector.policy import load
from kam_connector.policy.intake import Owner
from kam_connector.rules.goods import Goods
from kam_connector.rules.intake import CASES, take_in
from tests.rules.test_intake import STAFF, TODAY, answer, claim

SOLD = {
    ("order_id", 5): Goods(frozenset({"Drill 9", "D-9"}), frozenset({"Drills", "Machines"})),
    ("move_id", 6): Goods(frozenset({"Oil"}), frozenset({"Supplies"})),
}


@pytest.mark.requirement("S4-73")
@pytest.mark.parametrize(
    ("line", "owner", "named"),
    [
        ({"product": "D-9"}, 90, "D-9"),
        ({"product": "Drill 9"}, 90, "Drill 9"),
        ({"product_category": "Machines"}, 90, "Machines"),
        ({"product_category": "Supplies"}, 90, "Supplies"),
        ({"product": "D-9", "product_category": "Drills"}, 90, "D-9"),
        ({"product": "D-9", "product_category": "Saws"}, 70, ""),
        ({"product": "D-99"}, 70, ""),
        ({"product_category": "Machines", "team": "South"}, 70, ""),
        ({"type": "product"}, 90, ""),
    ],
)
def test_whoever_takes_care_of_a_product_owns_the_case_about_it_and_the_case_says_so(
    line: dict[str, Any], owner: int, named: str
) -> None:
    policy = load(None).at(TODAY).complaints
    owned = policy.model_copy(update={"owner": (Owner(user="qa", **line),)})
    case = claim(order_id=5, order_company_id=1, move_id=6, move_company_id=1, category="Complaint", text="transport")
    staff = replace(STAFF, goods=SOLD)
    own = owned.model_copy(update={"triage": policy.triage[-1:]})
    [row] = take_in(pd.DataFrame([case]), pd.DataFrame(columns=list(CASES)), staff, own, as_of=TODAY).frame.to_dict(
        "records"
    )
    figures = json.loads(row["triage_args"])
    assert (row["user_id"], figures.get("goods", "")) == (owner, named)
    assert row["triage_code"] == ("triage.goods" if named else "triage.line")
    worked_on = pd.DataFrame([{**case, "user_id": 5}])
    kept = take_in(worked_on, pd.DataFrame(columns=list(CASES)), staff, own, as_of=TODAY).frame
    assert (list(kept["user_id"]), list(kept["triage_code"])) == ([5], ["triage.line"])


@pytest.mark.requirement("S3-17")
def test_a_low_answer_that_is_given_to_somebody_by_product_still_tells_its_score() -> None:
    policy = load(None).at(TODAY).complaints
    owned = policy.model_copy(update={"owner": (Owner(user="qa", product="D-9"),)})
    rows = pd.DataFrame([answer(text="damaged in transit")])
    [row] = take_in(
        rows, pd.DataFrame(columns=list(CASES)), replace(STAFF, goods=SOLD), owned, as_of=TODAY
    ).frame.to_dict("records")
    figures = json.loads(row["triage_args"])
    assert (row["user_id"], row["triage_code"]) == (90, "triage.answer_goods")
    assert (figures["score"], figures["at_most"], figures["goods"]) == ("1", "2", "D-9")


def test_a_product_that_no_paper_names_is_nobodys() -> None:
    policy = load(None).at(TODAY).complaints
    owned = policy.model_copy(update={"owner": (Owner(user="qa", product="D-9"),)})
    found = take_in(pd.DataFrame([claim()]), pd.DataFrame(columns=list(CASES)), replace(STAFF, goods=SOLD), owned,
                    as_of=TODAY)  # fmt: skip
    assert list(found.frame["user_id"]) == [70]


@pytest.mark.requirement("S4-73")
@pytest.mark.parametrize(
    ("leaders", "owner", "told"),
    [
        ({(1, "Desk"): 91}, 91, False),
        ({(0, "Desk"): 91}, 91, False),
        ({(1, "Desk"): 91, (0, "Desk"): 99}, 91, False),
        ({(2, "Desk"): 91}, 70, False),
        ({(1, "Field"): 91}, 70, True),
        ({}, 70, True),
    ],
)
def test_a_team_that_is_named_gives_the_case_to_its_leader(
    leaders: dict[tuple[int, str], int], owner: int, told: bool
) -> None:
    """Company 1; where the team is not there or has no leader the customer's salesperson (70) has it."""
    policy = load(None).at(TODAY).complaints
    owned = policy.model_copy(update={"owner": (Owner(lead_of="Desk"),)})
    found = take_in(pd.DataFrame([claim()]), pd.DataFrame(columns=list(CASES)), replace(STAFF, leaders=leaders), owned,
                    as_of=TODAY)  # fmt: skip
    assert list(found.frame["user_id"]) == [owner]
    known = "Field" if leaders else "-"
    assert [each.message for each in found.findings] == [
        'The sales team "Desk", whose leader [[owner]] of complaints.toml names, is none of the ERP, or no active user'
        f" leads it: the next line that fits decides. Known teams with a leader: {known}."
    ] * told
