"""What `kam doctor` asks of an ERP: one `Check` a question, each that fails with its next step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..errors import AccessRefused, KamError
from .access import ErpAccess
from .capabilities import ADDON_MODELS, GATEWAY, PULLED_MODELS
from .connecting import connect
from .session import Session

CLOCK_TOLERANCE_SECONDS = 300

# Models that may be absent; rights beyond reading without the addon; fields that Odoo hides behind groups.
OPTIONAL = frozenset({"resource.calendar", "crm.team", "crm.team.member", "product.category", "account.payment"})
PLAIN_WRITING: dict[str, tuple[str, ...]] = {
    "res.partner": ("read", "write"),
    "mail.activity": ("read", "create", "write", "unlink"),
    "ir.attachment": ("read", "create", "write"),
}
GUARDED_FIELDS = (
    ("account.move", "amount_residual_signed", "Accounting / Read-only (or Invoicing)"),
    ("account.move.line", "amount_residual", "Accounting / Read-only (or Invoicing)"),
    ("account.account", "code", "Accounting / Read-only (or Invoicing)"),
    ("sale.order", "amount_total", "Sales / User: All Documents"),
    ("res.partner", "customer_rank", "Invoicing must be installed"),
)


@dataclass(frozen=True, slots=True)
class Check:
    """One question and its answer; `next_step` says what to do where `ok` is False."""

    name: str
    ok: bool
    detail: str
    next_step: str = ""


def check_connection(access: ErpAccess) -> list[Check]:
    """URL, TLS, version, transport, login, companies, rights, field groups, addon, clock: in that order.

    Never raises for what the ERP does: a question that cannot be asked any more is left out after the one that
    failed. The login is tried once.
    """
    checks = [_url(access)]
    try:
        session = connect(access)
    except KamError as error:
        return [*checks, Check("connection", ok=False, detail=error.what, next_step=error.next_step)]
    with session:
        checks += [Check("transport", ok=True, detail="XML-RPC /xmlrpc/2, answers readable")]
        for ask in _QUESTIONS:
            checks += _answers(ask, session)
    return checks


def _answers(ask: Callable[[Session], Iterator[Check]], session: Session) -> list[Check]:
    try:
        return list(ask(session))
    except KamError as error:
        name = ask.__name__.removeprefix("_")
        return [Check(name, ok=False, detail=error.what, next_step=error.next_step)]


def _url(access: ErpAccess) -> Check:
    secure = urlsplit(access.base_url).scheme == "https"
    kind = "https, certificate checked" if secure else "http (this machine, or permitted by allow_http)"
    return Check("url", ok=True, detail=f"{access.base_url}: {kind}")


def _version(session: Session) -> Iterator[Check]:
    major, minor = session.version
    known = major in (14, 19)
    said = "tested" if known else "supported by table, tested are 14 and 19"
    yield Check("version", ok=True, detail=f"Odoo {major}.{minor} {session.capabilities.edition} ({said})")


def _login(session: Session) -> Iterator[Check]:
    yield Check("login", ok=True, detail=f"user {session.uid}, language {session.login.lang}")


def _companies(session: Session) -> Iterator[Check]:
    rows = session.read("res.company", session.login.companies, ["name"])
    named = ", ".join(f"{row['id']} {row['name']}" for row in rows)
    yield Check(
        "companies",
        ok=bool(rows),
        detail=named or "none",
        next_step="" if rows else "Allow companies for the service user in Odoo.",
    )


def _rights(session: Session) -> Iterator[Check]:
    for model, verbs in _wanted(session).items():
        if session.capabilities.has(model):
            yield _right(session, model, verbs)
        elif model not in OPTIONAL:
            yield Check(f"right {model}", ok=False, detail="no such model", next_step="Install Sales and Invoicing.")


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
    return Check(
        name,
        ok=False,
        detail=f"may not {', '.join(missing)}",
        next_step=f"Give the service user a group that may {', '.join(missing)} {model}, or run `kam erp prepare`.",
    )


def _fields(session: Session) -> Iterator[Check]:
    for model, field, group in GUARDED_FIELDS:
        if not session.capabilities.has(model):
            continue
        ok = session.capabilities.has_field(model, field)
        detail = "readable" if ok else "hidden from this login"
        yield Check(f"field {model}.{field}", ok=ok, detail=detail, next_step="" if ok else f"Needs: {group}.")


def _rows(session: Session) -> Iterator[Check]:
    """Rights are one thing, rules on single records another: look whether anything is visible."""
    for model in ("res.partner", "account.move", "sale.order"):
        if not session.capabilities.rights(model).read:
            continue
        try:
            count = session.search_count(model, [])
        except AccessRefused as error:
            yield Check(f"rows {model}", ok=False, detail=error.what, next_step=error.next_step)
            continue
        ok = bool(count) or model != "res.partner"  # a new company has no documents yet, but always partners
        hint = "" if count else "Is it the right database, and do record rules hide rows from this login?"
        yield Check(f"rows {model}", ok=ok, detail=f"{count} visible", next_step=hint)


def _addon(session: Session) -> Iterator[Check]:
    version = session.capabilities.addon_version
    if version is None:
        detail = "not installed: write-back goes to x_kam_* fields, activities and attachments"
        yield Check("addon", ok=True, detail=detail, next_step="`kam addon install` says how to get it.")
        return
    fits = version.split(".")[0] == str(session.version[0])
    yield Check("addon", ok=fits, detail=version, next_step="" if fits else "Update the addon: `kam addon path`.")


def _clock(session: Session) -> Iterator[Check]:
    offset = session.capabilities.time_offset_seconds
    if offset is None:
        yield Check("clock", ok=True, detail="the server tells no time")
        return
    ok = abs(offset) <= CLOCK_TOLERANCE_SECONDS
    step = "" if ok else "Set one of the clocks right: both should follow a time server."
    yield Check("clock", ok=ok, detail=f"server {offset:+.0f} s from ours", next_step=step)


_QUESTIONS = (_version, _login, _companies, _rights, _fields, _rows, _addon, _clock)
