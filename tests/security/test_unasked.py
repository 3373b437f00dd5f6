"""R-95: an ERP (or somebody in between) that answers more than was asked is not believed for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kam_connector.erp import ErpAccess, Session, connect
from kam_connector.erp.values import normal_rows
from kam_connector.errors import KamError
from kam_connector.sandbox import SandboxServer, serve
from tests.contract.conftest import HAND_MADE


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    with serve({model: [dict(row) for row in rows] for model, rows in HAND_MADE.items()}) as erp:
        yield erp


@pytest.fixture
def session(server: SandboxServer) -> Iterator[Session]:
    access = ErpAccess(server.url, server.database, server.login, server.password)
    with connect(access) as opened:
        yield opened


def test_r95_rows_and_fields_that_were_not_asked_for_are_not_taken(session: Session) -> None:
    """A field beside those asked for is left out; the row keeps exactly `id` and what was wanted."""
    known = session.fields("res.partner")
    answer = [{"id": 1, "name": "One", "password": "planted", "__proto__": {}, "kam_secret": 1}]
    assert normal_rows("res.partner", known, ["name"], answer) == [{"id": 1, "name": "One"}]


@pytest.mark.parametrize(
    "answer",
    [
        "not a list",
        [1, 2],
        [{"name": "no id"}],
        [{"id": "1", "name": "id as text"}],
        [{"id": True, "name": "id as flag"}],
        [{"id": 1}],
    ],
)
def test_r95_an_answer_of_another_shape_is_a_defect_of_the_erp(session: Session, answer: Any) -> None:
    with pytest.raises(KamError):
        pytest.fail(f"taken: {normal_rows('res.partner', session.fields('res.partner'), ['name'], answer)}")


def test_r95_a_record_that_was_not_asked_for_is_not_taken(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ERP answers a search and a read with records of its own choice."""
    real = session._execute

    def hostile(model: str, method: str, args: Any, kwargs: Any) -> Any:
        answer = real(model, method, args, kwargs)
        if (model, method) == ("res.partner", "search"):
            return [*answer, 2]
        if (model, method) == ("res.partner", "read"):
            return [*answer, {"id": 3, "name": "planted"}]
        return answer

    monkeypatch.setattr(session, "_execute", hostile)
    assert [row["id"] for row in session.read("res.partner", [1], ["name"])] == [1]


def test_r95_a_page_that_brings_no_progress_ends_the_reading(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same row again and again is a defect of the ERP, not an endless run."""
    row = {"id": 1, "name": "again"}
    real = session._execute
    monkeypatch.setattr(
        session,
        "_execute",
        lambda model, method, *rest: [row] if method == "search_read" else real(model, method, *rest),
    )
    with pytest.raises(KamError):
        list(session.pages("res.partner", [], ["name"], after_id=1, limit=1))
