"""Groups x models x verbs on a real server against the table of rights; every public method as every group (R-90)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.addon import odoo
from tests.addon.cast import Cast
from tests.addon.rpc import Login, Refused
from tests.scripts import load

pytestmark = [pytest.mark.odoo, pytest.mark.long, pytest.mark.timeout(600)]
script = load("security_tables")
PEOPLE = {"anna": "user", "li": "manager", "dir": "director", "fin": "accountant", "bot": "connector", "out": ""}
VERBS = {"C": "create", "R": "read", "W": "write", "D": "unlink"}
ADDON = Path(script.PROJECT, "addon_manifest", "models")
CRUD = {"create", "write", "unlink", "default_get"}
CARRIER = {"kam.compensation": "kam.complaint"}  # an abstract model has no records: who inherits its methods
CONNECTOR = {"bot"}
ITEM = "kam_connector.kam_appraisal_item"
# Who may call it on a record that is not the person's own; whoever is not named is refused.
METHODS: dict[tuple[str, str], set[str]] = {
    ("kam.ageing", "action_sign"): {"fin"},
    ("kam.ageing", "action_withdraw"): {"fin"},
    ("kam.customer", "action_confirm_rating"): {"dir"},
    ("kam.collection.task", "action_done"): {"dir", "bot"},
    ("kam.collection.task", "action_cancel"): {"dir"},
    ("kam.collection.task", "action_reopen"): {"dir"},
    ("kam.collection.case", "action_propose"): {"dir", "fin"},
    ("kam.collection.case", "action_approve"): {"dir", "fin"},
    ("kam.collection.case", "action_refuse"): {"dir", "fin"},
    ("kam.collection.case", "action_take_back"): {"dir", "fin"},
    ("kam.collection.case", "action_close"): {"dir", "fin", "bot"},
    ("kam.complaint", "action_respond"): {"dir", "fin"},
    ("kam.complaint", "action_tell_customer"): {"dir", "fin"},
    ("kam.complaint", "action_advance"): {"dir", "fin"},
    ("kam.complaint", "action_reject"): {"dir", "fin"},
    ("kam.complaint", "action_close"): {"dir", "fin"},
    ("kam.complaint", "action_reopen"): {"dir", "fin"},
    ("kam.complaint", "action_make_credit_note"): {"dir", "fin"},
    ("kam.complaint", "action_wait_for_customer"): {"dir", "fin"},
    ("kam.complaint", "action_wait_for_supplier"): {"dir", "fin"},
    ("kam.complaint", "action_resume"): {"dir", "fin"},
    ("kam.complaint", "action_customer_message"): {"dir", "fin", "bot"},
    ("kam.plan", "action_agree"): {"dir"},
    ("kam.plan", "action_start"): {"dir"},
    ("kam.plan", "action_finish"): {"dir"},
    ("kam.plan", "action_drop"): {"dir"},
    ("kam.plan", "action_next_version"): {"dir"},
    ("kam.promise", "action_request"): {"dir"},
    ("kam.promise", "action_approve"): {"dir"},
    ("kam.promise", "action_refuse"): {"dir"},
    ("kam.promise", "action_cancel"): {"dir", "bot"},
    ("kam.promise", "action_reopen"): {"dir", "bot"},
    ("kam.payout", "action_approve"): {"fin"},
    ("kam.payout", "action_withdraw"): {"fin"},
    ("kam.payout", "action_paid"): {"fin"},
    ("kam.payout.objection", "action_accept"): {"fin"},
    ("kam.payout.objection", "action_reject"): {"fin"},
    ("kam.payout.objection", "action_withdraw"): set(),
    ("kam.appraisal.mark", "action_release"): {"dir"},
    ("kam.appraisal.mark", "action_take_back"): {"dir"},
    ("kam.gateway", "info"): CONNECTOR,
    ("kam.gateway", "register"): CONNECTOR,
    ("kam.gateway", "apply"): CONNECTOR,
    ("kam.extract", "pull"): CONNECTOR,
    ("kam.notice", "leave"): CONNECTOR,
    ("kam.notice", "settle"): CONNECTOR,
}
OPENERS = ("action_open_", "action_print_")
ARGUMENTS: dict[tuple[str, str], list[Any]] = {
    ("kam.gateway", "register"): ["planted", "r"],
    ("kam.gateway", "apply"): ["kam.tier", [], "r"],
    ("kam.extract", "pull"): [[]],
    ("kam.notice", "leave"): ["(KAM night planted)", "admin", "planted", "planted"],
    ("kam.notice", "settle"): ["(KAM night planted)", "admin", "planted"],
}


@pytest.mark.parametrize("person", PEOPLE)
def test_the_server_has_exactly_the_rights_of_the_table(cast: Cast, person: str) -> None:
    user, group = cast.login(person), PEOPLE[person]
    found = {
        row["model"]: "".join(mark for mark, verb in VERBS.items() if may(user, row["model"], verb))
        for row in script.read("rights")
    }
    assert found == {row["model"]: row.get(group, "") if group else "" for row in script.read("rights")}


def may(user: Login, model: str, verb: str) -> bool:
    return bool(user.call(model, "has_access", [], verb))


def test_the_server_has_no_access_row_and_no_rule_beside_those_of_the_addons_files(cast: Cast) -> None:
    data = [["module", "=", "kam_connector"]]
    for model, table in (("ir.model.access", "access"), ("ir.rule", "rule")):
        ours = cast.admin.call("ir.model.data", "search_read", [["model", "=", model], *data], ["res_id", "name"])
        files = set(named(table))
        assert {row["name"] for row in ours} == files
        kam = [["model_id.model", "=like", "kam.%"]]
        assert set(cast.admin.search(model, kam)) <= {row["res_id"] for row in ours}


def named(table: str) -> Iterator[str]:
    if table == "access":
        lines = (script.SECURITY / "ir.model.access.csv").read_text(encoding="utf-8").splitlines()[1:]
        yield from (line.partition(",")[0] for line in lines)
    else:
        tree = script.ElementTree.parse(script.SECURITY / "kam_rules.xml")
        yield from (record.get("id") for record in tree.iter("record") if record.get("model") == "ir.rule")


def public_methods() -> Iterator[tuple[str, str]]:
    """Every public method that the addon's own models define, by reading the source."""
    for path in sorted(ADDON.glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and any(
                isinstance(base, ast.Attribute) and base.attr.endswith("Model") for base in node.bases
            ):
                model = next(_names(node))
                for method in node.body:
                    if isinstance(method, ast.FunctionDef) and not method.name.startswith("_"):
                        yield CARRIER.get(model, model), method.name


def _names(node: ast.ClassDef) -> Iterator[str]:
    for statement in node.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
            target = statement.targets[0]
            if isinstance(target, ast.Name) and target.id in ("_name", "_inherit"):
                yield str(statement.value.value)


def test_r90_every_public_method_stands_in_this_table() -> None:
    found = {(model, name) for model, name in public_methods() if name not in CRUD}
    assert {key for key in found if not key[1].startswith(OPENERS)} == set(METHODS)


@pytest.mark.parametrize("person", PEOPLE)
def test_r90_every_public_method_refuses_whoever_may_not(cast: Cast, person: str) -> None:
    user = cast.login(person)
    for (model, name), allowed in METHODS.items():
        if person in allowed:
            continue
        target = [foreign(cast, model)] if model not in ("kam.gateway", "kam.extract", "kam.notice") else []
        if target == [0]:
            continue
        with pytest.raises(Refused):
            pytest.fail(f"{model}.{name} answered {user.call(model, name, *target, *ARGUMENTS.get((model, name), []))}")


@pytest.mark.parametrize("person", ["anna", "out"])
def test_r90_what_opens_a_view_tells_no_figure_of_a_strangers_record(cast: Cast, person: str) -> None:
    user = cast.login(person)
    for model, name in public_methods():
        record = foreign(cast, model) if name.startswith(OPENERS) and model != "res.partner" else 0
        if not record:
            continue
        try:
            answer = user.call(model, name, [record])
        except Refused:
            continue
        assert set(answer) & {"score", "amount", "overdue", "total"} == set()
        assert answer["type"] in ("ir.actions.act_window", "ir.actions.report")
        assert not answer.get("data")


def test_r90_private_methods_cannot_be_called(cast: Cast) -> None:
    for model, name in (("kam.gateway", "_apply_rows"), ("kam.record", "_set_kam_key"), ("kam.writer", "_register")):
        for person in ("anna", "bot"):
            with pytest.raises(Refused):
                cast.login(person).call(model, name, [])


def foreign(cast: Cast, model: str) -> int:
    """A record of customer Ceta and seller Cara, in company A: nobody's own of anna, bo and li."""
    if model in ("kam.payout", "kam.payout.line"):
        domain: list[Any] = [["payee_id", "=", cast.users["cara"]]]
    elif model == "kam.payout.objection":
        return objection(cast)
    elif model in ("kam.complaint", "kam.promise", "kam.collection.case"):
        return papers(cast, model)
    elif model == "kam.appraisal.mark":
        return mark(cast)
    elif model == "kam.plan":
        return plan(cast)
    elif model == "kam.ageing":
        domain = [["kam_key", "=", "ageing:due"]]
    else:
        domain = [["partner_id", "=", cast.partners["Ceta"]]]
    found = cast.login("fin").search(model, domain)
    return found[0] if found else 0


def papers(cast: Cast, model: str) -> int:
    """A complaint, a promise or a bad-debt case that the administrator has made."""
    mine = [["partner_id", "=", cast.partners["Ceta"]], ["company_id", "=", cast.company_a]]
    found = cast.admin.search(model, mine)
    if found:
        return found[0]
    values = {"partner_id": cast.partners["Ceta"], "user_id": cast.users["cara"], "company_id": cast.company_a}
    return cast.admin.create(model, **values)


def objection(cast: Cast) -> int:
    """The objection of Cara to her payout."""
    cara = cast.login("cara")
    [payout] = cara.search("kam.payout", [["payee_id", "=", cara.uid]])
    found = cara.search("kam.payout.objection", [["payout_id", "=", payout]])
    return found[0] if found else cara.create("kam.payout.objection", payout_id=payout, text="INV/7 is mine.")


def plan(cast: Cast) -> int:
    """A plan for Ceta that the administrator has made, a draft."""
    mine = {"partner_id": cast.partners["Ceta"], "company_id": cast.company_a, "name": "Foreign"}
    found = cast.admin.search("kam.plan", [[name, "=", value] for name, value in mine.items()])
    span = {"aim": "Grow", "date_from": "2026-01-01", "date_to": "2026-12-31"}
    return found[0] if found else cast.admin.create("kam.plan", **mine, **span)


def mark(cast: Cast) -> int:
    """A mark of Cara that the administrator has given, a draft."""
    mine = {"person_id": cast.users["cara"], "period": "2026-05", "item_id": cast.admin.xml_id(f"{ITEM}_results")}
    found = cast.admin.search("kam.appraisal.mark", [[name, "=", value] for name, value in mine.items()])
    return found[0] if found else cast.admin.create("kam.appraisal.mark", **mine, mark=4.0)


def test_uninstalling_leaves_no_group_no_right_and_no_rule() -> None:
    """A database of its own: what was there before the addon is there again, and nothing else."""
    from rig import databases, templates

    for installed in odoo.copied_addon():
        name = installed.admin.database
        base = databases.fresh_database(19, templates.base_template(19))
        try:
            admin = installed.admin
            before = kept(base)
            upgraded = kept(name)
            assert upgraded != before
            [module] = admin.search("ir.module.module", [["name", "=", "kam_connector"]])
            admin.call("ir.module.module", "button_immediate_uninstall", [module])
            after = kept(name)
            assert after == before
        finally:
            databases.drop_database(19, base)


def kept(database: str) -> dict[str, list[str]]:
    """Names of groups, access rows, rules, models and tables that have to do with us."""
    from rig import databases

    questions = {
        "groups": "SELECT module || '.' || name AS n FROM ir_model_data WHERE model = 'res.groups'",
        "access": "SELECT name AS n FROM ir_model_access",
        "rules": "SELECT name::text AS n FROM ir_rule",
        "models": "SELECT model AS n FROM ir_model",
        "tables": "SELECT table_name AS n FROM information_schema.tables WHERE table_name LIKE 'kam%%'",
        "data": "SELECT name AS n FROM ir_model_data WHERE module = 'kam_connector'",
        "implied": "SELECT gid || '>' || hid AS n FROM res_groups_implied_rel",
    }
    return {
        what: sorted(str(row["n"]) for row in databases.query(19, database, sql)) for what, sql in questions.items()
    }
