"""What customers promised to pay, and the cash that came in since: the two sides that a promise is judged by.

Cash is a posted payment on a receivable account, matched or not, on its own date: a customer who promised 1000 by
Friday and transfers it on Thursday has kept his word, whoever finds the time to match it. Credit notes and write-offs
are no cash. Of a payment that was given back (reversed, or paid out again against it) only the rest counts.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from kam_connector.facts.customers import customer_keys
from kam_connector.facts.days import Zones, day_end
from kam_connector.facts.items import counted_matches, entry_kinds, receivable_items, with_entries
from kam_connector.facts.live import live

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


def promises(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """One row a promise made up to `as_of`, those that people cancelled included.

    Columns: promise_id, company_id, customer_id (0: no partner), user_id, currency_id, currency (code), digits,
    amount_minor (currency_id), promised_for, made_on, move_id (the invoice that it is about; null: any), task_id, kind
    (promise, extension), approval and state (today's), granted (approved by the end of `as_of` in the company's zone).
    Requirement S4-52.
    """
    promise = live(con, "kam_promise")
    promise = promise.filter(promise.made_on <= as_of)
    partner = live(con, "res_partner").select(partner_key="id", customer_key="commercial_partner_id")
    joined = promise.left_join(partner, promise.partner_id == partner.partner_key)
    currency = live(con, "res_currency").select(currency_key="id", currency="name", digits="decimal_places")
    joined = joined.left_join(currency, joined.currency_id == currency.currency_key)
    decided = joined.approved_on < day_end(con, joined.company_id, as_of, zones)
    return joined.select(
        "company_id",
        "user_id",
        "currency_id",
        "currency",
        "digits",
        "amount_minor",
        "promised_for",
        "made_on",
        "move_id",
        "task_id",
        "kind",
        "approval",
        "state",
        promise_id=joined.id,
        customer_id=joined.customer_key.fill_null(joined.partner_id).fill_null(0),
        granted=((joined.approval == "approved") & decided.fill_null(True)).fill_null(False),
    ).relocate("promise_id")


def receipts(con: BaseBackend, as_of: date, also: ir.Table | None = None) -> ir.Table:
    """One row a payment of a customer who has promised something, on or after the first promise, up to `as_of`.

    `also`: promises that the mirror does not have (company_id, customer_id, made_on).

    Columns: item_id (the payment's item), company_id, customer_id, date, currency_id, received_minor (company currency,
    positive, less what was given back), received_currency_minor (currency_id).
    """
    item = receivable_items(con, as_of)
    item = item.filter(item.balance_minor < 0)
    partner = customer_keys(con).rename(customer_id="customer_key")
    item = item.inner_join(partner, item.partner_id == partner.partner_key).drop("partner_key")
    since = _first_promises(con, as_of, also)
    own = (item.company_id == since.company_key) & (item.customer_id == since.customer_key)
    item = item.inner_join(since, own).drop("company_key", "customer_key")
    paid = with_entries(con, item.filter(item.date >= item.since))
    paid = paid.filter(paid.kind == "payment")
    back = _given_back(con, as_of, paid)
    joined = paid.left_join(back, paid.item_id == back.back_key)
    joined = joined.mutate(
        received_minor=-joined.balance_minor - joined.back_minor.fill_null(0),
        received_currency_minor=-joined.amount_currency_minor - joined.back_currency_minor.fill_null(0),
    )
    columns = ("item_id", "company_id", "customer_id", "date", "currency_id")
    return joined.filter(joined.received_minor > 0).select(*columns, "received_minor", "received_currency_minor")


def paid_documents(con: BaseBackend, as_of: date, also: ir.Table | None = None) -> ir.Table:
    """One row a payment and invoice that is promised: what of the payment is matched with the invoice.

    `also`: promises that the mirror does not have (move_id).

    Columns: item_id (the payment's, as in `receipts`), move_id (the invoice), currency_id (the invoice's), amount_minor
    (company currency), amount_currency_minor (currency_id).
    """
    match = counted_matches(con, as_of)
    promised = promises(con, as_of).select(promised_key="move_id")
    if also is not None:
        promised = promised.union(also.select(promised_key=also.move_id.cast("int64")))
    match = match.semi_join(promised.distinct(), match.debit_document_id == promised.promised_key)
    debit = receivable_items(con, as_of).select(debit_key="item_id", currency_id="currency_id")
    joined = match.inner_join(debit, match.debit_item_id == debit.debit_key)
    kind = entry_kinds(con, as_of).select(kind_key="item_id", kind="kind")
    joined = joined.inner_join(kind, joined.credit_item_id == kind.kind_key)
    joined = joined.filter(joined.kind == "payment").rename(item_id="credit_item_id", move_id="debit_document_id")
    return joined.group_by("item_id", "move_id", "currency_id").agg(
        amount_minor=joined.amount_minor.sum().cast("int64"),
        amount_currency_minor=joined.debit_amount_minor.sum().cast("int64"),
    )


def _first_promises(con: BaseBackend, as_of: date, also: ir.Table | None) -> ir.Table:
    """company_key, customer_key, since: the day of each customer's first promise."""
    columns = ("company_id", "customer_id", "made_on")
    promise = promises(con, as_of).select(*columns)
    if also is not None:
        kinds = {"company_id": "int64", "customer_id": "int64", "made_on": "date"}
        promise = promise.union(also.select(*columns).cast(kinds))
    return promise.group_by(company_key="company_id", customer_key="customer_id").agg(since=promise.made_on.min())


def _given_back(con: BaseBackend, as_of: date, paid: ir.Table) -> ir.Table:
    """back_key, back_minor, back_currency_minor: what of these payments' items was reversed or paid out again."""
    own = paid.select(credit_key="item_id", paid_move_id="move_id")
    match = counted_matches(con, as_of)
    joined = match.inner_join(own, match.credit_item_id == own.credit_key)
    kind = entry_kinds(con, as_of).select(debit_key="item_id", debit_kind="kind")
    joined = joined.inner_join(kind, joined.debit_item_id == kind.debit_key)
    reversal = live(con, "account_move").select(reversal_key="id", reversed_id="reversed_entry_id")
    joined = joined.left_join(reversal, joined.debit_document_id == reversal.reversal_key)
    is_reversal = (joined.reversed_id == joined.paid_move_id).fill_null(False)
    joined = joined.filter((joined.debit_kind == "payment") | is_reversal)
    return joined.group_by(back_key="credit_item_id").agg(
        back_minor=joined.amount_minor.sum().cast("int64"),
        back_currency_minor=joined.credit_amount_minor.sum().cast("int64"),
    )
