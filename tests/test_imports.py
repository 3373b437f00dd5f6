"""Imports go down the path of the data only (DESIGN section 1); addon and connector know nothing of each other."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
LEAVES = {"money", "calendars", "periods", "errors", "settings", "findings", "crashpoints", "stopping", "__version__"}
LEAVES |= {"credentials", "texts", "languages", "redaction", "late", "trust", "tier_places"}
# DESIGN's table: what each package may import beside the leaves. cli and runs may import everything below them.
MAY_IMPORT: dict[str, set[str]] = {
    "reports": {"messages", "facts", "ledger"},
    "writeback": {"messages", "mirror", "ledger", "erp"},
    "messages": set(),
    "erp_setup": {"messages", "erp", "sync", "writeback"},
    "sync": {"erp", "mirror"},
    "rules": {"policy"},
    "inputs": set(),
    "facts": {"mirror"},
    "policy": set(),
    "mirror": set(),
    "ledger": set(),
    "erp": set(),
    "sandbox": {"sample"},
    "sample": {"erp"},
}


def sources(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def imported(path: Path) -> Iterator[str]:
    """Full names of what a file imports; `from a import b` gives `a.b`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield from (f"{base}.{alias.name}" for alias in node.names)


def test_the_import_contract_of_setup_cfg_is_kept() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    answer = subprocess.run(
        [*command, "--config", "setup.cfg", "--no-cache"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize("package", sorted(MAY_IMPORT))
def test_a_package_imports_only_what_the_design_allows(package: str) -> None:
    allowed = MAY_IMPORT[package] | LEAVES | {package}
    foreign = {
        f"{path.name}: {name}"
        for path in sources(PROJECT / "kam_connector" / package)
        for name in imported(path)
        if name.startswith("kam_connector.") and name.split(".")[1] not in allowed
    }
    assert foreign == set()


def test_every_package_has_its_line_in_the_table() -> None:
    packages = {path.parent.name for path in (PROJECT / "kam_connector").glob("*/__init__.py")}
    assert packages == {*MAY_IMPORT, "cli", "runs"}


def test_the_connector_does_not_import_odoo() -> None:
    users = {
        path.relative_to(PROJECT).as_posix()
        for path in sources(PROJECT / "kam_connector")
        if any(name.split(".")[0] == "odoo" for name in imported(path))
    }
    assert users == set()


def test_the_addon_imports_odoo_and_the_standard_library_only() -> None:
    foreign = {
        f"{path.relative_to(PROJECT)}: {name}"
        for path in sources(PROJECT / "addon_manifest")
        for name in imported(path)
        if not name.startswith((".", "odoo")) and name.split(".")[0] not in {*sys.stdlib_module_names, "psycopg2"}
    }
    assert foreign == set()


def test_nothing_below_the_runs_asks_the_clock() -> None:
    """`as_of` is an argument everywhere: no today() and no now() in rules, facts, policy and reports."""
    clocks = {"today", "now", "utcnow"}
    askers = {
        f"{path.relative_to(PROJECT)}:{node.lineno}"
        for package in ("rules", "facts", "policy", "reports", "messages")
        for path in sources(PROJECT / "kam_connector" / package)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in clocks
    }
    assert askers == set()
