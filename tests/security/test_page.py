"""docs/security.md says what is: its tables are those of the code, the addon's files and the tests."""

from __future__ import annotations

import csv

import pytest

from kam_connector.sync import CATALOGUE
from tests.scripts import PROJECT, load

script = load("security_tables")
NEVER = (
    "street",
    "street2",
    "zip",
    "city",
    "email",
    "phone",
    "mobile",
    "comment",
    "bank_ids",
    "acc_number",
    "image_1920",
)


def test_the_addons_files_are_those_of_the_table_of_rights() -> None:
    assert list(script.rights_problems()) == []


def test_every_field_of_the_pull_is_classified() -> None:
    assert list(script.field_problems()) == []


def test_every_line_of_the_checklist_names_a_test_that_is_there_or_says_why_not() -> None:
    assert list(script.checklist_problems()) == []


def test_the_page_is_up_to_date() -> None:
    page = script.PAGE.read_text(encoding="utf-8")
    assert script.filled(page) == page, "run scripts/security_tables"


def test_no_bank_account_no_address_and_no_html_is_pulled() -> None:
    for entry in CATALOGUE:
        assert [column.field for column in entry.table.columns if column.field in NEVER] == [], entry.model
        assert [column.field for column in entry.table.columns if column.kind == "html"] == [], entry.model


def test_no_row_of_the_addons_rights_is_open_to_all_and_people_delete_targets_and_lines_alone() -> None:
    with (script.SECURITY / "ir.model.access.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["id"] for row in rows if not row["group_id:id"].startswith("kam_connector.group_")] == []
    deleted = {row["model_id:id"] for row in rows if row["perm_unlink"] == "1"}
    assert deleted == {"model_kam_target", "model_kam_complaint_line", "model_kam_plan_measure"}


@pytest.mark.parametrize("group", ["user", "connector"])
def test_a_right_that_nobody_agreed_to_is_found(monkeypatch: pytest.MonkeyPatch, group: str) -> None:
    loose = script.addon_rights()
    loose["kam.payout"][group] += "D"
    loose["kam.secret"] = dict.fromkeys(script.GROUPS, "R")
    monkeypatch.setattr(script, "addon_rights", lambda: loose)
    found = list(script.rights_problems())
    assert found[0] == "kam.secret stands in the addon only."
    assert any(text.startswith(f"kam.payout, {group}:") for text in found)


def test_the_service_users_rights_in_the_addon_are_those_without_it() -> None:
    """Read on the pull's models but for tickets and claims, and not a verb more; the rules as text for text."""
    from kam_connector.erp_setup import rights

    files = script.addon_rights()
    foreign = {model: groups["connector"] for model, groups in files.items() if not model.startswith("kam.")}
    brought = [model for model in rights.pulled_models() if model not in rights.EXTRA_MODELS]
    assert foreign == dict.fromkeys(brought, "R")
    assert all(
        not any(groups[name] for name in script.GROUPS[:4]) for model, groups in files.items() if model in foreign
    )
    rules = (PROJECT / "addon_manifest" / "security" / "kam_rules.xml").read_text(encoding="utf-8")
    for rule in rights.row_rules((19, 0)):
        assert rights.domain_text(rule.domain).replace("&", "&amp;") in rules
