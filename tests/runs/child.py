"""A forked `kam`: the server of forks imports this file once, and every child has all modules from the first moment."""

from __future__ import annotations

import importlib
import os
import resource
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from kam_connector.cli.main import main

for name in ("cli.doctor", "cli.night", "cli.status", "runs.answers", "runs.several", "cli.agreeing"):
    importlib.import_module(f"kam_connector.{name}")  # a command loads them late; a child shall not wait

Limits = Sequence[tuple[int, int]]
"""What a child may use at most: kind (`resource.RLIMIT_...`) and number; memory counts from what it has at first."""


def work(words: Sequence[str], environ: Mapping[str, str], out: Path, err: Path, limits: Limits) -> None:
    """Runs `kam` as `main` does, with its output in two files; leaves with its exit code."""
    os.environ.clear()
    os.environ.update(environ)
    for number, path in ((0, Path(os.devnull)), (1, out), (2, err)):
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(handle, number)
        os.close(handle)
    sys.stdin = os.fdopen(0, encoding="utf-8")
    for kind, most in limits:
        has = _address_space() if kind == resource.RLIMIT_AS else 0
        resource.setrlimit(kind, (has + most, has + most))
    sys.argv = ["kam", *words]
    main()


def _address_space() -> int:
    """Bytes that this process has mapped."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
