"""Who sees and who writes what: groups, own and team records, companies."""

from __future__ import annotations

import pytest

from tests.addon.cast import CUSTOMERS, Cast
from tests.addon.rpc import Login, Refused

pytestmark = pytest.mark.odoo
OWN = {"anna": {"Alpha", "Beta"}, "bo": {"Beck"}, "cara": {"Ceta"}, "li": {"Alpha", "Beta", "Beck"}}
ALL = set(CUSTOMERS)
BY_PARTNER = ("kam.customer", "kam.score", "kam.ageing.line", "kam.collection.task", "kam.warning")
FILE = ("kam.stakeholder", "kam.account.member", "kam.customer.note", "kam.plan")


def seen(login: Login, cast: Cast, model: str) -> set[str]:
    """Whose records of the model the login sees."""
    names = {partner: name for name, partner in cast.partners.items()}
    rows = login.call(model, "search_read", [["kam_run", "!=", False]], ["partner_id"], load="")
    return {names[row["partner_id"]] for row in rows}


@pytest.mark.parametrize("model", BY_PARTNER)
@pytest.mark.parametrize(("person", "expected"), [*OWN.items(), ("dir", ALL), ("fin", ALL), ("bot", ALL)])
def test_salespeople_see_their_own_customers_and_managers_their_teams(
    cast: Cast, model: str, person: str, expected: set[str]
) -> None:
    assert seen(cast.login(person), cast, model) == expected


def write_file(cast: Cast, customer: dict[str, int]) -> None:
    """Bo writes down who decides at the customer, who serves it, what is known, and what is planned."""
    contact = cast.admin.create("res.partner", name="Wu", parent_id=customer["partner_id"])
    said = (
        {"contact_id": contact},
        {"user_id": cast.users["bo"]},
        {"kind": "policy", "note": "Duty", "source": "us"},
        {"name": "2026", "aim": "Grow", "date_from": "2026-01-01", "date_to": "2026-12-31"},
    )
    for model, values in zip(FILE, said, strict=True):
        cast.login("bo").create(model, **customer, **values)


@pytest.mark.long
def test_customers_and_cases_of_who_has_left_the_team_are_its_leaders_no_more(cast: Cast) -> None:
    """Odoo archives the membership of who goes to another team, and of who leaves the company: his stay with her."""
    li, bo = cast.login("li"), cast.users["bo"]
    beck = {"partner_id": cast.partners["Beck"]}
    made = cast.login("bo").create("kam.complaint", **beck, received_at="2026-06-01 08:00:00")
    cast.login("bo").create("kam.promise", **beck, amount=100.0, promised_for="2036-07-01")
    write_file(cast, beck)
    goal = {"kind": "margin", "date_from": "2028-07-01", "date_to": "2028-07-31", "period": "2028-07"}
    [north] = cast.admin.search("crm.team", [["name", "=", "North"]])
    target = cast.admin.create("kam.target", team_id=north, **goal)
    where = {
        model: [["partner_id", "=", beck["partner_id"]]]
        for model in (*BY_PARTNER, *FILE, "kam.complaint", "kam.promise")
    }
    where |= {"kam.complaint.event": [["complaint_id", "=", made]]}
    [member] = cast.admin.search("crm.team.member", [["user_id", "=", bo]])

    def of_li() -> set[str]:
        return {model for model, domain in where.items() if li.search(model, domain)}

    assert of_li() == set(where)
    assert cast.login("bo").search("kam.target", [["id", "=", target]])
    cast.admin.write("crm.team.member", member, active=False)
    try:
        assert of_li() == set()
        assert cast.login("bo").search("kam.target", [["id", "=", target]]) == []
        cast.admin.write("res.users", bo, active=False)
        assert of_li() == set(where)
    finally:
        cast.admin.write("res.users", bo, active=True)
        cast.admin.write("crm.team.member", member, active=True)


@pytest.mark.parametrize(
    "model", [*BY_PARTNER, "kam.complaint", "kam.payout", "kam.ageing", "kam.run", "kam.tier", "kam.segment"]
)
def test_users_without_our_groups_see_nothing(cast: Cast, model: str) -> None:
    with pytest.raises(Refused, match="not allowed to access"):
        cast.login("out").search(model, [])


@pytest.mark.parametrize("model", ["kam.ageing", "kam.run"])
def test_salespeople_do_not_see_the_companys_totals(cast: Cast, model: str) -> None:
    with pytest.raises(Refused, match="not allowed to access"):
        cast.login("anna").search(model, [])
    assert cast.login("li").search(model, [])


@pytest.mark.parametrize(
    ("person", "expected"), [("anna", {"anna"}), ("li", {"anna", "bo"}), ("fin", {"anna", "bo", "cara"})]
)
@pytest.mark.parametrize("model", ["kam.payout", "kam.payout.line"])
def test_pay_is_seen_by_the_payee_the_teams_manager_and_accountants(
    cast: Cast, model: str, person: str, expected: set[str]
) -> None:
    rows = cast.login(person).call(model, "search_read", [], ["payee_id"], load="")
    assert {row["payee_id"] for row in rows} == {cast.users[name] for name in expected}


@pytest.mark.parametrize(
    "model", ["kam.customer", "kam.tier", "kam.segment", "kam.score", "kam.ageing.line", "kam.payout"]
)
def test_an_accountant_of_the_other_company_sees_nothing_of_ours(cast: Cast, model: str) -> None:
    rows = cast.login("finb").call(model, "search_read", [], ["company_id"], load="")
    assert {row["company_id"] for row in rows} <= {cast.company_b}


def test_sums_do_not_leak_what_records_hide(cast: Cast) -> None:
    [row] = cast.login("bo").call("kam.customer", "formatted_read_group", [], [], ["overdue:sum", "__count"])
    assert (row["overdue:sum"], row["__count"]) == (500.0, 1)


def test_the_partner_shows_figures_only_to_those_who_may_see_them(cast: Cast) -> None:
    alpha = cast.partners["Alpha"]
    fields = ("kam_score", "kam_overdue", "kam_tier_id")
    assert cast.login("anna").read("res.partner", alpha, *fields)["kam_score"] == 86.5
    assert cast.login("bo").read("res.partner", alpha, *fields) == {
        "id": alpha, "kam_score": 0.0, "kam_overdue": 0.0, "kam_tier_id": False,
    }  # fmt: skip
    with pytest.raises(Refused, match="kam_score"):
        cast.login("out").read("res.partner", alpha, *fields)


def test_searching_and_grouping_partners_by_figures_keeps_the_rights(cast: Cast) -> None:
    ours = ["id", "in", list(cast.partners.values())]
    overdue = ["kam_overdue", ">", 0]
    assert set(cast.login("dir").search("res.partner", [ours, overdue])) == {
        cast.partners[name] for name in ("Alpha", "Beta", "Beck")
    }
    assert cast.login("bo").search("res.partner", [ours, overdue]) == [cast.partners["Beck"]]
    groups = cast.login("bo").call(
        "res.partner", "formatted_read_group", [ours], ["kam_tier_id"], ["__count", "kam_overdue:sum"]
    )
    named = {
        group["kam_tier_id"] and group["kam_tier_id"][1]: (group["__count"], group["kam_overdue:sum"])
        for group in groups
    }
    assert named[False][0] == 3
    assert named["Bronze"] == (1, 500.0)


def test_partners_are_found_by_tier_and_by_having_none(cast: Cast) -> None:
    ours = ["id", "in", list(cast.partners.values())]
    director = cast.login("dir")
    gold = director.search("kam.tier", [["code", "=", "gold"]])
    assert director.search("res.partner", [ours, ["kam_tier_id", "in", gold]]) == [cast.partners["Alpha"]]
    assert cast.partners["Alpha"] not in director.search("res.partner", [ours, ["kam_tier_id", "=", False]])
    assert len(director.search("res.partner", [ours, ["kam_tier_id", "!=", False]], order="kam_score desc")) == 4


def test_the_partner_shows_the_figures_of_the_current_company(cast: Cast) -> None:
    alpha = cast.partners["Alpha"]
    in_b = cast.login("dir", allowed_company_ids=[cast.company_b])
    assert in_b.read("res.partner", alpha, "kam_score", "kam_overdue") == {
        "id": alpha, "kam_score": 55.0, "kam_overdue": 99.0,
    }  # fmt: skip


def test_a_salesperson_works_on_tasks_but_not_on_the_figures(cast: Cast) -> None:
    anna = cast.login("anna")
    [task] = anna.search(
        "kam.collection.task", [["partner_id", "=", cast.partners["Alpha"]], ["oldest_item", "=", 100]]
    )
    anna.write("kam.collection.task", task, note="called", cause_code="cash")
    with pytest.raises(Refused, match="amount"):
        anna.write("kam.collection.task", task, amount=1.0)
    with pytest.raises(Refused, match="kam_version"):
        anna.write("kam.collection.task", task, kam_version=99)
    with pytest.raises(Refused, match="You cannot write score"):
        anna.write("kam.customer", anna.search("kam.customer", [])[0], score=100.0)
    with pytest.raises(Refused, match="not allowed to delete"):
        anna.call("kam.collection.task", "unlink", [task])


def test_a_manager_sets_a_tier_by_hand_only_with_a_reason(cast: Cast) -> None:
    manager = cast.login("li")
    [figures] = manager.search("kam.customer", [["partner_id", "=", cast.partners["Beck"]]])
    [gold] = manager.search("kam.tier", [["code", "=", "gold"]])
    with pytest.raises(Refused, match="Say why"):
        manager.write("kam.customer", figures, tier_override_id=gold)
    manager.write("kam.customer", figures, tier_override_id=gold, override_reason="Strategic partner")
    assert manager.read("kam.customer", figures, "current_tier_id")["current_tier_id"] == gold
    manager.write("kam.customer", figures, override_until="2026-06-29")
    assert manager.read("kam.customer", figures, "current_tier_id")["current_tier_id"] != gold
    manager.write("kam.customer", figures, override_until="2026-06-30")
    assert manager.read("kam.customer", figures, "current_tier_id")["current_tier_id"] == gold
    with pytest.raises(Refused, match="score"):
        manager.write("kam.customer", figures, score=100.0)
    manager.write("kam.customer", figures, tier_override_id=False, override_reason=False, override_until=False)


def test_the_service_user_does_not_write_what_people_own(cast: Cast) -> None:
    bot = cast.login("bot")
    [figures] = bot.search("kam.customer", [["partner_id", "=", cast.partners["Ceta"]]])
    with pytest.raises(Refused, match="override_reason"):
        bot.write("kam.customer", figures, override_reason="because")
    with pytest.raises(Refused, match="Only an accountant"):
        bot.write("kam.payout", bot.search("kam.payout", [])[0], state="approved")


def test_an_accountant_signs_the_ageing_and_a_later_change_shows(cast: Cast) -> None:
    fin = cast.login("fin")
    [ageing] = fin.search("kam.ageing", [["kam_key", "=", "ageing:due"]])
    with pytest.raises(Refused, match="not allowed to modify"):
        cast.login("li").call("kam.ageing", "action_sign", [ageing])
    with pytest.raises(Refused, match="reviewed_by"):
        fin.write("kam.ageing", ageing, reviewed_by=cast.users["li"])
    fin.write("kam.ageing", ageing, review_note="Compared with the ledger")
    fin.call("kam.ageing", "action_sign", [ageing])
    signed = fin.read("kam.ageing", ageing, "review_state", "reviewed_by", "reviewed_total")
    assert (signed["review_state"], signed["reviewed_by"], signed["reviewed_total"]) == (
        "signed",
        cast.users["fin"],
        6000.0,
    )
    cast.apply("kam.ageing", cast.row("ageing:due", as_of="2026-07-01", total=6100.0, ledger_balance=6100.0))
    assert fin.read("kam.ageing", ageing, "review_state")["review_state"] == "outdated"
    cast.apply("kam.ageing", cast.row("ageing:due", as_of="2026-06-30", total=6000.0, ledger_balance=6000.0))
    assert fin.read("kam.ageing", ageing, "review_state")["review_state"] == "signed"
    fin.call("kam.ageing", "action_withdraw", [ageing])


def test_an_ageing_that_does_not_tie_is_signed_only_with_an_explanation(cast: Cast) -> None:
    cast.apply(
        "kam.ageing",
        cast.row("ageing:recognition", name="By document date", as_of="2026-06-30", basis="recognition", total=5.0,
                 ledger_balance=4.0, difference=1.0),
    )  # fmt: skip
    fin = cast.login("fin")
    [ageing] = fin.search("kam.ageing", [["kam_key", "=", "ageing:recognition"]])
    with pytest.raises(Refused, match="does not tie"):
        fin.call("kam.ageing", "action_sign", [ageing])
    fin.write("kam.ageing", ageing, review_note="One draft put back")
    fin.call("kam.ageing", "action_sign", [ageing])


def test_who_computed_or_receives_a_payout_does_not_approve_it(cast: Cast) -> None:
    payouts = cast.admin.search("kam.payout", [["payee_id", "=", cast.users["anna"]]])
    with pytest.raises(Refused, match=r"not allowed to modify|Only an accountant"):
        cast.login("anna").call("kam.payout", "action_approve", payouts)
    with pytest.raises(Refused, match=r"not allowed to modify|Only an accountant"):
        cast.login("li").call("kam.payout", "action_approve", payouts)
    row = cast.row("payout:own", payee_id=cast.users["fin"], plan="p", period="2026-06",
                   currency_id=cast.admin.xml_id("base.USD"), amount=1.0)  # fmt: skip
    [made] = cast.apply("kam.payout", row)
    with pytest.raises(Refused, match="computed this payout or receive it"):
        cast.login("fin").call("kam.payout", "action_approve", [made["id"]])
    by_admin = cast.admin.call("kam.gateway", "apply", "kam.payout", [cast.row(
        "payout:by admin", payee_id=cast.users["bo"], plan="p", period="2026-05",
        currency_id=cast.admin.xml_id("base.USD"), amount=1.0,
    )], "r")[0]["id"]  # fmt: skip
    with pytest.raises(Refused, match="computed this payout or receive it"):
        cast.admin.call("kam.payout", "action_approve", [by_admin])
    cast.login("fin").call("kam.payout", "action_approve", [by_admin])
    with pytest.raises(Refused, match="approved_by"):
        cast.login("fin").write("kam.payout", by_admin, approved_by=cast.users["li"])
    cast.login("fin").call("kam.payout", "action_paid", [by_admin])
    with pytest.raises(Refused, match="not possible"):
        cast.login("fin").write("kam.payout", by_admin, state="draft")


def test_a_complaint_goes_its_way_and_only_a_manager_approves(cast: Cast) -> None:
    anna, manager = cast.login("anna"), cast.login("li")
    complaint = anna.create("kam.complaint", partner_id=cast.partners["Alpha"], claimed_amount=300.0)
    made = anna.read("kam.complaint", complaint, "name", "state", "user_id", "tier_id", "responded_at")
    assert made["name"].startswith("C")
    assert (made["state"], made["user_id"], made["responded_at"]) == ("received", cast.users["anna"], False)
    assert cast.admin.read("kam.tier", made["tier_id"], "code")["code"] == "gold"
    with pytest.raises(Refused, match="cannot go from Received to Closed"):
        anna.write("kam.complaint", complaint, state="closed")
    for state in ("accepted", "investigating", "proposed"):
        anna.write("kam.complaint", complaint, state=state)
    assert anna.read("kam.complaint", complaint, "responded_at")["responded_at"] is False
    anna.call("kam.complaint", "action_respond", [complaint])
    assert anna.read("kam.complaint", complaint, "responded_at")["responded_at"]
    with pytest.raises(Refused, match="Only a key-account manager"):
        anna.write("kam.complaint", complaint, state="approved")
    manager.write("kam.complaint", complaint, state="approved")
    anna.write("kam.complaint", complaint, state="executing")
    anna.write("kam.complaint", complaint, state="confirmed")
    assert anna.read("kam.complaint", complaint, "resolved_at")["resolved_at"]
    anna.call("kam.complaint", "action_reopen", [complaint])
    assert anna.read("kam.complaint", complaint, "resolved_at", "state")["resolved_at"] is False


def test_people_make_records_without_the_connectors_fields(cast: Cast) -> None:
    anna = cast.login("anna")
    with pytest.raises(Refused, match="kam_key"):
        anna.create("kam.complaint", partner_id=cast.partners["Alpha"], kam_key="stolen")
    with pytest.raises(Refused, match="kam_run"):
        anna.create("kam.complaint", partner_id=cast.partners["Alpha"], kam_run="stolen")
