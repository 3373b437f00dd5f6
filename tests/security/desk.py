"""A prepared ERP for tests: the administrator, the service user that `kam erp prepare` made, and where `kam` runs."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any
from unittest import mock

from kam_connector import erp, settings
from kam_connector.cli import main
from kam_connector.erp import ErpAccess, Session
from tests.runs.nights import Done, Place

SERVICE = "kam-connector"
ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Desk:
    """One copy of the sample company on a real server; `place` has the service user's key in its key file."""

    name: str
    version: int
    database: str
    url: str
    place: Place

    @property
    def has_addon(self) -> bool:
        return self.name == "odoo19_addon"

    def reach(self, login: str, key: str) -> ErpAccess:
        return ErpAccess(url=self.url, database=self.database, login=login, key=key, timeout_read=240)

    def admin(self) -> Session:
        return erp.connect(self.reach(ADMIN, ADMIN))

    def service(self) -> Session:
        return erp.connect(self.reach(SERVICE, self.key))

    @property
    def key(self) -> str:
        return settings.Places(self.place.home / "main").key.read_text().strip()

    def as_admin(self, *words: str) -> Done:
        """`kam` with these words, the administrator's password in the environment."""
        return self.place.kam(*words, KAM_ERP_KEY=ADMIN)

    def query(self, sql: str, *parameters: Any) -> list[dict[str, Any]]:
        from rig import databases

        return databases.query(self.version, self.database, sql, list(parameters))


@contextmanager
def captured() -> Iterator[tuple[io.StringIO, io.StringIO]]:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        yield out, err


def run_typed(place: Place, text: str, *words: str, **more: str) -> Done:
    """`kam` with these words in this process, and this text on its standard input."""
    with (
        captured() as (out, err),
        mock.patch.dict(os.environ, place.full_environment(**more), clear=True),
        mock.patch.object(sys, "stdin", io.StringIO(text)),
    ):
        code = main.run(words)
    return Done(["kam", *words], code, out.getvalue(), err.getvalue())
