"""What comes from others: every version is pinned, known holes are looked for, nothing reaches out at import (R-96)."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.scripts import PROJECT, load

pins = load("pins")
IMPORT_ALL = """
import importlib, pkgutil, socket
def refuse(*args, **kwargs):
    raise SystemExit("a socket was opened at import")
socket.socket.connect = socket.socket.connect_ex = refuse  # urllib3 binds to a local port to see whether there is IPv6
socket.getaddrinfo = socket.create_connection = refuse
import kam_connector
names = [name for _, name, _ in pkgutil.walk_packages(kam_connector.__path__, "kam_connector.")]
count = 0
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
        count += 1
print(count)
"""


def test_r96_every_dependency_is_pinned_to_the_version_that_the_tests_run_with() -> None:
    assert pins.problems() == []


def test_r96_a_dependency_that_is_not_pinned_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    there = pins.pinned()
    version = there.pop("requests")
    monkeypatch.setattr(pins, "pinned", lambda: {**there, "left-pad": "1.0", "urllib3": "0.1"})
    assert [text.split(" is ")[0] for text in pins.problems()] == [
        "requests",
        "left-pad",
        f"urllib3 {pins.needed()['urllib3']}",
    ]
    assert version == pins.needed()["requests"]


def test_the_set_up_installs_the_pinned_versions() -> None:
    assert '-c "$project/scripts/constraints.txt"' in (PROJECT / "scripts" / "environment.sh").read_text()


@pytest.mark.timeout(180)
def test_r96_no_known_hole_in_the_pinned_versions() -> None:
    """Asked where the service answers: a mirror of the package index often knows no advisories."""
    words = ["-r", str(pins.PINS), "--no-deps", "--disable-pip", "--progress-spinner", "off", "-f", "json"]
    answer = subprocess.run(
        [sys.executable, "-m", "pip_audit", *words, "--timeout", "10"], capture_output=True, text=True, check=False
    )
    if not answer.stdout.strip():
        pytest.skip(f"the service of pip-audit does not answer: {answer.stderr.strip().splitlines()[-1][:200]}")
    rows = json.loads(answer.stdout)["dependencies"]
    if all("skip_reason" in row for row in rows):
        pytest.skip(f"the service of pip-audit knows none of the packages: {rows[0]['skip_reason']}")
    assert {row["name"]: row["vulns"] for row in rows if row.get("vulns")} == {}


def test_importing_every_module_opens_no_connection() -> None:
    answer = subprocess.run([sys.executable, "-c", IMPORT_ALL], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert int(answer.stdout) > 150


def test_the_rules_of_bandit_are_on() -> None:
    settings = (PROJECT / ".ruff.toml").read_text(encoding="utf-8")
    assert '"S"' in settings.split("select =")[1].split("]")[0]
