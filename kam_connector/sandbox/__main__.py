"""The sandbox as a process: `python -m kam_connector.sandbox --size small --anchor 2026-06-30 --port 8069`.

Prints one line of JSON (url, database, login, key) when it is ready, and runs until it is told to end.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import signal
import threading
from pathlib import Path

from kam_connector import sample

from .server import serve


def main(arguments: list[str] | None = None) -> int:
    """0 after SIGINT or SIGTERM."""
    options = _parser().parse_args(arguments)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    company = sample.build(options.size, options.anchor)
    with serve(company, port=options.port, addon=options.addon, state=options.state) as server:
        place = {"url": server.url, "database": server.database, "login": server.login, "key": server.password}
        print(json.dumps(place), flush=True)
        ended.wait()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m kam_connector.sandbox", description=__doc__)
    parser.add_argument("--size", choices=("small", "full"), default="small")
    parser.add_argument(
        "--anchor", type=dt.date.fromisoformat, default=dt.date(2026, 6, 30), help="the company's today"
    )
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--state", type=Path, help="file that keeps changes over restarts")
    parser.add_argument("--no-addon", dest="addon", action="store_false", help="an ERP without the KAM addon")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
