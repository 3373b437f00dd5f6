"""`kam tiers run` and `kam warnings run`: what they decide stands in the ledger under the run that they name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kam_connector import ledger
from tests.runs import nights


@pytest.mark.long
@pytest.mark.timeout(300)
def test_a_run_stands_in_the_book_with_what_it_decided(shared_folder: Path, tmp_path: Path) -> None:
    with nights.after_pull(shared_folder, tmp_path) as (place, _):
        told = {}
        for noun in ("tiers", "warnings"):
            done = place.kam(noun, "run", "--as-of", nights.ANCHOR, "--format", "json")
            assert done.returncode in (0, 1), done.stderr
            told[noun] = json.loads(done.stdout)
    assert {noun: answer["command"] for noun, answer in told.items()} == {
        "tiers": "tiers run", "warnings": "warnings run",
    }  # fmt: skip
    with ledger.open(next(place.home.rglob("ledger.sqlite")), read_only=True) as book:
        runs = {event.key: event.payload["kind"] for event in book.events("run")}
        tiers, warnings = len(book.states("tier")), len(book.states("warning"))
    assert {answer["run"]: noun for noun, answer in told.items()}.items() <= runs.items()
    assert (tiers, warnings) == (len(told["tiers"]["rows"]), len(told["warnings"]["rows"]))
    assert tiers > 0
