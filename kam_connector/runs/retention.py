"""How long the workbooks of nights stay: they hold names, so that an erased person is in them until they go (R-93)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kam_connector.errors import StorageError
from kam_connector.settings import ErpSettings


def forget_old_reports(chosen: ErpSettings, now: datetime | None = None) -> int:
    """How many workbooks in the ERP's own report folder were older than `keep_reports_days` and are gone now.

    The age is that of the file: a workbook that is written again is a new one. Other files and folders stay, and so
    does whatever `--out` put elsewhere. Errors: StorageError.
    """
    oldest = (now or datetime.now(UTC)) - timedelta(days=chosen.keep_reports_days)
    gone = 0
    for path in sorted(chosen.places.reports.glob("*.xlsx")):
        try:
            if path.is_file() and path.lstat().st_mtime < oldest.timestamp():
                path.unlink()
                gone += 1
        except OSError as error:
            raise StorageError(
                "The old report {path} cannot be deleted: {error}.",
                next_step="Check the rights of its folder, or set keep_reports_days in kam.toml.",
                path=path,
                error=error,
            ) from error
    return gone
