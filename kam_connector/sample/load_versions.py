"""What the loader must say differently to Odoo 14 and 19, as one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wording:
    """Names and commands of one generation of Odoo.

    `has_members`: team membership is a model of its own. `terms_balance`: the last instalment is a "balance" line.
    `reconcile_code`: what the server action runs for the groups of line ids in the context's `kam_work`.
    """

    user_groups: str
    order_taxes: str
    order_unit: str
    payment_memo: str
    term_days: str
    term_kind: tuple[str, str]
    terms_balance: bool
    has_members: bool
    write_off_as_list: bool
    reconcile_code: str


_OLD = Wording(
    user_groups="groups_id", order_taxes="tax_id", order_unit="product_uom", payment_memo="ref", term_days="days",
    term_kind=("option", "day_after_invoice_date"), terms_balance=True, has_members=False, write_off_as_list=False,
    reconcile_code="for ids in env.context['kam_work']:\n    env['account.move.line'].browse(ids).reconcile()\n",
)  # fmt: skip
_NEW = Wording(
    user_groups="group_ids", order_taxes="tax_ids", order_unit="product_uom_id", payment_memo="memo",
    term_days="nb_days", term_kind=("delay_type", "days_after"), terms_balance=False, has_members=True,
    write_off_as_list=True,
    reconcile_code=(
        "lines = env['account.move.line']\n"
        "lines._reconcile_plan([lines.browse(ids) for ids in env.context['kam_work']])\n"
    ),
)  # fmt: skip
SUPPORTED = {14: _OLD, 19: _NEW}


def write_off(wording: Wording, amount: float, *, currency: int, account: int, label: str) -> Values | list[Values]:
    """The part of a payment that we let go of, as the version's `account.payment` takes it at creation."""
    if not wording.write_off_as_list:
        return {"name": label, "amount": amount, "account_id": account}
    return [
        {"name": label, "account_id": account, "currency_id": currency, "amount_currency": amount, "balance": amount}
    ]


def instalments(wording: Wording, parts: tuple[tuple[int, int], ...]) -> list[Any]:
    """Commands for the lines of a payment term from (percent, days)."""
    kind, option = wording.term_kind
    lines = []
    for position, (percent, days) in enumerate(parts):
        values: Values = {wording.term_days: days, kind: option}
        if wording.terms_balance and position == len(parts) - 1:
            lines.append((0, 0, {**values, "value": "balance"}))
        else:
            lines.append((0, 0, {**values, "value": "percent", "value_amount": percent}))
    return lines
