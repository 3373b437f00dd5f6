"""The house rules that tools check: ruff, mypy strict, pylint-odoo, the layout of the top level."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
TOP_LEVEL = {
    "kam_connector", "addon_manifest", "scripts", "tests", "docs", "setup.cfg", "README.md", "pyproject.toml",
    "LICENSE", "CHANGELOG.md",
}  # fmt: skip


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *command], cwd=PROJECT, capture_output=True, text=True, check=False)


def tracked() -> list[str]:
    """Files of the checkout that are not ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    answer = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    if answer.returncode:
        pytest.skip("this is no git checkout")
    return [name for name in answer.stdout.split("\0") if name and (PROJECT / name).exists()]


@pytest.mark.timeout(300)
def test_ruff_is_content() -> None:
    answer = run("ruff", "check", "--no-cache", "--output-format", "concise", ".")
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.timeout(900)
def test_mypy_strict_is_content() -> None:
    answer = run("mypy")
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.timeout(600)
def test_pylint_odoo_is_content_with_the_addon() -> None:
    options = ["--load-plugins=pylint_odoo", "--disable=all", "--enable=odoolint", "--score=n"]
    answer = run("pylint", *options, "addon_manifest")
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_the_top_level_is_as_the_design_says() -> None:
    names = {name.partition("/")[0] for name in tracked()}
    assert {name for name in names if not name.startswith(".")} == TOP_LEVEL


def test_pyproject_holds_the_build_system_only() -> None:
    assert set(tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))) == {"build-system"}


def test_no_source_file_is_longer_than_400_lines() -> None:
    folders = ("kam_connector/", "addon_manifest/", "scripts/", "tests/")
    sources = [name for name in tracked() if name.endswith(".py") and name.startswith(folders)]
    long = {name: len((PROJECT / name).read_text(encoding="utf-8").splitlines()) for name in sources}
    assert {name: lines for name, lines in long.items() if lines > 400} == {}


def test_every_package_says_what_it_answers() -> None:
    for path in (PROJECT / "kam_connector").rglob("__init__.py"):
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) > 3, path
        assert "to be written" not in text, path


def test_no_private_place_and_no_unfinished_work_is_in_the_tree() -> None:
    words = re.compile(r"/(root|home|work)/|\b(TODO|FIXME|XXX)[ :(]")
    found = []
    for name in tracked():
        if name.endswith((".py", ".toml", ".cfg", ".xml", ".csv", ".md", ".sh")) or "." not in name.rpartition("/")[2]:
            text = (PROJECT / name).read_text(encoding="utf-8", errors="ignore")
            found += [f"{name}: {match[0]}" for match in words.finditer(text) if name != "tests/test_house.py"]
    assert found == []
