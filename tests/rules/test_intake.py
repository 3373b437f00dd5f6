"""Tickets and claims that become complaints: which, once, of what type, and what a person has to look at."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from kam_connector.policy import load
from kam_connector.policy.complaints import ComplaintPolicy
from kam_connector.policy.intake import Intake, Owner, Triage
from kam_connector.rules.decisions import Decisions
from kam_connector.rules.intake import CASES, FILE, FOREIGN, Staff, plain_text, take_in, without_idle

TODAY = date(2026, 6, 30)
STAFF = Staff({7: 70}, {70: "North"}, {"qa": 90, "kam": 91, "ann": 99, "bo": 5}, {(1, 7): "gold"})


@pytest.fixture(scope="module")
def policy() -> ComplaintPolicy:
    """The shipped complaints policy."""
    return load(None).at(TODAY).complaints


def claim(number: int = 1, **values: Any) -> dict[str, Any]:
    """A claim of customer 7 about nothing in particular."""
    row = {
        "source": "crm.claim", "source_id": number, "number": str(number), "company_id": 1, "customer_id": 7,
        "contact_id": 8, "user_id": 0, "title": "Broken", "text": "", "category": "", "stage": "New",
        "stage_closed": False, "opened_at": pd.Timestamp("2026-06-01 08:00", tz="UTC") + pd.Timedelta(hours=number),
        "order_id": 0, "order_company_id": 0, "move_id": 0, "move_company_id": 0, "score": None, "document": "",
    }  # fmt: skip
    return {**row, **values}


def taken(policy: ComplaintPolicy, *rows: dict[str, Any], cases: tuple[tuple[Any, ...], ...] = ()) -> Decisions:
    frame = pd.DataFrame(list(rows), columns=list(FOREIGN))
    return take_in(frame, pd.DataFrame(list(cases), columns=list(CASES)), STAFF, policy, as_of=TODAY)


def keys(found: Decisions) -> list[str]:
    return list(found.frame["case_key"])


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ({"type": "contract"}, ("contract", "")),
        ({"type": "product"}, ("product", "dent")),
        ({"type": "contract", "subtype": "late"}, ("contract", "late")),
        ({"severity": "low"}, ("product", "dent")),
    ],
)
def test_the_subtype_of_a_line_is_none_of_another_type(
    policy: ComplaintPolicy, stated: dict[str, str], told: tuple[str, str]
) -> None:
    dent = policy.model_copy(update={"triage": (Triage(type="product", subtype="dent"),)})
    row = {**claim(source=FILE, source_id="K-1"), "type": "", "subtype": "", "severity": "", **stated}
    found = take_in(pd.DataFrame([row]), pd.DataFrame(columns=list(CASES)), STAFF, dent, as_of=TODAY).frame
    assert (found["type"][0], found["subtype"][0]) == told


@pytest.mark.requirement("S4-73")
def test_a_claim_becomes_a_case_of_its_customer_with_the_customers_salesperson(policy: ComplaintPolicy) -> None:
    [row] = taken(policy, claim(title="Dents", order_id=5, order_company_id=1)).frame.to_dict("records")
    assert (row["case_key"], row["customer_id"], row["contact_id"], row["order_id"]) == ("crm.claim,1", 7, 8, 5)
    assert (row["user_id"], row["title"], row["type"], row["severity"]) == (70, "Dents", "product", "medium")
    assert row["triage_code"] == "triage.line"


def test_a_claim_of_the_systems_own_user_is_the_salespersons(policy: ComplaintPolicy) -> None:
    assert list(taken(policy, claim(user_id=1)).frame["user_id"]) == [70]


def test_who_works_on_the_claim_works_on_the_case(policy: ComplaintPolicy) -> None:
    assert list(taken(policy, claim(user_id=99)).frame["user_id"]) == [99]


@pytest.mark.requirement("S4-73")
@pytest.mark.parametrize(
    ("text", "word", "type_", "severity"),
    [
        ("Pallet fell off in TRANSIT", "in transit", "transport", "medium"),
        ("Crude oil drum leaks", "", "product", "medium"),
        ("Slow transition to the new dye by a subcontractor", "", "product", "medium"),
        ("Rude driver", "rude", "service", "low"),
        ("<p>wrong <b>price</b></p>", "price", "contract", "medium"),
        ("客服态度很差", "态度", "service", "low"),
        ("worker was injured in transit", "injur", "product", "critical"),
    ],
)
def test_the_first_line_with_a_word_in_the_text_decides_and_names_it(
    policy: ComplaintPolicy, text: str, word: str, type_: str, severity: str
) -> None:
    [row] = taken(policy, claim(text=text)).frame.to_dict("records")
    assert (row["type"], row["severity"]) == (type_, severity)
    assert (row["triage_code"], json.loads(row["triage_args"]).get("word", "")) == (
        ("triage.word", word) if word else ("triage.line", "")
    )


def test_a_long_text_is_looked_at_quickly(policy: ComplaintPolicy) -> None:
    assert list(taken(policy, claim(text="<" * 400_000)).frame["type"]) == ["product"]


def test_words_in_the_tags_of_a_text_say_nothing(policy: ComplaintPolicy) -> None:
    assert plain_text('<p class="transit">Bent&nbsp;frame</p>\n<br>') == "Bent frame"
    assert list(taken(policy, claim(text='<p class="transit">Bent</p>')).frame["type"]) == ["product"]


def test_a_ticket_is_a_complaint_by_its_category_alone(policy: ComplaintPolicy) -> None:
    rows = [claim(n, source="helpdesk.ticket", category=name) for n, name in ((1, ""), (2, "Complaint"), (3, "Order"))]
    assert keys(taken(policy, *rows)) == ["helpdesk.ticket,2"]


def test_the_first_line_of_the_intake_decides_also_against_it() -> None:
    text = {
        "complaints": {"valid_from": TODAY},
        "target": [{"response_hours": 1, "resolution_hours": 2}],
        "week": [{"days": ["mon"], "from": "09:00", "to": "10:00"}],
        "intake": [{"category": "Spam", "take": False}, {"source": "crm.claim"}],
        "triage": [{"type": "service"}],
    }
    policy = ComplaintPolicy.model_validate(text)
    assert keys(taken(policy, claim(1, category="Spam"), claim(2, category="Value"))) == ["crm.claim,2"]


@pytest.mark.parametrize("over", [{"stage": "Settled"}, {"stage": "Rejected"}, {"stage_closed": True}])
def test_one_that_is_over_stays_where_it_is(policy: ComplaintPolicy, over: dict[str, Any]) -> None:
    found = taken(policy, claim(**over))
    assert (keys(found), found.findings) == ([], ())


def test_a_case_is_made_once_and_told_when_only_its_source_is_over(policy: ComplaintPolicy) -> None:
    states = ((1, "investigating"), (2, "closed"))
    there = tuple((f"crm.claim,{number}", f"CMP/{number}", 1, 7, 0, 0, state) for number, state in states)
    assert taken(policy, claim(1), claim(2), cases=there).frame.empty
    found = taken(policy, claim(1, stage="Settled"), claim(2, stage="Settled"), cases=there)
    assert [finding.record for finding in found.findings] == ["crm.claim,1"]
    assert "still open" in found.findings[0].message


@pytest.mark.parametrize("paper", ["order_id", "move_id"])
def test_two_sources_for_one_case_are_one_case_and_a_finding(policy: ComplaintPolicy, paper: str) -> None:
    about = {paper: 5, paper.replace("_id", "_company_id"): 1}
    ticket = claim(2, source="helpdesk.ticket", category="Complaint", **about)
    found = taken(policy, ticket, claim(1, **about), claim(3, **about, customer_id=9))
    assert keys(found) == ["crm.claim,1", "crm.claim,3"]
    assert [finding.message for finding in found.findings] == [
        "helpdesk.ticket,2 is about the same order or invoice as crm.claim,1, which counts: close one of the two."
    ]


@pytest.mark.parametrize(("state", "made"), [("assigned", False), ("closed", True), ("rejected", True)])
def test_a_case_that_a_person_recorded_counts_first_while_it_is_open(
    policy: ComplaintPolicy, state: str, made: bool
) -> None:
    there = (("kam.complaint,4", "CMP/0004", 1, 7, 5, 0, state),)
    found = taken(policy, claim(order_id=5, order_company_id=1), cases=there)
    assert (keys(found) == ["crm.claim,1"]) is made
    text = "crm.claim,1 is about the same order or invoice as CMP/0004, which counts: close one of the two."
    assert [finding.message for finding in found.findings] == ([] if made else [text])


def test_a_ticket_goes_by_its_number_with_the_key_beside_it(policy: ComplaintPolicy) -> None:
    ticket = {"source": "helpdesk.ticket", "number": "HT00009", "category": "Complaint", "customer_id": 0}
    [finding] = taken(policy, claim(9) | ticket).findings
    assert finding.record == "helpdesk.ticket,9"
    assert finding.message.startswith("HT00009 (helpdesk.ticket,9) has no company or no customer")


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ({"company_id": 0}, "no company or no customer"),
        ({"customer_id": 0}, "no company or no customer"),
        ({"order_id": 5, "order_company_id": 2}, "of another company"),
        ({"move_id": 5, "move_company_id": 2}, "of another company"),
    ],
)
def test_what_cannot_be_a_case_is_a_finding_and_the_others_are_taken(
    policy: ComplaintPolicy, broken: dict[str, Any], words: str
) -> None:
    found = taken(policy, claim(1, **broken), claim(2))
    assert keys(found) == ["crm.claim,2"]
    [finding] = found.findings
    assert finding.record == "crm.claim,1"
    assert words in finding.message


def test_nothing_comes_of_nothing(policy: ComplaintPolicy) -> None:
    found = taken(policy)
    assert (len(found.frame), found.findings) == (0, ())


@pytest.mark.requirement("S4-73")
@pytest.mark.parametrize(
    ("line", "owner"),
    [
        ({"type": "product"}, 90),
        ({"type": "service"}, 70),
        ({"team": "North"}, 90),
        ({"team": "South"}, 70),
        ({"tier": "gold", "severity": "medium"}, 90),
        ({"tier": "silver"}, 70),
        ({"severity": "critical"}, 70),
    ],
)
def test_the_first_owner_that_fits_works_on_it_else_the_salesperson(
    policy: ComplaintPolicy, line: dict[str, Any], owner: int
) -> None:
    lines = (Owner(user="qa", **line), Owner(type="product", severity="critical", user="kam"))
    owned = policy.model_copy(update={"owner": lines})
    assert list(taken(owned, claim()).frame["user_id"]) == [owner]
    assert list(taken(owned, claim(user_id=5)).frame["user_id"]) == [5]


def test_an_owner_who_is_no_active_user_is_a_finding_and_decides_nothing(policy: ComplaintPolicy) -> None:
    owned = policy.model_copy(update={"owner": (Owner(user="gone"), Owner(user="kam"))})
    found = taken(owned, claim())
    assert list(found.frame["user_id"]) == [91]
    assert [finding.record for finding in found.findings] == ["gone"]


def answer(number: int = 1, score: object = 1, **values: Any) -> dict[str, Any]:
    """A rating of an order by customer 7, given on 1 June."""
    about = {"source": "rating.rating", "title": "S5", "category": "sale.order", "document": "sale.order,5"}
    return claim(number) | about | {"order_id": 5, "order_company_id": 1, "score": score, "stage": ""} | values


@pytest.mark.requirement("S3-17")
@pytest.mark.parametrize(("score", "made"), [("1", True), ("2.000000", True), ("2.01", False), ("5", False)])
def test_an_answer_up_to_the_limit_is_a_complaint(policy: ComplaintPolicy, score: str, made: bool) -> None:
    found = taken(policy, answer(score=Decimal(score), text="Late again"))
    assert (keys(found), found.findings) == (["rating.rating,1"] if made else [], ())


def test_of_a_million_answers_those_are_looked_at_that_are_low_and_young_or_a_case(policy: ComplaintPolicy) -> None:
    last, gone = (pd.Timestamp(f"2026-05-{day} 23:59", tz="UTC") for day in (31, 30))
    rows = [answer(1, opened_at=last), answer(2, opened_at=gone), answer(3, score=Decimal("2.01")),
            answer(4, score=Decimal(2), document="sale.order,6", order_id=6), claim(5)]  # fmt: skip
    rows.append(answer(6, score=5, opened_at=gone, document="project.task,7", order_id=0))
    case = ("rating.rating,6", "K-6", 1, 7, 0, 0, "received")
    with mock.patch("kam_connector.rules.intake._find_line", return_value=None) as asked:
        taken(policy, *rows, cases=(case,))
    assert sorted(call.args[0]["source_id"] for call in asked.call_args_list) == [1, 4, 5, 6]


@pytest.mark.parametrize(
    ("title", "text", "told"),
    [("S5", "Late", "S5: Late"), ("", "Late", "Late"), ("S5", "", "S5"), ("", "", "sale.order,5")],
)
def test_the_case_of_an_answer_has_a_title_whatever_is_empty(
    policy: ComplaintPolicy, title: str, text: str, told: str
) -> None:
    assert list(taken(policy, answer(title=title, text=text)).frame["title"]) == [told]


@pytest.mark.parametrize(("text", "code"), [("damaged in transit", "triage.answer_word"), ("", "triage.answer")])
def test_the_case_of_an_answer_tells_its_score_and_what_was_written(
    policy: ComplaintPolicy, text: str, code: str
) -> None:
    [row] = taken(policy, answer(score=Decimal("2.000000"), text=text)).frame.to_dict("records")
    assert (row["title"], row["triage_code"], row["order_id"]) == (f"S5: {text}" if text else "S5", code, 5)
    figures = json.loads(row["triage_args"])
    assert (figures["score"], figures["at_most"], figures["category"]) == ("2", "2", "sale.order")


@pytest.mark.requirement("S3-17")
@pytest.mark.parametrize(("given", "made"), [("2026-05-30", False), ("2026-05-31", True), ("2026-06-01", True)])
def test_an_answer_becomes_a_complaint_within_thirty_days(policy: ComplaintPolicy, given: str, made: bool) -> None:
    assert bool(keys(taken(policy, answer(opened_at=pd.Timestamp(f"{given} 23:00", tz="UTC"))))) is made


def test_what_is_sold_is_not_asked_of_answers_that_nobody_looks_at(policy: ComplaintPolicy) -> None:
    """The orders of a million ratings are looked up for those alone that are low and young or a case; twice is once."""
    rows = pd.DataFrame([answer(1), answer(2, score=5), answer(3, score=5), claim(4)])
    known = pd.Series(["rating.rating,3"])
    once = without_idle(rows, known, policy, as_of=TODAY)
    assert once["source_id"].tolist() == [1, 3, 4]
    assert without_idle(once, known, policy, as_of=TODAY).equals(once)


@pytest.mark.requirement("S3-17")
@pytest.mark.parametrize(
    ("zone", "given", "made"),
    [
        ("Asia/Shanghai", "2026-05-30 15:59", False),
        ("Asia/Shanghai", "2026-05-30 16:00", True),
        ("America/New_York", "2026-05-31 03:59", False),
        ("America/New_York", "2026-05-31 04:00", True),
    ],
)
def test_the_thirty_days_are_those_of_the_company(policy: ComplaintPolicy, zone: str, given: str, made: bool) -> None:
    rows = pd.DataFrame([answer(opened_at=pd.Timestamp(given, tz="UTC"))])
    zones = {1: ZoneInfo(zone), 2: ZoneInfo("UTC")}
    found = take_in(rows, pd.DataFrame(columns=list(CASES)), STAFF, policy, as_of=TODAY, zones=zones)
    assert bool(keys(found)) is made


def test_a_survey_is_taken_by_a_line_with_its_title_and_in_percent(policy: ComplaintPolicy) -> None:
    survey = {"source": "survey.user_input", "category": "Service", "document": "survey.survey,4", "order_id": 0}
    rows = [answer(n, score, **survey, customer_id=n) for n, score in ((1, 40), (2, 41))]
    assert keys(taken(policy, *rows)) == []
    line = Intake(source="survey.user_input", category="Service", at_most=Decimal(40))
    own = policy.model_copy(update={"intake": (Intake(), *policy.intake, line)})
    assert keys(taken(own, *rows, answer(3, 0, **{**survey, "category": "Staff"}))) == ["survey.user_input,1"]


def test_answers_about_something_are_left_out_by_a_line_before(policy: ComplaintPolicy) -> None:
    line = Intake(source="rating.rating", category="sale.order", take=False)
    own = policy.model_copy(update={"intake": (line, *policy.intake)})
    assert keys(taken(own, answer(1), answer(2, category="project.task", order_id=0))) == ["rating.rating,2"]


@pytest.mark.parametrize("broken", [{"customer_id": 0}, {"company_id": 0}])
def test_a_low_answer_of_somebody_unknown_is_a_finding(policy: ComplaintPolicy, broken: dict[str, int]) -> None:
    found = taken(policy, answer(1, **broken), answer(2, 5, **broken))
    assert keys(found) == []
    text = "rating.rating,1 is a low answer without a known customer or company: it becomes no complaint."
    assert [(finding.severity, finding.message) for finding in found.findings] == [("info", text)]


@pytest.mark.parametrize("score", [1, 5])
def test_the_case_of_an_answer_stays_whatever_is_answered_later(policy: ComplaintPolicy, score: int) -> None:
    there = (("rating.rating,1", "CMP/1", 1, 7, 5, 0, "received"),)
    found = taken(policy, answer(score=score), cases=there)
    assert (keys(found), found.findings) == ([], ())


OPEN_CASES = [
    (("kam.complaint,4", "CMP/4", 1, 7, 5, 0, "assigned"), {}),
    (("helpdesk.ticket,9", "CMP/4", 1, 7, 0, 0, "assigned"), {"document": "helpdesk.ticket,9", "order_id": 0}),
    (("rating.rating,2", "CMP/4", 1, 7, 0, 0, "assigned"), {"document": "project.task,3", "order_id": 0}),
]


@pytest.mark.requirement("S3-17")
@pytest.mark.parametrize(("case", "about"), OPEN_CASES, ids=["order", "ticket", "answer before"])
def test_a_low_answer_about_what_has_an_open_case_is_no_second_one(
    policy: ComplaintPolicy, case: tuple[Any, ...], about: dict[str, Any]
) -> None:
    rows = [answer(1, **about), answer(2, 4, **about)]
    found = taken(policy, *rows, cases=(case,))
    text = "rating.rating,1 is a low answer about what complaint CMP/4 is about, which is open: it is no second one."
    assert (keys(found), [(one.severity, one.message) for one in found.findings]) == ([], [("info", text)])
    assert keys(taken(policy, *rows, cases=((*case[:-1], "closed"),))) == ["rating.rating,1"]


def test_of_two_low_answers_about_one_thing_the_first_is_the_case_and_strangers_have_their_own(
    policy: ComplaintPolicy,
) -> None:
    about = {"document": "product.template,3", "order_id": 0}
    found = taken(policy, answer(1, **about), answer(2, **about), answer(3, **about, customer_id=8))
    assert keys(found) == ["rating.rating,1", "rating.rating,3"]
    assert [finding.record for finding in found.findings] == ["rating.rating,2"]


def test_one_line_takes_from_several_sources_and_from_no_other(policy: ComplaintPolicy) -> None:
    named = Intake(sources=("helpdesk.ticket", "crm.claim"), category="Fault")
    sources = ("crm.claim", "helpdesk.ticket", "other")
    rows = [claim(number, source=source, category="Fault") for number, source in enumerate(sources)]
    own = policy.model_copy(update={"intake": (named,)})
    assert keys(taken(own, *rows)) == ["crm.claim,0", "helpdesk.ticket,1"]


def test_one_limit_counts_for_the_answers_of_several_sources(policy: ComplaintPolicy) -> None:
    line = Intake(sources=("rating.rating", "survey.user_input"), at_most=Decimal(4))
    given = [
        answer(number, source=source, score=score, order_id=0, document=f"sale.order,{number}")
        for number, (source, score) in enumerate(
            [("rating.rating", 4), ("rating.rating", 5), ("survey.user_input", 4), ("survey.user_input", 5)]
        )
    ]
    own = policy.model_copy(update={"intake": (line,)})
    assert keys(taken(own, *given)) == ["rating.rating,0", "survey.user_input,2"]
