"""What may be asked: a subject of SUBJECTS, and whether its tables go into docs/benchmarks.md."""

from __future__ import annotations

import argparse
import importlib
import sys

from benchmarks import document

SUBJECTS = ("sync", "writeback", "ageing", "tiering", "sla", "incentives")
QUICK = ("sync", "tiering", "incentives")


def main() -> int:
    """The tables are printed (and saved)."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("subject", choices=SUBJECTS)
    parser.add_argument("--save", action="store_true", help="write the tables into docs/benchmarks.md")
    parser.add_argument("--rounds", type=int, default=3, help="how often each way is measured (the median counts)")
    parser.add_argument("--quick", action="store_true", help="try sync, tiering or incentives on little: no measure")
    asked = parser.parse_args()
    if asked.quick and asked.subject not in QUICK:
        parser.error(f"--quick is for {' and '.join(QUICK)} only")
    measure = importlib.import_module(f"benchmarks.{asked.subject}").measure
    text = measure(1, quick=True) if asked.quick else measure(asked.rounds)
    print(text)
    if asked.save and not asked.quick:
        document.save(asked.subject, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
