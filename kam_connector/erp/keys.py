"""When the API key ends, so that somebody can make a new one in time (R-18)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..errors import AccessRefused

if TYPE_CHECKING:
    from .session import Session

KEYS = "res.users.apikeys"
WARNED_DAYS = 14
"""How many days before its end a key is warned of."""
_SCOPES = (None, "rpc")


def key_expiry(session: Session) -> dt.date | None:
    """The last day of the session's key (UTC), or None where it has no end or nobody knows one.

    Odoo 18 and later tell a user the ends of the own keys, but not which key is in use: where several could be
    it, the day that is kept with the settings decides, else the first to end. Older ones know no end.
    """
    access = session.access
    ends = set(_told_ends(session)) if access.has_api_key else set()
    if len(ends) == 1:
        return ends.pop()
    if access.key_expires is not None or not ends:
        return access.key_expires
    return min((end for end in ends if end is not None), default=None)


def _told_ends(session: Session) -> Iterable[dt.date | None]:
    """The ends of the login's own keys that are good for calls and not over yet."""
    if not session.capabilities.has_field(KEYS, "expiration_date"):
        return
    try:
        rows = session.search_read(KEYS, [["user_id", "=", session.uid]], ["scope", "expiration_date"])
    except AccessRefused:
        return
    now = (dt.datetime.now(dt.UTC) + dt.timedelta(seconds=session.capabilities.time_offset_seconds or 0)).isoformat(" ")
    for row in rows:
        end = row["expiration_date"]
        if row["scope"] in _SCOPES and (end is None or end >= now[:19]):
            yield dt.date.fromisoformat(end[:10]) if end else None
