"""Bad-debt cases in Odoo: proposed by one person, decided by another, sealed, closed by the connector when paid."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.addon.cast import Cast
from tests.addon.rpc import Refused

pytestmark = [pytest.mark.odoo, pytest.mark.long]
MODEL = "kam.collection.case"
FIGURES = ("amount", "due_date", "advice", "reason_code")


@pytest.fixture
def case(cast: Cast, request: pytest.FixtureRequest) -> int:
    """The connector has opened a case of Beck, whose seller is Bo and whose team is led by Li."""
    [answer] = cast.apply(MODEL, row(cast, request.node.name))
    assert answer["status"] == "created", answer
    return int(answer["id"])


def row(cast: Cast, name: str, **more: Any) -> dict[str, Any]:
    values = {
        "partner_id": cast.partners["Beck"], "user_id": cast.users["bo"], "oldest_item": 5, "amount": 1000.0,
        "due_date": "2025-12-01", "overdue_days": 211, "payer_class": "bad", "advice": "legal", "proposal": "legal",
        "reason_code": "case.paid", "reason_args": '{"item": 5}', "state": "open",
    }  # fmt: skip
    return cast.row(f"case:{name}", **{**values, **more})


def again(cast: Cast, case: int, **values: Any) -> dict[str, Any]:
    """What the endpoint answers when the connector writes the record again."""
    there = cast.admin.read(MODEL, case, "kam_key", "kam_version")
    [answer] = cast.apply(MODEL, {**cast.row(there["kam_key"], **values), "version": there["kam_version"]})
    return answer


def propose(cast: Cast, case: int, **more: Any) -> None:
    bo = cast.login("bo")
    bo.write(MODEL, case, **{"proposal": "legal", "cause_code": "bad_faith", **more})
    bo.call(MODEL, "action_propose", [case])


def turns(cast: Cast, case: int) -> list[int]:
    """Whose activity the case is."""
    domain = [["res_model", "=", MODEL], ["res_id", "=", case]]
    rows = cast.admin.call("mail.activity", "search_read", domain, ["user_id"], load="")
    return [activity["user_id"] for activity in rows]


def state(cast: Cast, case: int) -> str:
    return str(cast.admin.read(MODEL, case, "state")["state"])


@pytest.mark.requirement("S4-40")
def test_the_salesperson_proposes_and_the_teams_leader_decides(cast: Cast, case: int) -> None:
    assert turns(cast, case) == [cast.users["bo"]]
    propose(cast, case)
    there = cast.admin.read(MODEL, case, "state", "proposed_by", "proposed_on", "approver_id")
    assert (there["state"], there["proposed_by"], there["approver_id"]) == (
        "proposed", cast.users["bo"], cast.users["li"],
    )  # fmt: skip
    assert there["proposed_on"].startswith(date.today().isoformat()[:4])
    assert turns(cast, case) == [cast.users["li"]]
    cast.login("li").call(MODEL, "action_approve", [case])
    there = cast.admin.read(MODEL, case, "state", "decided_by")
    assert (there["state"], there["decided_by"]) == ("approved", cast.users["li"])
    assert turns(cast, case) == []


@pytest.mark.requirement("S4-40")
@pytest.mark.parametrize("action", ["action_approve", "action_refuse"])
def test_who_proposed_it_does_not_decide(cast: Cast, case: int, action: str) -> None:
    li = cast.login("li")
    li.write(MODEL, case, cause_code="cash")
    li.call(MODEL, "action_propose", [case])
    with pytest.raises(Refused, match="Somebody else has to decide"):
        li.call(MODEL, action, [case])
    cast.login("fin").call(MODEL, action, [case])
    assert state(cast, case) == {"action_approve": "approved", "action_refuse": "refused"}[action]


def test_a_leaders_own_proposal_goes_to_somebody_else(cast: Cast, case: int) -> None:
    li = cast.login("li")
    li.write(MODEL, case, cause_code="cash")
    li.call(MODEL, "action_propose", [case])
    approver = cast.admin.read(MODEL, case, "approver_id")["approver_id"]
    assert approver not in (False, cast.users["li"])
    assert turns(cast, case) == [approver]


@pytest.mark.requirement("S4-40")
def test_a_salesperson_decides_nothing(cast: Cast, case: int) -> None:
    bo = cast.login("bo")
    propose(cast, case)
    for action in ("action_approve", "action_refuse"):
        with pytest.raises(Refused, match="manager or accountant"):
            bo.call(MODEL, action, [case])
    bo.call(MODEL, "action_take_back", [case])
    assert state(cast, case) == "open"
    assert cast.admin.read(MODEL, case, "proposed_by")["proposed_by"] is False
    bo.write(MODEL, case, cause_code="cash")
    with pytest.raises(Refused, match="manager or accountant"):
        bo.call(MODEL, "action_close", [case])


@pytest.mark.requirement("S4-46")
def test_no_proposal_without_a_cause(cast: Cast, case: int) -> None:
    with pytest.raises(Refused, match="say why the customer does not pay"):
        cast.login("bo").call(MODEL, "action_propose", [case])
    cast.login("bo").write(MODEL, case, cause_code="cash", proposal=False)
    with pytest.raises(Refused, match="say what you propose"):
        cast.login("bo").call(MODEL, "action_propose", [case])


@pytest.mark.requirement("S4-46")
def test_no_manager_closes_a_case_without_a_cause(cast: Cast, case: int) -> None:
    with pytest.raises(Refused, match="say why the customer does not pay"):
        cast.login("li").call(MODEL, "action_close", [case])
    cast.login("li").write(MODEL, case, cause_code="other")
    cast.login("li").call(MODEL, "action_close", [case])
    assert state(cast, case) == "closed"


@pytest.mark.requirement("S4-40")
def test_a_write_off_needs_its_evidence(cast: Cast, case: int) -> None:
    propose(cast, case, proposal="write_off")
    for given in ({}, {"evidence": "judgment"}, {"evidence_ref": " "}):
        cast.login("bo").write(MODEL, case, **given)
        with pytest.raises(Refused, match="a write-off needs its evidence"):
            cast.login("fin").call(MODEL, "action_approve", [case])
    cast.login("bo").write(MODEL, case, evidence_ref="(2026) 123", evidence_date="2026-05-04")
    cast.login("fin").call(MODEL, "action_approve", [case])
    assert state(cast, case) == "approved"


@pytest.mark.requirement("S4-40")
def test_an_approved_case_is_sealed(cast: Cast, case: int) -> None:
    propose(cast, case)
    cast.login("li").call(MODEL, "action_approve", [case])
    before = cast.admin.read(MODEL, case, *FIGURES, "proposal")
    assert again(cast, case, amount=1.0, advice="provision", reason_code="case.covered")["status"] == "refused"
    for person in ("bo", "li", "fin"):
        for values in ({"proposal": "write_off"}, {"cause_code": "other"}, {"expected_recovery": 5.0}):
            with pytest.raises(Refused, match="stays as it is"):
                cast.login(person).write(MODEL, case, **values)
        with pytest.raises(Refused):
            cast.login(person).write(MODEL, case, amount=1.0)
    cast.login("bo").write(MODEL, case, note="The file is with the court.")
    assert cast.admin.read(MODEL, case, *FIGURES, "proposal") == before
    with pytest.raises(Refused):
        cast.admin.call(MODEL, "unlink", [case])
    cast.login("fin").call(MODEL, "action_close", [case])
    assert state(cast, case) == "closed"


@pytest.mark.parametrize(
    "values", [{"state": "approved"}, {"proposed_by": 2}, {"decided_by": 2}, {"decided_on": "2026-01-01 00:00:00"}]
)
def test_no_step_and_no_signature_is_written_by_hand(cast: Cast, case: int, values: dict[str, Any]) -> None:
    for person in ("bo", "li"):
        with pytest.raises(Refused):
            cast.login(person).write(MODEL, case, **values)


@pytest.mark.requirement("S4-40")
def test_the_connector_closes_an_open_case_although_a_person_has_written_in_it(cast: Cast, case: int) -> None:
    cast.login("bo").write(MODEL, case, note="He says that he pays.")
    assert again(cast, case, state="closed")["status"] == "updated"
    assert state(cast, case) == "closed"
    assert turns(cast, case) == []


def test_the_connector_does_not_close_what_is_proposed(cast: Cast, case: int) -> None:
    propose(cast, case)
    again(cast, case, state="closed", amount=0.0)
    there = cast.admin.read(MODEL, case, "state", "amount")
    assert (there["state"], there["amount"]) == ("proposed", 0.0)


def test_the_connectors_advice_moves_and_the_persons_proposal_stays(cast: Cast, case: int) -> None:
    cast.login("bo").write(MODEL, case, proposal="instalments")
    again(cast, case, advice="write_off", proposal="write_off", amount=900.0)
    there = cast.admin.read(MODEL, case, "advice", "proposal", "amount")
    assert (there["advice"], there["proposal"], there["amount"]) == ("write_off", "instalments", 900.0)


def test_the_customer_shows_the_cases_that_run(cast: Cast, case: int) -> None:
    bo, beck = cast.login("bo"), cast.partners["Beck"]
    count = bo.read("res.partner", beck, "kam_case_count")["kam_case_count"]
    assert count >= 1
    again(cast, case, state="closed")
    assert bo.read("res.partner", beck, "kam_case_count")["kam_case_count"] == count - 1


@pytest.mark.requirement("S4-40")
def test_nothing_is_posted(cast: Cast, case: int) -> None:
    before = cast.admin.call("account.move", "search_count", [])
    propose(cast, case, proposal="write_off", evidence="judgment", evidence_ref="(2026) 123")
    cast.login("fin").call(MODEL, "action_approve", [case])
    cast.login("fin").call(MODEL, "action_close", [case])
    assert cast.admin.call("account.move", "search_count", []) == before
    action = cast.login("fin").call(MODEL, "action_open_invoices", [case])
    assert (action["res_model"], action["context"]) == ("account.move", {"create": False})
