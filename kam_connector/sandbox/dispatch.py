"""One request: database, login, context, method; then commit, or everything as before.

The table at the end is all that the sandbox can do. A method that is not in it is an AttributeError, as in Odoo.
"""

from __future__ import annotations

import datetime as dt
import inspect
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import extract, gateway, groups, many, reading, writing
from .faults import NOT_FOUND, UNAUTHORIZED, UNPROCESSABLE, SandboxFault, crash, denied, forbidden, refused
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
    """Database, login and secrets that the sandbox takes, and the rights that the login lacks.

    As in Odoo, the API key is good everywhere and the password nowhere on JSON-2.
    """

    database: str
    login: str
    password: str
    api_key: str
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
        """version, and authenticate (odoorpc calls it login)."""
        if method == "version" and not params:
            return VERSION
        if (method, len(params)) in (("authenticate", 4), ("login", 3)):
            self._check_database(params[0])
            is_known = params[1] == self.account.login and self._knows(params[2])
            return self.account.uid if is_known else False
        raise crash("Exception", f"Method not found: {method}")

    def object(self, method: str, params: Sequence[Any]) -> Any:
        """The answer of a model's method, asked as XML-RPC and JSON-RPC do. Raises SandboxFault."""
        if method not in ("execute", "execute_kw"):
            raise crash("NameError", f"Method not available {method}")
        if len(params) < 5:
            raise crash("ValueError", f"not enough values to unpack (expected at least 5, got {len(params)})")
        database, uid, secret, model, name, *rest = params
        self._check_database(database)
        if uid != self.account.uid or not self._knows(secret):
            raise denied()
        args, kwargs = (rest, {}) if method == "execute" else (list(rest[0]), dict(rest[1]) if len(rest) > 1 else {})
        return self._commit(lambda: self._call(str(model), str(name), args, kwargs))

    def named(self, key: str, model: str, method: str, named: Mapping[str, Any]) -> Any:
        """The same, asked as JSON-2 does: arguments by name. Raises SandboxFault."""
        if key != self.account.api_key:
            raise SandboxFault(UNAUTHORIZED, "Invalid apikey")
        return self._commit(lambda: self._call_named(model, method, dict(named)))

    def _knows(self, secret: Any) -> bool:
        return secret in (self.account.password, self.account.api_key)

    def _commit(self, work: Callable[[], Any]) -> Any:
        """What `work` answers; its changes are committed when it returns, undone when it fails."""
        with self.lock:
            try:
                answer = work()
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
        table = self._methods(model)
        if table is None:
            raise refused(f"Object {model} doesn't exist")
        _check_public(model, method)
        if method not in table:
            raise crash("AttributeError", f"The method '{model}.{method}' does not exist")
        return self._run(table[method], model, kwargs.pop("context", None), args, kwargs)

    def _call_named(self, model: str, method: str, named: dict[str, Any]) -> Any:
        table = self._methods(model)
        if table is None:
            raise SandboxFault(NOT_FOUND, f"the model '{model}' does not exist")
        _check_public(model, method)
        if method not in table:
            raise SandboxFault(NOT_FOUND, f"The method '{model}.{method}' does not exist")
        ids, context = named.pop("ids", []), named.pop("context", None)
        signature = inspect.signature(table[method])
        if "ids" in signature.parameters:
            named["ids"] = ids
        elif ids:
            raise SandboxFault(UNPROCESSABLE, f"cannot call {model}.{method} with ids")
        try:
            signature.bind(self.store, None, model, **named)
        except TypeError as error:
            raise SandboxFault(UNPROCESSABLE, str(error)) from error
        return self._run(table[method], model, context, [], named)

    def _methods(self, model: str) -> Mapping[str, Callable[..., Any]] | None:
        """What can be called of a model; None where there is no such model."""
        if self.addon and model == gateway.MODEL:
            return _GATEWAY
        if self.addon and model == extract.MODEL:
            return _EXTRACT
        return _METHODS if model in self.store.schema.models else None

    def _run(
        self, method: Callable[..., Any], model: str, context: Any, args: list[Any], kwargs: Mapping[str, Any]
    ) -> Any:
        caller = self._caller(context or {})
        try:
            return method(self.store, caller, model, *args, **kwargs)
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


def _check_public(model: str, method: str) -> None:
    if method.startswith("_"):
        raise forbidden(f"Private methods (such as '{model}.{method}') cannot be called remotely.")


_METHODS: dict[str, Callable[..., Any]] = {
    "search": reading.search,
    "search_count": reading.search_count,
    "search_read": reading.search_read,
    "read": reading.read,
    "fields_get": reading.fields_get,
    "has_access": reading.has_access,
    "check_object_reference": reading.check_object_reference,
    "context_get": reading.context_get,
    "get_installed": reading.get_installed,
    "formatted_read_group": groups.formatted_read_group,
    "create": writing.create,
    "write": writing.write,
    "unlink": writing.unlink,
    "web_save_multi": many.web_save_multi,
    "load": many.load,
}
_GATEWAY: dict[str, Callable[..., Any]] = {
    "fields_get": lambda *_, **__: {"id": {"type": "integer", "store": True}},
    "info": lambda _, caller, __: gateway.info(caller),
    "register": gateway.registered,
    "apply": gateway.applied,
}
_EXTRACT: dict[str, Callable[..., Any]] = {"pull": extract.pull}

__all__ = ["SERVER_VERSION", "VERSION", "Account", "Erp", "SandboxFault"]
