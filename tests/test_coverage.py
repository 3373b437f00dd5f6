"""The coverage table is true: all 238 requirements once, nothing done without a test, the test column up to date."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.scripts import PROJECT, load

SCRIPT = PROJECT / "scripts" / "coverage_table"
coverage = load("coverage_table")
ROWS = coverage.read_table()
MARKS = coverage.marked_tests(PROJECT / "tests")


def test_the_table_is_true() -> None:
    assert coverage.problems(ROWS, MARKS) == []


def test_the_command_says_so() -> None:
    answer = subprocess.run([sys.executable, SCRIPT, "--check"], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout
    assert "docs/coverage.csv is true" in answer.stdout


def test_there_are_238_requirements() -> None:
    assert len(ROWS) == 238


def test_a_missing_a_double_and_a_foreign_number_are_named() -> None:
    rows = [*ROWS[1:], ROWS[5], {**ROWS[7], "number": "S9-1"}]
    found = coverage.problems(rows, MARKS)
    assert "S0-1 is missing." in found
    assert "S0-6 stands 2 times." in found
    assert "S9-1 is no requirement." in found


def test_done_without_a_test_is_named() -> None:
    rows = [{**row, "status": "done", "where": "here", "test": ""} if row["number"] == "S0-9" else row for row in ROWS]
    assert "S0-9 is done, but no test carries its mark." in coverage.problems(rows, MARKS)


def test_an_unknown_status_is_named() -> None:
    rows = [{**ROWS[0], "status": "almost"}, *ROWS[1:]]
    assert any("'almost'" in problem for problem in coverage.problems(rows, MARKS))


def test_a_column_out_of_date_is_named() -> None:
    rows = [{**ROWS[0], "test": "tests/test_gone.py::test_gone"}, *ROWS[1:]]
    assert any("out of date" in problem for problem in coverage.problems(rows, MARKS))


def test_marks_of_modules_classes_and_functions_are_found(tmp_path: Path) -> None:
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "test_a.py").write_text(
        "import pytest\n"
        'pytestmark = [pytest.mark.odoo, pytest.mark.requirement("S0-1")]\n'
        'class TestB:\n    @pytest.mark.requirement("S0-2", "S0-3")\n    def test_c(self): ...\n'
        "def helper(): ...\n"
        "def test_d(): ...\n"
    )
    both = ["tests/test_a.py::TestB::test_c", "tests/test_a.py::test_d"]
    assert coverage.marked_tests(folder) == {"S0-1": both, "S0-2": both[:1], "S0-3": both[:1]}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["number"])
def test_a_row_says_where_when_it_is_done_and_why_when_it_is_out(row: dict[str, str]) -> None:
    if row["status"] in ("done", "out", "config"):
        assert row["where"]


def test_every_module_that_is_named_as_done_exists() -> None:
    for row in ROWS:
        if row["status"] == "done":
            for place in row["where"].split(", "):
                if place.startswith("kam_connector."):
                    path = PROJECT / place.replace(".", "/")
                    assert path.is_dir() or path.with_suffix(".py").is_file(), (row["number"], place)
