"""A file of an older format becomes one of the present format: after a copy, in one transaction (R-50).

The copy stands beside the book (`ledger.sqlite.format-1`) and stays: a newer format is not opened by an older kam, so
it is the way back. A kill at any moment leaves the old format whole or the new one; the next open goes on.
"""

from __future__ import annotations

from pathlib import Path

import apsw

from kam_connector.crashpoints import crash_point
from kam_connector.ledger.backups import copy_database
from kam_connector.ledger.files import prepare_file
from kam_connector.ledger.schema import APPLICATION_ID, SCHEMA_VERSION, STEPS


def bring_up_to_date(path: Path, connection: apsw.Connection) -> None:
    """The file has every table, index and trigger of the present format; a new file gets all of them."""
    version = _version(connection)
    if version == SCHEMA_VERSION:
        return
    if version:
        _keep_copy(path, connection, version)
    connection.execute("BEGIN IMMEDIATE")
    try:
        for step in range(_version(connection) + 1, SCHEMA_VERSION + 1):
            for statement in STEPS[step].values():
                connection.execute(statement)
                crash_point("ledger.migration")
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _version(connection: apsw.Connection) -> int:
    return int(str(connection.pragma("user_version")))


def _keep_copy(path: Path, connection: apsw.Connection, version: int) -> None:
    target = path.with_name(f"{path.name}.format-{version}")
    if target.exists():
        return
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    prepare_file(part)
    copy_database(connection, part)
    crash_point("ledger.copied")
    part.replace(target)
