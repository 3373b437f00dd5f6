"""An activity for the admin of the ERP: opened by a failing night, renewed by the next, closed when it works again.

With the addon its method `kam.notice` does it, because the connector's user may write nothing but the addon's own
records. Without it the activity is made on the company's partner, which the connector may change there anyway. Either
way it is found again by the mark in its summary, so that a lost answer never makes a second one.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kam_connector.erp import Session
from kam_connector.errors import AccessRefused
from kam_connector.writeback.activities import activity_type, partner_model
from kam_connector.writeback.routes import route_of

MODEL, ADDON = "mail.activity", "kam.notice"


@dataclass(frozen=True, slots=True)
class Notice:
    """What the user with `login` is told about the ERP called `name` in kam.toml, to be done on `day`."""

    name: str
    login: str
    summary: str
    paragraphs: Sequence[str]
    day: date

    @property
    def marked(self) -> str:
        """The summary with its mark."""
        return f"{self.summary} {mark_of_notice(self.name)}"

    @property
    def note(self) -> str:
        """The paragraphs as HTML; nothing in them is markup."""
        return "".join(f"<p>{html.escape(text)}</p>" for text in self.paragraphs)


def mark_of_notice(name: str) -> str:
    """By which a notice is found again."""
    return f"(KAM night {name})"


def open_notice(session: Session, notice: Notice) -> int:
    """The id of the one open activity that now says this. Errors: AccessRefused (no such user, no right), ErpError."""
    if route_of(session) == "addon":
        arguments = (mark_of_notice(notice.name), notice.login, notice.marked, notice.note)
        return int(session.call(ADDON, "leave", *arguments))
    user = _find_user(session, notice.login)
    values = {"summary": notice.marked, "note": notice.note, "date_deadline": notice.day.isoformat()}
    if found := _find_open(session, notice.name, user):
        session.write(MODEL, found, values)
        return found[0]
    place = {"res_model_id": partner_model(session), "res_id": _partner(session), "user_id": user}
    return session.create(MODEL, [{**place, **values, "activity_type_id": activity_type(session)}])[0]


def close_notice(session: Session, name: str, login: str, feedback: str) -> int:
    """How many open activities were closed; a person may have closed it before."""
    if route_of(session) == "addon":
        return int(session.call(ADDON, "settle", mark_of_notice(name), login, feedback))
    found = _find_open(session, name, _find_user(session, login))
    if found:
        session.unlink(MODEL, found)
    return len(found)


def _find_user(session: Session, login: str) -> int:
    rows = session.search_read("res.users", [("login", "=", login)], ["login"], limit=1)
    if not rows:
        raise AccessRefused(
            "The ERP has no user {login}.", next_step="Name another one: `notify_login` in kam.toml.", login=login
        )
    return int(rows[0]["id"])


def _find_open(session: Session, name: str, user: int) -> list[int]:
    domain = [("user_id", "=", user), ("summary", "like", mark_of_notice(name))]
    fields = ["summary", "active"] if "active" in session.fields(MODEL) else ["summary"]
    return [int(row["id"]) for row in session.search_read(MODEL, domain, fields) if row.get("active", True)]


def _partner(session: Session) -> int:
    """The partner of the first company that the connector serves."""
    return int(session.search_read("res.company", [], ["partner_id"], limit=1)[0]["partner_id"])
