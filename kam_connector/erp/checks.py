"""What `kam doctor` asks of an ERP: one `Check` a question, each that fails with its next step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..errors import AccessRefused, ErpDefect, KamError
from ..texts import COMMA, Lines, Text, Words
from .access import ErpAccess
from .capabilities import ADDON_MODELS, GATEWAY, PULLED_MODELS
from .connecting import connect
from .keys import WARNED_DAYS, key_expiry
from .session import Session

CLOCK_TOLERANCE_SECONDS = 300
_SPOKEN = {
    "xmlrpc": Text("XML-RPC at /xmlrpc/2"),
    "jsonrpc": Text("JSON-RPC at /jsonrpc, through odoorpc"),
    "json2": Text("JSON-2 at /json/2, with an API key"),
}

# Models that may be absent; rights beyond reading without the addon; fields that Odoo hides behind groups.
OPTIONAL = frozenset({
    "resource.calendar", "resource.calendar.attendance", "resource.calendar.leaves", "crm.team", "crm.team.member",
    "product.category", "account.payment",
})  # fmt: skip
PLAIN_WRITING: dict[str, tuple[str, ...]] = {
    "res.partner": ("read", "write"),
    "mail.activity": ("read", "create", "write", "unlink"),
    "ir.attachment": ("read", "create", "write"),
}
_READER = Text("Accounting / Read-only (or Invoicing)")
GUARDED_FIELDS = (
    ("account.move", "amount_residual_signed", _READER),
    ("account.move.line", "amount_residual", _READER),
    ("account.account", "code", _READER),
    ("sale.order", "amount_total", Text("Sales / User: All Documents")),
    ("res.partner", "customer_rank", Text("Invoicing must be installed")),
)


@dataclass(frozen=True, slots=True)
class Check:
    """One question and its answer; `next_step` says what to do where `ok` is False."""

    name: str
    ok: bool
    detail: Words
    next_step: Words = ""


Question = Callable[[Session], Iterator[Check]]


def failed(name: str, error: KamError) -> Check:
    """The check that the error is the answer to."""
    what, next_step = error.sentences
    return Check(name, False, what, next_step)


def check_connection(access: ErpAccess, more: Sequence[Question] = ()) -> list[Check]:
    """URL, TLS, version, transport, login, companies, rights, field groups, addon, clock, then `more`: in that order.

    Never raises for what the ERP does: a question that cannot be asked any more is left out after the one that
    failed. The login is tried once.
    """
    checks = [_url(access)]
    try:
        session = connect(access)
    except KamError as error:
        return [*checks, failed("connection", error)]
    with session:
        for ask in (*_QUESTIONS, *more):
            checks += _answers(ask, session)
    return checks


def _answers(ask: Question, session: Session) -> list[Check]:
    try:
        return list(ask(session))
    except KamError as error:
        return [failed(ask.__name__.removeprefix("_"), error)]


def _url(access: ErpAccess) -> Check:
    secure = urlsplit(access.base_url).scheme == "https"
    safe, plain = Text("https, certificate checked"), Text("http (this machine, or permitted by allow_http)")
    return Check(
        "url", ok=True, detail=Text("{url}: {kind}", {"url": access.base_url, "kind": safe if secure else plain})
    )


def _version(session: Session) -> Iterator[Check]:
    major, minor = session.version
    tested, supported = Text("tested"), Text("supported by table, tested are 14 and 19")
    values = {
        "version": f"{major}.{minor}",
        "edition": session.capabilities.edition,
        "tested": tested if major in (14, 19) else supported,
    }
    yield Check("version", ok=True, detail=Text("Odoo {version} {edition} ({tested})", values))


def _transport(session: Session) -> Iterator[Check]:
    chosen, named = Text("chosen for this server and key"), Text("named in the settings")
    why = chosen if session.access.transport == "auto" else named
    yield Check("transport", ok=True, detail=Lines((_SPOKEN[session.transport], why), COMMA))


def _key(session: Session) -> Iterator[Check]:
    """Ends soon, ends later, has no known end: the first is a warning two weeks long."""
    end = key_expiry(session)
    if end is None:
        unknown, password = Text("no end is known"), Text("a password, which does not end by itself")
        yield Check("key", ok=True, detail=unknown if session.access.has_api_key else password)
        return
    left = (end - dt.datetime.now(dt.UTC).date()).days
    ok = left >= WARNED_DAYS
    ends = Text("ends on {day}, in {left} days", {"day": end.isoformat(), "left": left})
    step = Text("Make a new key and change it with `kam init --rotate-key`.")
    yield Check("key", ok=ok, detail=ends, next_step="" if ok else step)


def _login(session: Session) -> Iterator[Check]:
    values = {"user": session.uid, "lang": session.login.lang}
    yield Check("login", ok=True, detail=Text("user {user}, language {lang}", values))


def _companies(session: Session) -> Iterator[Check]:
    rows = session.read("res.company", session.login.companies, ["name"])
    named = ", ".join(f"{row['id']} {row['name']}" for row in rows)
    yield Check(
        "companies",
        ok=bool(rows),
        detail=named or Text("none"),
        next_step="" if rows else Text("Allow companies for the service user in Odoo."),
    )


def _rights(session: Session) -> Iterator[Check]:
    for model, verbs in _wanted(session).items():
        if session.capabilities.has(model):
            yield _right(session, model, verbs)
        elif model in ADDON_MODELS:
            yield Check(f"right {model}", ok=True, detail=Text("not in this version of the addon"))
        elif model not in OPTIONAL:
            install = Text("Install Sales and Invoicing.")
            yield Check(f"right {model}", ok=False, detail=Text("no such model"), next_step=install)


def _wanted(session: Session) -> dict[str, tuple[str, ...]]:
    """The rights that the login needs, by model; without the addon it writes on partners themselves."""
    reading: dict[str, tuple[str, ...]] = dict.fromkeys(PULLED_MODELS, ("read",))
    if session.capabilities.has(GATEWAY):
        return {**reading, **dict.fromkeys(ADDON_MODELS, ("read",))}
    return {**reading, **PLAIN_WRITING}


def _right(session: Session, model: str, verbs: tuple[str, ...]) -> Check:
    rights = session.capabilities.rights(model)
    missing = [verb for verb in verbs if not getattr(rights, verb)]
    name = f"right {model}"
    if not missing:
        return Check(name, ok=True, detail=", ".join(verbs))
    values = {"verbs": ", ".join(missing), "model": model}
    return Check(
        name,
        ok=False,
        detail=Text("may not {verbs}", values),
        next_step=Text("Give the service user a group that may {verbs} {model}, or run `kam erp prepare`.", values),
    )


def _fields(session: Session) -> Iterator[Check]:
    for model, field, group in GUARDED_FIELDS:
        if not session.capabilities.has(model):
            continue
        ok = session.capabilities.has_field(model, field)
        detail = Text("readable") if ok else Text("hidden from this login")
        needs = Text("Needs: {group}.", {"group": group})
        yield Check(f"field {model}.{field}", ok=ok, detail=detail, next_step="" if ok else needs)


def _rows(session: Session) -> Iterator[Check]:
    """Rights are one thing, rules on single records another: look whether anything is visible."""
    for model in ("res.partner", "account.move", "sale.order"):
        if not session.capabilities.rights(model).read:
            continue
        try:
            count = session.search_count(model, [])
        except AccessRefused as error:
            yield failed(f"rows {model}", error)
            continue
        ok = bool(count) or model != "res.partner"  # a new company has no documents yet, but always partners
        hint = Text("Is it the right database, and do record rules hide rows from this login?")
        visible = Text("{count} visible", {"count": count})
        yield Check(f"rows {model}", ok=ok, detail=visible, next_step="" if count else hint)


def _addon(session: Session) -> Iterator[Check]:
    addon = session.capabilities.addon
    if addon is None:
        detail = Text("not installed: write-back goes to x_kam_* fields, activities and attachments")
        yield Check("addon", ok=True, detail=detail, next_step=Text("`kam addon install` says how to get it."))
        return
    try:
        session.capabilities.check_addon()
    except ErpDefect as error:
        yield failed("addon", error)
        return
    fits = addon.version.split(".")[0] == str(session.version[0])
    update = Text("Update the addon: `kam addon path`.")
    yield Check("addon", ok=fits, detail=addon.version, next_step="" if fits else update)


def _clock(session: Session) -> Iterator[Check]:
    offset = session.capabilities.time_offset_seconds
    if offset is None:
        yield Check("clock", ok=True, detail=Text("the server tells no time"))
        return
    ok = abs(offset) <= CLOCK_TOLERANCE_SECONDS
    apart = Text("server {seconds} s from ours", {"seconds": f"{offset:+.0f}"})
    step = Text("Set one of the clocks right: both should follow a time server.")
    yield Check("clock", ok=ok, detail=apart, next_step="" if ok else step)


_QUESTIONS = (_transport, _version, _login, _key, _companies, _rights, _fields, _rows, _addon, _clock)
