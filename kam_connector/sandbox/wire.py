"""XML-RPC bytes to values and back, in the very form that Odoo 19 writes."""

from __future__ import annotations

import xmlrpc.client
from typing import Any
from xml.sax.saxutils import escape

from defusedxml.xmlrpc import DefusedExpatParser

_HEAD = '<?xml version="1.0"?>\n<methodResponse>\n'
_TAIL = "\n</methodResponse>\n"
_CONTROLS = dict.fromkeys(set(range(32)) - {9, 10, 13})


def decode_request(body: bytes) -> tuple[str, list[Any]]:
    """Method and parameters. Raises what the parser raises for anything else."""
    unmarshaller = xmlrpc.client.Unmarshaller(use_builtin_types=True)
    parser = DefusedExpatParser(unmarshaller, forbid_dtd=True)
    parser.feed(body)
    parser.close()
    return str(unmarshaller.getmethodname()), list(unmarshaller.close())


def encode_answer(value: Any) -> bytes:
    """The body of an answer. Raises TypeError for None, as Odoo does after its commit (R-4)."""
    pieces: list[str] = []
    _write(value, pieces.append)
    text = "".join(pieces)
    return f"{_HEAD}<params>\n<param>\n{text}</param>\n</params>\n{_TAIL}".encode()


def encode_fault(code: int, text: str) -> bytes:
    """The body of a fault."""
    pieces: list[str] = []
    _write({"faultCode": code, "faultString": text}, pieces.append)
    return f"{_HEAD}<fault>\n{''.join(pieces)}</fault>\n{_TAIL}".encode()


def _write(value: Any, put: Any) -> None:
    if isinstance(value, str):
        put(f"<value><string>{escape(value.translate(_CONTROLS))}</string></value>\n")
    elif isinstance(value, bool):
        put(f"<value><boolean>{int(value)}</boolean></value>\n")
    elif isinstance(value, int):
        put(f"<value><int>{value}</int></value>\n")
    elif isinstance(value, float):
        put(f"<value><double>{value!r}</double></value>\n")
    else:
        _write_many(value, put)


def _write_many(value: Any, put: Any) -> None:
    if isinstance(value, dict):
        put("<value><struct>\n")
        for name, item in value.items():
            put(f"<member>\n<name>{escape(str(name))}</name>\n")
            _write(item, put)
            put("</member>\n")
        put("</struct></value>\n")
    elif isinstance(value, (list, tuple)):
        put("<value><array><data>\n")
        for item in value:
            _write(item, put)
        put("</data></array></value>\n")
    else:
        raise TypeError(f"cannot marshal {value} unless allow_none is enabled")
