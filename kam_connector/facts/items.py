"""Receivable journal items as of a day, what kind each is, and the matches between them that count.

A match counts on day D only when both of its items are posted and dated on or before D: it has no date of its own,
and `amount_residual` of the ERP is today's (collections.md 2.2). Every account of type receivable is in; non-trade
ones carry a flag.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

import ibis

from kam_connector.facts.companies import company_currencies
from kam_connector.facts.live import live, remembered

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

INVOICES = ("out_invoice", "out_receipt")
"""The entries that ask a customer for money."""
CREDIT_NOTE = "out_refund"
Counted = Literal["company", "document"]
"""In which currency an item is open or not: its company's, or its own."""


@remembered
def receivable_items(con: BaseBackend, as_of: date) -> ir.Table:
    """Posted items on receivable accounts dated up to `as_of`, one row each, open or not.

    Columns: item_id, company_id, company_currency_id, currency_id, account_id, non_trade, move_id, partner_id, date,
    due_date (maturity, else date), balance_minor (company currency), amount_currency_minor (item's currency).
    """
    return with_company_currency(con, receivable_lines(con, as_of))


@remembered
def receivable_lines(con: BaseBackend, as_of: date) -> ir.Table:
    """The same without company_currency_id, for whoever keeps few of them."""
    line = _posted_lines(con, as_of)
    account = receivable_accounts(con)
    joined = line.inner_join(account, line.account_id == account.account_key)
    return joined.select(
        "company_id",
        "currency_id",
        "account_id",
        "non_trade",
        "move_id",
        "partner_id",
        "date",
        "balance_minor",
        "amount_currency_minor",
        item_id=joined.id,
        due_date=joined.date_maturity.fill_null(joined.date),
    )


def with_company_currency(con: BaseBackend, item: ir.Table) -> ir.Table:
    """The items with company_currency_id."""
    company = company_currencies(con).rename(company_key="company_id")
    return item.left_join(company, item.company_id == company.company_key).drop("company_key")


@remembered
def counted_matches(con: BaseBackend, as_of: date) -> ir.Table:
    """Matches of which both items are posted and dated up to `as_of`.

    Columns: match_id, company_id, debit_item_id, credit_item_id, debit_document_id and credit_document_id (the items'
    entries), date (the later of the two items'), amount_minor (company currency), debit_amount_minor,
    credit_amount_minor (each in its item's currency).
    """
    return count_matches(live_matches(con), posted_items(con, as_of))


@remembered
def live_matches(con: BaseBackend) -> ir.Table:
    """match_id, company_id, debit_item_id, credit_item_id, amount_minor, debit_ and credit_amount_minor of all."""
    match = live(con, "account_partial_reconcile")
    return match.select(
        "company_id",
        "amount_minor",
        match_id="id",
        debit_item_id="debit_move_id",
        credit_item_id="credit_move_id",
        debit_amount_minor="debit_amount_currency_minor",
        credit_amount_minor="credit_amount_currency_minor",
    )


@remembered
def posted_items(con: BaseBackend, as_of: date) -> ir.Table:
    """item_id, move_id, date of the items of `receivable_lines`."""
    line = _posted_lines(con, as_of)
    account = receivable_accounts(con)
    line = line.semi_join(account, line.account_id == account.account_key)
    return line.select("move_id", "date", item_id="id")


def count_matches(match: ir.Table, item: ir.Table) -> ir.Table:
    """The matches of which both items are among `item` (item_id, move_id, date: what is posted and dated by the day).

    Columns added: debit_document_id and credit_document_id (the items' entries), date (the later of the two items').
    """
    debit = item.select(debit_key="item_id", debit_document_id="move_id", debit_date="date")
    credit = item.select(credit_key="item_id", credit_document_id="move_id", credit_date="date")
    joined = match.inner_join(debit, match.debit_item_id == debit.debit_key)
    joined = joined.inner_join(credit, joined.credit_item_id == credit.credit_key)
    joined = joined.mutate(date=ibis.greatest(joined.debit_date, joined.credit_date))
    return joined.drop("debit_key", "debit_date", "credit_key", "credit_date")


@remembered
def _posted_lines(con: BaseBackend, as_of: date) -> ir.Table:
    line = live(con, "account_move_line")
    return line.filter(line.parent_state == "posted", line.date <= as_of)


@remembered
def receivable_accounts(con: BaseBackend) -> ir.Table:
    """account_key, non_trade of the accounts of type receivable."""
    account = live(con, "account_account")
    account = account.filter(account.account_type == "asset_receivable")
    return account.select(account_key="id", non_trade=account.non_trade.fill_null(False))


@remembered
def settled_amounts(con: BaseBackend, as_of: date) -> ir.Table:
    """item_id, settled_minor, settled_currency_minor: what matches take off debit items or give to credit items.

    Counted are matches of which the other item is posted and dated up to `as_of`; whether the item itself is, whoever
    joins it to such items finds out (`leave_open`): that saves half of the work.
    """
    match, other = live_matches(con), posted_items(con, as_of)
    taken = match.semi_join(other, match.credit_item_id == other.item_id)
    given = match.semi_join(other, match.debit_item_id == other.item_id)
    return _sum_sides(taken, given)


def settle(match: ir.Table) -> ir.Table:
    """The same of matches that count: debit_item_id, credit_item_id, amount_minor, debit_ and credit_amount_minor."""
    return _sum_sides(match, match)


def _sum_sides(taken: ir.Table, given: ir.Table) -> ir.Table:
    debit = taken.select(
        item_id="debit_item_id", settled_minor="amount_minor", settled_currency_minor="debit_amount_minor"
    )
    credit = given.select(
        item_id=given.credit_item_id,
        settled_minor=-given.amount_minor,
        settled_currency_minor=-given.credit_amount_minor,
    )
    both = debit.union(credit)
    return both.group_by("item_id").agg(
        settled_minor=both.settled_minor.sum().cast("int64"),
        settled_currency_minor=both.settled_currency_minor.sum().cast("int64"),
    )


def take_across(match: ir.Table, item: ir.Table) -> ir.Table:
    """company_id, currency_id, across_minor: what matches with items of another currency or company add to a currency.

    `match` counts; `item`: item_id, company_id, currency_id. A USD payment of 110 on a EUR invoice of 100 takes 100
    off the open EUR and gives 110 to the open USD, which no sum of documents in one of the two shows.
    """
    debit = item.select(debit_key="item_id", debit_company_id="company_id", debit_currency_id="currency_id")
    credit = item.select(credit_key="item_id", credit_company_id="company_id", credit_currency_id="currency_id")
    joined = match.select("debit_item_id", "credit_item_id", "debit_amount_minor", "credit_amount_minor")
    joined = joined.inner_join(debit, joined.debit_item_id == debit.debit_key)
    joined = joined.inner_join(credit, joined.credit_item_id == credit.credit_key)
    is_elsewhere = joined.debit_company_id != joined.credit_company_id
    joined = joined.filter(is_elsewhere | (joined.debit_currency_id != joined.credit_currency_id))
    taken = joined.select(
        company_id="debit_company_id", currency_id="debit_currency_id", across_minor=-joined.debit_amount_minor
    )
    given = joined.select(
        company_id="credit_company_id", currency_id="credit_currency_id", across_minor=joined.credit_amount_minor
    )
    both = taken.union(given)
    return both.group_by("company_id", "currency_id").agg(across_minor=both.across_minor.sum().cast("int64"))


def sum_documents(match: ir.Table, item: ir.Table) -> ir.Table:
    """company_id, currency_id, ledger_minor (sum of amount_currency), across_minor (`take_across`).

    `item`: those of `take_across` with amount_currency_minor.
    """
    booked = item.group_by("company_id", "currency_id").agg(ledger_minor=item.amount_currency_minor.sum().cast("int64"))
    across = take_across(match, item).rename(company_key="company_id", currency_key="currency_id")
    same = [booked.company_id == across.company_key, booked.currency_id == across.currency_key]
    joined = booked.left_join(across, same)
    return joined.select("company_id", "currency_id", "ledger_minor", across_minor=joined.across_minor.fill_null(0))


def leave_open(item: ir.Table, settled: ir.Table, counted: Counted = "company") -> ir.Table:
    """The items that `settled` leaves open, with residual_minor and residual_currency_minor.

    `item`: item_id, balance_minor, amount_currency_minor and whatever else. `counted` says in which currency the rest
    must not be zero: an exchange difference is open in its company's alone.
    """
    settled = settled.rename(settled_key="item_id")
    joined = item.left_join(settled, item.item_id == settled.settled_key)
    joined = joined.mutate(
        residual_minor=joined.balance_minor - joined.settled_minor.fill_null(0),
        residual_currency_minor=joined.amount_currency_minor - joined.settled_currency_minor.fill_null(0),
    )
    joined = joined.drop("settled_key", "settled_minor", "settled_currency_minor")
    rest = joined.residual_minor if counted == "company" else joined.residual_currency_minor
    return joined.filter(rest != 0)


@remembered
def item_kinds(con: BaseBackend, as_of: date) -> ir.Table:
    """item_id, kind of every item that `receivable_items` has; what the kinds are says `with_documents`."""
    return with_documents(con, as_of, receivable_items(con, as_of)).select("item_id", "kind")


@remembered
def entry_kinds(con: BaseBackend, as_of: date) -> ir.Table:
    """item_id, kind of the same items as `with_entries` tells them: write-offs are entries."""
    return with_entries(con, receivable_items(con, as_of)).select("item_id", "kind")


def with_documents(con: BaseBackend, as_of: date, item: ir.Table) -> ir.Table:
    """`item` (rows of `receivable_items`, all or some) with kind and document (number) of its entry.

    The kinds are those of `with_entries`, and write_off: another entry in the customer's favour that is matched with
    an invoice.
    """
    item = with_entries(con, item)
    written_off = _matched_with_invoice(con, as_of)
    joined = item.left_join(written_off, item.item_id == written_off.credit_key)
    is_off = (joined.kind == "entry") & joined.credit_key.notnull() & (joined.balance_minor < 0)
    return joined.mutate(kind=ibis.ifelse(is_off, "write_off", joined.kind)).drop("credit_key")


def with_entries(con: BaseBackend, item: ir.Table) -> ir.Table:
    """The same for whoever need not tell write-offs from other entries, at a fraction of the cost.

    kind is invoice or credit_note by the move; payment: its entry belongs to a payment or a bank statement line;
    exchange: an entry that moves the company-currency amount of a foreign item alone; entry: the rest.
    """
    move = _moves(con)
    joined = item.left_join(move, item.move_id == move.move_key)
    kind = ibis.cases(
        (joined.move_type.isin(INVOICES), "invoice"),
        (joined.move_type == CREDIT_NOTE, "credit_note"),
        (joined.is_exchange.fill_null(False) | is_revalued(joined), "exchange"),
        (joined.is_payment.fill_null(False), "payment"),
        else_="entry",
    )
    return joined.mutate(kind=kind).drop("move_key", "move_type", "is_payment", "is_exchange")


@remembered
def _moves(con: BaseBackend) -> ir.Table:
    """move_key, move_type, document, is_payment, is_exchange."""
    move = live(con, "account_move")
    payment = _paid_entries(con).select(paid_id="payment_key").distinct()
    exchange = _exchange_entries(con).select(exchanged_id="exchange_key").distinct()
    joined = move.left_join(payment, move.id == payment.paid_id)
    joined = joined.left_join(exchange, joined.id == exchange.exchanged_id)
    return joined.select(
        "move_type",
        move_key=joined.id,
        document=joined.name,
        is_payment=joined.paid_id.notnull() | joined.statement_line_id.notnull(),
        is_exchange=joined.exchanged_id.notnull(),
    )


@remembered
def cash_entries(con: BaseBackend) -> ir.Table:
    """cash_key: the entries of payments and bank statement lines, as `with_entries` tells them."""
    move, payment, exchange = live(con, "account_move"), _paid_entries(con), _exchange_entries(con)
    entry = move.filter(move.move_type.isnull() | move.move_type.notin([*INVOICES, CREDIT_NOTE]))
    entry = entry.filter(entry.id.notin(exchange.exchange_key))  # built of the few exchanges, not of all entries
    paid = entry.semi_join(payment, entry.id == payment.payment_key)
    banked = entry.filter(entry.statement_line_id.notnull())
    banked = banked.anti_join(payment, banked.id == payment.payment_key)
    return paid.select(cash_key="id").union(banked.select(cash_key="id"))


def _paid_entries(con: BaseBackend) -> ir.Table:
    """payment_key: the entries of payments."""
    payment = live(con, "account_payment")
    return payment.filter(payment.move_id.notnull()).select(payment_key="move_id")


def _exchange_entries(con: BaseBackend) -> ir.Table:
    """exchange_key: the entries that a match has made for its exchange difference, once for each such match."""
    match = live(con, "account_partial_reconcile")
    return match.filter(match.exchange_move_id.notnull()).select(exchange_key="exchange_move_id")


def is_revalued(item: ir.Table) -> ir.BooleanValue:
    """Whether a row of `receivable_items` moves the company-currency amount of a foreign item alone."""
    foreign_only = (item.amount_currency_minor == 0) & (item.balance_minor != 0)
    return (foreign_only & (item.currency_id != item.company_currency_id)).fill_null(False)


@remembered
def _matched_with_invoice(con: BaseBackend, as_of: date) -> ir.Table:
    """credit_key: the credit items that a counted match joins to an invoice's item."""
    match, invoice = counted_matches(con, as_of), invoice_entries(con)
    joined = match.semi_join(invoice, match.debit_document_id == invoice.invoice_key)
    return joined.select(credit_key="credit_item_id").distinct()


@remembered
def invoice_entries(con: BaseBackend) -> ir.Table:
    """invoice_key: the entries that are invoices."""
    move = live(con, "account_move")
    return move.filter(move.move_type.isin(INVOICES)).select(invoice_key="id")
