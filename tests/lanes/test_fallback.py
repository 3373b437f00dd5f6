"""A lane that fails or lies is left for the next one, model by model, and it is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kam_connector import mirror, sample, sync
from kam_connector.erp import ErpAccess, Session, connect
from kam_connector.erp.lanes import Wish
from kam_connector.errors import AccessRefused, ErpUnreachable
from kam_connector.sandbox import SandboxServer, extract, serve
from kam_connector.sandbox.disturb import Disturbance
from kam_connector.sandbox.login import Caller
from kam_connector.sandbox.store import Store

PARTNERS = Wish("res.partner", [], ("name", "ref", "customer_rank", "parent_id", "write_date"))


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with serve(sample.build("small", date(2026, 6, 30))) as opened:
        yield opened


@pytest.fixture(params=["xmlrpc", "json2"])
def session(server: SandboxServer, request: pytest.FixtureRequest) -> Iterator[Session]:
    key = server.api_key if request.param == "json2" else server.password
    access = ErpAccess(url=server.url, database=server.database, login=server.login, key=key, transport=request.param)
    with connect(access, sleep=lambda _: None) as opened:
        yield opened


def ids(session: Session, wish: Wish = PARTNERS) -> list[int]:
    return [number for page in session.lanes.pages(wish) for number in page.table.column("id").to_pylist()]


def next_lane(session: Session) -> str:
    return "rows" if session.transport == "xmlrpc" else "columns"


def test_a_cell_that_differs_from_a_plain_read_ends_the_lane_for_the_model(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = extract._cell
    monkeypatch.setattr(
        extract, "_cell", lambda spec, value: "9" if spec.name == "customer_rank" else honest(spec, value)
    )
    expected = session.search_ids("res.partner", [])
    assert ids(session) == expected
    assert session.lanes.lane_of("res.partner") == next_lane(session)
    assert session.lanes.lane_of("account.move") == "addon"
    [note] = session.lanes.notes
    assert (note.model, note.lane) == ("res.partner", "addon")
    assert "customer_rank of record" in str(note.why)


def test_a_lane_that_invents_rows_is_left(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(extract._KINDS, "page", lambda *_: b"999999,x,,,,\n")  # type: ignore[misc]
    assert ids(session) == session.search_ids("res.partner", [])
    assert [note.lane for note in session.lanes.notes] == ["addon"]


def test_an_answer_that_cannot_be_read_ends_the_lane(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extract, "PROTOCOL", 99)
    assert ids(session) == session.search_ids("res.partner", [])
    [note] = session.lanes.notes
    assert "another protocol" in str(note.why)


def test_a_page_that_is_too_large_is_asked_for_by_halves(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    honest, asked = extract._answer, []

    def narrow(store: Store, caller: Caller, question: extract.Question) -> tuple[dict[str, object], bytes]:
        asked.append(question["limit"])
        return honest(store, caller, question) if question["limit"] <= 5000 else ({"error": "size"}, b"")

    monkeypatch.setattr(extract, "_answer", narrow)
    assert ids(session) == session.search_ids("res.partner", [])
    assert asked == [20_000, 10_000, 5_000]
    assert (session.lanes.lane_of("res.partner"), session.lanes.notes) == ("addon", [])
    page = session.lanes.first_pages([Wish("sale.order", [], ("name",))])[0]
    assert page.complete
    assert asked[3:] == [20_000, 10_000, 5_000]


def test_without_the_addon_nothing_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(sample.build("small", date(2026, 6, 30)), addon=False) as server:
        access = ErpAccess(url=server.url, database=server.database, login=server.login, key=server.password)
        with connect(access) as session:
            assert ids(session) == session.search_ids("res.partner", [])
            assert (session.lanes.lane_of("res.partner") == "addon", session.lanes.notes) == (False, [])


def test_a_model_without_right_is_refused_as_by_a_plain_read(server: SandboxServer) -> None:
    with serve(sample.build("small", date(2026, 6, 30)), denied=frozenset({("account.move", "read")})) as forbidding:
        access = ErpAccess(
            url=forbidding.url, database=forbidding.database, login=forbidding.login, key=forbidding.password
        )
        with connect(access) as session:
            with pytest.raises(AccessRefused, match=r"account\.move"):
                ids(session, Wish("account.move", [], ("name",)))
            assert session.lanes.notes == []
            assert session.lanes.lane_of("res.partner") == "addon"


def test_what_is_proven_is_not_read_again(session: Session, server: SandboxServer) -> None:
    ids(session)
    assert len(session.lanes.proven) == 1
    with connect(session.access) as later:
        later.lanes.trust(session.lanes.proven)
        later.fields("res.partner")
        before = len(server.calls)
        assert ids(later) == ids(session)
        assert [call for call in server.calls[before:] if call.method != "pull"] == []


def test_a_lost_connection_is_no_reason_to_leave_a_lane(session: Session, server: SandboxServer) -> None:
    ids(session)
    server.plan.waiting.extend(Disturbance("drop", of="any", model="kam.extract", method="pull") for _ in range(4))
    with pytest.raises(ErpUnreachable):
        ids(session)
    server.plan.waiting.clear()
    assert session.lanes.lane_of("res.partner") == "addon"
    assert ids(session, replace(PARTNERS, limit=7)) == session.search_ids("res.partner", [])


def test_the_pull_tells_which_model_left_which_lane(
    session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    honest = extract._cell
    monkeypatch.setattr(extract, "_cell", lambda spec, value: "x" if spec.name == "vat" else honest(spec, value))
    with mirror.open(tmp_path / "mirror.duckdb") as store:
        report = sync.pull(session, store, run="run 1")
        again = sync.pull(session, store, run="run 2")
    for one in (report, again):
        [told] = [finding for finding in one.findings if finding.source == "sync.lanes"]
        assert (told.severity, told.record) == ("info", "res.partner")
        assert re.fullmatch(r"res\.partner is not read by the lane addon: vat of record \d+ .*read\.", told.message)
