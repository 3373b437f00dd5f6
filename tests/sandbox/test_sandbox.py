"""What the sandbox has beyond the contract: strictness, disturbances, state on disk, being a process."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from kam_connector.erp import ErpAccess, Session, connect
from kam_connector.errors import ErpBusy, ErpDefect, ErpUnreachable, KamError, UnknownOutcome
from kam_connector.sandbox import Disturbance, SandboxServer, serve
from tests.contract.conftest import HAND_MADE

ROOT = Path(__file__).parents[2]


def login(server: SandboxServer, **limits: Any) -> Session:
    access = ErpAccess(server.url, server.database, server.login, server.api_key, **limits)
    return connect(access, sleep=lambda _: None)


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    with serve(HAND_MADE) as running:
        yield running


def partners(server: SandboxServer, name: str = "New") -> int:
    return sum(row["name"] == name for row in server.rows("res.partner").values())


@pytest.mark.parametrize("tables", [{"sale.subscription": []}, {"res.partner": [{"id": 1, "nonsense": 2}]}])
def test_tables_with_what_the_sandbox_does_not_have_are_refused(tables: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="the sandbox has no"):
        serve(tables)


@pytest.mark.parametrize(
    ("model", "method", "args", "kwargs"),
    [
        ("res.partner", "name_search", ["x"], {}),
        ("res.partner", "read_group", [[], [], []], {}),
        ("res.partner", "search", [[]], {"order": "name"}),
        ("res.partner", "search", [[]], {"offset": 5}),
        ("res.partner", "search", [[["name", "ilike", "x"]]], {}),
        ("res.partner", "search", [[["display_name", "=", "x"]]], {}),
        ("res.partner", "read", [[1], ["parent_id"]], {}),
        ("res.partner", "read", [[1], ["display_name"]], {}),
        ("res.company", "create", [[{"name": "Third"}]], {}),
        ("res.partner", "has_access", [[1], "read"], {}),
    ],
)
def test_whatever_the_connector_does_not_send_is_a_fault(
    server: SandboxServer, model: str, method: str, args: list[Any], kwargs: dict[str, Any]
) -> None:
    with login(server) as session, pytest.raises(KamError):
        session.call(model, method, *args, **kwargs)


@pytest.mark.parametrize("transport", ["xmlrpc", "jsonrpc", "json2"])
@pytest.mark.parametrize(
    ("kind", "error", "made"),
    [
        ("drop", UnknownOutcome, 1),
        ("cut", UnknownOutcome, 1),
        ("gateway_502", UnknownOutcome, 1),
        ("none", UnknownOutcome, 1),
        ("page", UnknownOutcome, 0),
        ("hang_up", UnknownOutcome, 0),
        ("busy", ErpBusy, 0),
    ],
)
def test_a_disturbed_write_is_done_or_not_and_leaves_once_on_each_transport(
    server: SandboxServer, kind: Any, error: type[KamError], made: int, transport: Any
) -> None:
    """R-1, R-2, R-4, R-7, R-9, R-11, R-15: the connector cannot tell, and does not send again."""
    server.plan.waiting.append(Disturbance(kind, nth=2))
    with login(server, transport=transport) as session:
        session.create("res.partner", [{"name": "First"}])
        with pytest.raises(error):
            session.create("res.partner", [{"name": "New"}])
        assert partners(server) == made
        assert [call.method for call in server.calls].count("create") == 2
        session.create("res.partner", [{"name": "New"}])
    assert partners(server) == made + 1


@pytest.mark.parametrize("transport", ["xmlrpc", "jsonrpc", "json2"])
@pytest.mark.parametrize("kind", ["drop", "cut", "gateway_502", "hang_up"])
def test_a_disturbed_read_comes_through(server: SandboxServer, kind: Any, transport: Any) -> None:
    server.plan.waiting += [Disturbance(kind, of="read", model="res.partner", method="search")] * 2
    with login(server, transport=transport) as session:
        assert session.search_ids("res.partner", []) == [1, 2, 3]


def test_a_slow_answer_is_cut_off(server: SandboxServer) -> None:
    server.plan.waiting.append(Disturbance("slow", seconds=1.0, of="read", method="search"))
    with login(server, timeout_read=0.2, tries=1) as session, pytest.raises(ErpUnreachable):
        session.search_ids("res.partner", [])


def test_a_refused_call_changes_nothing(server: SandboxServer) -> None:
    before = server.rows("res.partner")
    with login(server) as session, pytest.raises(ErpDefect):
        session.create("res.partner", [{"name": "Good"}, {"name": "Bad", "nonsense": 1}])
    assert server.rows("res.partner") == before


def test_a_persons_edit_moves_write_date(server: SandboxServer) -> None:
    server.edit("res.partner", 2, name="Renamed")
    row = server.rows("res.partner")[2]
    assert row["name"] == "Renamed"
    assert row["write_date"] > "2026"


def test_state_survives_a_restart_and_a_torn_last_line(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with serve(HAND_MADE, state=state) as first, login(first) as session:
        kept = session.create("res.partner", [{"name": "Kept"}, {"name": "Gone"}])
        session.unlink("res.partner", kept[1:])
        model = session.search_ids("ir.model", [["model", "=", "res.partner"]])[0]
        field = {"name": "x_kam_a", "field_description": "A", "model_id": model, "ttype": "char", "state": "manual"}
        session.create("ir.model.fields", [field])
        session.forget_fields("res.partner")
        session.write("res.partner", kept[:1], {"x_kam_a": "gold"})
    with state.open("a") as file:
        file.write('[["res.partner", 999, {"id": 9')
    with serve(HAND_MADE, state=state) as second, login(second) as session:
        assert session.read("res.partner", kept, ["name", "x_kam_a"]) == [
            {"id": kept[0], "name": "Kept", "x_kam_a": "gold"}
        ]
        assert session.create("res.partner", [{"name": "Next"}])[0] > kept[1]


def test_state_of_another_company_is_refused(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with serve(HAND_MADE, state=state):
        pass
    with pytest.raises(ValueError, match="another company"):
        serve({**HAND_MADE, "res.country": [{"id": 1, "name": "China", "code": "CN"}]}, state=state)


def post(server: SandboxServer, path: str, body: str, **headers: str) -> requests.Response:
    sent = {"Content-Type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return requests.post(server.url + path, data=body, headers=sent, timeout=10)


def test_its_version_page_and_its_faults_have_odoos_own_form(server: SandboxServer) -> None:
    """Over the transports themselves, as a stranger would ask."""
    told = requests.get(f"{server.url}/web/version", timeout=10).json()
    assert told == {"version_info": [19, 0, 0, "final", 0, ""], "version": "19.0"}
    key = {"Authorization": f"bearer {server.api_key}"}
    answers = [
        (post(server, "/json/2/res.partner/search", '{"domain": []}', **key), 200, None),
        (post(server, "/json/2/res.partner/search", '{"domain": []}'), 401, "werkzeug.exceptions.Unauthorized"),
        (post(server, "/json/2/kam.no/search", "{}", **key), 404, "werkzeug.exceptions.NotFound"),
        (post(server, "/json/2/res.partner/no", "{}", **key), 404, "werkzeug.exceptions.NotFound"),
        (post(server, "/json/2/res.partner/_no", "{}", **key), 403, "odoo.exceptions.AccessError"),
        (post(server, "/json/2/res.partner/write", '{"ids": [1]}', **key), 422, None),
        (post(server, "/json/2/res.partner/search", '{"ids": [1], "domain": []}', **key), 422, None),
        (post(server, "/json/2/res.partner/write", '{"ids": [9], "vals": {}}', **key), 404, None),
        (post(server, "/json/2/res.partner/search", '{"domain": [["x", "=", 1]]}', **key), 500, "builtins.ValueError"),
        (post(server, "/json/2/res.partner/search", "{no", **key), 400, "werkzeug.exceptions.BadRequest"),
    ]
    for answer, status, name in answers:
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/json; charset=utf-8")
        told = answer.json()
        assert name is None or told["name"] == name
        assert status == 200 or set(told) == {"name", "message", "arguments", "context", "debug"}
    elsewhere = post(server, "/json/2/res.partner/search", "{}", X_Odoo_Database="no_such")
    assert (elsewhere.status_code, elsewhere.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert post(server, "/jsonrpc", "{no").status_code == 400


def test_without_the_addon_its_models_are_not_there() -> None:
    with serve(HAND_MADE, addon=False) as bare, login(bare) as session:
        assert session.capabilities.addon_version is None
        assert not session.capabilities.has("kam.customer")


def test_the_same_company_has_the_same_database_mark_on_every_start() -> None:
    marks = []
    for _ in range(2):
        with serve(HAND_MADE) as server, login(server) as session:
            domain = [["key", "=", "database.uuid"]]
            marks.append(session.search_read("ir.config_parameter", domain, ["value"])[0]["value"])
    assert marks[0] == marks[1]


def test_as_a_process_it_tells_where_it_is_serves_the_sample_and_ends_when_told(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "kam_connector.sandbox", "--size", "small", "--state", str(tmp_path / "state")]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        place = json.loads(process.stdout.readline())
        access = ErpAccess(place["url"], place["database"], place["login"], place["key"])
        with connect(access) as session:
            assert len(session.capabilities.companies) == 2
            assert session.search_count("account.move", []) > 100
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


@pytest.mark.parametrize(
    ("log", "lines", "status", "left"),
    [(["received"], 0, "removed", 0), (["received", "moved"], 0, "refused", 2), (["received"], 1, "refused", 1)],
)
def test_a_case_goes_with_its_log_unless_people_have_worked_on_it(
    log: list[str], lines: int, status: str, left: int
) -> None:
    case = {
        "id": 1, "name": "CMP/1", "partner_id": 1, "company_id": 1, "kam_key": "crm.claim,4", "kam_run": "r1",
        "kam_version": 1, "received_at": "2026-06-01 08:00:00",
    }  # fmt: skip
    event = {"complaint_id": 1, "company_id": 1, "at": "2026-06-01 08:00:00", "new_state": "received", "user_id": 2}
    tables = {
        **HAND_MADE,
        "kam.complaint": [case],
        "kam.complaint.event": [{"id": place, "event": name, **event} for place, name in enumerate(log, 1)],
        "kam.complaint.line": [{"id": place, "complaint_id": 1} for place in range(1, lines + 1)],
    }
    with serve(tables) as server, login(server) as session:
        row = {"key": "crm.claim,4", "company_id": 1, "values": {}, "remove": True, "version": 1}
        (answer,) = session.call("kam.gateway", "apply", "kam.complaint", [row], "r2")
        rows = server.rows("kam.complaint.event")
    told = "People have worked on complaint CMP/1: it is not taken back." if status == "refused" else ""
    assert (answer["status"], answer["message"], len(rows)) == (status, told, left)


def test_the_causes_of_complaints_are_those_that_the_addon_brings() -> None:
    text = (ROOT / "addon_manifest" / "data" / "kam_complaint_cause_data.xml").read_text("utf-8")
    brought = re.findall(r'<field name="code">(.+)</field>\s+<field name="name">(.+)</field>', text)
    with serve(HAND_MADE) as running:
        rows = running.rows("kam.complaint.cause").values()
        assert [(row["code"], row["name"]) for row in sorted(rows, key=lambda row: row["sequence"])] == brought
