"""JSON-2, the transport of Odoo 19 and later: POST /json/2/<model>/<method> with an API key as bearer.

The body holds named arguments only, `ids` and `context` among them; the answer is plain JSON, `null` for nothing. An
error is {name, message, arguments, context, debug} under a status that says less than the name: 500 also for an
unknown field. It takes API keys and no passwords. A page instead of JSON with status 404 means: no such database.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from .access import ErpAccess, TransportName
from .answers import Unreadable
from .arguments import named_arguments
from .channel import Answer, Channel, Outgoing
from .http_failures import trouble_of_page, unreadable_answer
from .json_answers import fault_of, parse_json
from .versions import Version
from .wire import wire_value

VERSION_PATH = "/web/version"
SINCE: Version = (19, 0)
ALONE_SINCE: Version = (22, 0)
_AFTER_COMMIT = "postcommit|_postcommit|commit"
_OK = 200
_SENDING = {"Content-Type": "application/json"}


class Json2:
    """Calls of one API key over /json/2. The key stands in a header of its own, never in the body."""

    name: TransportName = "json2"

    def __init__(self, access: ErpAccess, channel: Channel) -> None:
        self._access = access
        self._channel = channel

    def ask_version(self) -> Any:
        """The server's answer about its version, in the words of the older transports; needs no login."""
        told = self._parsed(self._channel.exchange(Outgoing(VERSION_PATH, headers=self._database)))
        if not isinstance(told, dict):
            return told
        return {"server_version": told.get("version"), "server_version_info": told.get("version_info")}

    def suits(self, version: Version) -> bool:
        """Whether the server has it, and the key is one for it or there is no other transport."""
        return version >= ALONE_SINCE or (version >= SINCE and self._access.has_api_key)

    def log_in(self) -> Any:
        """The id of the key's user, whatever login was meant: `connecting` compares them."""
        told = self.execute("res.users", "context_get", [], {})
        return told.get("uid") if isinstance(told, dict) else None

    def execute(self, model: str, method: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """The answer of a model's method, None where it has none. Raises Fault, Trouble, RecordRefused, ErpDefect."""
        body = json.dumps(wire_value(named_arguments(model, method, args, kwargs)), ensure_ascii=False).encode()
        headers = {**self._database, "Authorization": f"bearer {self._access.key}".encode(), **_SENDING}
        path = f"/json/2/{quote(model, safe='')}/{quote(method, safe='')}"
        answer = self._channel.exchange(Outgoing(path, body, statuses=None, headers=headers))
        told = self._parsed(answer)
        if answer.status == _OK:
            return told
        if isinstance(told, dict) and "name" in told and "message" in told:
            raise fault_of(told, _AFTER_COMMIT, status=answer.status)
        raise trouble_of_page(answer.status, "JSON that is no error of Odoo", path, self._access)

    @property
    def _database(self) -> dict[str, str | bytes]:
        return {"X-Odoo-Database": self._access.database.encode()}

    def _parsed(self, answer: Answer) -> Any:
        try:
            return parse_json(answer.body)
        except Unreadable as problem:
            raise unreadable_answer(self._access, len(answer.body), "JSON", problem) from None
