"""Account plans on real Odoo 19: what was agreed stays, versions follow, measures have an outcome, who sees what."""

from __future__ import annotations

from ast import literal_eval
from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.addon.cast import Cast
from tests.addon.rpc import Login, Refused

pytestmark = [pytest.mark.odoo, pytest.mark.long]
PLAN, MEASURE = "kam.plan", "kam.plan.measure"
SPAN = {"date_from": "2026-01-01", "date_to": "2026-12-31"}
TODAY = date.today()


def plan(user: Login, partner: int, **values: Any) -> int:
    return user.create(PLAN, **{"partner_id": partner, "name": "2026", "aim": "Second supplier", **SPAN} | values)


def measure(user: Login, number: int, **values: Any) -> int:
    said = {"name": "Own label", "kind": "product", "date_from": "2026-01-01", "due": "2026-06-30"}
    return user.create(MEASURE, **{"plan_id": number, **said} | values)


@pytest.fixture
def clear(cast: Cast) -> Cast:
    """No plan of Beck runs from an earlier test."""
    running = cast.admin.search(PLAN, [["state", "=", "running"]])
    if running:
        cast.admin.call(PLAN, "action_finish", running)
    return cast


def state(user: Login, number: int) -> str:
    return str(user.read(PLAN, number, "state")["state"])


@pytest.mark.requirement("S0-4", "S1-20", "S4-86")
def test_a_plan_has_measures_of_each_kind_and_shows_the_price_list_of_the_customer(cast: Cast) -> None:
    bo, beck = cast.login("bo"), cast.partners["Beck"]
    kinds = ("product", "price", "service", "sales_force", "marketing", "other")
    lines = [[0, 0, {"name": kind, "kind": kind, "date_from": "2026-01-01", "due": "2026-06-30"}] for kind in kinds]
    number = plan(bo, beck, measure_ids=lines)
    found = bo.read(PLAN, number, "measure_ids", "user_id", "noted_by_id", "state", "plan_version", "kam_key")
    assert [bo.read(MEASURE, line, "kind")["kind"] for line in found["measure_ids"]] == list(kinds)
    assert (found["user_id"], found["noted_by_id"]) == (cast.users["bo"], cast.users["bo"])
    assert (found["state"], found["plan_version"], found["kam_key"]) == ("draft", 1, f"{PLAN},{number}")
    own = cast.admin.create("product.pricelist", name="Beck's own")
    cast.admin.write("res.partner", beck, property_product_pricelist=own)
    assert bo.read(PLAN, number, "pricelist")["pricelist"] == "Beck's own"
    with pytest.raises(Refused):
        bo.write("product.pricelist", own, name="Cheaper")


@pytest.mark.requirement("S2-5")
def test_what_was_agreed_stays_and_only_the_outcome_is_said(cast: Cast) -> None:
    bo = cast.login("bo")
    number = plan(bo, cast.partners["Beck"], target_revenue=1000.0)
    line = measure(bo, number)
    bo.call(PLAN, "action_agree", [number])
    signed = bo.read(PLAN, number, "agreed_by_id", "agreed_on")
    assert signed["agreed_by_id"] == cast.users["bo"]
    assert abs((date.fromisoformat(signed["agreed_on"]) - TODAY).days) <= 1
    for values in ({"aim": "Less"}, {"date_to": "2027-12-31"}, {"target_revenue": 1.0}, {"target_share": 0.1}):
        with pytest.raises(Refused, match="make its next version"):
            bo.write(PLAN, number, **values)
    for values in ({"due": "2026-12-31"}, {"name": "Nothing"}, {"phase": 2}, {"expected_effect": "None"}):
        with pytest.raises(Refused, match="The plan was agreed"):
            bo.write(MEASURE, line, **values)
    for change in (lambda: measure(bo, number), lambda: bo.call(MEASURE, "unlink", [line])):
        with pytest.raises(Refused, match="The plan was agreed"):
            change()
    bo.write(MEASURE, line, done_on="2026-06-30", actual_effect="40 000 a month", user_id=cast.users["li"])
    bo.write(PLAN, number, user_id=cast.users["li"])
    found = bo.read(MEASURE, line, "done_on", "actual_effect")
    assert (found["done_on"], found["actual_effect"]) == ("2026-06-30", "40 000 a month")
    for values in ({"agreed_by_id": cast.users["bo"]}, {"agreed_on": "2020-01-01"}):
        with pytest.raises(Refused, match="agreed_"):
            bo.write(PLAN, number, **values)


def test_a_measure_of_a_draft_is_changed_and_deleted(cast: Cast) -> None:
    bo = cast.login("bo")
    line = measure(bo, plan(bo, cast.partners["Beck"]))
    bo.write(MEASURE, line, due="2026-12-31", phase=2)
    bo.call(MEASURE, "unlink", [line])
    assert bo.search(MEASURE, [["id", "=", line]]) == []


STATES = ("draft", "agreed", "running", "done", "replaced", "dropped")
STEPS = {
    ("draft", "agreed"), ("draft", "dropped"), ("agreed", "running"), ("agreed", "dropped"), ("running", "done"),
    ("running", "dropped"),
}  # fmt: skip
PATHS = {"draft": (), "agreed": ("agreed",), "running": ("agreed", "running"), "done": ("agreed", "running", "done"),
         "dropped": ("dropped",)}  # fmt: skip


@pytest.mark.parametrize("old", PATHS)
def test_a_plan_goes_only_where_the_table_lets_it(clear: Cast, old: str) -> None:
    bo = clear.login("bo")
    for new in STATES:
        number = plan(bo, clear.partners["Beck"])
        for step in PATHS[old]:
            bo.write(PLAN, number, state=step)
        if (old, new) in STEPS or old == new:
            bo.write(PLAN, number, state=new)
            assert state(bo, number) == new
        else:
            with pytest.raises(Refused, match="cannot go there"):
                bo.write(PLAN, number, state=new)
        if state(bo, number) == "running":
            bo.write(PLAN, number, state="dropped")


@pytest.mark.requirement("S2-5")
def test_the_next_version_takes_the_open_measures_and_replaces_when_it_starts(clear: Cast) -> None:
    bo = clear.login("bo")
    first = plan(bo, clear.partners["Beck"], target_share=0.25)
    measure(bo, first, name="Done")
    measure(bo, first, name="Open", phase=2, expected_effect="More")
    with pytest.raises(Refused, match="was agreed and has none yet"):
        bo.call(PLAN, "action_next_version", [first])
    for action in ("action_agree", "action_start"):
        bo.call(PLAN, action, [first])
    [done] = bo.search(MEASURE, [["plan_id", "=", first], ["name", "=", "Done"]])
    bo.write(MEASURE, done, done_on="2026-03-31")
    action = bo.call(PLAN, "action_next_version", [first])
    assert bo.call(PLAN, "action_next_version", [first])["res_id"] == action["res_id"], "one draft, not two"
    second = int(action["res_id"])
    made = bo.read(PLAN, second, "state", "previous_id", "plan_version", "aim", "target_share", "measure_ids")
    assert (made["state"], made["previous_id"], made["plan_version"]) == ("draft", first, 2)
    assert (made["aim"], made["target_share"]) == ("Second supplier", 0.25)
    [line] = made["measure_ids"]
    taken = bo.read(MEASURE, line, "name", "phase", "expected_effect", "done_on")
    assert (taken["name"], taken["phase"], taken["expected_effect"], taken["done_on"]) == ("Open", 2, "More", False)
    bo.write(PLAN, second, aim="First supplier", date_to="2027-06-30")
    bo.call(PLAN, "action_agree", [second])
    assert (state(bo, first), state(bo, second)) == ("running", "agreed")
    with pytest.raises(Refused, match="was agreed and has none yet"):
        bo.call(PLAN, "action_next_version", [first])
    bo.call(PLAN, "action_start", [second])
    assert (state(bo, first), state(bo, second)) == ("replaced", "running")
    former = bo.read(PLAN, first, "aim", "date_to", "measure_ids")
    assert (former["aim"], former["date_to"], len(former["measure_ids"])) == ("Second supplier", "2026-12-31", 2)


def test_a_customer_has_one_running_plan_and_its_next_version_is_its_own(clear: Cast) -> None:
    bo, anna = clear.login("bo"), clear.login("anna")
    one, other = plan(bo, clear.partners["Beck"]), plan(bo, clear.partners["Beck"])
    for number in (one, other):
        bo.call(PLAN, "action_agree", [number])
    bo.call(PLAN, "action_start", [one])
    with pytest.raises(Refused, match="has a running plan already"):
        bo.call(PLAN, "action_start", [other])
    mine = plan(anna, clear.partners["Alpha"])
    with pytest.raises(Refused, match="same customer and company"):
        plan(anna, clear.partners["Beta"], previous_id=mine)
    with pytest.raises(Refused, match="begins as a draft"):
        plan(bo, clear.partners["Beck"], state="running")


def test_days_and_figures_that_make_no_sense_are_refused(cast: Cast) -> None:
    bo, beck = cast.login("bo"), cast.partners["Beck"]
    with pytest.raises(Refused, match="last day lies before the first"):
        plan(bo, beck, date_to="2025-12-31")
    for values in ({"target_revenue": -1.0}, {"target_share": 1.01}):
        with pytest.raises(Refused, match="not below zero"):
            plan(bo, beck, **values)
    number = plan(bo, beck)
    for values in ({"date_from": "2025-12-31"}, {"due": "2027-01-01"}, {"date_from": "2026-07-01"}):
        with pytest.raises(Refused, match="within the days of its plan"):
            measure(bo, number, **values)
    with pytest.raises(Refused, match="The first phase is 1"):
        measure(bo, number, phase=0)
    line = measure(bo, number)
    for model, record, day in ((PLAN, number, "date_to"), (PLAN, number, "date_from"), (MEASURE, line, "due")):
        with pytest.raises(Refused, match="required"):
            bo.write(model, record, **{day: False})
    with pytest.raises(Refused, match="within the days of its plan"):
        bo.write(PLAN, number, date_to="2026-06-29")


@pytest.mark.parametrize(("days", "late"), [(-2, True), (2, False)])
def test_a_measure_is_late_after_its_day_and_the_plan_counts_it(cast: Cast, days: int, late: bool) -> None:
    bo, due = cast.login("bo"), (TODAY + timedelta(days=days)).isoformat()
    span = {"date_from": "2020-01-01", "date_to": "2099-12-31"}
    number = plan(bo, cast.partners["Beck"], **span)
    line = measure(bo, number, date_from="2020-01-01", due=due)
    assert bo.read(MEASURE, line, "is_late")["is_late"] is late
    found = bo.read(PLAN, number, "open_measures", "late_measures")
    assert (found["open_measures"], found["late_measures"]) == (1, int(late))
    bo.write(MEASURE, line, done_on=due)
    found = bo.read(PLAN, number, "open_measures", "late_measures")
    assert (found["open_measures"], found["late_measures"]) == (0, 0)


def test_who_keeps_the_customer_and_the_leader_write_and_others_see_nothing(cast: Cast) -> None:
    bo, beck = cast.login("bo"), cast.partners["Beck"]
    number = plan(bo, beck)
    cast.login("li").write(PLAN, number, aim="First supplier")
    for reader in ("fin", "bot", "dir"):
        assert cast.login(reader).search(PLAN, [["id", "=", number]]) == [number]
    for name in ("anna", "cara", "fin", "bot", "out"):
        with pytest.raises(Refused):
            cast.login(name).write(PLAN, number, aim="Mine")
    with pytest.raises(Refused):
        plan(cast.login("anna"), beck)
    for name in ("bo", "li", "bot"):
        with pytest.raises(Refused):
            cast.login(name).call(PLAN, "unlink", [number])
    said = {"partner_id": beck, "user_id": cast.users["bo"], "name": "x", "aim": "x", **SPAN}
    [answer] = cast.apply(PLAN, cast.row("plan:x", **said))
    assert answer["status"] == "refused"


def test_whose_measure_it_is_sees_it_and_says_what_came_of_it_and_nothing_else(cast: Cast) -> None:
    bo, anna = cast.login("bo"), cast.login("anna")
    number = plan(bo, cast.partners["Beck"])
    line, other = measure(bo, number, user_id=cast.users["anna"]), measure(bo, number)
    bo.call(PLAN, "action_agree", [number])
    assert anna.search(MEASURE, [["plan_id", "=", number]]) == [line]
    assert anna.search(PLAN, [["id", "=", number]]) == []
    anna.write(MEASURE, line, done_on="2026-06-30", actual_effect="Sold")
    assert bo.read(MEASURE, line, "done_on")["done_on"] == "2026-06-30"
    draft = plan(bo, cast.partners["Beck"])
    for act in (
        lambda: anna.write(MEASURE, line, user_id=cast.users["cara"]),
        lambda: anna.write(MEASURE, line, name="Less"),
        lambda: anna.write(MEASURE, other, done_on="2026-06-30"),
        lambda: anna.call(MEASURE, "unlink", [line]),
        lambda: measure(anna, draft, user_id=cast.users["anna"]),
    ):
        with pytest.raises(Refused):
            act()


def test_who_may_not_read_the_plan_finds_the_own_measure_under_the_filters_that_the_menu_sets(clear: Cast) -> None:
    bo, anna = clear.login("bo"), clear.login("anna")
    number = plan(bo, clear.partners["Beck"])
    line = measure(bo, number, user_id=clear.users["anna"])
    arch = ElementTree.fromstring(anna.call(MEASURE, "get_views", [[False, "search"]])["views"]["search"]["arch"])
    domains = [literal_eval(arch.find(f".//filter[@name='{name}']").attrib["domain"]) for name in ("running", "open")]
    [running, still] = [[list(leaf) for leaf in domain] for domain in domains]
    mine = [*running, *still, ["id", "=", line]]
    assert anna.search(MEASURE, mine) == []
    for action in ("action_agree", "action_start"):
        bo.call(PLAN, action, [number])
    assert anna.search(MEASURE, mine) == [line]


def test_the_customer_shows_the_plans_that_are_not_over(cast: Cast) -> None:
    anna, alpha = cast.login("anna"), cast.partners["Alpha"]
    over, still = plan(anna, alpha), plan(anna, alpha)
    anna.call(PLAN, "action_drop", [over])
    shown = anna.read("res.partner", alpha, "kam_plan_ids")["kam_plan_ids"]
    assert (still in shown, over in shown) == (True, False)
    assert cast.login("bo").read("res.partner", alpha, "kam_plan_ids")["kam_plan_ids"] == []
    action = anna.call("res.partner", "action_open_kam_plans", [alpha])
    assert (action["res_model"], action["context"]["default_partner_id"]) == (PLAN, alpha)
