"""An empty mirror made once a session; tests copy its file, which is quicker than making forty tables."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

from kam_connector import mirror


def empty_mirror(path: Path) -> Path:
    """`path` is an empty mirror now."""
    shutil.copyfile(_template(), path)
    return path


@cache
def _template() -> Path:
    path = Path(tempfile.mkdtemp(prefix="kam-mirror-")) / "empty.duckdb"
    mirror.open(path).close()
    return path
