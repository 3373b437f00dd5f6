"""Odoo's faults, sorted into our errors by one table.

`/xmlrpc/2` gives four codes: 1 anything else, with a whole traceback as text; 2 a message for the user; 3 no
login; 4 no right. A traceback never reaches a person: only its last line, and that without the key. A fault does
not always mean "not done": what breaks after the commit (an answer that cannot be encoded, R-4) leaves the work done.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import (
    AccessRefused,
    ErpBusy,
    ErpDefect,
    ErpError,
    ErpUnreachable,
    LoginRefused,
    RecordRefused,
    UnknownOutcome,
)

CLIENT, WARNING, DENIED, FORBIDDEN = 1, 2, 3, 4
_LONGEST = 400
_NONE = re.compile(r"cannot marshal None")


class ModelMissing(ErpDefect):
    """The ERP has no such model: the module that brings it is not installed."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The call that a fault answers: `Sent("res.partner", "write", is_write=True)`."""

    model: str
    method: str
    is_write: bool


@dataclass(frozen=True, slots=True)
class _Rule:
    """`pattern` is looked for in the fault's last line; `committed` faults leave a write in doubt."""

    code: int
    pattern: str
    error: type[ErpError]
    next_step: str
    committed: bool = False


_LOOK_UP = "`kam writeback apply` looks it up before anything is sent again."
_RULES: tuple[_Rule, ...] = (
    _Rule(CLIENT, r"cannot marshal|exceeds XML-RPC limits", ErpDefect, _LOOK_UP, committed=True),
    _Rule(
        CLIENT,
        r"SerializationFailure|TransactionRollback|could not serialize|LockNotAvailable|DeadlockDetected|"
        r"deadlock detected|could not obtain lock|ConcurrencyError|PoolError|too many (clients|connections)",
        ErpBusy,
        "Somebody else is working on the same records: try again later.",
    ),
    _Rule(
        CLIENT,
        r'database "[^"]*" does not exist|no such database',
        LoginRefused,
        "Check `database` in kam.toml.",
    ),
    _Rule(CLIENT, r"Violation\b|IntegrityError|Wrong value for", RecordRefused, "Mend the record, then run again."),
    _Rule(
        CLIENT,
        r"OperationalError|InterfaceError|AdminShutdown|server closed the connection",
        ErpUnreachable,
        "The ERP lost its database: try again later.",
        committed=True,
    ),
    _Rule(WARNING, r"^Object \S+ doesn't exist", ModelMissing, "Is the module that brings this model installed?"),
    _Rule(WARNING, r"", RecordRefused, "Mend the record in the ERP, then run again."),
    _Rule(
        DENIED,
        r"",
        LoginRefused,
        "Check login and key (keys end, often after 90 days; with two-factor login only a key works).",
    ),
    _Rule(FORBIDDEN, r"", AccessRefused, "`kam doctor` lists the rights that the service user needs."),
)
_OTHER = _Rule(CLIENT, r"", ErpDefect, "Look into the ERP's own log for the whole story.")


def is_none_answer(code: int, text: str) -> bool:
    """Whether the method did its work and returned nothing, which XML-RPC cannot carry (R-4)."""
    return code == CLIENT and bool(_NONE.search(_last_line(text)))


def error_of_fault(code: int, text: str, sent: Sent, secrets: tuple[str, ...]) -> ErpError:
    """The error that a fault means for this call; its sentence names model and method, never the key."""
    line = _last_line(text) if code == CLIENT else text
    rule = next((rule for rule in _RULES if rule.code == code and re.search(rule.pattern, line)), _OTHER)
    said = shown(line, secrets)
    what = f"The ERP refused {sent.model}.{sent.method}: {said}"
    if sent.is_write and (rule.committed or _broke_after_commit(code, text)):
        return UnknownOutcome(
            f"{sent.model}.{sent.method} was sent; the ERP failed while answering, so it may be done: {said}",
            next_step=_LOOK_UP,
        )
    return rule.error(what, next_step=rule.next_step)


def shown(text: str, secrets: tuple[str, ...]) -> str:
    """One printable line of at most 400 characters, secrets as `***`."""
    for secret in secrets:
        text = text.replace(secret, "***")
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= _LONGEST else line[:_LONGEST] + "…"


def _broke_after_commit(code: int, text: str) -> bool:
    return code == CLIENT and bool(re.search(r"^\s+File .*, in (dumps|postcommit|_postcommit|commit)$", text, re.M))


def _last_line(text: str) -> str:
    """The line of a traceback that names the exception: the first that is not indented after the last frame."""
    lines = [line for line in text.splitlines() if line.strip()]
    frames = [at for at, line in enumerate(lines) if line.startswith('  File "')]
    after = lines[frames[-1] + 1 :] if frames else lines
    named = [line for line in after if not line[0].isspace()]
    return (named or lines or ["no message"])[0].strip()
