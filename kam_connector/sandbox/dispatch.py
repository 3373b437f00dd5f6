"""One request: database, login, context, method; then commit, or everything as before.

The table at the end is all that the sandbox can do. A method that is not in it is an AttributeError, as in Odoo.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import gateway, groups, reading, writing
from .faults import SandboxFault, crash, denied, forbidden, refused
from .login import Caller, Hidden, companies_of
from .store import Row, Store

SERVER_VERSION = "19.0"
VERSION = {
    "server_version": SERVER_VERSION,
    "server_version_info": [19, 0, 0, "final", 0, ""],
    "server_serie": SERVER_VERSION,
    "protocol_version": 1,
}
Commit = Callable[[Mapping[tuple[str, int], Row | None]], None]


@dataclass(frozen=True, slots=True)
class Account:
    """Database, login and password that the sandbox takes, and the rights that the login lacks."""

    database: str
    login: str
    password: str
    uid: int
    denied: Hidden = frozenset()
    hidden: Hidden = frozenset()


@dataclass(slots=True)
class Erp:
    """The sandbox without its HTTP door. One call at a time, as one lock says."""

    store: Store
    account: Account
    addon: bool
    on_commit: Commit
    now: Callable[[], dt.datetime]
    lock: threading.RLock = field(default_factory=threading.RLock)

    def common(self, method: str, params: Sequence[Any]) -> Any:
        """version and authenticate."""
        if method == "version" and not params:
            return VERSION
        if method == "authenticate" and len(params) == 4:
            self._check_database(params[0])
            is_known = (params[1], params[2]) == (self.account.login, self.account.password)
            return self.account.uid if is_known else False
        raise crash("Exception", f"Method not found: {method}")

    def execute_kw(self, params: Sequence[Any]) -> Any:
        """The answer of a model's method; changes are committed when it returns. Raises SandboxFault."""
        if not 6 <= len(params) <= 7:
            raise crash("TypeError", "execute_kw() takes database, user, password, model, method, args and kwargs")
        database, uid, password, model, method, args = params[:6]
        kwargs = dict(params[6]) if len(params) == 7 else {}
        self._check_database(database)
        if (uid, password) != (self.account.uid, self.account.password):
            raise denied()
        with self.lock:
            try:
                answer = self._call(str(model), str(method), list(args), kwargs)
            except BaseException:
                self.store.undo()
                raise
            changed = self.store.commit()
            if changed:
                self.on_commit(changed)
            return answer

    def _check_database(self, name: Any) -> None:
        if name != self.account.database:
            raise crash("psycopg2.OperationalError", f'FATAL:  database "{name}" does not exist')

    def _call(self, model: str, method: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        is_gateway = self.addon and model == gateway.MODEL
        if model not in self.store.schema.models and not is_gateway:
            raise refused(f"Object {model} doesn't exist")
        if method.startswith("_"):
            raise forbidden(f"Private methods (such as '{model}.{method}') cannot be called remotely.")
        table = _GATEWAY if is_gateway else _METHODS
        if method not in table:
            raise crash("AttributeError", f"The method '{model}.{method}' does not exist")
        caller = self._caller(kwargs.pop("context", None) or {})
        try:
            return table[method](self.store, caller, model, *args, **kwargs)
        except TypeError as error:
            raise crash("TypeError", str(error)) from error

    def _caller(self, context: Mapping[str, Any]) -> Caller:
        return Caller(
            uid=self.account.uid,
            companies=companies_of(self.store, self.account.uid, context),
            active_test=bool(context.get("active_test", True)),
            now=self.now().astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S"),
            denied=self.account.denied,
            hidden=self.account.hidden,
        )


_METHODS: dict[str, Callable[..., Any]] = {
    "search": reading.search,
    "search_count": reading.search_count,
    "search_read": reading.search_read,
    "read": reading.read,
    "fields_get": reading.fields_get,
    "has_access": lambda _, caller, model, ids, verb: reading.has_access(caller, model, ids, verb),
    "get_installed": lambda store, _, model: reading.get_installed(store, model),
    "formatted_read_group": groups.formatted_read_group,
    "create": writing.create,
    "write": writing.write,
    "unlink": writing.unlink,
}
_GATEWAY: dict[str, Callable[..., Any]] = {
    "fields_get": lambda *_, **__: {"id": {"type": "integer", "store": True}},
    "info": lambda _, caller, __: gateway.info(caller),
    "apply": lambda store, caller, _, model, rows, run: gateway.apply(store, caller, model, rows, run),
}

__all__ = ["SERVER_VERSION", "VERSION", "Account", "Erp", "SandboxFault"]
