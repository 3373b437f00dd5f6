"""Several ERPs in one kam.toml: each has its night in its own folder, one that fails stops no other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from kam_connector import sample
from kam_connector.runs import lock
from kam_connector.runs.several import GRAVEST_FIRST, gravest
from kam_connector.sandbox import SandboxServer, serve
from tests.runs import nights

pytestmark = pytest.mark.long

SECTION = '[erp.{name}]\nurl = "{url}"\ndatabase = "{database}"\nlogin = "{login}"\n\n'


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with serve(sample.build("small", date(2026, 6, 30))) as found:
        yield found


@pytest.fixture
def place(server: SandboxServer, tmp_path: Path) -> nights.Place:
    """A home with three ERPs, the second of which is away."""
    sections = ((name, server.url if name != "away" else "http://127.0.0.1:9") for name in ("first", "away", "third"))
    text = "".join(
        SECTION.format(name=name, url=url, database=server.database, login=server.login) for name, url in sections
    )
    (tmp_path / "kam.toml").write_text(text)
    return nights.Place(tmp_path, {"KAM_ERP_KEY": server.password})


def test_one_that_fails_stops_no_other_and_the_gravest_code_counts(place: nights.Place) -> None:
    done = place.kam("run", "--all", "--only", "sync", "--yes", "--format", "json")
    assert done.returncode == 3, done.stderr
    answer = json.loads(done.stdout)
    assert [(row["erp"], row["state"], row["exit_code"]) for row in answer["rows"]] == [
        ("first", "ok", 0),
        ("away", "failed", 3),
        ("third", "ok", 0),
    ]
    assert answer["totals"] == {"erps": 3, "failed": 1, "exit_code": 3}
    assert "127.0.0.1:9" in answer["rows"][1]["message"]
    assert answer["rows"][0]["pulled"] == answer["rows"][2]["pulled"] > 100
    for name in ("first", "third"):
        assert (place.home / name / "mirror.duckdb").stat().st_size > 10_000
        assert "step sync" in (place.home / name / "log" / "kam.log").read_text("utf-8")
    status = place.kam("status", "--format", "json")
    shown = json.loads(status.stdout)
    assert {(row["erp"], row["state"]) for row in shown["rows"]} == {
        ("first", "ok"),
        ("away", "failed"),
        ("third", "ok"),
    }
    assert set(shown["totals"]) == {"first", "away", "third"}


def test_a_section_with_a_mistake_is_the_only_one_without_a_night(place: nights.Place) -> None:
    file = place.home / "kam.toml"
    file.write_text(file.read_text().replace('url = "http://127.0.0.1:9"', "urll = 1"))
    with lock.hold(make(place.home / "third") / "run.lock"):
        done = place.kam("run", "--all", "--only", "sync", "--format", "json")
    rows = {row["erp"]: (row["state"], row["exit_code"]) for row in json.loads(done.stdout)["rows"]}
    assert rows == {"first": ("ok", 0), "away": ("failed", 2), "third": ("locked", 5)}
    assert done.returncode == 2


def make(folder: Path) -> Path:
    folder.mkdir(mode=0o700)
    return folder


def test_without_a_name_one_must_be_chosen(place: nights.Place) -> None:
    done = place.kam("run", "--only", "sync")
    assert (done.returncode, "--erp" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("codes", "worst"),
    [([0, 1, 0], 1), ([3, 2], 2), ([5, 3], 3), ([1, 5], 5), ([2, 4], 4), ([4, 6], 6), ([6, 7, 3], 7), ([7, 70], 70)],
)
def test_the_order_of_gravity(codes: list[int], worst: int) -> None:
    assert gravest(codes) == gravest(codes[::-1]) == worst
    assert GRAVEST_FIRST[-1] == gravest([]) == 0
