"""JSON answers: bytes that are clean, values within limits, errors as `Fault`. Shared by JSON-RPC and JSON-2.

Odoo 19 strips control characters in XML and keeps them in JSON, so the same record would differ by transport: they
are taken out of the bytes before anybody parses them, and line ends made the same. Python's parser refuses what is
nested too deep and numbers of absurd length; both become `Unreadable` (R-87).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from .answers import Unreadable
from .faults import Fault, Kind, broke_in

# An escape counts only after an even number of backslashes. Odoo writes control characters as escapes, never bare.
_LITTER = re.compile(rb"\\u(?:00(?:0[0-8bBcCeEfF]|1[0-9a-fA-F])|[fF]{3}[eEfF])|\\[bf]")
_LITTER_ESCAPE = re.compile(rb"(?<!\\)((?:\\\\)*)(?:\\u(?:00(?:0[0-8bBcCeEfF]|1[0-9a-fA-F])|[fF]{3}[eEfF])|\\[bf])")
_LINE_END = re.compile(rb"(?<!\\)((?:\\\\)*)\\r(?:\\n)?")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_LONE = re.compile(
    rb"(?<!\\)((?:\\\\)*)(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)
_PAIR_BYTES = 12

_WARNING = r"odoo\.exceptions\.(UserError|ValidationError|MissingError|RedirectWarning|except_orm|Warning)"
_FAMILIES = (
    (Kind.WARNING, re.compile(rf"{_WARNING}\Z")),
    (Kind.DENIED, re.compile(r"(AccessDenied|SessionExpiredException|AuthenticationError|Unauthorized)\Z")),
    (Kind.FORBIDDEN, re.compile(r"odoo\.exceptions\.AccessError\Z")),
)


def clean_json(body: bytes) -> bytes:
    """The same JSON without control characters, non-characters and half surrogates; line ends as `\\n`."""
    if _LITTER.search(body):
        body = _LITTER_ESCAPE.sub(rb"\1", body)
    if b"\\r" in body:
        body = _LINE_END.sub(rb"\1\\n", body)
    if _SURROGATE.search(body):
        body = _LONE.sub(lambda match: match[0] if len(match[2]) == _PAIR_BYTES else match[1], body)
    return body


def parse_json(body: bytes) -> Any:
    """The value of a clean answer. Raises Unreadable."""
    try:
        return json.loads(clean_json(body))
    except RecursionError:
        raise Unreadable("it is nested too deep") from None
    except ValueError as problem:
        raise Unreadable(f"its JSON cannot be read ({type(problem).__name__})") from None


def fault_of(error: Mapping[str, Any], after_commit: str, *, status: int = 200) -> Fault:
    """The fault that Odoo's {name, message, arguments, context, debug} means; `debug` is looked at and never shown.

    `after_commit` names the functions in whose frames the work is committed already. `status` tells the family of
    an exception class that a module brought itself.
    """
    name, message = str(error.get("name") or ""), str(error.get("message") or "")
    in_doubt = broke_in(str(error.get("debug") or ""), after_commit)
    kind = next((kind for kind, pattern in _FAMILIES if pattern.search(name)), None)
    if kind is None and status == 422 and not name.startswith("werkzeug."):
        kind = Kind.WARNING
    if kind is not None:
        return Fault(kind, message, in_doubt=in_doubt)
    return Fault(Kind.CRASH, f"{name.removeprefix('builtins.')}: {message}", in_doubt=in_doubt)
