"""What is invoiced: orders in one to three deliveries, some without an order, and credit notes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from kam_connector.sample.amounts import divide, line_net, percent_of
from kam_connector.sample.dice import Dice
from kam_connector.sample.firm import COMPANY, TERM
from kam_connector.sample.months import business_day
from kam_connector.sample.papers import Invoice, InvoiceState, Line, Order

_CREDIT_SHARE = 0.055
_DELIVERIES = ((1, 2, 3), (71, 25, 4))


def build_invoices(size: str, anchor: date, orders: tuple[Order, ...]) -> tuple[Invoice, ...]:
    """All invoices and credit notes, oldest first. About 5 % are credit notes; the newest few are drafts."""
    invoices: list[Invoice] = []
    for order in orders:
        if order.state == "sale":
            invoices += _invoices_of(Dice(size, "invoices", order.key), order, anchor)
    credits = [credit for invoice in invoices for credit in _credit_of(size, invoice, anchor)]
    papers = sorted([*invoices, *credits], key=lambda paper: (paper.day, paper.key))
    return tuple(papers)


def due_dates(term: str, day: date, total_minor: int) -> tuple[tuple[date, int], ...]:
    """Instalments of an amount as (due day, amount); the last takes the rest."""
    parts = TERM[term].instalments
    amounts = [divide(total_minor * percent, 100) for percent, _ in parts[:-1]]
    amounts.append(total_minor - sum(amounts))
    return tuple((day + timedelta(days=days), amount) for (_, days), amount in zip(parts, amounts, strict=True))


def _invoices_of(dice: Dice, order: Order, anchor: date) -> list[Invoice]:
    """The invoices of an order that were written by the anchor day."""
    deliveries = _split(order, dice.weighted(*_DELIVERIES))
    day, invoices = order.placed.date(), []
    for number, lines in enumerate(deliveries, start=1):
        day = business_day(day + timedelta(days=dice.between(2, 12) if number == 1 else dice.between(12, 30)))
        if day > anchor:
            break
        invoices.append(_invoice(order, number, day, lines, _state(dice, anchor - day)))
    return invoices


def _state(dice: Dice, age: timedelta) -> InvoiceState:
    """Posted; the newest wait as drafts now and then, and a few were cancelled."""
    if age.days <= 4 and dice.chance(0.25):
        return "draft"
    return "cancel" if dice.chance(0.003) else "posted"


def _split(order: Order, count: int) -> list[tuple[Line, ...]]:
    """Lines of each delivery; a quantity that cannot be split goes with the first."""
    deliveries: list[list[Line]] = [[] for _ in range(count)]
    for position, line in enumerate(order.lines):
        left = line.quantity
        for i in range(count):
            part = left if i == count - 1 or line.quantity < count else line.quantity // count
            if part and left:
                deliveries[i].append(_part(line, position, part))
                left -= part
    return [tuple(lines) for lines in deliveries if lines]


def _part(line: Line, position: int, quantity: int) -> Line:
    """That much of an order line, as an invoice line."""
    net = line_net(quantity, line.price_minor, line.discount_percent)
    tax = percent_of(net, line.tax_percent)
    return replace(line, quantity=quantity, net_minor=net, tax_minor=tax, order_line=position)


def _invoice(order: Order, number: int, day: date, lines: tuple[Line, ...], state: InvoiceState) -> Invoice:
    """An invoice of an order."""
    total = sum(line.net_minor + line.tax_minor for line in lines)
    return Invoice(
        key=f"I{order.key[1:]}-{number}", kind="out_invoice", company=order.company, customer=order.customer,
        partner=order.partner, user=order.user, team=order.team, day=day, currency=order.currency, term=order.term,
        state=state, order=order.key, reverses="", reference=f"{order.reference}/{number}", lines=lines,
        dues=due_dates(order.term, day, total),
    )  # fmt: skip


def _credit_of(size: str, invoice: Invoice, anchor: date) -> list[Invoice]:
    """The credit note of an invoice, if it has one: of the whole, or of a part of the first line.

    A foreign invoice is credited wholly or not matched (see `payments`): Odoo 14 and 19 book the exchange
    difference of a part at different moments.
    """
    dice = Dice(size, "credit", invoice.key)
    day = business_day(invoice.day + timedelta(days=dice.between(4, 18)))
    if invoice.state != "posted" or day > anchor or not dice.chance(_CREDIT_SHARE):
        return []
    first = invoice.lines[0]
    part = (_part(first, first.order_line, max(1, first.quantity * dice.between(5, 30) // 100)),)
    lines = invoice.lines if dice.chance(0.3) or first.quantity < 2 else part
    lines = tuple(replace(line, order_line=-1) for line in lines)
    total = sum(line.net_minor + line.tax_minor for line in lines)
    return [
        replace(
            invoice, key=f"R{invoice.key[1:]}", kind="out_refund", day=day, term="", order="", reverses=invoice.key,
            reference=f"RN-{invoice.key[1:]}", lines=lines, dues=((day, total),),
        )
    ]  # fmt: skip


def is_foreign(invoice: Invoice) -> bool:
    """Whether the paper is in another currency than its company's."""
    return invoice.currency != COMPANY[invoice.company].currency
