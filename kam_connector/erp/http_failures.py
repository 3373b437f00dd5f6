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

from .access import ErpAccess
from .trouble import Known, Trouble

LONGEST_WAIT_SECONDS = 60.0
_XML_TYPES = ("text/xml", "application/xml")
_GATEWAY = (502, 503, 504)


def trouble_of_exception(error: Exception, access: ErpAccess) -> Trouble:
    """The Trouble that an exception of requests or of the socket means; nothing of the exception is kept."""
    chain = list(_chain(error))
    if any(isinstance(link, ssl.SSLCertVerificationError) for link in chain):
        return _bad_certificate(chain, access)
    if any(isinstance(link, (NewConnectionError, ConnectTimeoutError, requests.ConnectTimeout)) for link in chain):
        return Trouble(
            Known.UNSENT,
            f"{access.host} cannot be reached ({_cause(chain)}).",
            next_step="Is the address right and the server running? Check with `kam erp check`.",
            again=True,
        )
    if any(isinstance(link, ssl.SSLError) for link in chain):
        return Trouble(
            Known.MISDIRECTED,
            f"No TLS connection to {access.host} ({_cause(chain)}).",
            next_step="Does this port speak https? Check `url` in kam.toml.",
        )
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
        return Trouble(Known.MISDIRECTED, f"The address of {access.host} cannot be used.", next_step="Check `url`.")
    return Trouble(
        Known.LOST,
        f"The connection to {access.host} broke before its answer was complete ({_cause(chain)}).",
        next_step="Try again later.",
        again=True,
    )


def trouble_of_status(response: requests.Response, access: ErpAccess) -> Trouble | None:
    """The Trouble that status and content type of an answer mean, or None where it may hold XML-RPC."""
    status = response.status_code
    if 300 <= status < 400:
        return _redirected(response, access)
    if status == 429:
        return _later(response, access)
    if status in _GATEWAY:
        return _gateway(response, access)
    if status in (401, 403, 404, 405, 407, 421):
        return _not_there(status, access)
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in _XML_TYPES:
        return Trouble(
            Known.GARBLED,
            f"{access.host} answered with {_shown(kind) or 'no content type'} (HTTP {status}) instead of XML-RPC.",
            next_step="Does `url` point at Odoo itself, without a login page or portal before it?",
        )
    if status != 200:
        return Trouble(Known.GARBLED, f"{access.host} answered HTTP {status}.", next_step="Look into the server's log.")
    return None


def _redirected(response: requests.Response, access: ErpAccess) -> Trouble:
    target = urlsplit(response.headers.get("Location", ""))
    where = _shown(f"{target.scheme}://{target.netloc}" if target.netloc else "another path")
    return Trouble(
        Known.MISDIRECTED,
        f"{access.host} redirects to {where} (HTTP {response.status_code}); nothing was sent there.",
        next_step="If that is your ERP, put its address into `url`.",
    )


def _later(response: requests.Response, access: ErpAccess) -> Trouble:
    return Trouble(
        Known.LATER,
        f"{access.host} asks to come back later (HTTP 429).",
        next_step="Try again later.",
        again=True,
        wait_seconds=parse_retry_after(response.headers.get("Retry-After")),
    )


def _gateway(response: requests.Response, access: ErpAccess) -> Trouble:
    return Trouble(
        Known.LOST,
        f"The gateway before {access.host} answered HTTP {response.status_code}.",
        next_step="Is Odoo running behind it? Try again later.",
        again=True,
        wait_seconds=parse_retry_after(response.headers.get("Retry-After")),
    )


def _not_there(status: int, access: ErpAccess) -> Trouble:
    return Trouble(
        Known.MISDIRECTED,
        f"At {access.base_url} no Odoo takes XML-RPC calls (HTTP {status}).",
        next_step="Check `url` and its path; a gateway must let /xmlrpc/2/ through.",
    )


def _bad_certificate(chain: list[BaseException], access: ErpAccess) -> Trouble:
    reasons = [link.verify_message for link in chain if isinstance(link, ssl.SSLCertVerificationError)]
    return Trouble(
        Known.MISDIRECTED,
        f"The certificate of {access.host} cannot be trusted ({_shown(reasons[0])}).",
        next_step="Name your own authority's PEM file in `ca_file`; checking cannot be switched off.",
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


def _cause(chain: list[BaseException]) -> str:
    """The innermost system message, in words without content of the request."""
    for link in reversed(chain):
        if isinstance(link, OSError) and link.strerror:
            return _shown(str(link.strerror))
    return type(chain[-1]).__name__


def _shown(text: str) -> str:
    """Printable, short: what a stranger's server may put into our messages."""
    return "".join(sign for sign in text if sign.isprintable())[:120]
