"""What tells that a customer has money: payments in any company, credit notes and refunds given to him, new orders."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.customers import customer_keys
from kam_connector.facts.days import Zones, day_end
from kam_connector.facts.items import counted_matches, receivable_items, with_entries
from kam_connector.facts.live import live

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

_COLUMNS = ("company_id", "customer_id", "kind", "document", "date", "due_date", "currency", "digits", "amount_minor")


def cash_signals(con: BaseBackend, first: date, last: date, zones: Zones | None = None) -> ir.Table:
    """One row a payment, refund, credit note or confirmed order of the days `first` to `last`, of any customer.

    Columns: company_id, customer_id, kind (payment, refund, credit_note, order), document (its number), date (an
    order's in universal time), due_date (of the youngest debt that a payment is matched with; empty otherwise),
    currency (code) and digits (the company's; of an order its own), amount_minor (positive). Requirement S4-59.
    """
    return _booked(con, first, last).union(_orders(con, first, last, zones))


def _booked(con: BaseBackend, first: date, last: date) -> ir.Table:
    item = receivable_items(con, last)
    item = with_entries(con, item.filter(item.date >= first))
    kind = ibis.cases(
        ((item.kind == "payment") & (item.balance_minor < 0), "payment"),
        ((item.kind == "payment") & (item.balance_minor > 0), "refund"),
        ((item.kind == "credit_note") & (item.balance_minor < 0), "credit_note"),
    )
    item = item.mutate(kind=kind)
    item = _with_customer(con, item.filter(item.kind.notnull()))
    youngest = _youngest_paid(con, last)
    joined = item.left_join(youngest, item.item_id == youngest.paying_key)
    joined = _with_currency(con, joined, joined.company_currency_id)
    due = ibis.ifelse(joined.kind == "payment", joined.youngest_due, ibis.null("date"))
    return joined.mutate(due_date=due, amount_minor=joined.balance_minor.abs()).select(*_COLUMNS)


def _youngest_paid(con: BaseBackend, as_of: date) -> ir.Table:
    """paying_key (a credit item), youngest_due: the latest due date among the debts that it is matched with."""
    match = counted_matches(con, as_of)
    debit = receivable_items(con, as_of).select(debit_key="item_id", debit_due="due_date")
    joined = match.inner_join(debit, match.debit_item_id == debit.debit_key)
    return joined.group_by(paying_key="credit_item_id").agg(youngest_due=joined.debit_due.max())


def _orders(con: BaseBackend, first: date, last: date, zones: Zones | None) -> ir.Table:
    order = live(con, "sale_order")
    order = order.filter(
        order.state.isin(["sale", "done"]),
        order.date_order >= day_end(con, order.company_id, first - timedelta(days=1), zones),
        order.date_order < day_end(con, order.company_id, last, zones),
    )
    order = order.mutate(kind=ibis.literal("order"), document=order.name, date=order.date_order.date())
    order = _with_currency(con, _with_customer(con, order), order.currency_id)
    amount, none = order.amount_total_minor.cast("int64"), ibis.null("date")
    return order.mutate(due_date=none, amount_minor=amount).select(*_COLUMNS)


def _with_customer(con: BaseBackend, table: ir.Table) -> ir.Table:
    """The rows of known customers, with customer_id."""
    partner = customer_keys(con).rename(customer_id="customer_key")
    return table.inner_join(partner, table.partner_id == partner.partner_key).drop("partner_key")


def _with_currency(con: BaseBackend, table: ir.Table, currency_id: ir.Value) -> ir.Table:
    """The rows with code and digits of that currency."""
    currency = live(con, "res_currency").select(currency_key="id", currency="name", digits="decimal_places")
    return table.mutate(own_currency=currency_id).inner_join(currency, ibis._.own_currency == currency.currency_key)
