"""Run as a process: writes into a mirror until no file may grow any more (a full disk), then says what happened."""

from __future__ import annotations

import hashlib
import resource
import sys
from pathlib import Path

import pyarrow as pa

from kam_connector import mirror
from kam_connector.errors import StorageError
from kam_connector.mirror.tables import BY_MODEL

LIMIT = 1_000_000
PAGE = 500


def page(number: int) -> pa.Table:
    ids = list(range(number * PAGE, (number + 1) * PAGE))
    empty = [None] * PAGE
    names = ["".join(hashlib.sha512(f"{one} {part}".encode()).hexdigest() for part in range(4)) for one in ids]
    columns = {"id": ids, "name": names, "user_id": empty, "company_id": empty}
    schema = BY_MODEL["crm.team"].arrow_schema()
    return pa.table({**columns, "active": [True] * PAGE, "_write_date": empty}, schema=schema)


def main(path: Path) -> None:
    done = 0
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, LIMIT))
    try:
        with mirror.open(path) as store:
            for number in range(100):
                store.upsert("crm_team", page(number), "run")
                done += 1
    except StorageError as error:
        print(done, error.exit_code, error)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
