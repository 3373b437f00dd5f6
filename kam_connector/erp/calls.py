"""One call to the ERP, and what becomes of it when something goes wrong: the same on every transport.

A read may be sent again: a few times, with growing random waits. A write is sent again only when it surely never
left; when its answer is lost the error is `UnknownOutcome`, and the caller looks it up by its key (R-1).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from .. import stopping
from ..errors import ErpBusy, ErpDefect, ErpUnreachable, KamError, SettingsError, UnknownOutcome
from .access import ErpAccess, TransportName
from .budget import Sleep
from .channel import Channel
from .faults import Fault, Kind, Sent, error_of_fault, is_none_answer
from .trouble import Known, Trouble
from .versions import Version

READS = frozenset(
    {
        "check_access_rights",
        "check_object_reference",
        "context_get",
        "fields_get",
        "formatted_read_group",
        "get_installed",
        "has_access",
        "info",
        "name_search",
        "pull",
        "read",
        "read_group",
        "search",
        "search_count",
        "search_read",
    }
)
_AGAIN_AFTER = wait_random_exponential(multiplier=0.5, max=8)


class Transport(Protocol):
    """A protocol that carries calls: each of these sends exactly one request, and raises Fault or Trouble."""

    @property
    def name(self) -> TransportName:
        """Which one it is."""

    def ask_version(self) -> Any:
        """What the server tells of its version, needing no login: {"server_version", "server_version_info"}."""

    def suits(self, version: Version) -> bool:
        """Whether this server and this kind of key can use it, as far as can be known before the login."""

    def log_in(self) -> Any:
        """Our user's id; anything else is a refusal."""

    def execute(self, model: str, method: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """The answer of a model's method."""


class NotSpoken(Exception):
    """Something answers at the address, but in no words of this transport: `error`, unless another one is spoken.

    `status` is the HTTP status that came with it.
    """

    def __init__(self, error: KamError, status: int) -> None:
        super().__init__(error.what)
        self.error = error
        self.status = status


class Calls:
    """Calls of one login to one ERP over one transport."""

    def __init__(self, access: ErpAccess, channel: Channel, transport: Transport, *, sleep: Sleep = time.sleep) -> None:
        self.access = access
        self.channel = channel
        self.transport = transport
        self._sleep = sleep

    def __repr__(self) -> str:
        return f"<Calls to {self.access.host} as {self.access.login} over {self.transport.name}>"

    def ask_version(self) -> Any:
        """What the server tells of its version. Raises NotSpoken."""
        return self._introduce(self.transport.ask_version, "version", tries_after_loss=True)

    def suits(self, version: Version) -> bool:
        """Whether the transport can be used. Raises NotSpoken."""
        return bool(self._introduce(lambda: self.transport.suits(version), "version", tries_after_loss=True))

    def log_in(self) -> Any:
        """Our user's id; anything else is a refusal. Tried again only when it was never sent. Raises NotSpoken."""
        return self._introduce(self.transport.log_in, "login", tries_after_loss=False)

    def execute(
        self,
        model: str,
        method: str,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        *,
        none_is_done: bool = False,
    ) -> Any:
        """The answer of a model's method; None where it has none.

        XML-RPC cannot carry None: there it is UnknownOutcome, unless `none_is_done` (safe to leave unread). Raises the
        classes of `kam_connector.errors` under "The ERP is away or refuses".
        """
        sent = Sent(model, method, is_write=method not in READS)
        return self._send(
            lambda: self.transport.execute(model, method, args, kwargs),
            sent,
            tries_after_loss=not sent.is_write,
            none_is_done=none_is_done,
        )

    def _introduce(self, once: Callable[[], Any], what: str, *, tries_after_loss: bool) -> Any:
        """As `_send`, before it is known whether the server speaks this transport and takes our login."""
        sent = Sent("common", what, is_write=False)
        try:
            return self._retrying(tries_after_loss)(once)
        except Fault as fault:
            if fault.kind is Kind.DENIED:
                return None
            error: Exception = error_of_fault(fault, sent, (self.access.key,))
        except Trouble as trouble:
            told = error_of_trouble(trouble, sent)
            error = told if trouble.status is None else NotSpoken(told, trouble.status)
        raise error

    def _send(self, once: Callable[[], Any], sent: Sent, *, tries_after_loss: bool, none_is_done: bool = False) -> Any:
        stopping.check()  # what came before is kept; nothing more is asked
        try:
            return self._retrying(tries_after_loss)(once)
        except Fault as fault:
            if none_is_done and is_none_answer(fault):
                return None
            error: KamError = error_of_fault(fault, sent, (self.access.key,))
        except Trouble as trouble:
            error = error_of_trouble(trouble, sent)
        raise error

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


def error_of_trouble(trouble: Trouble, sent: Sent) -> KamError:
    """The error that a trouble means for this call: a write that may be done is never called failed."""
    if sent.is_write and trouble.known in (Known.LOST, Known.GARBLED):
        return UnknownOutcome(
            "{model}.{method} was sent, but whether it was done is not known: {trouble}",
            next_step="`kam writeback apply` looks it up before anything is sent again.",
            model=sent.model,
            method=sent.method,
            trouble=trouble,
        )
    return _READ_ERRORS[trouble.known](trouble.what, next_step=trouble.next_step)
