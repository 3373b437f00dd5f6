"""Fields that follow from another record on a real Odoo 19: nobody writes one over RPC, whatever rights he has."""

from __future__ import annotations

from typing import Any

import pytest

from tests.addon.cast import Cast
from tests.addon.rpc import Refused
from tests.addon.test_evidence import MODEL, NOTE, REVIEW, record

pytestmark = [pytest.mark.odoo, pytest.mark.long]
LINE = "kam.complaint.line"
OWN: dict[str, dict[str, Any]] = {
    LINE: {"claimed_amount": 5.0},
    NOTE: {"kind": "foreign_lot", "note": "Lot 17 is not ours."},
    REVIEW: {"finding": "malicious", "reason": "Seen the papers."},
}
PARTS = [
    *((LINE, person, name) for person in ("anna", "li", "fin") for name in ("company_id", "currency_id")),
    *((NOTE, person, name) for person in ("anna", "li") for name in ("company_id", "partner_id")),
    *((REVIEW, "li", name) for name in ("company_id", "partner_id")),
]


def other(cast: Cast, name: str) -> int:
    """A value that is not the complaint's."""
    if name == "currency_id":
        mine = cast.admin.read("res.company", cast.company_a, "currency_id")["currency_id"]
        return int(cast.admin.search("res.currency", [["id", "!=", mine]])[0])
    return cast.company_b if name == "company_id" else cast.partners["Beta"]


@pytest.mark.requirement("S4-74", "S4-76")
@pytest.mark.parametrize(("model", "person", "name"), PARTS)
def test_nobody_makes_a_part_of_a_complaint_another_companys_or_customers(
    cast: Cast, model: str, person: str, name: str
) -> None:
    case, login = record(cast), cast.login(person)
    with pytest.raises(Refused, match=name):
        login.create(model, complaint_id=case, **OWN[model], **{name: other(cast, name)})
    [made] = login.call(
        model, "create", [{"complaint_id": case, **OWN[model]}], context={f"default_{name}": other(cast, name)}
    )
    before = cast.admin.read(model, made, name)[name]
    assert before != other(cast, name)
    with pytest.raises(Refused):
        login.write(model, made, **{name: other(cast, name)})
    assert cast.admin.read(model, made, name)[name] == before


def test_on_the_page_of_the_case_a_line_is_refused_another_company_too(cast: Cast) -> None:
    case = record(cast)
    with pytest.raises(Refused, match="company_id"):
        cast.login("anna").write(MODEL, case, line_ids=[[0, 0, {**OWN[LINE], "company_id": cast.company_b}]])
    cast.login("anna").write(MODEL, case, line_ids=[[0, 0, OWN[LINE]]])
    [line] = cast.admin.search(LINE, [["complaint_id", "=", case]])
    assert cast.admin.read(LINE, line, "company_id")["company_id"] == cast.company_a


def test_a_sum_on_a_record_that_a_person_made_is_not_written_by_hand(cast: Cast) -> None:
    """The level of a task follows from its step's number."""
    model = "kam.collection.task"
    [answer] = cast.apply(model, cast.row("task:derived", partner_id=cast.partners["Alpha"], step="call", level=2))
    with pytest.raises(Refused, match="rung"):
        cast.login("li").write(model, answer["id"], rung="1")
    with pytest.raises(Refused, match="rung"):
        cast.login("bot").write(model, answer["id"], rung="1")
