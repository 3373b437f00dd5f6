"""An API key of the service user: made, listed, revoked.

Odoo gives keys out only to a person at the web client who has just typed the password (`check_identity`); from 15 on
its external API refuses the call ("can only be accessed over HTTP"). So the service user logs in as the web client
does, once, with a password that lives for these few calls: the administrator sets it, and sets another that nobody
knows when the key is made. Tried on 14 and 19.
"""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from kam_connector.erp import ErpAccess, Session, WebClient, log_in_as_web_client
from kam_connector.errors import ErpDefect

KEYS = "res.users.apikeys"
ASKING = "res.users.apikeys.description"
IDENTITY = "res.users.identitycheck"
CUSTOM = "-1"


@dataclass(frozen=True, slots=True)
class KeyTerms:
    """What a new key is called in Odoo, and how many days it lasts (where the ERP ends keys: 18 and later)."""

    name: str = "kam-connector"
    days: int = 365


@dataclass(frozen=True, slots=True)
class Key:
    """A key as Odoo lists it; the key itself is never shown again. `expires` None: it does not end."""

    id: int
    name: str
    created: str
    expires: datetime | None


def make_key(admin: Session, access: ErpAccess, user: int, terms: KeyTerms) -> tuple[str, datetime | None]:
    """A new key of the user (id) and when it ends. `access` reaches the ERP; its login and key are not used."""
    with _web_client(admin, access, user) as (web, password):
        return _ask_key(web, password, terms)


def list_keys(admin: Session, user: int) -> list[Key]:
    """The keys of the user, oldest first."""
    ends = "expiration_date" in admin.fields(KEYS)
    names = ["name", "create_date", *(["expiration_date"] if ends else [])]
    rows = admin.search_read(KEYS, [("user_id", "=", user)], names)
    return [Key(row["id"], row["name"], row["create_date"], _moment(row.get("expiration_date"))) for row in rows]


def revoke_keys(admin: Session, access: ErpAccess, user: int, ids: list[int]) -> None:
    """These keys of the user do not open anything any more."""
    if not ids:
        return
    with _web_client(admin, access, user) as (web, password):
        _confirmed(web, password, KEYS, "remove", ids)


@contextmanager
def _web_client(admin: Session, access: ErpAccess, user: int) -> Iterator[tuple[WebClient, str]]:
    """The user logged in as the web client does; its password afterwards is one that nobody knows."""
    login = admin.read("res.users", [user], ["login"])[0]["login"]
    passing = secrets.token_urlsafe(48)
    admin.write("res.users", [user], {"password": passing})
    try:
        with log_in_as_web_client(dataclasses.replace(access, login=login, key=passing)) as web:
            yield web, passing
    finally:
        admin.write("res.users", [user], {"password": secrets.token_urlsafe(48)})


def _ask_key(web: WebClient, password: str, terms: KeyTerms) -> tuple[str, datetime | None]:
    expires = None
    values: dict[str, Any] = {"name": terms.name}
    if "duration" in web.call(ASKING, "fields_get", [], {"attributes": ["type"]}):
        expires = datetime.now(UTC).replace(microsecond=0) + timedelta(days=terms.days) - timedelta(minutes=5)
        values |= {"duration": CUSTOM, "expiration_date": f"{expires:%Y-%m-%d %H:%M:%S}"}
    made = web.call(ASKING, "create", [values], {})
    answer = _confirmed(web, password, ASKING, "make_key", made if isinstance(made, list) else [made])
    key = answer.get("context", {}).get("default_key")
    if not isinstance(key, str) or not key:
        raise ErpDefect(
            "The ERP made no API key.",
            next_step="Make one by hand: log in as the service user, My Preferences, Security, Add API Key.",
        )
    return key, expires


def _confirmed(web: WebClient, password: str, model: str, method: str, ids: list[int]) -> dict[str, Any]:
    """What the method answers; where Odoo asks for the password first, it gets it."""
    answer = web.call(model, method, [ids], {})
    if not isinstance(answer, dict) or answer.get("res_model") != IDENTITY:
        return answer if isinstance(answer, dict) else {}
    asked = [answer["res_id"]]
    if "auth_method" not in web.call(IDENTITY, "fields_get", [], {"attributes": ["type"]}):
        web.call(IDENTITY, "write", [asked, {"password": password}], {})
    answer = web.call(IDENTITY, "run_check", [asked], {"context": {"password": password}})
    return answer if isinstance(answer, dict) else {}


def _moment(text: object) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if isinstance(text, str) and text else None
