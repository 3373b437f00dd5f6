"""Rows of sale orders and their lines, with what of them is delivered and invoiced."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from kam_connector.sample.amounts import MICRO, as_float
from kam_connector.sample.dice import Dice
from kam_connector.sample.firm import COMPANY, DIGITS
from kam_connector.sample.papers import Line, Order
from kam_connector.sample.table_firm import COMPANY_ID, CURRENCY_ID, MEDIUM_ID, SOURCE_ID, TERM_ID
from kam_connector.sample.tabular import Row, Sources, Tables, stamp

Invoiced = Counter[tuple[str, int]]


def build_rows(sources: Sources) -> Tables:
    """`sale.order` and `sale.order.line`."""
    invoiced = _invoiced(sources)
    orders: list[Row] = []
    lines: list[Row] = []
    for number, order in enumerate(sources.documents.orders, start=1):
        mine = []
        for position, line in enumerate(order.lines):
            row_id = len(lines) + 1
            done = invoiced[order.key, position]
            mine.append(_line(sources, row_id, number, order, line, done))
            lines.append(mine[-1])
        orders.append(_order(sources, number, order, mine))
    return {"sale.order": orders, "sale.order.line": lines}


def _invoiced(sources: Sources) -> Invoiced:
    """Quantity on invoices that are not cancelled, by (order, line): drafts count, as in Odoo."""
    counts: Invoiced = Counter()
    for invoice in sources.documents.invoices:
        if invoice.order and invoice.state != "cancel":
            for line in invoice.lines:
                counts[invoice.order, line.order_line] += line.quantity
    return counts


def _order(sources: Sources, number: int, order: Order, lines: list[Row]) -> Row:
    ids, digits = sources.ids, DIGITS[order.currency]
    net = sum(line.net_minor for line in order.lines)
    tax = sum(line.tax_minor for line in order.lines)
    placed = stamp(order.placed)
    return {
        "id": number, "write_date": placed, "create_date": stamp(_quoted(order)), "name": f"S{number:05d}",
        "partner_id": ids.of("res.partner", order.customer),
        "partner_invoice_id": ids.of("res.partner", order.partner),
        "user_id": ids.of("res.users", order.user), "team_id": ids.of("crm.team", order.team),
        "company_id": COMPANY_ID[order.company], "currency_id": CURRENCY_ID[order.currency],
        "currency_rate": _rate(sources, order), "date_order": placed, "state": order.state,
        "validity_date": order.valid_until.isoformat(),
        "amount_untaxed": as_float(net, digits), "amount_tax": as_float(tax, digits),
        "amount_total": as_float(net + tax, digits), "invoice_status": _status(order, lines),
        "client_order_ref": order.reference, "payment_term_id": TERM_ID[order.term], **_channels(order),
    }  # fmt: skip


def _quoted(order: Order) -> datetime:
    """When the order began as a quotation: some customers decide at once, others after weeks.

    An Odoo that the company is loaded into has its own moment there, that of the loading.
    """
    usual = Dice("decides", order.customer).between(0, 30)
    return order.placed - timedelta(days=Dice("decides", order.key).between(usual // 2, usual * 2))


def _channels(order: Order) -> Row:
    """The medium by which the customer mostly orders, or another one; now and then what had led it to us."""
    dice, media = Dice("channel", order.key), tuple(MEDIUM_ID.values())
    usual = Dice("channel", order.customer).pick(media)
    medium = usual if dice.chance(0.7) else dice.pick((*media, False))
    return {"medium_id": medium, "source_id": dice.pick(tuple(SOURCE_ID.values())) if dice.chance(0.1) else False}


def _rate(sources: Sources, order: Order) -> float:
    """Units of the order's currency for one of the company's, on the day of the order."""
    if order.currency == COMPANY[order.company].currency:
        return 1.0
    day = order.placed.date()
    rates = [r for r in sources.documents.rates if (r.company, r.currency) == (order.company, order.currency)]
    return [rate.micro for rate in rates if rate.day <= day][-1] / MICRO


def _status(order: Order, lines: list[Row]) -> str:
    """Odoo's invoice status: anything left to invoice makes the order "to invoice"."""
    if order.state != "sale":
        return "no"
    done = all(line["qty_invoiced"] >= line["product_uom_qty"] for line in lines)
    return "invoiced" if done else "to invoice"


def _line(sources: Sources, number: int, order_id: int, order: Order, line: Line, invoiced: int) -> Row:
    digits = DIGITS[order.currency]
    return {
        "id": number, "write_date": stamp(order.placed), "order_id": order_id,
        "product_id": sources.ids.of("product.product", line.product),
        "product_uom_qty": float(line.quantity), "qty_delivered": float(line.quantity if order.delivered else 0),
        "qty_invoiced": float(invoiced), "price_unit": as_float(line.price_minor, digits),
        "discount": float(line.discount_percent), "price_subtotal": as_float(line.net_minor, digits),
        "price_total": as_float(line.net_minor + line.tax_minor, digits), "company_id": COMPANY_ID[order.company],
        "currency_id": CURRENCY_ID[order.currency], "state": order.state, "display_type": False,
    }  # fmt: skip
