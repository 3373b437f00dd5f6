"""How a test gets an API key: people make theirs in the preferences, a test writes it where Odoo keeps them."""

import base64
import datetime as dt
import hashlib
import os
import secrets

from rig import databases, versions
from rig.errors import RigError

ROUNDS = 6000
INDEX_DIGITS = 8
DAYS = 30
INSERT = "INSERT INTO res_users_apikeys (name, user_id, key, index) VALUES ('rig', %s, %s, %s)"
END = "UPDATE res_users_apikeys SET expiration_date = %s WHERE index = %s"


def make_api_key(
    version: int, database: str, login: str = versions.LOGIN, *, expires: dt.datetime | None = None
) -> str:
    """A new API key of that user, good for XML-RPC, JSON-RPC and (19) JSON-2 until `expires` (UTC; else 30 days).

    Odoo 14 knows no end of a key.
    """
    users = databases.query(version, database, "SELECT id FROM res_users WHERE login = %s", [login])
    if not users:
        raise RigError(f"Cannot make an API key for {login}.", f"{database} has no such user", "check the login")
    key = secrets.token_hex(20)
    databases.query(version, database, INSERT, [users[0]["id"], _hashed(key), key[:INDEX_DIGITS]])
    if _has_end(version, database):
        end = expires or dt.datetime.now(dt.UTC).replace(tzinfo=None) + dt.timedelta(days=DAYS)
        databases.query(version, database, END, [end, key[:INDEX_DIGITS]])
    return key


def _has_end(version: int, database: str) -> bool:
    sql = "SELECT 1 FROM information_schema.columns WHERE table_name = 'res_users_apikeys' AND column_name = %s"
    return bool(databases.query(version, database, sql, ["expiration_date"]))


def _hashed(key: str) -> str:
    """As Odoo's passlib writes pbkdf2_sha512, in its own kind of base 64."""
    salt = os.urandom(16)
    digest = hashlib.pbkdf2_hmac("sha512", key.encode(), salt, ROUNDS)
    return f"$pbkdf2-sha512${ROUNDS}${_base64(salt)}${_base64(digest)}"


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).rstrip(b"=").replace(b"+", b".").decode()
