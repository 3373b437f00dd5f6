"""One wheel holds the connector and the addon, with every data file and nothing else."""

from __future__ import annotations

import email
import shutil
import subprocess
import sys
import zipfile
from configparser import ConfigParser
from email.message import Message
from pathlib import Path, PurePosixPath

import pytest

PROJECT = Path(__file__).resolve().parent.parent
PLACES = {"kam_connector/": "kam_connector/", "addon_manifest/": "odoo/addons/kam_connector/"}
DIST_INFO = {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "top_level.txt", "licenses/LICENSE"}


def tree() -> list[str]:
    """Files of the checkout that are not ignored, new ones included."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    answer = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    if answer.returncode:
        pytest.skip("this is no git checkout")
    return sorted({name for name in answer.stdout.split("\0") if name and (PROJECT / name).is_file()})


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built without network from a copy of the tree: nothing that lies about can slip in."""
    copy, out = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("wheel")
    for name in tree():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(PROJECT / name, copy / name)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(copy)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout[-3000:] + answer.stderr[-3000:]
    (built,) = out.glob("*.whl")
    return zipfile.ZipFile(built)


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> Message:
    return email.message_from_bytes(wheel.read(_dist_info(wheel) + "METADATA"))


def _dist_info(wheel: zipfile.ZipFile) -> str:
    return next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")).removesuffix("METADATA")


def _expected() -> set[str]:
    """What belongs into the wheel; dotfiles (a linter's settings) stay at home."""
    return {
        inside + name.removeprefix(outside)
        for name in tree()
        for outside, inside in PLACES.items()
        if name.startswith(outside) and not PurePosixPath(name).name.startswith(".")
    }


def test_every_file_of_connector_and_addon_is_in_the_wheel_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    inside = {name for name in wheel.namelist() if ".dist-info/" not in name}
    missing, foreign = sorted(_expected() - inside), sorted(inside - _expected())
    assert (missing, foreign) == ([], [])


def test_the_wheels_own_files_are_the_usual_ones(wheel: zipfile.ZipFile) -> None:
    prefix = _dist_info(wheel)
    assert {name.removeprefix(prefix) for name in wheel.namelist() if name.startswith(prefix)} == DIST_INFO


def test_the_packages_of_odoo_stay_namespaces(wheel: zipfile.ZipFile) -> None:
    assert not {"odoo/__init__.py", "odoo/addons/__init__.py"} & set(wheel.namelist())
    assert "odoo/addons/kam_connector/__manifest__.py" in wheel.namelist()


def test_every_kind_of_data_file_is_there(wheel: zipfile.ZipFile) -> None:
    kinds = {(PurePosixPath(name).parts[0], PurePosixPath(name).suffix) for name in wheel.namelist()}
    assert {
        ("kam_connector", ".mo"),
        ("kam_connector", ".toml"),
        ("odoo", ".xml"),
        ("odoo", ".csv"),
        ("odoo", ".po"),
    } <= kinds
    assert "kam_connector/py.typed" in wheel.namelist()


def test_the_wheel_says_who_it_is(metadata: Message) -> None:
    assert metadata["Name"] == "kam-connector"
    assert metadata["Requires-Python"] == ">=3.11"
    assert "LGPL-3.0-only" in (metadata["License-Expression"], metadata["License"])
    assert "LESSER" in (PROJECT / "LICENSE").read_text(encoding="utf-8")


def test_the_version_is_the_packages_own(metadata: Message) -> None:
    import kam_connector

    assert metadata["Version"] == kam_connector.__version__


def test_the_command_is_kam(wheel: zipfile.ZipFile) -> None:
    points = ConfigParser()
    points.read_string(wheel.read(_dist_info(wheel) + "entry_points.txt").decode())
    assert dict(points["console_scripts"]) == {"kam": "kam_connector.cli.main:main"}


def test_every_requirement_has_a_lower_bound_and_tools_for_tests_are_extra(metadata: Message) -> None:
    requirements = metadata.get_all("Requires-Dist") or []
    main = [line for line in requirements if "extra ==" not in line]
    unbounded = [line for line in main if ">=" not in line and line.split("<")[0].strip() != "sqlglot"]
    assert unbounded == []
    assert not [line for line in main if line.startswith(("pytest", "mypy", "ruff", "playwright"))]
    assert any(line.startswith("duckdb") and "<2" in line for line in main)
    assert any(line.startswith("ibis-framework") and "<13" in line for line in main)
