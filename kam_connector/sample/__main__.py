"""`python -m kam_connector.sample --hash --size small`: the hash of what a loaded database would hold."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date

from kam_connector.sample.company import build, loader_hash


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the hash, or how many rows each table has; exit code 0."""
    parser = argparse.ArgumentParser(prog="python -m kam_connector.sample", description="The sample company.")
    parser.add_argument("--size", choices=("small", "full"), default="small")
    parser.add_argument("--anchor", type=date.fromisoformat, default=date(2026, 6, 30))
    parser.add_argument("--hash", action="store_true", help="print the hash of papers and loader only")
    options = parser.parse_args(arguments)
    company = build(options.size, options.anchor)
    if options.hash:
        print(loader_hash(company))
        return 0
    for model, rows in company.tables.items():
        print(f"{model:28}{len(rows):>8}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
