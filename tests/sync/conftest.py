"""An open mirror, and its content as plain rows to compare."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kam_connector import mirror, sync
from kam_connector.mirror import Mirror
from kam_connector.sync import Options, PullReport
from tests.conftest import first_of
from tests.sync.empty import empty_mirror
from tests.sync.fake import FakeLanes, FakeSession


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Mirror]:
    with mirror.open(empty_mirror(tmp_path / "mirror.duckdb")) as opened:
        yield opened


@pytest.fixture(params=first_of(["blocks", "totals", "ids"]))
def telling(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How the ERP tells which rows there are: by blocks (with the addon), by totals, or only by all ids."""
    if request.param != "blocks":
        monkeypatch.setattr(FakeLanes, "blocks", lambda _, wishes, *__: [None] * len(wishes))
    if request.param == "ids":
        monkeypatch.setattr(FakeLanes, "totals", lambda *_: None)
    return str(request.param)


LARGE = Options(small_rows=0, waits=())
"""Every model is taken for a large one, whose changes are asked for; and no second look at an older ERP."""


def pull(
    session: FakeSession, store: Mirror, run: str = "run 1", *, full: bool = False, options: Options = LARGE
) -> PullReport:
    return sync.pull(session, store, run=run, full=full, options=options)
