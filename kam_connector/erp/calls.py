"""One call to the ERP, and what becomes of it when something goes wrong.

A read may be sent again: a few times, with growing random waits. A write is sent again only when it surely never
left; when its answer is lost the error is `UnknownOutcome`, and the caller looks it up by its key (R-1).
"""

from __future__ import annotations

import time
import xmlrpc.client
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from ..errors import ErpBusy, ErpDefect, ErpError, ErpUnreachable, KamError, SettingsError, UnknownOutcome
from .access import ErpAccess
from .answers import Unreadable, parse_answer
from .channel import Channel
from .faults import Sent, error_of_fault, is_none_answer
from .trouble import Known, Trouble
from .wire import encode_request

READS = frozenset(
    {
        "check_access_rights",
        "context_get",
        "fields_get",
        "formatted_read_group",
        "get_installed",
        "has_access",
        "info",
        "name_search",
        "read",
        "read_group",
        "search",
        "search_count",
        "search_read",
    }
)
_COMMON, _OBJECT = "/xmlrpc/2/common", "/xmlrpc/2/object"
_AGAIN_AFTER = wait_random_exponential(multiplier=0.5, max=8)

Sleep = Callable[[float], None]


class Calls:
    """Calls of one login to one ERP. `uid` is 0 until the login is known."""

    def __init__(self, access: ErpAccess, *, sleep: Sleep = time.sleep) -> None:
        self.access = access
        self.channel = Channel(access)
        self.uid = 0
        self._sleep = sleep

    def __repr__(self) -> str:
        return f"<Calls to {self.access.host} as {self.access.login}>"

    def common(self, method: str, *params: Any) -> Any:
        """The answer of a method that needs no login: version, authenticate. Tried again only when never sent."""
        sent = Sent("common", method, is_write=False)
        return self._send(_COMMON, encode_request(method, params), sent, tries_after_loss=method == "version")

    def execute(
        self,
        model: str,
        method: str,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        *,
        none_is_done: bool = False,
    ) -> Any:
        """The answer of a model's method; None where it has none and `none_is_done` (safe to leave unread).

        Raises the classes of `kam_connector.errors` under "The ERP is away or refuses".
        """
        sent = Sent(model, method, is_write=method not in READS)
        login = (self.access.database, self.uid, self.access.key)
        body = encode_request("execute_kw", (*login, model, method, list(args), dict(kwargs)))
        return self._send(_OBJECT, body, sent, none_is_done=none_is_done, tries_after_loss=not sent.is_write)

    def _send(
        self,
        path: str,
        body: bytes,
        sent: Sent,
        *,
        tries_after_loss: bool,
        none_is_done: bool = False,
    ) -> Any:
        try:
            return self._retrying(tries_after_loss)(lambda: self._once(path, body))
        except xmlrpc.client.Fault as fault:
            code, text = int(fault.faultCode), str(fault.faultString)
            if none_is_done and is_none_answer(code, text):
                return None
            error: KamError = error_of_fault(code, text, sent, (self.access.key,))
        except Trouble as trouble:
            error = _error_of_trouble(trouble, sent)
        raise error

    def _once(self, path: str, body: bytes) -> Any:
        answer = self.channel.exchange(path, body)
        try:
            return parse_answer(answer)
        except Unreadable as problem:
            what = f"{self.access.host} gave an answer of {len(answer)} bytes that is not XML-RPC: {problem}."
        raise Trouble(Known.GARBLED, what, next_step="Is a gateway changing or cutting answers?", again=True)

    def _retrying(self, tries_after_loss: bool) -> Retrying:
        return Retrying(
            retry=retry_if_exception(lambda error: _may_go_again(error, tries_after_loss)),
            stop=stop_after_attempt(self.access.tries),
            wait=_wait,
            sleep=self._sleep,
            reraise=True,
        )


def _may_go_again(error: BaseException, tries_after_loss: bool) -> bool:
    if not isinstance(error, Trouble) or not error.again:
        return False
    return tries_after_loss or error.known in (Known.UNSENT, Known.LATER)


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, Trouble) and error.wait_seconds is not None:
        return error.wait_seconds
    return _AGAIN_AFTER(state)


_READ_ERRORS: dict[Known, type[KamError]] = {
    Known.UNSENT: ErpUnreachable,
    Known.LATER: ErpBusy,
    Known.LOST: ErpUnreachable,
    Known.GARBLED: ErpDefect,
    Known.MISDIRECTED: SettingsError,
}


def _error_of_trouble(trouble: Trouble, sent: Sent) -> KamError:
    if sent.is_write and trouble.known in (Known.LOST, Known.GARBLED):
        return UnknownOutcome(
            f"{sent.model}.{sent.method} was sent, but whether it was done is not known: {trouble.what}",
            next_step="`kam writeback apply` looks it up before anything is sent again.",
        )
    kind = _READ_ERRORS[trouble.known]
    if issubclass(kind, ErpError):
        return kind(trouble.what, next_step=trouble.next_step)
    return SettingsError(trouble.what, next_step=trouble.next_step)
