"""What salespeople are credited with: invoices, their lines, confirmed orders; and what was paid of the invoices."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.cash import matches
from kam_connector.facts.companies import company_currencies
from kam_connector.facts.costs import invoice_costs, order_costs
from kam_connector.facts.customers import customers
from kam_connector.facts.days import Zones, local_day
from kam_connector.facts.invoices import posted_invoices
from kam_connector.facts.items import counted_matches, receivable_accounts
from kam_connector.facts.live import live
from kam_connector.facts.orders import confirmed_orders

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


def invoice_credits(con: BaseBackend, date_from: date, date_to: date) -> ir.Table:
    """One row a posted invoice or credit note dated from `date_from` to `date_to`, both included.

    Columns: credit_id and move_id (both the document), company_id, payee_id (the document's salesperson, null where it
    has none), owner_id (the customer's), customer_id, date, due_date, kind (invoice, credit_note), document, origin_id
    (the credit of the invoice that a credit note reverses), origin_date (the day of that invoice), category (empty: a
    document has many), currency_id, net_minor and gross_minor (document currency, credit notes negative),
    company_currency_id, net_company_minor.
    """
    invoice = _dated_invoices(con, date_from, date_to)
    return invoice.select(
        *_ABOUT,
        "net_minor",
        "net_company_minor",
        credit_id="move_id",
        origin_id="reversed_id",
        category=ibis.literal(""),
    )


def line_credits(con: BaseBackend, date_from: date, date_to: date) -> ir.Table:
    """The same by line of a product: credit_id is the line, category that of the product; and margin_minor.

    A credit note's line reverses the first line of the invoice with the same product, else the invoice's first line.
    margin_minor (document currency, credit notes negative) is empty where the cost is not known; a credit note's line
    without a cost takes back the margin of the line that it reverses, in proportion (incentives.md 2.7).
    """
    invoice = _dated_invoices(con, date_from, date_to)
    line = _product_lines(con)
    joined = line.inner_join(invoice, line.move_key == invoice.move_id).drop("move_key")
    same = _first_lines(line, "move_key", "product_id")
    same = same.rename(same_move="move_key", same_product="product_id", same_line_id="line_id")
    any_line = _first_lines(line, "move_key").rename(first_id="line_id", first_move="move_key")
    joined = joined.left_join(same, [("reversed_id", "same_move"), ("product_id", "same_product")])
    joined = joined.left_join(any_line, [("reversed_id", "first_move")])
    joined = joined.mutate(origin_id=ibis.coalesce(joined.same_line_id, joined.first_id))
    margin = _line_margins(con, line)
    joined = joined.left_join(margin.select("own_margin", own_id="costed_id"), [("line_id", "own_id")])
    joined = joined.left_join(margin.rename(first_margin="own_margin"), [("origin_id", "costed_id")])
    sign = ibis.ifelse(joined.kind == "credit_note", -1, 1)
    like_first = (joined.line_minor.cast("float64") * joined.first_margin / joined.first_minor).round().cast("int64")
    return joined.select(
        *_ABOUT,
        "category",
        credit_id="line_id",
        origin_id="origin_id",
        net_minor=(joined.line_minor * sign).cast("int64"),
        net_company_minor=(-joined.balance_minor).cast("int64"),
        margin_minor=(ibis.coalesce(joined.own_margin, like_first) * sign).cast("int64"),
    )


def _line_margins(con: BaseBackend, line: ir.Table) -> ir.Table:
    """costed_id, first_minor (net), own_margin of the lines whose cost is known and whose net is not 0."""
    cost = invoice_costs(con).rename(costed_id="line_id")
    joined = line.filter(line.line_minor != 0).inner_join(cost, line.line_id == cost.costed_id)
    own_cost = ibis.ifelse(joined.line_minor < 0, -joined.cost_minor, joined.cost_minor)
    return joined.select("costed_id", first_minor="line_minor", own_margin=joined.line_minor - own_cost)


def order_credits(con: BaseBackend, date_from: date, date_to: date, zones: Zones | None = None) -> ir.Table:
    """One row a confirmed order dated from `date_from` to `date_to`, with the columns of `invoice_credits`.

    kind is order; credit_id and move_id are the order. Its date is that of its company's zone. `date_from` may be
    date.min: all orders, those of other seasons by the zone's offset of `date_to`.
    """
    order = _dated_orders(con, date_from, date_to, zones)
    return order.select(
        *_ABOUT, "net_minor", credit_id="move_id", origin_id=ibis.null("int64"), category=ibis.literal(""),
        net_company_minor=_booked(order, order.net_minor),
    )  # fmt: skip


def order_line_credits(con: BaseBackend, date_from: date, date_to: date, zones: Zones | None = None) -> ir.Table:
    """The same by line: credit_id is the order line, category that of its product; and margin_minor.

    margin_minor (the order's currency) is empty where the cost is not known.
    """
    order = _dated_orders(con, date_from, date_to, zones).drop("net_minor")
    category = _categories(con)
    line = order_costs(con).left_join(category, [("product_id", "variant_key")])
    line = line.select("line_id", "order_id", "net_minor", "cost_minor", "category")
    joined = line.inner_join(order, [("order_id", "move_id")])
    return joined.select(
        *_ABOUT, "net_minor", credit_id="line_id", origin_id=ibis.null("int64"),
        category=joined.category.fill_null(""), net_company_minor=_booked(joined, joined.net_minor),
        margin_minor=(joined.net_minor - joined.cost_minor).cast("int64"),
    )  # fmt: skip


def document_cash(con: BaseBackend, as_of: date) -> ir.Table:
    """One row a match that closes an invoice: move_id, date, kind (cash, pending, credit_note, write_off, exchange...).

    note_id: of a credit note its document (else 0), by which a match is known from the reversal that it is.

    pending: cash of a payment that no bank statement shows yet (today's: the ERP does not keep since when one does).
    amount_minor is in the invoice's currency; matches dated up to `as_of`.
    """
    match = matches(con, as_of)
    match = match.filter(match.closed_kind == "invoice")
    paper = counted_matches(con, as_of).select(paper_match="match_id", paying_key="credit_document_id")
    waiting = _waiting_entries(con)
    joined = match.left_join(paper, match.match_id == paper.paper_match)
    joined = joined.left_join(waiting, joined.paying_key == waiting.waiting_key)
    waits = (joined.kind == "cash") & joined.waiting_key.notnull()
    kind = ibis.ifelse(waits, "pending", joined.kind)
    note = ibis.ifelse(joined.kind == "credit_note", joined.paying_key, 0).fill_null(0)
    return joined.select("move_id", "date", kind=kind, amount_minor="amount_currency_minor", note_id=note.cast("int64"))


def _waiting_entries(con: BaseBackend) -> ir.Table:
    """waiting_key: entries of payments whose outstanding amount is matched with no bank statement line."""
    payment, move = live(con, "account_payment"), live(con, "account_move")
    payment = payment.filter(payment.move_id.notnull(), ~payment.is_matched)
    banked = move.filter(move.statement_line_id.notnull())
    return payment.anti_join(banked, payment.move_id == banked.id).select(waiting_key="move_id").distinct()


def first_sales(con: BaseBackend) -> ir.Table:
    """company_id, customer_id, first_date: the day of each customer's first posted invoice."""
    invoice = posted_invoices(con)
    invoice = invoice.filter(invoice.kind == "invoice")
    return invoice.group_by("company_id", "customer_id").agg(first_date=invoice.date.min())


_ABOUT = (
    "move_id", "company_id", "payee_id", "owner_id", "customer_id", "date", "due_date", "kind", "document",
    "currency_id", "gross_minor", "company_currency_id", "origin_date",
)  # fmt: skip


def _dated_invoices(con: BaseBackend, date_from: date, date_to: date) -> ir.Table:
    """The documents with payee_id, owner_id and origin_date."""
    every = posted_invoices(con)
    origin = every.select(origin_key="move_id", origin_date="date")
    invoice = every.filter(every.date >= date_from, every.date <= date_to)
    invoice = invoice.left_join(origin, invoice.reversed_id == origin.origin_key).drop("origin_key")
    owner = _owners(con)
    joined = invoice.left_join(owner, invoice.customer_id == owner.owner_customer)
    return joined.mutate(payee_id=joined.user_id)


def _dated_orders(con: BaseBackend, date_from: date, date_to: date, zones: Zones | None) -> ir.Table:
    """The confirmed orders with the columns of _ABOUT, net_minor and rate (units of currency_id for one of theirs)."""
    order = confirmed_orders(con, date_to, zones)
    window = (date_to if date_from == date.min else date_from, date_to)
    day = local_day(con, order.company_id, order.placed_at, window, zones)
    order = order.mutate(date=day).filter(lambda t: t.date >= date_from)
    company = company_currencies(con).rename(company_key="company_id")
    joined = order.left_join(company, order.company_id == company.company_key)
    owner = _owners(con)
    joined = joined.left_join(owner, joined.customer_id == owner.owner_customer)
    return joined.select(
        "company_id", "owner_id", "customer_id", "date", "document", "currency_id", "company_currency_id", "net_minor",
        move_id="order_id", payee_id="user_id", due_date=joined.date, kind=ibis.literal("order"),
        gross_minor="total_minor", origin_date=ibis.null("date"),
        rate=ibis.ifelse(joined.currency_rate.fill_null(1) > 0, joined.currency_rate.fill_null(1), 1),
    )  # fmt: skip


def _booked(order: ir.Table, net_minor: ir.IntegerColumn) -> ir.IntegerColumn:
    """The amount in the company's currency, at the order's own rate."""
    same = order.currency_id == order.company_currency_id
    return ibis.ifelse(same, net_minor, (net_minor / order.rate).round()).cast("int64")


def _owners(con: BaseBackend) -> ir.Table:
    """owner_customer, owner_id: who looks after a customer."""
    partner = customers(con)
    main = partner.filter(partner.partner_id == partner.customer_id)
    return main.select(owner_customer="customer_id", owner_id="user_id")


def _product_lines(con: BaseBackend) -> ir.Table:
    """line_id, move_key, product_id (0: none), category (empty: none), line_minor, balance_minor of posted products."""
    line = live(con, "account_move_line")
    line = line.filter(line.parent_state == "posted", line.display_type.isnull() | (line.display_type == "product"))
    owed = receivable_accounts(con)
    line = line.anti_join(owed, line.account_id == owed.account_key)
    category = _categories(con)
    joined = line.left_join(category, line.product_id == category.variant_key)
    return joined.select(
        "balance_minor", line_id=joined.id, move_key=joined.move_id, product_id=joined.product_id.fill_null(0),
        category=joined.category.fill_null(""), line_minor=joined.price_subtotal_minor,
    )  # fmt: skip


def _categories(con: BaseBackend) -> ir.Table:
    """variant_key, category: the category's name of each product that has one."""
    variant = live(con, "product_product").select("product_tmpl_id", variant_key="id")
    template = live(con, "product_template").select("categ_id", template_key="id")
    category = live(con, "product_category").select(category_key="id", category="name")
    joined = variant.inner_join(template, variant.product_tmpl_id == template.template_key)
    joined = joined.inner_join(category, joined.categ_id == category.category_key)
    return joined.select("variant_key", "category")


def _first_lines(line: ir.Table, *keys: str) -> ir.Table:
    """The first line of each group: the keys and line_id."""
    return line.group_by(*keys).agg(line_id=line.line_id.min())
