"""Starting, looking into and stopping a sandbox."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from . import statefile
from .dispatch import Account, Erp
from .disturb import Disturbance, Plan
from .door import Call, Http
from .founding import found_store
from .login import Hidden
from .store import Row, Tables

DATABASE, LOGIN, PASSWORD = "sandbox", "admin", "sandbox-key"
API_KEY = "5a4d0b0c" * 5


class Company(Protocol):
    """What `kam_connector.sample.build` answers: tables in Odoo 19's shape."""

    @property
    def tables(self) -> Tables: ...


class SandboxServer:
    """A running sandbox. `calls` are the calls so far, `plan` the disturbances still to come."""

    def __init__(self, erp: Erp, port: int, plan: Plan) -> None:
        self.erp = erp
        self.plan = plan
        self.calls: list[Call] = []
        self._http = Http(port, erp, plan, self.calls)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Address of the server."""
        return f"http://127.0.0.1:{self._http.server_port}"

    @property
    def database(self) -> str:
        """The database that it serves."""
        return self.erp.account.database

    @property
    def login(self) -> str:
        """The login that it takes."""
        return self.erp.account.login

    @property
    def password(self) -> str:
        """The password of that login."""
        return self.erp.account.password

    @property
    def api_key(self) -> str:
        """An API key of that login: JSON-2 takes no password."""
        return self.erp.account.api_key

    def rows(self, model: str) -> dict[int, Row]:
        """Copies of all rows of a model by id, past any right: for tests."""
        with self.erp.lock:
            return {row_id: dict(row) for row_id, row in self.erp.store.tables[model].items()}

    def edit(self, model: str, row_id: int, **values: Any) -> None:
        """A person changes a row behind the connector's back: values and write_date, no check."""
        with self.erp.lock:
            stamp = self.erp.now().astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S")
            self.erp.store.put(model, {**self.erp.store.tables[model][row_id], "write_date": stamp, **values})
            self.erp.on_commit(self.erp.store.commit())

    def stop(self) -> None:
        """The server is gone; its port is free."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def __enter__(self) -> SandboxServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def serve(
    company: Company | Tables,
    *,
    port: int = 0,
    addon: bool = True,
    state: Path | None = None,
    faults: Iterable[Disturbance] = (),
    denied: Hidden = frozenset(),
    hidden: Hidden = frozenset(),
    login: str = LOGIN,
    password: str = PASSWORD,
    api_key: str = API_KEY,
) -> SandboxServer:
    """A running sandbox on loopback with the company's tables, in a thread of this process.

    `addon` False: an ERP without the KAM addon. `state`: file that keeps changes over restarts. `denied` and
    `hidden`: (model, verb) and (model, field) pairs that the login lacks. Raises ValueError for tables with models
    or fields that the sandbox does not have, OSError for a port that is taken.
    """
    tables = company if isinstance(company, Mapping) else company.tables
    store, uid = found_store(tables, addon=addon, login=login)
    descriptor = statefile.open_state(state, store) if state else -1

    def keep(changed: Mapping[tuple[str, int], Row | None]) -> None:
        if descriptor >= 0:
            statefile.append(descriptor, changed)

    account = Account(DATABASE, login, password, api_key, uid, denied=denied, hidden=hidden)
    erp = Erp(store, account, addon=addon, on_commit=keep, now=lambda: dt.datetime.now(dt.UTC))
    return SandboxServer(erp, port, Plan(list(faults)))
