"""`kam erp prepare` makes a login that does whole nights and can do nothing else; `unprepare` takes it away again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from kam_connector import erp
from kam_connector.erp_setup import rights
from kam_connector.erp_setup.pieces import INTERNAL
from kam_connector.errors import AccessRefused, KamError, LoginRefused
from kam_connector.sync import CATALOGUE
from tests.runs.nights import NIGHT
from tests.security.conftest import KINDS, desks
from tests.security.desk import ADMIN, SERVICE, Desk

pytestmark = [pytest.mark.odoo, pytest.mark.timeout(900)]
CLOSED = (
    "ir.config_parameter",
    "ir.cron",
    "ir.rule",
    "ir.model.access",
    "ir.actions.server",
    "res.groups",
    "res.users",
    "res.company",
    "account.bank.statement.line",
    "account.move",
    "account.move.line",
    "account.payment",
    "account.partial.reconcile",
    "sale.order",
    "sale.order.line",
    "product.template",
)
NEVER_READ = ("ir.config_parameter", "ir.cron", "ir.rule", "ir.actions.server", "account.bank.statement.line")


def counts(desk: Desk) -> dict[str, int]:
    """How many records there are of each kind that is made."""
    tables = ("res_groups", "ir_model_access", "ir_rule", "ir_model_fields", "ir_ui_view", "ir_model_data")
    found = {table: desk.query(f"SELECT count(*) AS n FROM {table}")[0]["n"] for table in tables}
    twins = desk.query("SELECT count(*) AS n FROM ir_model_fields WHERE model = 'res.users' AND name LIKE 'x_kam%%'")
    return {**found, "ir_model_fields": found["ir_model_fields"] - twins[0]["n"]}


def states(text: str) -> dict[str, str]:
    return {row["record"]: row["state"] for row in json.loads(text)["rows"]}


# --- What is made ------------------------------------------------------------------------------------------------


def test_a_dry_run_says_everything_and_makes_nothing(bare: Desk) -> None:
    before = counts(bare)
    words = ("erp", "prepare", "--admin", ADMIN, "--login", SERVICE, "--dry-run", "--format", "json")
    said = states(bare.as_admin(*words).stdout)
    assert set(said.values()) == {"to be made"}
    assert any(record.startswith(f"service user {SERVICE} for the companies ") for record in said)
    assert ("field x_kam_score" in said) is not bare.has_addon
    assert counts(bare) == before
    assert bare.query("SELECT id FROM res_users WHERE login = %s", SERVICE) == []
    assert not bare.place.home.joinpath("kam.toml").exists()


def test_without_a_yes_nothing_is_made(bare: Desk) -> None:
    before = counts(bare)
    done = bare.as_admin("erp", "prepare", "--admin", ADMIN, "--login", SERVICE)
    assert done.returncode == 0
    assert "add --yes" in done.stderr
    assert counts(bare) == before


def test_done_again_it_makes_nothing_and_the_key_stays(desk: Desk) -> None:
    before, key = counts(desk), desk.key
    done = desk.as_admin("erp", "prepare", "--admin", ADMIN, "--login", SERVICE, "--yes", "--format", "json")
    assert set(states(done.stdout).values()) == {"present"}
    assert (counts(desk), desk.key) == (before, key)


def test_what_was_made_and_not_yet_marked_is_not_made_twice(desk: Desk) -> None:
    """Rights and rules are made in one call and marked in the next: whoever is stopped between both goes on later."""
    before = counts(desk)
    with desk.admin() as session:
        made = [("module", "=", "kam_external"), ("model", "in", ["ir.model.access", "ir.rule"])]
        marks = session.search_ids("ir.model.data", made)
        assert (len(marks) > 4) is not desk.has_addon  # the addon brings its own
        if marks:
            session.unlink("ir.model.data", marks)
    done = desk.as_admin("erp", "prepare", "--admin", ADMIN, "--login", SERVICE, "--yes", "--format", "json")
    assert set(states(done.stdout).values()) == {"present"}
    assert counts(desk) == before


def test_the_key_is_an_api_key_of_the_service_user_and_no_password_opens_it(desk: Desk) -> None:
    assert len(desk.key) == 40
    with desk.service() as session:
        assert session.uid == desk.query("SELECT id FROM res_users WHERE login = %s", SERVICE)[0]["id"]
        assert erp.key_expiry(session) is None or (desk.version == 19 and erp.key_expiry(session))
    stored = desk.query("SELECT password FROM res_users WHERE login = %s", SERVICE)[0]["password"]
    assert stored.startswith("$pbkdf2-sha512$")


def test_its_settings_and_key_file_are_written_for_it_alone(desk: Desk) -> None:
    home = desk.place.home
    assert {path.name: oct(path.stat().st_mode & 0o777) for path in (home / "kam.toml", home / "main" / "key")} == {
        "kam.toml": "0o600",
        "key": "0o600",
    }
    assert f'login = "{SERVICE}"' in (home / "kam.toml").read_text()


def test_what_somebody_loosened_is_put_right_again(desk: Desk) -> None:
    with desk.admin() as session:
        user = session.search_ids("res.users", [("login", "=", SERVICE)])
        extra = session.search_read(
            "ir.model.data", [("module", "=", "base"), ("name", "=", "group_system")], ["res_id"]
        )[0]["res_id"]
        groups = "group_ids" if desk.version == 19 else "groups_id"
        session.write("res.users", user, {groups: [[4, extra, 0]]})
        done = desk.as_admin("erp", "prepare", "--admin", ADMIN, "--login", SERVICE, "--yes", "--format", "json")
        changed = [record for record, state in states(done.stdout).items() if state == "put right"]
        assert [record.split(" for ")[0] for record in changed] == [f"service user {SERVICE}"]
        assert extra not in session.read("res.users", user, [groups])[0][groups]


def test_a_login_that_is_somebodys_is_refused(desk: Desk) -> None:
    done = desk.as_admin("erp", "prepare", "--admin", ADMIN, "--login", "demo.somebody", "--dry-run")
    assert done.returncode == 0
    done = desk.as_admin("erp", "prepare", "--admin", ADMIN, "--login", ADMIN, "--dry-run")
    assert done.returncode == 2
    assert "somebody's already" in done.stderr


def test_an_ordinary_login_cannot_prepare(desk: Desk) -> None:
    done = desk.place.kam("erp", "prepare", "--login", "other", "--yes", KAM_ERP_KEY=desk.key)
    assert done.returncode == 3
    assert "administrator" in done.stderr


# --- What it can ---------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_a_whole_night_runs_with_these_rights_and_the_next_writes_nothing(desk: Desk) -> None:
    first = desk.place.kam(*NIGHT, "--format", "json", KAM_ERP_LOGIN=SERVICE)
    assert first.returncode in (0, 1), first.stderr
    again = desk.place.kam(*NIGHT, "--format", "json", KAM_ERP_LOGIN=SERVICE)
    totals = json.loads(again.stdout)["totals"]
    assert [totals[name] for name in ("planned", "written", "refused", "unknown")] == [0, 0, 0, 0], again.stdout
    if desk.has_addon:
        assert desk.query("SELECT count(*) AS n FROM kam_customer WHERE score IS NOT NULL")[0]["n"] > 10
    else:
        assert desk.query("SELECT count(*) AS n FROM res_partner WHERE x_kam_tier IS NOT NULL")[0]["n"] > 10


def test_it_sees_every_row_and_field_of_the_pull(desk: Desk) -> None:
    with desk.admin() as strong, desk.service() as weak:
        for entry in CATALOGUE:
            known = strong.fields(entry.model)
            hidden = [column.name for column in entry.table.columns if column.name in known] if known else []
            assert [name for name in hidden if name not in weak.fields(entry.model)] == [], entry.model
            if known and entry.model != "mail.activity":
                domain = entry.domain(weak.version)
                assert weak.search_count(entry.model, domain) == strong.search_count(entry.model, domain), entry.model


def test_the_doctor_finds_nothing_missing(desk: Desk) -> None:
    done = desk.place.kam("erp", "check", "--format", "json")
    bad = [row for row in json.loads(done.stdout)["rows"] if not row["ok"]]
    assert bad == []


# --- What it cannot ------------------------------------------------------------------------------------------------


def test_its_rights_are_those_of_the_table_and_of_an_internal_user(desk: Desk) -> None:
    """Its groups are ours and what Odoo gives every internal user; ours has exactly the rows of the table."""
    group = desk.query(
        "SELECT g.id FROM res_groups g JOIN ir_model_data d ON d.model = 'res.groups' AND d.res_id = g.id "
        "WHERE d.module = %s AND d.name = %s",
        *(("kam_connector", "group_connector") if desk.has_addon else ("kam_external", "group")),
    )[0]["id"]
    implied = desk.query(
        "SELECT d.module || '.' || d.name AS name FROM res_groups_implied_rel r "
        "JOIN ir_model_data d ON d.model = 'res.groups' AND d.res_id = r.hid WHERE r.gid = %s",
        group,
    )
    assert [row["name"] for row in implied] == [INTERNAL]
    rows = desk.query(
        "SELECT m.model, perm_read, perm_write, perm_create, perm_unlink FROM ir_model_access a "
        "JOIN ir_model m ON m.id = a.model_id WHERE a.group_id = %s AND a.active",
        group,
    )
    verbs = ("perm_read", "perm_write", "perm_create", "perm_unlink")
    found = {row["model"]: tuple(row[verb] for verb in verbs) for row in rows if not row["model"].startswith("kam.")}
    with desk.admin() as session:
        known = {access for access in rights.plain_access() if session.fields(access.model)}
    writes = not desk.has_addon
    assert found == {one.model: (True, one.write and writes, False, False) for one in known}


@pytest.mark.parametrize("model", CLOSED)
def test_it_may_not_change_what_is_not_its_own(desk: Desk, model: str) -> None:
    with desk.service() as session:
        found = session.capabilities.rights(model)
        assert (found.create, found.write, found.unlink) == (False, False, False)


@pytest.mark.parametrize("model", NEVER_READ)
def test_it_reads_no_settings_and_no_bank(desk: Desk, model: str) -> None:
    with desk.service() as session, pytest.raises(AccessRefused):
        session.search_ids(model, [])


def ledger_samples(desk: Desk) -> dict[str, int]:
    """A vendor bill, a payroll-like entry without a receivable, and a payment to somebody."""
    with desk.admin() as session:
        company = session.login.companies[0]
        mine: dict[str, Any] = {"companies": [company]}
        kind = "account_type" if desk.version == 19 else "internal_type"
        expense = "expense" if desk.version == 19 else "other"
        where = "company_ids" if desk.version == 19 else "company_id"
        accounts = session.search_ids("account.account", [(kind, "=", expense), (where, "=", company)], **mine)[:2]
        journal = session.search_ids("account.journal", [("type", "=", "general"), ("company_id", "=", company)])[0]
        lines = [
            [0, 0, {"account_id": accounts[0], "debit": 5000.0, "name": "Salaries"}],
            [0, 0, {"account_id": accounts[-1], "credit": 5000.0, "name": "Net pay"}],
        ]
        context = {"allowed_company_ids": [company]}
        entry = session.create(
            "account.move", [{"move_type": "entry", "journal_id": journal, "line_ids": lines}], context=context
        )[0]
        partner = session.create("res.partner", [{"name": "Vendor"}])[0]
        bill = session.create("account.move", [{"move_type": "in_invoice", "partner_id": partner}], context=context)[0]
        pay = {"payment_type": "outbound", "partner_type": "supplier", "partner_id": partner, "amount": 7.0}
        payment = session.create("account.payment", [pay], context=context)[0]
        return {"entry": entry, "bill": bill, "payment": payment, "partner": partner}


def test_payroll_vendor_bills_and_outgoing_payments_do_not_exist_for_it(desk: Desk) -> None:
    made = ledger_samples(desk)
    with desk.service() as session:
        moves = [made["entry"], made["bill"]]
        assert session.search_ids("account.move", [("id", "in", moves)]) == []
        assert session.search_ids("account.move.line", [("move_id", "in", moves)]) == []
        assert session.search_ids("account.payment", [("id", "=", made["payment"])]) == []
        with pytest.raises(AccessRefused):
            session.call("account.move", "read", moves, ["amount_total"])
        groups = session.read_group_sum("account.move.line", [("move_id", "in", moves)], ["balance"], ["account_id"])
        assert groups == []


def test_it_writes_no_colleague_no_stranger_and_makes_no_partner(desk: Desk) -> None:
    with desk.admin() as admin:
        colleague = admin.read("res.users", [admin.uid], ["partner_id"])[0]["partner_id"]
        foreign = admin.create("res.company", [{"name": f"Elsewhere {desk.database}"}])[0]
        stranger = admin.create("res.partner", [{"name": "Stranger"}])[0]
        desk.query("UPDATE res_partner SET company_id = %s WHERE id = %s", foreign, stranger)
        customer = admin.search_ids("res.partner", [("customer_rank", ">", 0), ("user_ids", "=", False)])[0]
    with desk.service() as session:
        for partner in (colleague, stranger):
            with pytest.raises(KamError):
                session.write("res.partner", [partner], {"comment": "written"})
        with pytest.raises(AccessRefused):
            session.create("res.partner", [{"name": "New"}])
        with pytest.raises(AccessRefused):
            session.unlink("res.partner", [customer])
        if desk.has_addon:
            with pytest.raises(AccessRefused):
                session.write("res.partner", [customer], {"comment": "written"})
        else:
            session.write("res.partner", [customer], {"x_kam_tier": "gold"})
    rows = desk.query("SELECT id FROM res_partner WHERE comment LIKE '%%written%%'")
    assert rows == []


def test_it_makes_itself_no_administrator(desk: Desk) -> None:
    with desk.service() as session:
        groups = "group_ids" if desk.version == 19 else "groups_id"
        with pytest.raises(KamError):
            session.write("res.users", [session.uid], {groups: [[4, 1, 0]]})
        with pytest.raises(KamError):
            session.create("res.users", [{"name": "Second", "login": "second"}])


# --- Taking it away --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=KINDS)
def leaving(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A server of its own: it is prepared and taken back."""
    yield from desks(request.param, tmp_path_factory)


@pytest.mark.long
def test_unprepare_takes_back_exactly_what_was_made_and_prepare_brings_it_back(leaving: Desk) -> None:
    before = counts(leaving)
    words = ("--admin", ADMIN, "--login", SERVICE, "--yes")
    assert leaving.as_admin("erp", "prepare", *words).returncode == 0
    key = leaving.key
    with leaving.service() as session:
        place = [session.search_ids("res.partner", [("customer_rank", ">", 0)])[0]]
        kind = "mail.mail_activity_data_todo"
        if not leaving.has_addon:
            session.call("res.partner", "activity_schedule", place, act_type_xmlid=kind, summary="(KAM 1-untouched)")
            session.call("res.partner", "activity_schedule", place, act_type_xmlid=kind, summary="(KAM 1-mine)")
    with leaving.admin() as session:
        people = session.search_ids("mail.activity", [("summary", "=", "(KAM 1-mine)")])
        session.write("mail.activity", people, {"note": "called them"})

    asked = leaving.as_admin("erp", "unprepare", "--admin", ADMIN)
    assert "add --yes" in asked.stderr
    assert leaving.service()
    assert leaving.as_admin("erp", "unprepare", "--admin", ADMIN, "--leftovers", "--yes").returncode == 0

    kept = {"res_groups": 0, "ir_model_data": 1}  # the archived user keeps its mark
    assert counts(leaving) == {table: number + kept.get(table, 0) for table, number in before.items()}
    assert leaving.query("SELECT active FROM res_users WHERE login = %s", SERVICE) == [{"active": False}]
    assert leaving.query("SELECT column_name FROM information_schema.columns WHERE column_name LIKE 'x_kam%%'") == []
    assert leaving.query("SELECT id FROM res_users_apikeys") == []
    with leaving.admin() as session:
        assert session.search_ids("mail.activity", [("summary", "like", "(KAM 1-")]) == people
    with pytest.raises(LoginRefused):
        erp.connect(leaving.reach(SERVICE, key))

    assert leaving.as_admin("erp", "prepare", *words).returncode == 0
    assert leaving.key != key
    with leaving.service() as session:
        assert session.search_count("account.move", []) > 0
