"""docs/benchmarks.md: a section a subject between two marks, and on which machine and day it was measured."""

from __future__ import annotations

import datetime as dt
import os
import platform
import re
from pathlib import Path

from rig import places

PATH = places.CHECKOUT / "docs" / "benchmarks.md"


def save(subject: str, text: str) -> None:
    """The section of the subject holds the text."""
    begin, end = f"<!-- {subject}: begin -->", f"<!-- {subject}: end -->"
    content = PATH.read_text()
    if begin not in content:
        content = f"{content.rstrip()}\n\n{begin}\n{end}\n"
    head, _, rest = content.partition(begin)
    PATH.write_text(f"{head}{begin}\n{text.strip()}\n{end}{rest.partition(end)[2]}")


def machine() -> str:
    """Processor, cores, memory, Python, day, and how busy the machine was with other work when this began."""
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    return (
        f"{dt.date.today().isoformat()}, {model[1] if model else platform.machine()}, {os.cpu_count()} cores, "
        f"{memory:.0f} GiB, Python {platform.python_version()}, load before the run {load:.1f}"
    )
