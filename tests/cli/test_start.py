"""A command that decides nothing waits for none of the libraries that decide."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kam_connector.late import late_names

LIGHT = ("status", "ledger", "backup", "schedule", "main", "night", "tiers", "collections", "complaints", "incentives")
HEAVY = ("pandas", "ibis", "duckdb", "pyarrow", "pydantic", "xlsxwriter", "requests")


def test_light_commands_load_no_heavy_library() -> None:
    imports = "; ".join(f"import kam_connector.cli.{name}" for name in LIGHT)
    script = f"{imports}; import sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_a_late_name_is_the_thing_itself_and_an_unknown_one_is_told() -> None:
    import kam_connector.writeback as package
    from kam_connector.writeback.pushing import push

    assert package.push is push
    assert all(getattr(package, name) is not None for name in package.__all__)
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = package.no_such_name


def test_a_file_and_a_name_alike_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "__init__.py"
    file.write_text("from package.part import part\n")
    with pytest.raises(ImportError, match="part"):
        late_names("package", str(file))
