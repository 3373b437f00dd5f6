"""The addon installs quietly, and leaves nothing open to everybody."""

from __future__ import annotations

import polib
import pytest

from tests.addon import odoo
from tests.addon.cast import Cast
from tests.addon.rpc import Login
from tests.scripts import load

pytestmark = pytest.mark.odoo
MODELS = (
    "kam.tier", "kam.segment", "kam.customer", "kam.score", "kam.ageing", "kam.ageing.line", "kam.collection.task",
    "kam.complaint", "kam.promise", "kam.suggestion", "kam.stakeholder", "kam.account.member",
    "kam.customer.note", "kam.plan", "kam.collection.case", "kam.warning", "kam.payout",
    "kam.payout.line", "kam.payout.objection", "kam.target", "kam.run",
)  # fmt: skip
PARTS = (
    "kam.complaint.line", "kam.complaint.event", "kam.complaint.evidence", "kam.complaint.review", "kam.appraisal.mark",
    "kam.plan.measure",
)  # fmt: skip
"""Parts of a complaint or a plan, marks of people: kept by people and by the server, without a connector's key."""


def test_the_install_log_has_no_warning() -> None:
    lines = odoo.output_of_install().splitlines()
    assert [line for line in lines if " WARNING " in line or " ERROR " in line] == []
    assert any("kam_connector" in line for line in lines)


@pytest.mark.long
def test_the_template_of_translations_is_what_odoo_exports(cast: Cast) -> None:
    """Odoo reads a term of the code only under the marks that its own export gives it."""
    terms = load("addon_terms")
    assert list(terms.find_differences(terms.export_terms(), polib.pofile(str(terms.TEMPLATE)))) == []


def test_every_access_line_has_a_group_and_nobody_deletes_what_the_connector_wrote(cast: Cast) -> None:
    rows = cast.admin.call(
        "ir.model.access", "search_read", [["model_id.model", "in", list(MODELS)]], ["name", "group_id", "perm_unlink"]
    )
    assert len(rows) >= len(MODELS)
    assert [row["name"] for row in rows if not row["group_id"]] == []
    assert [row["name"] for row in rows if row["perm_unlink"]] == ["kam.target manager"]


@pytest.mark.parametrize("model", [*MODELS, *PARTS])
def test_every_model_has_a_rule_for_companies_that_holds_for_everybody(cast: Cast, model: str) -> None:
    rules = cast.admin.call(
        "ir.rule", "search_read", [["model_id.model", "=", model], ["groups", "=", False]], ["domain_force"]
    )
    assert [rule["domain_force"] for rule in rules] == ["[('company_id', 'in', company_ids)]"]


@pytest.mark.parametrize("model", [*MODELS, *PARTS])
def test_every_model_has_list_form_and_search_views(cast: Cast, model: str) -> None:
    views = cast.admin.call("ir.ui.view", "search_read", [["model", "=", model]], ["type"])
    assert {"list", "form", "search"} <= {view["type"] for view in views}


def test_a_model_without_a_key_is_refused_by_the_database(cast: Cast) -> None:
    names = cast.admin.call("ir.model.constraint", "search_read", [["module.name", "=", "kam_connector"]], ["name"])
    found = {row["name"] for row in names}
    assert {f"{model.replace('.', '_')}_kam_key_unique" for model in MODELS} <= found


@pytest.mark.long
def test_an_upgrade_puts_the_rules_on_pay_right_and_leaves_an_administrators_own_words() -> None:
    """Of 19.0.1.9.0: everybody who ever led somebody read that person's pay and targets."""
    from rig import addon, databases

    ever = "('payee_id.crm_team_member_ids.crm_team_id.user_id', '=', user.id)"
    for installed in odoo.copied_addon():
        admin = installed.admin
        payout, line = (admin.xml_id(f"kam_connector.kam_payout{part}_manager_rule") for part in ("", "_line"))
        new = admin.read("ir.rule", payout, "domain_force")["domain_force"]
        admin.write("ir.rule", payout, domain_force=f"['|', ('payee_id', '=', user.id), {ever}]")
        admin.write("ir.rule", line, domain_force="[('payee_id', '=', user.id)]")
        databases.query(
            19, admin.database, "UPDATE ir_module_module SET latest_version = '19.0.1.9.0' WHERE name = 'kam_connector'"
        )
        addon.install(19, admin.database)
        assert admin.read("ir.rule", payout, "domain_force")["domain_force"] == new
        assert "active" in new
        assert admin.read("ir.rule", line, "domain_force")["domain_force"] == "[('payee_id', '=', user.id)]"


def test_an_upgrade_puts_the_rules_on_customers_and_cases_right_and_leaves_an_administrators_own_words() -> None:
    """Of 19.0.1.10.0: everybody who ever led somebody read that person's customers and cases."""
    from rig import addon, databases

    names = ("kam_complaint_line_manager_rule", "kam_score_manager_rule", "kam_target_user_rule")
    for installed in odoo.copied_addon():
        admin = installed.admin
        line, score, target = (admin.xml_id(f"kam_connector.{name}") for name in names)
        warning = admin.xml_id("kam_connector.kam_warning_manager_rule")
        new = {rule: domain(admin, rule) for rule in (line, score, target)}
        assert all("active" in text for text in new.values())
        for rule, text in new.items():
            admin.write("ir.rule", rule, domain_force=as_of_before(text))
            assert "active" not in domain(admin, rule)
        admin.write("ir.rule", warning, domain_force="[('user_id', '=', user.id)]")
        databases.query(
            19,
            admin.database,
            "UPDATE ir_module_module SET latest_version = '19.0.1.10.0' WHERE name = 'kam_connector'",
        )
        addon.install(19, admin.database)
        assert {rule: domain(admin, rule) for rule in new} == new
        assert domain(admin, warning) == "[('user_id', '=', user.id)]"


def domain(admin: Login, rule: int) -> str:
    return str(admin.read("ir.rule", rule, "domain_force")["domain_force"])


def as_of_before(text: str) -> str:
    """The rule as 19.0.1.10.0 had it."""
    leaders = (
        ", 'any', ['|', ('active', '=', True), ('user_id.active', '=', False), ('crm_team_id.user_id', '=', user.id)])"
    )
    own = ", 'any', [('active', '=', True), ('user_id', '=', user.id)])"
    text = text.replace(f".crm_team_member_ids'{leaders}", ".crm_team_member_ids.crm_team_id.user_id', '=', user.id)")
    return text.replace(f".crm_team_member_ids'{own}", ".crm_team_member_ids.user_id', '=', user.id)")
