"""Where the ERP is and who we are there."""

from __future__ import annotations

import datetime as dt
import ipaddress
import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import SplitResult, urlsplit

from ..errors import SettingsError

MEBIBYTE = 1024 * 1024
TransportName = Literal["xmlrpc", "jsonrpc", "json2"]
TransportChoice = Literal["auto", "xmlrpc", "jsonrpc", "json2"]
TRANSPORTS: tuple[TransportChoice, ...] = get_args(TransportChoice)
ONLINE_CALLS_PER_SECOND = 1.0
"""What Odoo Online is asked at most; it publishes no limit, one call a second is what its operators settled on."""
_ONLINE = (".odoo.com",)
_API_KEY = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class ErpAccess:
    """Address, database, login and key of one ERP, with the limits of a call.

    `transport` is the protocol, or "auto": chosen by the server's version and the kind of key. Timeouts are seconds:
    to connect, between two pieces of an answer, and for one whole exchange. Odoo itself tries a conflicting write
    again for up to 30 s, so `timeout_read` should stay above 40. `allow_http` permits http to a host that is not
    this machine. `max_answer_bytes` is counted after decompression. `tries` is how often a read is sent before giving
    up. `calls_per_second` is the most that is asked (0: as fast as it answers; None: 1 for Odoo Online, else 0).
    `key_expires` is the last day of the key, for servers that do not tell it.
    """

    url: str
    database: str
    login: str
    key: str = field(repr=False)
    timeout_connect: float = 10
    timeout_read: float = 60
    timeout_total: float = 300
    ca_file: Path | None = None
    allow_http: bool = False
    max_answer_bytes: int = 512 * MEBIBYTE
    tries: int = 4
    transport: TransportChoice = "auto"
    calls_per_second: float | None = None
    key_expires: dt.date | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot work, naming the setting (R-85): SettingsError."""
        for name in ("url", "database", "login", "key"):
            _check_text(name, getattr(self, name))
        _check_url(urlsplit(self.url.strip()), allow_http=self.allow_http)
        _check_choices(self)
        if self.ca_file is not None and not self.ca_file.is_file():
            raise SettingsError(
                "The certificate file {path} (setting `ca_file`) is not there.",
                next_step="Give the path of a PEM file, or leave it out.",
                path=self.ca_file,
            )

    @property
    def base_url(self) -> str:
        """The address without a slash at its end."""
        return self.url.strip().rstrip("/")

    @property
    def host(self) -> str:
        """The host (and port) alone, for messages."""
        return urlsplit(self.base_url).netloc

    @property
    def is_local(self) -> bool:
        """Whether the ERP runs on this machine."""
        return _is_loopback(urlsplit(self.base_url).hostname or "")

    @property
    def pace(self) -> float:
        """Calls a second at most; 0 is as fast as the ERP answers."""
        if self.calls_per_second is not None:
            return self.calls_per_second
        name = (urlsplit(self.base_url).hostname or "").lower()
        return ONLINE_CALLS_PER_SECOND if name.endswith(_ONLINE) else 0.0

    @property
    def has_api_key(self) -> bool:
        """Whether `key` looks like an API key of Odoo (40 hexadecimal digits) and not like a password."""
        return bool(_API_KEY.fullmatch(self.key))


def transport_choice(text: str) -> TransportChoice:
    """The transport of that name. Raises SettingsError."""
    for known in TRANSPORTS:
        if text == known:
            return known
    raise SettingsError(
        "The transport {transport} is not known.",
        next_step="Known: {known}.",
        transport=repr(text),
        known=", ".join(TRANSPORTS),
    )


def _check_text(name: str, value: str) -> None:
    if not value:
        raise SettingsError(
            "The ERP setting `{name}` is empty.",
            next_step="Set {place}, or run `kam init`.",
            name=name,
            place=_place(name),
        )
    if name != "url" and not value.isprintable():  # a line break would end the header that carries it
        raise SettingsError(
            "The ERP setting `{name}` holds a character that cannot be printed.",
            next_step="Set {place} anew, or run `kam init`.",
            name=name,
            place=_place(name),
        )


def _place(name: str) -> str:
    if name == "key":
        return "KAM_ERP_KEY, the key file or the keyring"
    return f"`{name}` in kam.toml or KAM_ERP_{name.upper()}"


def _check_choices(access: ErpAccess) -> None:
    transport_choice(access.transport)
    rate = access.calls_per_second
    if rate is not None and not (math.isfinite(rate) and rate >= 0):
        raise SettingsError(
            "The setting `calls_per_second` is {rate}.", next_step="Give a number, 0 for no limit.", rate=rate
        )


def _check_url(parts: SplitResult, *, allow_http: bool) -> None:
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(
            'The ERP address "{scheme}://{host}" is not an http(s) address.',
            next_step="Write it as https://erp.example.com in kam.toml.",
            scheme=parts.scheme or "?",
            host=parts.hostname or "?",
        )
    if parts.username or parts.password:
        raise SettingsError(
            "The ERP address holds a user or password.",
            next_step="Take it out of `url`; the login stands in `login`, the key in KAM_ERP_KEY.",
        )
    if parts.query or parts.fragment:
        raise SettingsError(
            "The ERP address holds a query or a fragment.",
            next_step="Give only scheme, host, port and path prefix, as https://erp.example.com.",
        )
    if parts.scheme == "http" and not allow_http and not _is_loopback(parts.hostname):
        raise SettingsError(
            "http to {host} would send the key unencrypted.",
            next_step="Use https, or set `allow_http = true` in kam.toml for a network that you trust.",
            host=parts.hostname,
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
