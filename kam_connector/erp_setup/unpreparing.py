"""Taking away what `kam erp prepare` made, and nothing else: `kam erp unprepare`.

The custom fields go with their figures, the tags of tiers with whoever carries them (both come from the mirror and can
be made again); what people wrote stays.
The service user is archived, not deleted: Odoo's history names it. Its keys are revoked. On wish, the activities that
nobody has touched and the workbooks on the companies' partners go as well.

Odoo keeps a row in `ir.model.fields` for the twin that each custom field of customers has on users (`res.users`
inherits them); it has no column, cannot be deleted (14 and 19: "module data"), and goes when the module `base` is
updated.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from kam_connector.erp import ErpAccess, Session
from kam_connector.erp_setup.keys import list_keys, revoke_keys
from kam_connector.erp_setup.marks import Mark, read_marks
from kam_connector.errors import AccessRefused

ORDER = (
    "ir.ui.view",
    "res.partner.category",
    "ir.model.fields",
    "ir.rule",
    "ir.model.access",
    "res.users",
    "res.groups",
)
LEFT_BEHIND = {
    "mail.activity": [("summary", "like", "(KAM ")],
    "ir.attachment": [("name", "=", "kam-ageing.xlsx"), ("res_model", "=", "res.partner")],
}


@dataclass(frozen=True, slots=True)
class Removal:
    """One thing that goes: `verb` says how, "removed" or "archived"."""

    model: str
    ids: tuple[int, ...]
    title: str
    verb: str = "removed"


def plan_removal(session: Session, *, leftovers: bool) -> list[Removal]:
    """What would go, in the order of going; reads only. Errors: AccessRefused without an administrator."""
    try:
        marks = sorted(read_marks(session).values(), key=lambda mark: (ORDER.index(mark.model), mark.name))
    except AccessRefused as error:
        raise AccessRefused(
            "Taking away what was prepared needs an administrator: {reason}",
            next_step="Name one with --admin; the key is asked at a prompt.",
            reason=error,
        ) from error
    user = next((mark.id for mark in marks if mark.model == "res.users"), 0)
    found = _find_leftovers(session, user) if leftovers and user else []
    return found + [_removal(mark) for mark in marks if mark.model != "res.users" or _is_active(session, mark)]


def remove(session: Session, access: ErpAccess, removals: list[Removal]) -> None:
    """All of it is gone, or archived; the service user's keys open nothing any more."""
    for (model, verb), same in groupby(removals, key=lambda removal: (removal.model, removal.verb)):
        ids = [number for removal in same for number in removal.ids]
        if verb == "archived":
            _archive_user(session, access, ids[0])
        else:
            session.unlink(model, ids)  # at once: Odoo loads its registry anew for each call that takes fields away
    session.forget_fields("res.partner")
    session.capabilities.forget()


def _removal(mark: Mark) -> Removal:
    verb = "archived" if mark.model == "res.users" else "removed"
    return Removal(mark.model, (mark.id,), mark.name, verb)


def _is_active(session: Session, mark: Mark) -> bool:
    return bool(session.read(mark.model, [mark.id], ["active"])[0]["active"])


def _archive_user(session: Session, access: ErpAccess, user: int) -> None:
    revoke_keys(session, access, user, [key.id for key in list_keys(session, user)])
    session.write("res.users", [user], {"active": False})


def _find_leftovers(session: Session, user: int) -> list[Removal]:
    """Records that the service user made and nobody wrote since."""
    found = []
    for model, domain in LEFT_BEHIND.items():
        ids = session.search_ids(model, [*domain, ("create_uid", "=", user), ("write_uid", "=", user)])
        if ids:
            found.append(Removal(model, tuple(ids), f"{len(ids)} made by the service user, touched by nobody"))
    return found
