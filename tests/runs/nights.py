"""Nights for tests: `kam` as a process, and the end state that a night leaves in an ERP."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kam_connector.sandbox import SandboxServer

ANCHOR = "2026-06-30"
KAM = Path(sys.executable).with_name("kam")
NIGHT = ("run", "--yes", "--allow-past", "--as-of", ANCHOR)
WRITTEN = (
    "kam.tier",
    "kam.customer",
    "kam.score",
    "kam.ageing",
    "kam.ageing.line",
    "kam.collection.task",
    "kam.complaint",
    "kam.payout",
    "kam.payout.line",
)
MOVING = frozenset({"id", "write_date", "create_date", "kam_run", "kam_version", "write_uid", "create_uid"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where `kam` runs: its home and its environment."""

    home: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def kam(self, *words: str, timeout: float = 240, **more: str) -> subprocess.CompletedProcess[str]:
        """`kam` with these words, run to its end."""
        return subprocess.run(
            [KAM, *words],
            env=self.full_environment(**more),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def start(self, *words: str, **more: str) -> subprocess.Popen[str]:
        """`kam` with these words, still running; its output is not kept."""
        return subprocess.Popen(
            [KAM, *words],
            env=self.full_environment(**more),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def full_environment(self, **more: str) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("KAM_")}
        return {**clean, "KAM_HOME": str(self.home), **self.environment, **more}


def at(home: Path, url: str, database: str, login: str, key: str) -> Place:
    """A place that reaches the ERP by environment alone."""
    keys = ("KAM_ERP_URL", "KAM_ERP_DATABASE", "KAM_ERP_LOGIN", "KAM_ERP_KEY")
    return Place(home, dict(zip(keys, (url, database, login, key), strict=True)))


def at_sandbox(home: Path, server: SandboxServer) -> Place:
    """A place that reaches a sandbox."""
    return at(home, server.url, server.database, server.login, server.password)


def end_state(server: SandboxServer) -> dict[str, dict[tuple[int, str], dict[str, Any]]]:
    """What a night left in a sandbox, without what differs from run to run."""
    return {
        model: {
            (row["company_id"], row["kam_key"]): {name: value for name, value in row.items() if name not in MOVING}
            for row in server.rows(model).values()
        }
        for model in WRITTEN
    }
