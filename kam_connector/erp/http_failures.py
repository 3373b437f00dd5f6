"""HTTP failures to `Trouble`: what each says about the request (R-3, R-9 to R-12)."""

from __future__ import annotations

import datetime as dt
import email.utils
import re
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from ..texts import Text, Words
from .access import ErpAccess
from .trouble import Known, Trouble

LONGEST_WAIT_SECONDS = 60.0
_GATEWAY = (502, 503, 504)
_NOT_THERE = (401, 403, 404, 405, 407, 421)


def trouble_of_exception(error: Exception, access: ErpAccess) -> Trouble:
    """The Trouble that an exception of requests or of the socket means; nothing of the exception is kept."""
    chain = list(_chain(error))
    if any(isinstance(link, ssl.SSLCertVerificationError) for link in chain):
        return _bad_certificate(chain, access)
    if any(isinstance(link, (NewConnectionError, ConnectTimeoutError, requests.ConnectTimeout)) for link in chain):
        return Trouble(
            Known.UNSENT,
            "{host} cannot be reached ({cause}).",
            next_step="Is the address right and the server running? Check with `kam erp check`.",
            again=True,
            host=access.host,
            cause=_cause(chain),
        )
    if any(isinstance(link, ssl.SSLError) for link in chain):
        return Trouble(
            Known.MISDIRECTED,
            "No TLS connection to {host} ({cause}).",
            next_step="Does this port speak https? Check `url` in kam.toml.",
            host=access.host,
            cause=_cause(chain),
        )
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
        return Trouble(
            Known.MISDIRECTED, "The address of {host} cannot be used.", next_step="Check `url`.", host=access.host
        )
    return Trouble(
        Known.LOST,
        "The connection to {host} broke before its answer was complete ({cause}).",
        next_step="Try again later.",
        again=True,
        host=access.host,
        cause=_cause(chain),
    )


def trouble_of_gateway(response: requests.Response, access: ErpAccess) -> Trouble | None:
    """The Trouble of an answer that came from before the ERP: a redirect, an overload, a dead end behind a gateway."""
    status = response.status_code
    if 300 <= status < 400:
        return _redirected(response, access)
    if status == 429:
        return _later(response, access)
    return _gateway(response, access) if status in _GATEWAY else None


def trouble_of_page(status: int, kind: str, path: str, access: ErpAccess) -> Trouble:
    """The Trouble of an answer in another form than the protocol's: a login page, a 404 page, an error page."""
    if status in _NOT_THERE:
        return Trouble(
            Known.MISDIRECTED,
            "At {url} no Odoo takes calls to {path} (HTTP {status}).",
            next_step="Check `url`, its path and `transport`; a gateway must let {path} through.",
            status=status,
            url=access.base_url,
            path=path,
        )
    return Trouble(
        Known.GARBLED,
        "{host} answered {path} with {kind} (HTTP {status}) instead of an answer of Odoo.",
        next_step="Does `url` point at Odoo itself, without a login page or portal before it?",
        status=status,
        host=access.host,
        path=path,
        kind=shown(kind) or "no content type",
    )


def unreadable_answer(access: ErpAccess, size: int, language: str, problem: object) -> Trouble:
    """The trouble of an answer that is not in `language`, the words of the parser in `problem`."""
    return Trouble(
        Known.GARBLED,
        "{host} gave an answer of {size} bytes that is not {language}: {problem}.",
        next_step="Is a gateway changing or cutting answers?",
        again=True,
        host=access.host,
        size=size,
        language=language,
        problem=str(problem),
    )


def _redirected(response: requests.Response, access: ErpAccess) -> Trouble:
    target = urlsplit(response.headers.get("Location", ""))
    where = shown(f"{target.scheme}://{target.netloc}" if target.netloc else "another path")
    return Trouble(
        Known.MISDIRECTED,
        "{host} redirects to {where} (HTTP {status}); nothing was sent there.",
        next_step="If that is your ERP, put its address into `url`.",
        host=access.host,
        where=where,
        status=response.status_code,
    )


def _later(response: requests.Response, access: ErpAccess) -> Trouble:
    return Trouble(
        Known.LATER,
        "{host} asks to come back later (HTTP 429).",
        next_step="Try again later, or set `calls_per_second` in kam.toml.",
        again=True,
        wait_seconds=parse_retry_after(response.headers.get("Retry-After")),
        host=access.host,
    )


def _gateway(response: requests.Response, access: ErpAccess) -> Trouble:
    return Trouble(
        Known.LOST,
        "The gateway before {host} answered HTTP {code}.",
        next_step="Is Odoo running behind it? Try again later.",
        again=True,
        wait_seconds=parse_retry_after(response.headers.get("Retry-After")),
        host=access.host,
        code=response.status_code,
    )


def _bad_certificate(chain: list[BaseException], access: ErpAccess) -> Trouble:
    reasons = [link.verify_message for link in chain if isinstance(link, ssl.SSLCertVerificationError)]
    return Trouble(
        Known.MISDIRECTED,
        "The certificate of {host} cannot be trusted ({reason}).",
        next_step="Name your own authority's PEM file in `ca_file`; checking cannot be switched off.",
        host=access.host,
        reason=shown(reasons[0]),
    )


def parse_retry_after(text: str | None, *, now: dt.datetime | None = None) -> float | None:
    """Seconds to wait, 0 to 60, from a Retry-After header; None where it says nothing usable (R-10)."""
    if text is None:
        return None
    if re.fullmatch(r"\s*\d{1,9}\s*", text):
        return min(float(text), LONGEST_WAIT_SECONDS)
    try:
        when = email.utils.parsedate_to_datetime(text)
        seconds = (when - (now or dt.datetime.now(dt.UTC))).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT_SECONDS)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and what it wraps, by `reason`, arguments, cause and context, each once."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        link = waiting.pop(0)
        if not isinstance(link, BaseException) or id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        waiting += [getattr(link, "reason", None), *link.args, link.__cause__, link.__context__]


def _cause(chain: list[BaseException]) -> Words:
    """The innermost system message, in words without content of the request."""
    for link in reversed(chain):
        if isinstance(link, OSError) and link.strerror:
            return Text(shown(str(link.strerror)))
    return type(chain[-1]).__name__


def shown(text: str) -> str:
    """Printable, short: what a stranger's server may put into our messages."""
    return "".join(sign for sign in text if sign.isprintable())[:120]
