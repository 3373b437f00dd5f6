"""The mirror's file: opened, recognised, closed; one transaction at a time."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import ibis
import pyarrow as pa
from ibis.backends.duckdb import Backend

from kam_connector.crashpoints import crash_point
from kam_connector.errors import LockedError, StorageError
from kam_connector.mirror import erasing, rows, schema, state
from kam_connector.mirror.columns import Table
from kam_connector.texts import Text

_REBUILD = Text("Run `kam sync rebuild`: the mirror is only a copy of the ERP and can be made again at any time.")
_ROOM = Text("Free some disk space or mend the rights of the folder, then run the command again.")
_PRIVATE_UMASK = 0o077
_HOLDER = re.compile(r"PID (\d+)")

# To melt nested selects into one is a quarter of what Ibis needs for a query, and DuckDB does it anyway.
ibis.options.sql.fuse_selects = False


class Mirror:
    """An open mirror: `ibis` for facts, `db` for rows; `transaction()` makes several writes one commit.

    While it is open for writing, new files of this process are private (umask 077): DuckDB makes its log file
    whenever it likes and takes the mode from the umask (R-49, `reliability.md` section 3).
    """

    def __init__(self, path: Path, backend: Backend, former_umask: int | None = None) -> None:
        self.path = path
        self.ibis = backend
        self.db: duckdb.DuckDBPyConnection = backend.con
        self._former_umask = former_umask
        self._inside = False

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; an inner one is part of the outer one. Storage failures become `StorageError`."""
        if self._inside:
            yield
            return
        self._inside = True
        try:
            with storage_errors(self.path):
                self.db.execute("BEGIN TRANSACTION")
                yield
                self.db.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise
        finally:
            self._inside = False

    def _roll_back(self) -> None:
        try:
            self.db.execute("ROLLBACK")
        except duckdb.Error:  # a failed COMMIT has already rolled back
            return

    def upsert(self, table: str, page: pa.Table, run: str, key: Sequence[str] = ("id",)) -> int:
        """The rows of `page` stand in `table`; how many were new or different."""
        with self.transaction():
            return rows.upsert(self.db, table, page, run, key)

    def tombstone(self, table: str, ids: list[int], run: str) -> int:
        """The rows are marked deleted; how many were not so before."""
        with self.transaction():
            return rows.tombstone(self.db, table, ids, run)

    def define(self, table: Table) -> bool:
        """The side table stands in the file as defined, empty if it is new or was another; False when it was there."""
        with self.transaction():
            return schema.define(self.db, table)

    def retire(self, part: str, wanted: set[str]) -> list[str]:
        """Side tables of that part but those `wanted` are gone; their names."""
        with self.transaction():
            return schema.retire(self.db, part, wanted)

    def rewrite(self) -> None:
        """The same content in a new file that holds no other byte: `ibis` and `db` are new connections (R-93)."""
        fresh = _fresh(self.path)
        with storage_errors(self.path):
            fresh.unlink(missing_ok=True)
            own = self.db.execute("SELECT current_database()").fetchone()
            self.db.execute(f"ATTACH '{str(fresh).replace(chr(39), chr(39) * 2)}' AS fresh")
            self.db.execute(f'COPY FROM DATABASE "{own[0] if own else ""}" TO fresh')
            erasing.forget_change_in(self.db, "fresh")
            self.db.execute("DETACH fresh")
            crash_point("mirror.rewritten")
            self.ibis.disconnect()
            fresh.replace(self.path)
            crash_point("mirror.replaced")
            self.ibis = _connect(self.path, read_only=False)
            self.db = self.ibis.con

    def watermark(self, model: str) -> datetime | None:
        """The server time up to which `model` was read whole; None before the end of its first pull."""
        return state.read(self.db, model).watermark

    def close(self) -> None:
        """The file is complete and closed; new files of this process have their usual mode again."""
        self.ibis.disconnect()
        if self._former_umask is not None:
            os.umask(self._former_umask)
            self._former_umask = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open(path: Path, *, read_only: bool = False) -> Mirror:
    """The mirror at `path`, made with all its tables when there is none (not with `read_only`).

    Raises StorageError for a missing (read only), damaged, foreign or newer file, LockedError while another process
    has it open.
    """
    if read_only and not path.exists():
        raise StorageError("There is no mirror at {path} yet.", next_step="Run `kam sync run` first.", path=path)
    mirror = _private(path) if not read_only else Mirror(path, _connect(path, read_only=True))
    try:
        with storage_errors(path):
            schema.check(mirror.db, path, read_only=read_only)
    except BaseException:
        mirror.close()
        raise
    return mirror


def discard(path: Path) -> None:
    """No mirror is at `path` any more; the next open makes an empty one."""
    fresh = _fresh(path)
    for leftover in (path, _log_of(path), fresh, _log_of(fresh)):
        try:
            leftover.unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(
                "{leftover} cannot be removed: {error}.", next_step=_ROOM, leftover=leftover, error=error
            ) from error


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Inside, DuckDB's failures of file and disk come out as StorageError or LockedError."""
    try:
        yield
    except (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.FatalException) as error:
        raise _named(path, error) from error
    except duckdb.TransactionException as error:  # a COMMIT that meets a full disk
        raise _named(path, error) from error
    except (duckdb.InternalException, duckdb.SerializationException) as error:
        raise StorageError(
            "The mirror {path} is damaged: {error}", next_step=_REBUILD, path=path, error=_first_line(error)
        ) from error


def _fresh(path: Path) -> Path:
    """Where the file is written anew before it takes its place."""
    return path.with_name(f"{path.name}.new")


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")


def _private(path: Path) -> Mirror:
    former = os.umask(_PRIVATE_UMASK)
    try:
        for leftover in (_fresh(path), _log_of(_fresh(path))):  # of a rewriting that was killed
            leftover.unlink(missing_ok=True)
        if path.exists():
            path.chmod(0o600)
        return Mirror(path, _connect(path, read_only=False), former)
    except OSError as error:
        os.umask(former)
        raise StorageError(
            "The mirror {path} cannot be opened: {error}.", next_step=_ROOM, path=path, error=error
        ) from error
    except BaseException:
        os.umask(former)
        raise


def _connect(path: Path, *, read_only: bool) -> Backend:
    with storage_errors(path):
        return ibis.duckdb.connect(path, read_only=read_only, autoinstall_known_extensions=False)


def _named(path: Path, error: duckdb.Error) -> StorageError | LockedError:
    text = _first_line(error)
    if "Could not set lock" in text:
        holder = _HOLDER.search(str(error))
        return LockedError(int(holder.group(1)) if holder else 0, "an unknown time")
    if "not a valid DuckDB" in text or "checksum" in text or "WAL" in text:
        return StorageError(
            "The mirror {path} is damaged or not a mirror: {text}", next_step=_REBUILD, path=path, text=text
        )
    return StorageError("The mirror {path} cannot be read or written: {text}", next_step=_ROOM, path=path, text=text)


def _first_line(error: BaseException) -> str:
    """Its first line as a sentence."""
    line = str(error).splitlines()[0] if str(error) else type(error).__name__
    return line if line.endswith(".") else f"{line}."
