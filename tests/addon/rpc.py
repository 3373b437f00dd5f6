"""A login on a real Odoo, for tests: plain XML-RPC, refusals as one exception with Odoo's own sentence."""

from __future__ import annotations

import functools
import xmlrpc.client
from dataclasses import dataclass, field
from typing import Any


class Refused(Exception):
    """Odoo refused the call; the text is what it says to the person."""


@dataclass(frozen=True, slots=True)
class Login:
    """A person or the service user in one database."""

    url: str
    database: str
    name: str
    password: str
    context: dict[str, Any] = field(default_factory=dict)

    @property
    def uid(self) -> int:
        """The id of the user."""
        return _log_in(self.url, self.database, self.name, self.password)

    def as_user(self, name: str, **context: Any) -> Login:
        """The login of another user whose password is the name, in a context."""
        return Login(self.url, self.database, name, name, context)

    def call(self, model: str, method: str, *args: Any, **options: Any) -> Any:
        """What the method answers; raises Refused."""
        server = xmlrpc.client.ServerProxy(f"{self.url}/xmlrpc/2/object", allow_none=True)
        options["context"] = {**self.context, **options.get("context", {})}
        try:
            return server.execute_kw(self.database, self.uid, self.password, model, method, args, options)
        except xmlrpc.client.Fault as fault:
            raise Refused(_sentence(fault.faultString)) from fault

    def create(self, model: str, **values: Any) -> int:
        """The id of the new record."""
        found = self.call(model, "create", [values])
        return int(found[0])

    def write(self, model: str, record: int, **values: Any) -> None:
        """The values are in the record."""
        self.call(model, "write", [record], values)

    def read(self, model: str, record: int, *fields: str) -> dict[str, Any]:
        """The fields of one record."""
        rows: list[dict[str, Any]] = self.call(model, "read", [record], list(fields), load="")
        return rows[0]

    def search(self, model: str, domain: list[Any], **options: Any) -> list[int]:
        """The ids that the user may see."""
        found: list[int] = self.call(model, "search", domain, **options)
        return found

    def xml_id(self, name: str) -> int:
        """The id behind an XML id; needs an administrator."""
        module, _, short = name.partition(".")
        rows = self.call("ir.model.data", "search_read", [["module", "=", module], ["name", "=", short]], ["res_id"])
        return int(rows[0]["res_id"])


@functools.cache
def _log_in(url: str, database: str, name: str, password: str) -> int:
    """The id of the user, asked once: Odoo checks passwords slowly on purpose."""
    server = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/common")
    found = server.authenticate(database, name, password, {})
    if not isinstance(found, int) or not found:
        raise Refused(f"{name} cannot log in")
    return found


def _sentence(text: str) -> str:
    """What Odoo says, without the traceback that it puts before its own defects."""
    return text.strip().splitlines()[-1] if text.startswith("Traceback") else text.strip()
