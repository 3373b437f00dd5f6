"""The addon's endpoint `kam.extract`: pages, digests, sums and fields of many models as one compressed string.

The form is that of `addon_manifest/models/kam_extract.py`; only stored columns are told, as there. A mark is made of
the answer itself.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import zlib
from calendar import timegm
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from .faults import SandboxFault, forbidden
from .groups import formatted_read_group
from .login import Caller, companies_of
from .reading import fields_get, search_read
from .schema import FieldSpec
from .store import Store

MODEL = "kam.extract"
PROTOCOL = 1
_EMPTY_IS_NULL = frozenset({"many2one", "many2one_reference"})
_NO_COLUMN = frozenset({"one2many", "many2many", "binary"})
Question = Mapping[str, Any]


def pull(store: Store, caller: Caller, _: str, requests: Sequence[Question]) -> str:
    """The answers to all questions as one string; one that cannot be answered stops only itself."""
    if (MODEL, "read") in caller.denied:
        raise forbidden("Only the connector's own login may use this endpoint.")
    answers = [_answer(store, replace(caller, active_test=False), question) for question in requests]
    heading = json.dumps({"protocol": PROTOCOL, "parts": [part for part, _ in answers]}).encode()
    content = zlib.compress(b"".join(body for _, body in answers), 1)
    return base64.b64encode(struct.pack(">I", len(heading)) + heading + content).decode()


def _answer(store: Store, caller: Caller, question: Question) -> tuple[dict[str, Any], bytes]:
    try:
        if "companies" in question:
            context = {"allowed_company_ids": question["companies"]}
            caller = replace(caller, companies=companies_of(store, caller.uid, context))
        body = _KINDS[question["kind"]](store, caller, question)
        mark = hashlib.sha256(body).hexdigest()[:32] if "mark" in question else ""
    except (SandboxFault, KeyError, TypeError, ValueError) as fault:
        return {"error": "refused", "message": str(fault)}, b""
    if mark and mark == question["mark"]:
        return {"size": 0, "mark": mark, "same": True}, b""
    return {"size": len(body), **({"mark": mark, "same": False} if mark else {})}, body


def _page(store: Store, caller: Caller, question: Question) -> bytes:
    model, names = question["model"], list(question.get("fields") or ())
    specs = [_column(store, model, name) for name in names]
    domain = [*question.get("domain", ()), ["id", ">", question.get("after_id") or 0]]
    rows = search_read(store, caller, model, domain, names, load="", limit=question.get("limit"), order="id")
    lines = [[str(row["id"]), *(_cell(spec, row[spec.name]) for spec in specs)] for row in rows]
    return "".join(",".join(line) + "\n" for line in lines).encode("utf-8", "surrogatepass")


def _digest(store: Store, caller: Caller, question: Question) -> bytes:
    size = int(question.get("block_rows") or 0)
    blocks: dict[int, list[int]] = {} if size else {0: [0, 0, 0]}
    for row in search_read(store, caller, question["model"], question.get("domain", ()), ["write_date"], order="id"):
        figures = blocks.setdefault(row["id"] // size if size else 0, [0, 0, 0])
        seconds = timegm(datetime.fromisoformat(row["write_date"]).timetuple()) if row["write_date"] else 0
        for place, value in enumerate((1, row["id"], seconds * (1 + row["id"] % 2**16))):
            figures[place] = (figures[place] + value) % (2**61 - 1)
    return "".join(f"{block},{','.join(map(str, figures))}\n" for block, figures in blocks.items()).encode()


def _sums(store: Store, caller: Caller, question: Question) -> bytes:
    words = (question.get("domain", ()), question.get("by", ()), question.get("aggregates", ()))
    groups = formatted_read_group(store, caller, question["model"], *words)
    names = [*question.get("by", ()), *question.get("aggregates", ())]
    return json.dumps([[_first(group[name]) for name in names] for group in groups]).encode()


def _first(value: Any) -> Any:
    """The id of a link, the beginning of a period; null for none."""
    found = value[0] if isinstance(value, list) else value
    return None if found is False else found


def _fields(store: Store, caller: Caller, question: Question) -> bytes:
    there = question["model"] in store.schema.models
    found = fields_get(store, caller, question["model"], question["attributes"]) if there else {}
    return json.dumps(found).encode()


def _column(store: Store, model: str, name: str) -> FieldSpec:
    spec = store.schema.models[model].get(name)
    if spec is None or not spec.stored or spec.type in _NO_COLUMN:
        raise ValueError(f"{name} of {model} is not a stored column.")
    return spec


def _cell(spec: FieldSpec, value: Any) -> str:
    """The value as PostgreSQL writes CSV: NULL is an empty cell, an empty text a quoted one."""
    if spec.type == "boolean":
        return "t" if value else "f"
    if value is False or (spec.type in _EMPTY_IS_NULL and not value):
        return ""
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    return repr(value)


_KINDS: Mapping[str, Callable[[Store, Caller, Question], bytes]] = {
    "page": _page,
    "digest": _digest,
    "sums": _sums,
    "fields": _fields,
}
