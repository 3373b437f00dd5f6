"""One way of reading, measured in a process of its own, and the median of several."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from rig import places
from rig.errors import RigError

from benchmarks.ways import Reading, to_json


@dataclass(frozen=True, slots=True)
class Measure:
    """What one reading took: rows, seconds, calls to the ERP, peak memory of the process in MiB."""

    rows: int
    seconds: float
    calls: int
    peak: float

    @property
    def speed(self) -> float:
        """Rows a second."""
        return self.rows / self.seconds


def run(reading: Reading) -> Measure:
    """The measure of one reading by a fresh process."""
    environment = {**os.environ, "PYTHONPATH": str(places.CHECKOUT / "scripts")}
    words = [sys.executable, "-m", "benchmarks.ways", to_json(reading)]
    done = subprocess.run(words, capture_output=True, text=True, env=environment, cwd=places.CHECKOUT, check=False)
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or [""]
        raise RigError(f"The way {reading.way} failed.", last[0], "run it alone with `python -m benchmarks.ways`")
    found = json.loads(done.stdout.splitlines()[-1])
    return Measure(int(found["rows"]), found["seconds"], int(found["calls"]), found["peak"])


def median(measures: Sequence[Measure]) -> Measure:
    """The measure of the median speed, with the highest peak of all."""
    middle = sorted(measures, key=lambda one: one.seconds / max(one.rows, 1))[(len(measures) - 1) // 2]
    return Measure(middle.rows, middle.seconds, middle.calls, max(one.peak for one in measures))
