"""docs/reliability.md is true: the most telling cases and the next in line, each with tests that carry its number."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

from tests.reliability import counting
from tests.scripts import PROJECT, load

SCRIPT = PROJECT / "scripts" / "reliability_table"
table = load("reliability_table")
CASES, TESTS, RUN, PAGE = table.read_cases(), table.named_tests(), table.read_run(), table.PAGE.read_text("utf-8")


def test_the_page_is_true() -> None:
    assert table.problems(PAGE, CASES, TESTS, RUN) == []


def test_the_command_says_so() -> None:
    answer = subprocess.run([sys.executable, SCRIPT, "--check"], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout
    assert "docs/reliability.md is true" in answer.stdout


def test_every_starred_case_is_tried_by_a_test_of_its_number() -> None:
    assert len(table.STARRED) == 20
    assert {number for number in (*table.STARRED, *table.NEXT) if not TESTS.get(number)} == set()


def test_a_case_without_a_test_and_a_vanished_test_are_named() -> None:
    gone = {"tests/x.py::test_r01_gone": {"tried": 1, "passed": 1, "failed": 0}}
    run = {"date": "2026-01-01", "machine": "m", "seed": 1, "tests": gone}
    found = table.problems(PAGE, CASES[1:], {number: tests for number, tests in TESTS.items() if number != 2}, run)
    assert "R-1 stands in no row." in found
    assert "R-2 has no test that carries its number." in found
    assert "The last full run has tests/x.py::test_r01_gone, which is gone." in found


def test_a_failure_in_the_last_run_is_no_true_page() -> None:
    name = TESTS[1][0]
    run = {"date": "2026-01-01", "machine": "m", "seed": 1, "tests": {name: {"tried": 3, "passed": 2, "failed": 1}}}
    assert f"{name} failed in the last full run." in table.problems(PAGE, CASES, TESTS, run)
    assert "| 3 | 1 failed |" in table.table_text(CASES, TESTS, run)


def test_attempts_are_counted_as_noted_and_else_one_a_call(tmp_path: Path) -> None:
    noted = SimpleNamespace(nodeid="tests/a.py::test_r01_x[1]", user_properties=[("kam_tried", 8), ("kam_tried", 2)])
    plain = SimpleNamespace(nodeid="tests/a.py::test_r02_y", user_properties=[("kam_servers", ["odoo19"])])
    other = SimpleNamespace(nodeid="tests/a.py::test_other", user_properties=[])
    counting.write_run(tmp_path / "run.json", {"passed": [noted, plain, other], "failed": [plain]}, seed=7)
    run = table.read_run(tmp_path / "run.json")
    assert run["tests"] == {
        "tests/a.py::test_r01_x": {"tried": 10, "passed": 1, "failed": 0, "skipped": 0},
        "tests/a.py::test_r02_y": {"tried": 1, "passed": 1, "failed": 1, "skipped": 0},
    }
    assert run["seed"] == 7
