"""kill -9 at numbered and at random moments of pull, ledger and push, over real HTTP (R-41, R-42)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SEED

Tried = Callable[[int], None]
PROJECT = Path(__file__).resolve().parents[2]


def run(folder: Path, what: str, count: int) -> list[dict[str, Any]]:
    """The lines that the killing process prints."""
    words = [sys.executable, "-m", "tests.reliability.killing", str(folder), what, str(count), str(SEED)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=PROJECT)
    print(f"KAM_SEED={SEED}", done.stderr[-2000:])
    assert done.returncode == 0
    return [json.loads(line) for line in done.stdout.splitlines()]


def check(lines: list[dict[str, Any]]) -> int:
    """How many nights were killed; every case ended as the undisturbed one."""
    whole, cases = lines[0]["left"], lines[1:]
    assert (whole["problems"], whole["open"]) == ([], {})
    for case in cases:
        left = case["left"]
        assert left["problems"] == [], case["moments"]
        assert left["open"] == {}, case["moments"]
        assert left["records"] == whole["records"], case["moments"]
        assert left["mirror"] == whole["mirror"], case["moments"]
        assert left["tiers"] == whole["tiers"], case["moments"]
    return sum(case["kills"] for case in cases)


@pytest.mark.long
@pytest.mark.timeout(400)
@pytest.mark.parametrize("what", ["pull", "push"])
def test_r41_kill_at_every_numbered_moment_and_again_in_the_recovery(tmp_path: Path, tried: Tried, what: str) -> None:
    """The first try dies at each numbered moment in turn, its recovery at another one; then one try ends it."""
    lines = run(tmp_path, what, 0)
    kinds = {name.partition(".")[0] for name in lines[0]["left"]["passed"]}
    assert kinds == ({"sync"} if what == "pull" else {"ledger", "writeback"})
    kills = check(lines)
    assert all(case["kills"] >= 1 for case in lines[1:]), "a moment that no try came to"
    print(f"{kills} kills in {len(lines) - 1} cases")
    tried(kills)


@pytest.mark.long
@pytest.mark.timeout(300)
def test_r42_kill_at_random_moments_of_a_night(tmp_path: Path, tried: Tried) -> None:
    """Chains of five nights, each killed at random, then one that is left alone."""
    kills = check(run(tmp_path, "night", 4))
    assert kills >= 8
    tried(kills)


def test_r42_kill_while_the_ledger_is_written(tmp_path: Path, tried: Tried) -> None:
    """Nothing that was acknowledged is lost, nothing is torn, the chain holds."""
    (answer,) = run(tmp_path, "ledger", 100)
    assert answer["kills"] == 100
    assert answer["problems"] == []
    assert answer["acknowledged"] <= answer["head"] <= answer["acknowledged"] + 3 * answer["unheard"]
    tried(answer["kills"])
