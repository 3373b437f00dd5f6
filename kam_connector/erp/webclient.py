"""A login as the web client has it: for what Odoo does only for a person at the browser (API keys).

Everything else goes through `Session`. The session cookie lives as long as the object; nothing is sent twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from ..errors import AccessRefused, ErpDefect, LoginRefused
from .access import ErpAccess
from .channel import Channel, Outgoing
from .trouble import Trouble

_JSON = {"Content-Type": "application/json"}


class WebClient:
    """An open session of the web client."""

    def __init__(self, access: ErpAccess) -> None:
        self._access = access
        self._channel = Channel(access, keeps_cookies=True)

    def __repr__(self) -> str:
        return f"<WebClient of {self._access.host}>"

    def close(self) -> None:
        """The connection is closed and its cookie forgotten."""
        self._channel.close()

    def log_in(self) -> None:
        """The cookie is there. Raises LoginRefused."""
        access = self._access
        answer = self._post(
            "/web/session/authenticate", {"db": access.database, "login": access.login, "password": access.key}
        )
        if not isinstance(answer, Mapping) or not answer.get("uid"):
            raise LoginRefused(
                '{host} refuses the login "{login}" as a web client.',
                next_step="With two-factor login, make the key by hand: My Preferences, Security, Add API Key.",
                host=access.host,
                login=access.login,
            )

    def call(self, model: str, method: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """The answer of a method. Raises AccessRefused with Odoo's own sentence."""
        params = {"model": model, "method": method, "args": list(args), "kwargs": dict(kwargs)}
        return self._post(f"/web/dataset/call_kw/{model}/{method}", params)

    def _post(self, path: str, params: Mapping[str, Any]) -> Any:
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}).encode()
        try:
            answer = json.loads(self._channel.exchange(Outgoing(path, body, headers=_JSON)).body)
        except Trouble as trouble:
            raise ErpDefect(trouble.what, next_step=trouble.next_step) from None
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise ErpDefect("{host} does not answer as Odoo's web client expects.", host=self._access.host)
        if "error" in answer:
            raise AccessRefused("The ERP refuses: {reason}", reason=_sentence(answer["error"]))
        return answer.get("result")


@contextmanager
def log_in_as_web_client(access: ErpAccess) -> Iterator[WebClient]:
    """A logged-in web client, closed at the end. Raises LoginRefused, AccessRefused, ErpDefect."""
    web = WebClient(access)
    try:
        web.log_in()
        yield web
    finally:
        web.close()


def _sentence(error: Any) -> str:
    """What Odoo says to the person, without its traceback."""
    data = error.get("data") if isinstance(error, Mapping) else None
    text = data.get("message") if isinstance(data, Mapping) else None
    return str(text or "no reason given").strip().splitlines()[-1][:300]
