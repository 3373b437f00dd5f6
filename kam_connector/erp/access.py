"""Where the ERP is and who we are there."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from ..errors import SettingsError

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ErpAccess:
    """Address, database, login and key of one ERP, with the limits of a call.

    Timeouts are seconds: to connect, between two pieces of an answer, and for one whole exchange. Odoo itself
    tries a conflicting write again for up to 30 s, so `timeout_read` should stay above 40. `allow_http` permits
    http to a host that is not this machine. `max_answer_bytes` is counted after decompression. `tries` is how
    often a read is sent before giving up.
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

    def __post_init__(self) -> None:
        """Refuse what cannot work, naming the setting (R-85): SettingsError."""
        for name in ("url", "database", "login", "key"):
            if not getattr(self, name):
                raise SettingsError(
                    f"The ERP setting `{name}` is empty.",
                    next_step=f"Set {_place(name)}, or run `kam init`.",
                )
        _check_url(urlsplit(self.url.strip()), allow_http=self.allow_http)
        if self.ca_file is not None and not self.ca_file.is_file():
            raise SettingsError(
                f"The certificate file {self.ca_file} (setting `ca_file`) is not there.",
                next_step="Give the path of a PEM file, or leave it out.",
            )

    @property
    def base_url(self) -> str:
        """The address without a slash at its end."""
        return self.url.strip().rstrip("/")

    @property
    def host(self) -> str:
        """The host (and port) alone, for messages."""
        return urlsplit(self.base_url).netloc


def _place(name: str) -> str:
    if name == "key":
        return "KAM_ERP_KEY, the key file or the keyring"
    return f"`{name}` in kam.toml or KAM_ERP_{name.upper()}"


def _check_url(parts: SplitResult, *, allow_http: bool) -> None:
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(
            f'The ERP address "{parts.scheme or "?"}://{parts.hostname or "?"}" is not an http(s) address.',
            next_step="Write it as https://erp.example.com in kam.toml.",
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
            f"http to {parts.hostname} would send the key unencrypted.",
            next_step="Use https, or set `allow_http = true` in kam.toml for a network that you trust.",
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
