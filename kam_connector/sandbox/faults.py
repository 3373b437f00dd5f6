"""Errors in the shape that Odoo 19 gives them: a code and a text over /xmlrpc/2, a class and a message over JSON."""

from __future__ import annotations

from dataclasses import dataclass

CLIENT, WARNING, DENIED, FORBIDDEN = 1, 2, 3, 4
_TRACE = 'Traceback (most recent call last):\n  File "/opt/odoo/odoo/service/model.py", line 133, in dispatch\n'
_FRAME = "    res = execute_cr(cr, uid, model, method_, args, kw)\n"


@dataclass(frozen=True, slots=True)
class Family:
    """A class of Odoo's exceptions: its name, its code over XML-RPC, its HTTP status over JSON-2."""

    name: str
    code: int
    status: int


USER_ERROR = Family("odoo.exceptions.UserError", WARNING, 422)
MISSING = Family("odoo.exceptions.MissingError", WARNING, 404)
ACCESS_DENIED = Family("odoo.exceptions.AccessDenied", DENIED, 403)
ACCESS_ERROR = Family("odoo.exceptions.AccessError", FORBIDDEN, 403)
UNAUTHORIZED = Family("werkzeug.exceptions.Unauthorized", CLIENT, 401)
NOT_FOUND = Family("werkzeug.exceptions.NotFound", CLIENT, 404)
UNPROCESSABLE = Family("werkzeug.exceptions.UnprocessableEntity", CLIENT, 422)
BAD_REQUEST = Family("werkzeug.exceptions.BadRequest", CLIENT, 400)


class SandboxFault(Exception):
    """A fault to be answered: of which family, and its message."""

    def __init__(self, family: Family, message: str) -> None:
        super().__init__(message)
        self.family = family
        self.message = message

    @property
    def debug(self) -> str:
        """The traceback that Odoo would give."""
        return f"{_TRACE}{_FRAME}{self.family.name.removeprefix('builtins.')}: {self.message}\n"

    @property
    def text(self) -> str:
        """What stands in faultString over XML-RPC."""
        return self.debug if self.family.code == CLIENT else self.message


def crash(kind: str, message: str) -> SandboxFault:
    """An exception inside the server: the client gets a traceback as text, as `crash("ValueError", "...")`."""
    return SandboxFault(Family(kind if "." in kind else f"builtins.{kind}", CLIENT, 500), message)


def refused(message: str) -> SandboxFault:
    """A message for the user: UserError, ValidationError."""
    return SandboxFault(USER_ERROR, message)


def missing(model: str, record_id: int, uid: int) -> SandboxFault:
    """A record that does not exist or is hidden."""
    text = f"Record does not exist or has been deleted.\n(Record: {model}({record_id},), User: {uid})"
    return SandboxFault(MISSING, text)


def denied() -> SandboxFault:
    """Wrong user or key."""
    return SandboxFault(ACCESS_DENIED, "Access Denied")


def forbidden(message: str) -> SandboxFault:
    """No right: AccessError."""
    return SandboxFault(ACCESS_ERROR, message)


_WHAT = {"read": "access", "write": "modify", "create": "create", "unlink": "delete"}


def no_right(model: str, verb: str) -> SandboxFault:
    """The login may not do that with the model."""
    return forbidden(
        f"You are not allowed to {_WHAT[verb]} '{model}' ({model}) records.\n\n"
        "No group currently allows this operation.\n\nContact your administrator to request access if necessary."
    )


def bad_field(model: str, name: str) -> SandboxFault:
    """A field that the model does not have."""
    return crash("ValueError", f"Invalid field {name!r} on model {model!r}")
