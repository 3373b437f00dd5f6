"""kill -9 at every numbered step of a pull, and again while recovering: the next pull ends as if undisturbed (R-41)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sync.crashing import MOMENTS, POINTS


@pytest.mark.long
@pytest.mark.timeout(300)
def test_after_a_kill_at_any_step_the_next_pull_ends_as_if_undisturbed(tmp_path: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "tests.sync.crashing", str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    cases = [json.loads(line) for line in answer.stdout.splitlines()]
    assert [case["point"] for case in cases] == [f"{point}:{n}" for point in POINTS for n in MOMENTS.get(point, (1,))]
    assert [case["point"] for case in cases if not case["killed"]] == []
    assert [case["point"] for case in cases if not case["same"]] == []
