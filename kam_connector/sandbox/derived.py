"""Fields that Odoo computes when a row is written: only those that the connector's own writing touches."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .store import Row, Store

_OVERDUE = ("d1_30", "d31_60", "d61_90", "d91_180", "d181_plus")
_COMPANY_CURRENCY = {"currency_id": "company_id.currency_id"}

# field = path that it follows
_RELATED: dict[str, dict[str, str]] = {
    "kam.customer": _COMPANY_CURRENCY,
    "kam.ageing": _COMPANY_CURRENCY,
    "kam.collection.case": _COMPANY_CURRENCY,
    "kam.collection.task": _COMPANY_CURRENCY,
    "kam.complaint": _COMPANY_CURRENCY,
    "kam.plan": _COMPANY_CURRENCY,
    "kam.plan.measure": {"company_id": "plan_id.company_id", "partner_id": "plan_id.partner_id"},
    "kam.target": _COMPANY_CURRENCY,
    "kam.complaint.line": {"company_id": "complaint_id.company_id", **_COMPANY_CURRENCY},
    "kam.complaint.event": {"company_id": "complaint_id.company_id"},
    "kam.complaint.evidence": {"company_id": "complaint_id.company_id"},
    "kam.ageing.line": {
        **_COMPANY_CURRENCY,
        "as_of": "ageing_id.as_of",
        "basis": "ageing_id.basis",
        "is_snapshot": "ageing_id.is_snapshot",
    },
    "kam.payout.line": {
        "currency_id": "payout_id.currency_id",
        "payee_id": "payout_id.payee_id",
        "plan": "payout_id.plan",
        "period": "payout_id.period",
        "partner_id": "move_id.commercial_partner_id",
    },
    "kam.payout.objection": {
        "company_id": "payout_id.company_id",
        "payee_id": "payout_id.payee_id",
        "plan": "payout_id.plan",
        "period": "payout_id.period",
    },
    "mail.activity": {"res_model": "res_model_id.model"},
    "ir.model.fields": {"model": "model_id.model"},
}
_DEPENDENTS = {"kam.ageing": ("kam.ageing.line", "ageing_id"), "kam.payout": ("kam.payout.line", "payout_id")}


def derive(store: Store, model: str, row: Row) -> None:
    """The computed fields of the row are what Odoo would make of the others."""
    for name, path in _RELATED.get(model, {}).items():
        row[name] = _follow(store, model, row, path)
    compute = _COMPUTED.get(model)
    if compute is not None:
        compute(store, row)
    round_money(store, model, row)


def derive_dependents(store: Store, model: str, row_id: int) -> None:
    """Rows that copy fields of the row have its new values."""
    other, link = _DEPENDENTS.get(model, ("", ""))
    for row in [row for row in store.tables.get(other, {}).values() if row[link] == row_id]:
        fresh = dict(row)
        derive(store, other, fresh)
        if fresh != row:
            store.put(other, fresh)


def round_money(store: Store, model: str, row: Row) -> None:
    """Monetary cells have no more digits than their currency, half away from zero."""
    currency = store.tables["res.currency"].get(row.get("currency_id") or 0)
    digits = int(currency["decimal_places"]) if currency else 2
    for name, spec in store.schema.models[model].items():
        places = digits if spec.type == "monetary" else spec.digits
        if places >= 0 and spec.stored:
            row[name] = _rounded(row[name], places)


def _rounded(value: Any, places: int) -> float:
    return float(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))


def _follow(store: Store, model: str, row: Row, path: str) -> Any:
    name, _, rest = path.partition(".")
    spec = store.schema.models[model][name]
    other = store.tables[spec.relation].get(row[name])
    return other[rest] if other is not None else store.schema.models[spec.relation][rest].empty


def _overdue(_: Store, row: Row) -> None:
    row["overdue"] = sum(row[name] for name in _OVERDUE)


def _current_tier(_: Store, row: Row) -> None:
    row["current_tier_id"] = row["tier_override_id"] or row["tier_id"]


def _commercial(store: Store, row: Row) -> None:
    parent = store.tables["res.partner"].get(row["parent_id"])
    row["commercial_partner_id"] = row["id"] if parent is None or row["is_company"] else parent["commercial_partner_id"]


def _file(_: Store, row: Row) -> None:
    content = base64.b64decode(row["datas"] or "")
    row["file_size"] = len(content)
    row["checksum"] = hashlib.sha1(content, usedforsecurity=False).hexdigest()


_COMPUTED: dict[str, Callable[[Store, Row], None]] = {
    "ir.attachment": _file,
    "kam.ageing": _overdue,
    "kam.ageing.line": _overdue,
    "kam.customer": _current_tier,
    "res.partner": _commercial,
}
