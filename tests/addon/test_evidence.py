"""Good faith or not on a real Odoo 19: people note, two reviewers decide, and the customer never reads of it."""

from __future__ import annotations

import json
from time import sleep
from typing import Any

import pytest

from tests.addon.cast import Cast
from tests.addon.rpc import Refused

pytestmark = [pytest.mark.odoo, pytest.mark.long]
MODEL, NOTE, REVIEW = "kam.complaint", "kam.complaint.evidence", "kam.complaint.review"
LOT = {"kind": "foreign_lot", "points": 30, "code": "evidence.foreign_lot", "args": '{"notes":1,"weight":"30"}'}
PIECES = [LOT, {**LOT, "kind": "refuses_inspection", "points": 40, "code": "evidence.refuses_inspection"}]
SUSPECTED = {"kinds": 2, "suspected_from": "60", "total_points": "70", "valid_from": "2026-01-01"}
REVIEWED = {"review_from": "30", "suspected_from": "60", "total_points": "55", "valid_from": "2026-01-01"}
TALK = "Explain, persuade, guide; legal steps only if needed"


def record(cast: Cast, band: str = "suspected", points: int = 70) -> int:
    """A case of Anna's that the connector has put into the band."""
    case = cast.login("anna").create(MODEL, partner_id=cast.partners["Alpha"], received_at="2026-06-01 08:00:00")
    assert weigh(cast, case, band, points) == "updated"
    return case


def weigh(cast: Cast, case: int, band: str, points: int) -> str:
    figures = SUSPECTED if band == "suspected" else REVIEWED
    values = {
        "evidence_points": points, "evidence_band": band, "evidence": json.dumps(PIECES),
        "evidence_code": f"evidence.{band}", "evidence_args": json.dumps({**figures, "total_points": str(points)}),
    }  # fmt: skip
    row = cast.admin.read(MODEL, case, "kam_key", "kam_version")
    [answer] = cast.apply(MODEL, {**cast.row(row["kam_key"], **values), "version": row["kam_version"]})
    return str(answer["status"])


def note(cast: Cast, case: int, person: str = "anna", **more: Any) -> int:
    return cast.login(person).create(NOTE, complaint_id=case, kind="foreign_lot", note="Lot 17 is not ours.", **more)


def review(cast: Cast, case: int, person: str, finding: str = "malicious", **more: Any) -> int:
    return cast.login(person).create(REVIEW, complaint_id=case, finding=finding, reason="Seen the papers.", **more)


def take_back(cast: Cast, number: int, person: str) -> None:
    cast.login(person).write(REVIEW, number, withdrawal="The laboratory was wrong.")


def stands(cast: Cast, case: int) -> bool:
    return bool(cast.admin.read(MODEL, case, "is_malicious")["is_malicious"])


def talks(cast: Cast, case: int) -> list[int]:
    """Who has an open activity to talk with the customer."""
    domain = [["res_model", "=", MODEL], ["res_id", "=", case], ["summary", "=", TALK]]
    return [row["user_id"] for row in cast.admin.call("mail.activity", "search_read", domain, ["user_id"], load="")]


@pytest.mark.requirement("S4-74")
def test_what_the_connector_weighed_is_told_in_words(cast: Cast) -> None:
    case = record(cast)
    assert weigh(cast, case, "suspected", 70) == "unchanged"
    story = cast.login("anna").read(MODEL, case, "evidence_story")["evidence_story"].splitlines()
    assert story[0] == "30 points: the lot or document is not ours (notes: 1)."
    assert story[2].startswith("70 points from 2 independent kinds of evidence: suspected (from 60 on).")
    chinese = cast.login("li", lang="zh_CN").read(MODEL, case, "evidence_story")["evidence_story"]
    assert "批次或单据不是我方的" in chinese
    domain = [["evidence_band", "in", ["review", "suspected"]], ["id", "=", case]]
    assert cast.login("li").search(MODEL, domain) == [case]


@pytest.mark.requirement("S4-76")
def test_two_reviewers_make_it_stand_and_the_responsible_person_is_asked_to_talk(cast: Cast) -> None:
    case = record(cast)
    first = review(cast, case, "li")
    assert (stands(cast, case), talks(cast, case)) == (False, [])
    review(cast, case, "dir")
    assert (stands(cast, case), talks(cast, case)) == (True, [cast.users["anna"]])
    take_back(cast, first, "li")
    assert (stands(cast, case), talks(cast, case)) == (False, [])


@pytest.mark.requirement("S4-76")
def test_one_reviewer_counts_once_and_one_who_disagrees_prevents_it(cast: Cast) -> None:
    case = record(cast)
    review(cast, case, "li")
    with pytest.raises(Refused, match="reviewed this complaint already"):
        review(cast, case, "li")
    assert not stands(cast, case)
    other = review(cast, case, "dir", "good_faith")
    assert not stands(cast, case)
    take_back(cast, other, "dir")
    review(cast, case, "dir")
    assert stands(cast, case)


@pytest.mark.requirement("S4-76")
def test_new_evidence_ends_it_and_only_a_reviewer_makes_it_stand_again(cast: Cast) -> None:
    case = record(cast)
    review(cast, case, "li")
    last = review(cast, case, "dir")
    before = cast.admin.read(MODEL, case, "kam_version")["kam_version"]
    sleep(1.1)  # moments of the ERP are whole seconds
    weigh(cast, case, "review", 30)
    assert (stands(cast, case), talks(cast, case)) == (False, [])
    after = cast.admin.read(MODEL, case, "kam_version", "reviewed_on")
    assert after["kam_version"] == before + 1
    assert after["reviewed_on"] == cast.admin.read(REVIEW, last, "found_on")["found_on"]  # the night reviews nothing
    weigh(cast, case, "suspected", 70)
    assert not stands(cast, case)
    take_back(cast, last, "dir")
    review(cast, case, "dir")
    assert stands(cast, case)


@pytest.mark.parametrize("person", ["anna", "bo", "fin", "out"])
def test_only_managers_review(cast: Cast, person: str) -> None:
    with pytest.raises(Refused):
        review(cast, record(cast), person)


def test_whoever_works_on_the_case_does_not_review_it(cast: Cast) -> None:
    case = record(cast)
    cast.login("dir").write(MODEL, case, user_id=cast.users["li"])
    with pytest.raises(Refused, match="Somebody else has to review it"):
        review(cast, case, "li")


@pytest.mark.requirement("S4-76")
def test_who_was_ever_responsible_or_took_a_step_reviews_nothing_after_handing_the_case_over(cast: Cast) -> None:
    case, users = record(cast), cast.users
    cast.login("dir").write(MODEL, case, user_id=users["li"])
    cast.login("li").write(MODEL, case, user_id=users["anna"])
    for person in ("li", "dir"):
        assert not cast.login(person).read(MODEL, case, "may_review")["may_review"]
        with pytest.raises(Refused, match="worked on this complaint"):
            review(cast, case, person)
    domain = [["complaint_id", "=", case], ["event", "=", "handed_over"]]
    log = cast.admin.call(
        "kam.complaint.event", "search_read", domain, ["old_owner_id", "owner_id", "user_id"], load="", order="id"
    )
    assert [(row["old_owner_id"], row["owner_id"], row["user_id"]) for row in log] == [
        (users["anna"], users["li"], users["dir"]), (users["li"], users["anna"], users["li"]),
    ]  # fmt: skip


def test_a_case_that_was_handed_over_before_the_log_said_so_is_known_by_its_chatter(cast: Cast) -> None:
    from rig import databases

    case, users = record(cast), cast.users
    cast.login("dir").write(MODEL, case, user_id=users["li"])
    cast.login("dir").write(MODEL, case, user_id=users["bo"])
    databases.query(19, cast.admin.database, f"DELETE FROM kam_complaint_event WHERE complaint_id = {case}")
    for person in ("li", "dir"):
        assert not cast.login(person).read(MODEL, case, "may_review")["may_review"]
        with pytest.raises(Refused, match="worked on this complaint"):
            review(cast, case, person)


def test_one_step_in_the_case_is_enough_to_be_no_reviewer_of_it(cast: Cast) -> None:
    case = record(cast)
    cast.login("li").write(MODEL, case, state="accepted")
    with pytest.raises(Refused, match="worked on this complaint"):
        review(cast, case, "li")
    review(cast, case, "dir")


@pytest.mark.requirement("S4-76")
def test_who_noted_evidence_reviews_nothing_of_the_case_withdrawn_or_not(cast: Cast) -> None:
    case, boss = record(cast), cast.login("dir")
    noted = note(cast, case, "dir")
    for _ in range(2):
        assert not boss.read(MODEL, case, "may_review")["may_review"]
        with pytest.raises(Refused, match="worked on this complaint"):
            review(cast, case, "dir")
        if not cast.admin.read(NOTE, noted, "withdrawn_on")["withdrawn_on"]:
            boss.write(NOTE, noted, withdrawal="It was our lot.")
    assert cast.login("li").read(MODEL, case, "may_review")["may_review"]
    given = review(cast, case, "li")
    with pytest.raises(Refused, match="reviewed this complaint already"):
        note(cast, case, "li")
    cast.login("li").write(REVIEW, given, withdrawal="I have seen it myself.")
    assert note(cast, case, "li")


def test_points_of_a_review_band_allow_no_such_finding_and_good_faith_none_at_all(cast: Cast) -> None:
    case = record(cast, "review", 55)
    with pytest.raises(Refused, match="does not suffice"):
        review(cast, case, "li")
    review(cast, case, "li", "good_faith")
    plain = cast.login("anna").create(MODEL, partner_id=cast.partners["Alpha"])
    with pytest.raises(Refused, match="no occasion"):
        review(cast, plain, "li", "good_faith")


@pytest.mark.requirement("S4-74")
def test_a_salesperson_notes_on_the_own_case_and_it_stays_as_noted(cast: Cast) -> None:
    case = record(cast)
    number = note(cast, case, noted_by_id=cast.users["dir"], noted_on="2020-01-01 00:00:00")
    row = cast.admin.read(NOTE, number, "noted_by_id", "noted_on")
    assert row["noted_by_id"] == cast.users["anna"]
    assert row["noted_on"] > "2026-01-01"
    with pytest.raises(Refused, match="stays as it was noted"):
        cast.login("anna").write(NOTE, number, note="Another lot.")
    for person in ("anna", "dir"):
        with pytest.raises(Refused):
            cast.login(person).call(NOTE, "unlink", [number])
    for text in ("", "  "):
        with pytest.raises(Refused, match="needs a note"):
            cast.login("anna").create(NOTE, complaint_id=case, kind="foreign_lot", note=text)


@pytest.mark.requirement("S4-76")
def test_on_the_page_of_the_case_people_note_and_review_as_the_form_sends_it(cast: Cast) -> None:
    case, anna, li = record(cast), cast.login("anna"), cast.login("li")
    [view] = anna.call(MODEL, "get_views", [[False, "form"]])["views"].values()
    assert 'name="evidence_ids"' in view["arch"]
    anna.write(MODEL, case, evidence_ids=[[0, 0, {"kind": "several_channels", "note": "By phone and by mail."}]])
    assert (li.read(MODEL, case, "may_review")["may_review"], anna.read(MODEL, case, "may_review")["may_review"]) == (
        True, False,
    )  # fmt: skip
    found = {"finding": "malicious", "reason": "Seen the papers."}
    li.write(MODEL, case, review_ids=[[0, 0, found]])
    cast.login("dir").write(MODEL, case, review_ids=[[0, 0, found]])
    assert stands(cast, case)
    assert not li.read(MODEL, case, "may_review")["may_review"]
    [noted] = anna.search(NOTE, [["complaint_id", "=", case]])
    anna.write(MODEL, case, evidence_ids=[[1, noted, {"withdrawal": "It was another customer."}]])
    assert cast.admin.read(NOTE, noted, "withdrawn_by_id")["withdrawn_by_id"] == cast.users["anna"]
    with pytest.raises(Refused):
        anna.write(MODEL, case, review_ids=[[0, 0, found]])


@pytest.mark.parametrize("person", ["bo", "cara", "fin", "out", "bot"])
def test_nobody_notes_on_a_strangers_case(cast: Cast, person: str) -> None:
    with pytest.raises(Refused):
        note(cast, record(cast), person)


@pytest.mark.requirement("S4-74")
def test_evidence_is_withdrawn_once_with_a_reason_by_who_noted_it_or_a_manager(cast: Cast) -> None:
    case = record(cast)
    own, others = note(cast, case), note(cast, case, "li")
    with pytest.raises(Refused, match="withdraws it"):
        cast.login("anna").write(NOTE, others, withdrawal="No.")
    cast.login("li").write(NOTE, own, withdrawal="It was our lot.")
    row = cast.admin.read(NOTE, own, "withdrawal", "withdrawn_by_id", "withdrawn_on")
    assert (row["withdrawal"], row["withdrawn_by_id"], bool(row["withdrawn_on"])) == (
        "It was our lot.", cast.users["li"], True,
    )  # fmt: skip
    with pytest.raises(Refused, match="withdrawn once"):
        cast.login("li").write(NOTE, own, withdrawal="Again.")
    with pytest.raises(Refused, match="with a reason"):
        cast.login("anna").write(NOTE, others, withdrawal=" ")


def test_the_document_of_a_note_cannot_be_changed_behind_it(cast: Cast) -> None:
    number = note(cast, record(cast), document="cGFwZXI=", document_name="lot.txt")
    about = [["res_model", "=", NOTE], ["res_id", "=", number], ["res_field", "=", "document"]]
    assert cast.admin.search("ir.attachment", about) == []
    with pytest.raises(Refused, match="stays as it was noted"):
        cast.login("anna").write(NOTE, number, document="b3RoZXI=")
    assert cast.login("li").read(NOTE, number, "document")["document"] == "cGFwZXI="


def test_a_review_stays_as_written_and_only_its_reviewer_takes_it_back(cast: Cast) -> None:
    case = record(cast)
    number = review(cast, case, "li", user_id=cast.users["dir"])
    assert cast.admin.read(REVIEW, number, "user_id")["user_id"] == cast.users["li"]
    with pytest.raises(Refused, match="stays as it was written"):
        cast.login("li").write(REVIEW, number, finding="good_faith")
    with pytest.raises(Refused, match="Only the reviewer"):
        take_back(cast, number, "dir")
    with pytest.raises(Refused):
        take_back(cast, number, "anna")


@pytest.mark.parametrize("person", ["anna", "li", "dir"])
def test_nobody_writes_points_or_finding_by_hand(cast: Cast, person: str) -> None:
    case = record(cast)
    for values in ({"evidence_points": 0}, {"evidence_band": "good_faith"}, {"is_malicious": True}):
        with pytest.raises(Refused, match=next(iter(values))):
            cast.login(person).write(MODEL, case, **values)
        with pytest.raises(Refused, match=next(iter(values))):
            cast.login(person).create(MODEL, partner_id=cast.partners["Alpha"], **(values | {"evidence_points": 5}))
    context = {"default_is_malicious": True, "default_evidence_band": "suspected"}
    [made] = cast.login(person).call(MODEL, "create", [{"partner_id": cast.partners["Alpha"]}], context=context)
    row = cast.admin.read(MODEL, made, "is_malicious", "evidence_band")
    assert (row["is_malicious"], row["evidence_band"]) == (False, False)


@pytest.mark.parametrize(
    "wrong", [{"points": "30"}, {"points": True}, {"kind": 1}, {"args": {}}, {"code": None}], ids=str
)
def test_a_piece_of_evidence_of_another_type_is_refused(cast: Cast, wrong: dict[str, Any]) -> None:
    row = cast.admin.read(MODEL, record(cast), "kam_key")
    [answer] = cast.apply(MODEL, cast.row(row["kam_key"], evidence=json.dumps([{**LOT, **wrong}])))
    assert (answer["status"], "JSON list" in answer["message"]) == ("refused", True)


def test_the_connector_begins_no_finding(cast: Cast) -> None:
    case = record(cast)
    row = cast.admin.read(MODEL, case, "kam_key", "kam_version")
    [answer] = cast.apply(MODEL, cast.row(row["kam_key"], is_malicious=True))
    assert answer["status"] == "refused"
    assert not stands(cast, case)


@pytest.mark.requirement("S4-76")
def test_an_accountant_sees_the_case_and_nothing_of_the_evidence(cast: Cast) -> None:
    case = record(cast)
    fin = cast.login("fin")
    assert "evidence_band" not in fin.call(MODEL, "fields_get")
    assert fin.read(MODEL, case, "state")["state"] == "received"
    with pytest.raises(Refused):
        fin.read(MODEL, case, "evidence_points")
    fin.write(MODEL, case, disputed_amount=5.0)
    [view] = fin.call(MODEL, "get_views", [[False, "form"]])["views"].values()
    assert "evidence" not in view["arch"]


@pytest.mark.requirement("S4-76")
def test_the_word_is_in_no_message_and_the_customer_sees_no_case(cast: Cast) -> None:
    case = record(cast)
    cast.login("anna").call(MODEL, "message_subscribe", [case], partner_ids=[cast.partners["Alpha"]])
    note(cast, case)
    review(cast, case, "li")
    review(cast, case, "dir")
    assert stands(cast, case)
    domain = [["res_model", "=", MODEL], ["res_id", "=", case], ["summary", "=", TALK]]
    cast.login("anna").call("mail.activity", "action_feedback", cast.admin.search("mail.activity", domain))
    about = [["model", "=", MODEL], ["res_id", "=", case]]
    messages = cast.admin.call("mail.message", "search_read", about, ["body", "subject", "tracking_value_ids"])
    said = json.dumps(messages, ensure_ascii=False).lower()
    assert messages
    assert [word for word in ("malic", "恶意", "惡意", "suspect", "evidence") if word in said] == []
    values = [number for row in messages for number in row["tracking_value_ids"]]
    tracked = cast.admin.call("mail.tracking.value", "read", values, ["field_id"], load="")
    names = cast.admin.call("ir.model.fields", "read", [row["field_id"] for row in tracked], ["name"])
    assert [row["name"] for row in names if "evidence" in row["name"] or "malic" in row["name"]] == []
    portal = cast.admin.create(
        "res.users", name="Customer", login=f"portal{case}", password=f"portal{case}",
        group_ids=[[6, 0, [cast.admin.xml_id("base.group_portal")]]],
    )  # fmt: skip
    cast.admin.write("res.users", portal, partner_id=cast.admin.read("res.users", portal, "partner_id")["partner_id"])
    for model in (MODEL, NOTE, REVIEW):
        with pytest.raises(Refused):
            cast.login(f"portal{case}").search(model, [])


@pytest.mark.requirement("S4-76")
def test_a_defect_that_is_confirmed_is_compensated_although_the_finding_stands(cast: Cast) -> None:
    """What the connector proposes is approved as ever; what it withholds a director decides on the merits."""
    case = record(cast)
    review(cast, case, "li")
    review(cast, case, "dir")
    boss = cast.login("dir")
    for state in ("accepted", "investigating", "proposed"):
        boss.write(MODEL, case, state=state)
    reason = {"approver": "director", "currency": "USD", "loss": "1000.00", "valid_from": "2026-01-01"}
    withheld = {"proposed_amount": 0.0, "proposed_limit": "merits", "approver": "director",
                "proposal_code": "compensation.merits", "proposal_args": json.dumps(reason)}  # fmt: skip
    row = cast.admin.read(MODEL, case, "kam_key", "kam_version")
    cast.apply(MODEL, {**cast.row(row["kam_key"], **withheld), "version": row["kam_version"]})
    told = cast.login("anna").read(MODEL, case, "proposal")["proposal"]
    assert told.startswith("Nothing is proposed for the documented loss of $")
    with pytest.raises(Refused, match="to be approved by: Director"):
        cast.login("li").write(MODEL, case, state="approved", remedy="goodwill", agreed_amount=1.0)
    boss.write(MODEL, case, state="approved", remedy="credit", agreed_amount=1000.0)
    assert cast.admin.read(MODEL, case, "agreed_amount")["agreed_amount"] == 1000.0
