"""No way leads to a record that its owner alone may see: every read path, model and person of the cast (R-89)."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from tests.addon.cast import CUSTOMERS, Cast
from tests.addon.rpc import Login, Refused

pytestmark = [pytest.mark.odoo, pytest.mark.long]
PEOPLE = ("anna", "bo", "li", "dir", "fin", "finb", "bot", "out")
LIMITED = ("anna", "bo", "li", "fin", "finb", "out")
SELLERS = {"anna": {"anna"}, "bo": {"bo"}, "cara": {"cara"}, "li": {"anna", "bo", "li"}}
EVERYTHING = {"dir", "fin", "finb", "bot"}
IN_COMPANY_B = {"finb"}
IN_BOTH = {"dir", "bot"}
BY_SELLER = (
    "kam.customer", "kam.score", "kam.ageing.line", "kam.collection.task", "kam.complaint", "kam.promise",
    "kam.suggestion", "kam.stakeholder", "kam.account.member", "kam.customer.note", "kam.plan",
    "kam.plan.measure", "kam.collection.case", "kam.warning",
)  # fmt: skip
BY_PAYEE = ("kam.payout", "kam.payout.line", "kam.payout.objection")
OF_COMPANY = ("kam.tier", "kam.segment", "kam.ageing", "kam.run")
CLOSED = {("kam.ageing", "user"), ("kam.run", "user")}
MARK = "kam.appraisal.mark"
MODELS = (*BY_SELLER, *BY_PAYEE, *OF_COMPANY, "kam.target", MARK)


_EVERY: dict[str, dict[int, dict[str, Any]]] = {}


@pytest.fixture(scope="module")
def stage(odoo19_cast: Cast) -> Cast:
    """The cast, with a complaint of each customer, target and objection of each seller, and records of company B."""
    cast, admin = odoo19_cast, odoo19_cast.admin
    both = {"allowed_company_ids": [cast.company_a, cast.company_b]}
    for name, seller in CUSTOMERS.items():
        for company in (cast.company_a, cast.company_b):
            values = {"partner_id": cast.partners[name], "user_id": cast.users[seller], "company_id": company}
            admin.call("kam.complaint", "create", [values], context=both)
            admin.call("kam.promise", "create", [{**values, "amount": 5.0}], context=both)
            admin.call("kam.collection.case", "create", [{**values, "amount": 5.0}], context=both)
            said = {"partner_id": cast.partners[name], "company_id": company, "name": "Deliver on Mondays"}
            admin.call("kam.suggestion", "create", [said], context=both)
            _fill_file(admin, {"partner_id": cast.partners[name], "company_id": company}, cast.users["dir"], both)
            target = {"user_id": cast.users[seller], "company_id": company, "period": "2026", "amount": 5.0}
            target |= {"date_from": "2026-01-01", "date_to": "2026-12-31"}
            admin.call("kam.target", "create", [target], context=both)
    _mark_people(cast, both)
    _write_other_company(cast)
    for person, key in (*((name, "standard:2026-06") for name in ("anna", "bo", "cara")), ("dir", "pay:b:dir")):
        domain = [["payee_id", "=", cast.users[person]], ["kam_key", "like", key]]
        user = login(cast, person)
        user.create("kam.payout.objection", payout_id=user.search("kam.payout", domain)[0], text="INV/7 is mine.")
    return cast


def _fill_file(admin: Login, owner: dict[str, int], member: int, context: dict[str, Any]) -> None:
    """The customer's file in a company has one row of each kind."""
    contact = admin.create("res.partner", name="Buyer", parent_id=owner["partner_id"])
    admin.call("kam.stakeholder", "create", [{**owner, "contact_id": contact}], context=context)
    admin.call("kam.account.member", "create", [{**owner, "user_id": member}], context=context)
    note = {"kind": "preference", "note": "One brand.", "source": "Visit"}
    admin.call("kam.customer.note", "create", [{**owner, **note}], context=context)
    span = {"date_from": "2026-01-01", "date_to": "2026-12-31"}
    plan = {**owner, **span, "name": "2026", "aim": "Grow", "user_id": member}
    [number] = admin.call("kam.plan", "create", [plan], context=context)
    step = {"plan_id": number, "name": "Own label", "date_from": "2026-01-01", "due": "2026-06-30", "user_id": member}
    admin.call("kam.plan.measure", "create", [step], context=context)


def _mark_people(cast: Cast, both: dict[str, Any]) -> None:
    """Every seller has a released mark in each company."""
    item = cast.admin.xml_id("kam_connector.kam_appraisal_item_results")
    given = [
        {"person_id": cast.users[seller], "company_id": company, "period": "2026-06", "item_id": item, "mark": 4.0}
        for seller in sorted(set(CUSTOMERS.values())) for company in (cast.company_a, cast.company_b)
    ]  # fmt: skip
    made = cast.admin.call(MARK, "create", given, context=both)
    cast.admin.call(MARK, "action_release", made, context=both)


def _write_other_company(cast: Cast) -> None:
    """Company B has a record of each kind, too."""
    other, beck, anna = cast.company_b, cast.partners["Beck"], cast.users["anna"]
    euro = cast.admin.xml_id("base.EUR")
    cast.apply("kam.score", cast.row("score:b", other, partner_id=beck, valid_from="2026-06-30", score=1.0))
    cast.apply("kam.ageing", cast.row("ageing:b", other, name="B", as_of="2026-06-30", basis="due", total=1.0))
    line = {"ageing_id": {"key": "ageing:b"}, "partner_id": beck, "total": 1.0}
    cast.apply("kam.ageing.line", cast.row("line:b", other, **line))
    cast.apply("kam.collection.task", cast.row("task:b", other, partner_id=beck, step="call", level=1, amount=1.0))
    cast.apply("kam.warning", cast.row("warning:b", other, partner_id=beck, rule="order_gap", raised_on="2026-06-30"))
    cast.apply("kam.payout", cast.row("pay:b", other, payee_id=anna, plan="p", period="2026-06", currency_id=euro))
    mine = {"payee_id": cast.users["dir"], "plan": "p", "period": "2026-06", "currency_id": euro}
    cast.apply("kam.payout", cast.row("pay:b:dir", other, **mine))
    cast.apply("kam.payout.line", cast.row("pay:b:1", other, payout_id={"key": "pay:b"}, amount=1.0))
    cast.apply("kam.run", cast.row("run:b", other, name="run:b", kind="night", started_at="2026-06-30 02:00:00"))


def every(cast: Cast, model: str) -> dict[int, dict[str, Any]]:
    """All records of the model with company and owner, as the system sees them; asked once."""
    if model not in _EVERY:
        _EVERY[model] = _ask_every(cast, model)
    return _EVERY[model]


def _ask_every(cast: Cast, model: str) -> dict[int, dict[str, Any]]:
    owner = {"kam.target": "user_id", MARK: "person_id"}.get(model, "payee_id" if model in BY_PAYEE else "partner_id")
    fields = ["company_id", *([owner] if model not in OF_COMPANY else [])]
    context = {"allowed_company_ids": [cast.company_a, cast.company_b], "active_test": False}
    rows = cast.admin.call(model, "search_read", [], fields, load="", context=context)
    return {row["id"]: {"company": row["company_id"], "owner": row.get(owner)} for row in rows}


def expected(cast: Cast, person: str, model: str) -> set[int]:
    """The ids that the table of rights gives to the person."""
    if model == MARK and person in ("fin", "finb"):
        return set()
    if person == "out" or (person in ("anna", "bo", "cara") and (model, "user") in CLOSED):
        return set()
    companies = {cast.company_b} if person in IN_COMPANY_B else {cast.company_a}
    companies |= {cast.company_b} if person in IN_BOTH else set()
    mine = {number: row for number, row in every(cast, model).items() if row["company"] in companies}
    if person in EVERYTHING or model in OF_COMPANY:
        return set(mine)
    sellers = {cast.users[name] for name in SELLERS[person]}
    if model in BY_SELLER:
        names = {cast.partners[name] for name, seller in CUSTOMERS.items() if cast.users[seller] in sellers}
        return {number for number, row in mine.items() if row["owner"] in names}
    return {number for number, row in mine.items() if row["owner"] in sellers}


def login(cast: Cast, person: str) -> Login:
    companies = [cast.company_b] if person in IN_COMPANY_B else [cast.company_a]
    companies += [cast.company_b] if person in IN_BOTH else []
    return cast.login(person, allowed_company_ids=companies, active_test=False)


def by_search(user: Login, model: str) -> set[int]:
    return set(user.search(model, []))


def by_search_read(user: Login, model: str) -> set[int]:
    return {row["id"] for row in user.call(model, "search_read", [], ["id"])}


def by_web_search_read(user: Login, model: str) -> set[int]:
    answer = user.call(model, "web_search_read", [], {"display_name": {}})
    return {row["id"] for row in answer["records"]}


def by_name_search(user: Login, model: str) -> set[int]:
    return {row[0] for row in user.call(model, "name_search", "", limit=None)}


def by_groups(user: Login, model: str) -> set[int]:
    groups = user.call(model, "formatted_read_group", [], ["id"], ["__count"])
    return {group["id"][0] if isinstance(group["id"], list) else group["id"] for group in groups}


def by_old_groups(user: Login, model: str) -> set[int]:
    groups = user.call(model, "read_group", [], ["id:array_agg"], ["company_id"], lazy=False)
    return {number for group in groups for number in group["id"] or []}


def by_count(user: Login, model: str) -> int:
    count: int = user.call(model, "search_count", [])
    return count


LISTS = (by_search, by_search_read, by_web_search_read, by_name_search, by_groups, by_old_groups)
Lister = Callable[[Login, str], set[int]]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("person", PEOPLE)
def test_r89_every_list_shows_what_the_table_says_and_nothing_else(stage: Cast, person: str, model: str) -> None:
    wanted, user = expected(stage, person, model), login(stage, person)
    if not wanted:
        for way in LISTS:
            assert refused_or(way, user, model) == set(), way.__name__
        return
    for way in LISTS:
        assert way(user, model) == wanted, way.__name__
    assert by_count(user, model) == len(wanted)


def refused_or(way: Lister, user: Login, model: str) -> set[int]:
    try:
        return way(user, model)
    except Refused:
        return set()


FOREIGN: tuple[tuple[str, Callable[[Login, str, list[int]], Any]], ...] = (
    ("read", lambda user, model, ids: user.call(model, "read", ids, ["display_name", "company_id"])),
    ("web_read", lambda user, model, ids: user.call(model, "web_read", ids, {"display_name": {}, "company_id": {}})),
    ("export_data", lambda user, model, ids: user.call(model, "export_data", ids, ["id", "company_id/name"])),
    ("copy", lambda user, model, ids: user.call(model, "copy", ids)),
    ("write", lambda user, model, ids: user.call(model, "write", ids, {"kam_run": "stolen"})),
    ("unlink", lambda user, model, ids: user.call(model, "unlink", ids)),
    ("fetch a field by its path", lambda user, model, ids: user.call(model, "mapped", ids, "company_id.name")),
)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("person", LIMITED)
def test_r89_a_record_that_is_not_shown_cannot_be_asked_for_by_its_id(stage: Cast, person: str, model: str) -> None:
    user = login(stage, person)
    foreign = sorted(set(every(stage, model)) - expected(stage, person, model))
    for (name, ask), number in zip(FOREIGN, itertools.cycle((foreign[0], foreign[-1])), strict=False):
        with pytest.raises(Refused):
            pytest.fail(f"{name} of {number} answered {ask(user, model, [number])}")
    assert set(
        stage.admin.call(model, "search", [["id", "in", foreign]], context={**login(stage, "bot").context})
    ) == set(foreign)


@pytest.mark.parametrize("person", ["anna", "bo", "cara", "li"])
def test_r89_searching_customers_by_their_figures_finds_the_persons_own_only(stage: Cast, person: str) -> None:
    user = login(stage, person)
    mine = {stage.partners[name] for name, seller in CUSTOMERS.items() if seller in SELLERS[person]}
    for path in ("kam_customer_ids.score", "kam_customer_ids.overdue", "kam_score", "kam_receivable_total"):
        found = set(user.search("res.partner", [[path, ">", -1], ["id", "in", list(stage.partners.values())]]))
        assert found <= mine, path
    rows = user.call("res.partner", "read", list(stage.partners.values()), ["kam_customer_ids", "kam_task_count"])
    assert {row["id"] for row in rows if row["kam_customer_ids"] or row["kam_task_count"]} <= mine


@pytest.mark.parametrize(
    "model",
    [
        "kam.payout",
        "kam.payout.objection",
        "kam.collection.task",
        "kam.collection.case",
        "kam.warning",
        "kam.complaint",
        "kam.promise",
        "kam.suggestion",
        "kam.stakeholder",
        "kam.account.member",
        "kam.customer.note",
        "kam.plan",
        "kam.customer",
    ],
)
def test_r89_files_and_messages_of_a_hidden_record_are_hidden_too(stage: Cast, model: str) -> None:
    foreign = next(iter(set(every(stage, model)) - expected(stage, "anna", model) & expected(stage, "fin", model)))
    place = {"res_model": model, "res_id": foreign}
    file = stage.admin.create("ir.attachment", name="secret.txt", raw="secret", **place)
    message = stage.admin.call(model, "message_post", [foreign], body="secret words")
    anna = login(stage, "anna")
    assert anna.search("ir.attachment", [["id", "=", file]]) == []
    assert anna.search("mail.message", [["res_id", "=", foreign], ["model", "=", model]]) == []
    for name, number in (("ir.attachment", file), ("mail.message", message)):
        with pytest.raises(Refused):
            anna.read(name, number if isinstance(number, int) else number[0], "display_name")
    with pytest.raises(Refused):
        anna.create("ir.attachment", name="planted.txt", raw="planted", **place)
    with pytest.raises(Refused):
        anna.call(model, "message_post", [foreign], body="planted")


@pytest.mark.parametrize("person", ["anna", "li", "fin", "finb"])
def test_r89_naming_a_company_that_is_not_ones_own_opens_nothing(stage: Cast, person: str) -> None:
    other = stage.company_a if person in IN_COMPANY_B else stage.company_b
    user = stage.login(person, allowed_company_ids=[other])
    for model in MODELS:
        with pytest.raises(Refused):
            pytest.fail(f"{model}: {user.search(model, [])}")


def test_r89_sums_of_customers_are_sums_of_what_the_person_sees(stage: Cast) -> None:
    totals = {}
    for person in ("anna", "bo", "cara", "li", "fin"):
        [row] = login(stage, person).call("kam.customer", "formatted_read_group", [], [], ["receivable_total:sum"])
        totals[person] = row["receivable_total:sum"]
    assert totals == {"anna": 3000.0, "bo": 1500.0, "cara": 1500.0, "li": 4500.0, "fin": 6000.0}
