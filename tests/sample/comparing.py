"""Rows of two ERPs that hold the same company under different ids, made comparable.

Ids become names: a partner its reference, an order the customer's reference, an invoice its `ref`, a payment (customer,
day, amount, memo), an exchange entry (day, its lines).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]
Names = dict[str, dict[int, Any]]

# fields that hold one of our ids, and the model they point to
_POINTERS = {
    "partner_id": "res.partner", "commercial_partner_id": "res.partner", "partner_invoice_id": "res.partner",
    "user_id": "res.users", "invoice_user_id": "res.users", "team_id": "crm.team", "company_id": "res.company",
    "currency_id": "res.currency", "order_id": "sale.order", "move_id": "account.move",
    "reversed_entry_id": "account.move", "product_id": "product.product",
}  # fmt: skip
_LABELS = {
    "res.partner": "ref", "res.users": "login", "crm.team": "name", "res.company": "name", "res.currency": "name",
    "sale.order": "client_order_ref", "product.product": "default_code",
}  # fmt: skip
FIELDS = {
    "res.partner": ("ref", "active", "is_company", "parent_id", "commercial_partner_id", "user_id", "company_id"),
    "res.users": ("login", "active"),
    "crm.team": ("name", "user_id", "company_id"),
    "res.company": ("name", "currency_id"),
    "res.currency": ("name",),
    "product.product": ("default_code",),
    "sale.order": (
        "partner_id", "partner_invoice_id", "user_id", "team_id", "company_id", "currency_id", "currency_rate",
        "date_order", "validity_date", "state", "amount_untaxed", "amount_tax", "amount_total", "invoice_status",
        "client_order_ref",
    ),
    "sale.order.line": (
        "order_id", "product_id", "product_uom_qty", "qty_delivered", "qty_invoiced", "price_unit", "discount",
        "price_subtotal", "price_total", "company_id", "currency_id", "state",
    ),
    "account.move": (
        "move_type", "state", "partner_id", "commercial_partner_id", "invoice_user_id", "team_id", "invoice_date",
        "date", "amount_untaxed", "amount_tax", "amount_total", "amount_residual", "amount_untaxed_signed",
        "amount_total_signed", "amount_residual_signed", "currency_id", "company_id", "payment_state",
        "reversed_entry_id", "ref",
    ),
    "account.move.line": (
        "move_id", "partner_id", "date", "date_maturity", "debit", "credit", "balance", "amount_currency",
        "amount_residual", "amount_residual_currency", "reconciled", "parent_state", "product_id", "quantity",
        "price_unit", "discount", "price_subtotal", "company_id", "currency_id", "display_type",
    ),
    "account.partial.reconcile": (
        "amount", "debit_amount_currency", "credit_amount_currency", "max_date", "company_id",
    ),
    "account.payment": (
        "partner_id", "amount", "payment_type", "move_id", "currency_id", "company_id", "state", "date",
        "is_matched", "is_reconciled",
    ),
}  # fmt: skip
COMPARED = ("sale.order", "sale.order.line", "account.move", "account.move.line", "account.partial.reconcile",
            "account.payment")  # fmt: skip


def comparable(tables: Tables, model: str) -> Counter[tuple[Any, ...]]:
    """The rows of a model with names in place of ids, counted."""
    names = _names(tables)
    fields = FIELDS[model]
    return Counter(tuple(_cell(names, field, row[field]) for field in fields) for row in tables[model])


def differences(one: Tables, other: Tables, model: str) -> list[str]:
    """The first rows that only one of them has, as text."""
    left, right = comparable(one, model), comparable(other, model)
    only = [("only left ", row) for row in left - right] + [("only right", row) for row in right - left]
    return [f"{side} {model} {row}" for side, row in sorted(only, key=str)[:6]]


def _cell(names: Names, field: str, value: Any) -> Any:
    """A cell without ids; empty is None, money has six digits."""
    if field in _POINTERS:
        return names[_POINTERS[field]].get(value) if value else None
    if isinstance(value, float):
        return round(value, 6) + 0.0
    return None if value is False and field not in ("reconciled", "is_matched", "is_reconciled") else value


def _names(tables: Tables) -> Names:
    """What stands for each id."""
    names: Names = {m: {row["id"]: row[label] or None for row in tables[m]} for m, label in _LABELS.items()}
    paid = {row["move_id"]: row for row in tables["account.payment"]}
    lines: dict[int, list[Any]] = {}
    for line in tables["account.move.line"]:
        lines.setdefault(line["move_id"], []).append(round(line["balance"], 2))
    names["account.move"] = {
        row["id"]: _move_name(names, row, paid.get(row["id"]), lines.get(row["id"], []))
        for row in tables["account.move"]
    }
    return names


def _move_name(names: Names, move: Row, payment: Row | None, balances: list[float]) -> Any:
    """What stands for an entry."""
    if payment:
        return names["res.partner"][payment["partner_id"]], str(payment["date"]), payment["amount"], move["ref"]
    return move["ref"] or (str(move["date"]), tuple(sorted(balances)))
