"""Open receivables as of a day, item by item, and the two balances that the ageing is tied out with.

residual(item, D) = balance - matches that count on D (`items.py`). Invoice 500 due 1 March with an unmatched credit
note of 120 dated 25 April: on 30 April two open items, 500 (60 days past due) and -120 (5 days); once they are matched
one open item of 380 (cases C1, C2 of collections.md).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from kam_connector.facts.customers import customer_keys, partners
from kam_connector.facts.items import (
    INVOICES,
    Counted,
    counted_matches,
    leave_open,
    receivable_items,
    receivable_lines,
    settled_amounts,
    sum_documents,
    with_company_currency,
    with_documents,
)
from kam_connector.facts.live import live, remembered
from kam_connector.facts.people import user_teams

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

NO_CUSTOMER = 0
_COLUMNS = (
    "item_id",
    "company_id",
    "customer_id",
    "group_id",
    "partner_id",
    "user_id",
    "team_id",
    "account_id",
    "non_trade",
    "move_id",
    "date",
    "due_date",
    "company_currency_id",
    "currency_id",
    "balance_minor",
    "residual_minor",
    "amount_currency_minor",
    "residual_currency_minor",
    "pending",
)


@remembered
def open_items(con: BaseBackend, as_of: date, counted: Counted = "company") -> ir.Table:
    """One row an item that is open on `as_of`: figures and days, no texts.

    Open is what is not zero in the company's currency, or in the document's when that is what is `counted`.

    Columns: item_id, company_id, customer_id (0: no partner), group_id, partner_id, user_id (of the invoice, else of
    the partner, else of the customer), team_id, account_id, non_trade, move_id, date, due_date (maturity, else date),
    company_currency_id, currency_id, balance_minor and residual_minor (company currency), amount_currency_minor and
    residual_currency_minor (currency_id), pending (an invoice for which a payment is registered but not booked).
    Requirements S4-39, S4-41.
    """
    item = _with_people(con, _with_sellers(con, _open(con, as_of, counted)))
    return item.mutate(pending=item.in_payment & (item.residual_minor > 0)).select(*_COLUMNS)


def open_amounts(con: BaseBackend, as_of: date) -> ir.Table:
    """The same items with what a sum by customer needs, at a fraction of the cost.

    Columns: item_id, company_id, customer_id (0: no partner), non_trade, due_date, residual_minor (company currency).
    """
    item = leave_open(receivable_lines(con, as_of), settled_amounts(con, as_of))
    partner = customer_keys(con)
    joined = item.left_join(partner, item.partner_id == partner.partner_key)
    return joined.select(
        "item_id",
        "company_id",
        "non_trade",
        "due_date",
        "residual_minor",
        customer_id=joined.customer_key.fill_null(NO_CUSTOMER),
    )


def open_papers(con: BaseBackend, as_of: date) -> ir.Table:
    """What the items of `open_items` are called on paper: item_id, kind, document (number of the entry).

    kind: invoice, credit_note, payment, entry, exchange, write_off (`items.with_documents`).
    """
    return with_documents(con, as_of, _open(con, as_of)).select("item_id", "kind", "document")


def ledger_balance(con: BaseBackend, as_of: date) -> ir.Table:
    """company_id, account_id, ledger_minor: the receivable balance as the ERP itself sums it (not from the rows)."""
    total = con.table("control_total")
    total = total.filter(total.day <= as_of)
    return total.group_by("company_id", "account_id").agg(ledger_minor=total.balance_minor.sum().cast("int64"))


def mirror_balance(con: BaseBackend, as_of: date) -> ir.Table:
    """company_id, account_id, mirror_minor: the same from the pulled items."""
    item = receivable_items(con, as_of)
    return item.group_by("company_id", "account_id").agg(mirror_minor=item.balance_minor.sum().cast("int64"))


def document_balance(con: BaseBackend, as_of: date) -> ir.Table:
    """company_id, currency_id, ledger_minor, across_minor: the receivable accounts in the documents' own currencies.

    ledger_minor sums amount_currency of the pulled items (the ERP's own totals know no currency); with across_minor,
    what matches with items of another currency or company add, it is what is open in that currency.
    """
    return sum_documents(counted_matches(con, as_of), receivable_items(con, as_of))


@remembered
def _open(con: BaseBackend, as_of: date, counted: Counted = "company") -> ir.Table:
    rest = leave_open(receivable_lines(con, as_of), settled_amounts(con, as_of), counted)
    return with_company_currency(con, rest)


def _with_sellers(con: BaseBackend, item: ir.Table) -> ir.Table:
    """Who sold it (seller_id, sold_team_id) and in_payment, of invoices and credit notes; a mere entry has none.

    Odoo 14 puts whoever booked an entry there.
    """
    move = live(con, "account_move")
    move = move.filter(move.move_type.isin([*INVOICES, "out_refund"]))
    paid = (move.payment_state == "in_payment") & move.move_type.isin(INVOICES)
    sold = move.select(move_key="id", seller_id="invoice_user_id", sold_team_id="team_id", in_payment=paid)
    joined = item.left_join(sold, item.move_id == sold.move_key)
    return joined.mutate(in_payment=joined.in_payment.fill_null(False)).drop("move_key")


def _with_people(con: BaseBackend, item: ir.Table) -> ir.Table:
    """customer_id, group_id, user_id and team_id beside each item."""
    partner = _partners(con)
    joined = item.left_join(partner, item.partner_id == partner.partner_key)
    joined = joined.mutate(
        customer_id=joined.customer_id.fill_null(NO_CUSTOMER),
        group_id=joined.group_id.fill_null(NO_CUSTOMER),
        user_id=joined.seller_id.fill_null(joined.partner_user_id),
    )
    team = user_teams(con).select(member_id="user_id", user_team_id="team_id")
    joined = joined.left_join(team, joined.user_id == team.member_id)
    return joined.mutate(team_id=joined.sold_team_id.fill_null(joined.user_team_id))


@remembered
def _partners(con: BaseBackend) -> ir.Table:
    found = partners(con)
    return found.select("customer_id", "group_id", partner_key="partner_id", partner_user_id="user_id")
