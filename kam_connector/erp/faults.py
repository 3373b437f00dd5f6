"""Odoo's faults, sorted into our errors by one table, whatever the transport.

Each transport gives the same `Fault`: what kind of failure, its text, and whether it may have come after the commit.
A traceback never reaches a person: only the line that names the exception, and that without the key. A fault does not
always mean "not done": over XML-RPC and JSON-RPC the answer is encoded after the commit, so what breaks there leaves
the work done (R-4); JSON-2 encodes before it commits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

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
from ..texts import Text

_LONGEST = 400
_NONE = re.compile(r"cannot marshal None")


class Kind(Enum):
    """What Odoo's failure is: its four codes over XML-RPC, families of exception classes over JSON."""

    CRASH = "anything else; the text is `class: message`"
    WARNING = "a message for the user: UserError, ValidationError, MissingError"
    DENIED = "no login: AccessDenied, an unknown key, an expired session"
    FORBIDDEN = "no right: AccessError"


class Fault(Exception):
    """A failure that Odoo told. `in_doubt`: it may have happened after the work was committed."""

    def __init__(self, kind: Kind, text: str, *, in_doubt: bool = False) -> None:
        super().__init__(kind.name)
        self.kind = kind
        self.text = text
        self.in_doubt = in_doubt


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
    """`pattern` is looked for in the fault's text; `committed` faults leave a write in doubt."""

    kind: Kind
    pattern: str
    error: type[ErpError]
    next_step: str
    committed: bool = False


_LOOK_UP = "`kam writeback apply` looks it up before anything is sent again."
_LATER = "Somebody else is working on the same records: try again later."
_RULES: tuple[_Rule, ...] = (
    _Rule(Kind.CRASH, r"cannot marshal|exceeds XML-RPC limits", ErpDefect, _LOOK_UP, committed=True),
    _Rule(
        Kind.CRASH,
        r"SerializationFailure|TransactionRollback|could not serialize|LockNotAvailable|DeadlockDetected|"
        r"deadlock detected|could not obtain lock|ConcurrencyError|PoolError|LockError|too many (clients|connections)",
        ErpBusy,
        _LATER,
    ),
    _Rule(
        Kind.CRASH,
        r'database "[^"]*" does not exist|no such database',
        LoginRefused,
        "Check `database` in kam.toml.",
    ),
    _Rule(
        Kind.CRASH,
        r"Violation\b|IntegrityError|NumericValueOutOfRange|Wrong value for",
        RecordRefused,
        "Mend the record, then run again.",
    ),
    _Rule(
        Kind.CRASH,
        r"OperationalError|InterfaceError|AdminShutdown|server closed the connection",
        ErpUnreachable,
        "The ERP lost its database: try again later.",
        committed=True,
    ),
    _Rule(
        Kind.CRASH,
        r"the model '[^']*' does not exist",
        ModelMissing,
        "Is the module that brings this model installed?",
    ),
    _Rule(Kind.WARNING, r"^Object \S+ doesn't exist", ModelMissing, "Is the module that brings this model installed?"),
    _Rule(Kind.WARNING, r"^Cannot grab a lock on records", ErpBusy, _LATER),
    _Rule(Kind.WARNING, r"", RecordRefused, "Mend the record in the ERP, then run again."),
    _Rule(
        Kind.DENIED,
        r"",
        LoginRefused,
        "Check login and key (keys end, often after 90 days; with two-factor login only a key works).",
    ),
    _Rule(Kind.FORBIDDEN, r"", AccessRefused, "`kam doctor` lists the rights that the service user needs."),
)
_OTHER = _Rule(Kind.CRASH, r"", ErpDefect, "Look into the ERP's own log for the whole story.")


def is_none_answer(fault: Fault) -> bool:
    """Whether the method did its work and returned nothing, which XML-RPC cannot carry (R-4)."""
    return fault.kind is Kind.CRASH and bool(_NONE.search(fault.text))


def error_of_fault(fault: Fault, sent: Sent, secrets: tuple[str, ...]) -> ErpError:
    """The error that a fault means for this call; its sentence names model and method, never the key."""
    rule = next((rule for rule in _RULES if rule.kind is fault.kind and re.search(rule.pattern, fault.text)), _OTHER)
    named = {"model": sent.model, "method": sent.method, "said": shown(fault.text, secrets)}
    if sent.is_write and (rule.committed or fault.in_doubt):
        return UnknownOutcome(
            "{model}.{method} was sent; the ERP failed while answering, so it may be done: {said}",
            next_step=_LOOK_UP,
            **named,
        )
    return rule.error(Text("The ERP refused {model}.{method}: {said}", named), next_step=rule.next_step)


def shown(text: str, secrets: tuple[str, ...]) -> str:
    """One printable line of at most 400 characters, secrets as `***`."""
    for secret in secrets:
        text = text.replace(secret, "***")
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= _LONGEST else line[:_LONGEST] + "…"


def broke_in(trace: str, functions: str) -> bool:
    """Whether a traceback went through one of the functions, as `broke_in(trace, "commit|_?postcommit")`."""
    return bool(re.search(rf"^\s+File .*, in ({functions})$", trace, re.M))
