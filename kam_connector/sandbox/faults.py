"""Errors in the shape that Odoo 19 gives them over /xmlrpc/2."""

from __future__ import annotations

CLIENT, WARNING, DENIED, FORBIDDEN = 1, 2, 3, 4


class SandboxFault(Exception):
    """A fault to be answered: `code` as Odoo's, `text` what stands in faultString."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


def crash(kind: str, message: str) -> SandboxFault:
    """An exception inside the server: the client gets a traceback as text, as `crash("ValueError", "...")`."""
    trace = 'Traceback (most recent call last):\n  File "/opt/odoo/odoo/service/model.py", line 133, in dispatch\n'
    return SandboxFault(CLIENT, f"{trace}    res = execute_cr(cr, uid, model, method_, args, kw)\n{kind}: {message}\n")


def refused(message: str) -> SandboxFault:
    """A message for the user: UserError, ValidationError, MissingError."""
    return SandboxFault(WARNING, message)


def missing(model: str, record_id: int, uid: int) -> SandboxFault:
    """A record that does not exist or is hidden."""
    return refused(f"Record does not exist or has been deleted.\n(Record: {model}({record_id},), User: {uid})")


def denied() -> SandboxFault:
    """Wrong user or key."""
    return SandboxFault(DENIED, "Access Denied")


def forbidden(message: str) -> SandboxFault:
    """No right: AccessError."""
    return SandboxFault(FORBIDDEN, message)


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
