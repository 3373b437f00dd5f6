"""One way of doing something with a mirror, measured in a process of its own that begins with the open mirror."""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rig import places
from rig.errors import RigError

Answer = tuple[int, Any]
"""How many rows came, and what must be the same by every way."""
Ways = Mapping[str, Callable[[Any], Answer]]


def run_alone(module: str, way: str, path: Path) -> dict[str, Any]:
    """What `measure_way` prints in a fresh process of `benchmarks.<module>`."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(places.CHECKOUT / "scripts"), str(places.CHECKOUT)]),
    }
    words = [sys.executable, "-m", f"benchmarks.{module}", way, str(path)]
    done = subprocess.run(words, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or [""]
        raise RigError(f"The way {way} failed.", last[0], f"run it alone: {' '.join(words[1:])}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def measure_way(ways: Ways, way: str, path: str) -> None:
    """Printed: rows, their sum, seconds from an open mirror, peak memory of the process in MiB."""
    from kam_connector import mirror
    from kam_connector.runs import decisions  # noqa: F401 - what is imported is not measured

    with mirror.open(Path(path), read_only=True) as store:
        start = time.perf_counter()
        rows, total = ways[way](store)
        seconds = time.perf_counter() - start
    print(json.dumps({"rows": rows, "total": total, "seconds": seconds, "peak": peak_mib()}))


def peak_mib() -> float:
    """The process's own peak in MiB. Not `ru_maxrss`: that begins with what the process was forked from."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    if found is None:
        raise RigError("The kernel does not tell the peak of memory.", "/proc/self/status has no VmHWM", "use Linux")
    return int(found[1]) / 1024


def table(found: Mapping[str, list[dict[str, Any]]], base: str) -> str:
    """The measures of each way as rows of Markdown, their median beside that of the way `base`."""
    first = statistics.median(run["seconds"] for run in found[base])
    lines = ["| way | seconds | to the hand-written query | peak MiB | rows |", "|---|---|---|---|---|"]
    for way, runs in found.items():
        seconds = statistics.median(run["seconds"] for run in runs)
        peak = max(run["peak"] for run in runs)
        lines.append(f"| {way} | {seconds:.2f} | {seconds / first:.2f} | {peak:.0f} | {runs[0]['rows']:,.0f} |")
    return "\n".join(lines) + "\n"
