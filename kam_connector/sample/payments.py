"""Who pays what and when: payments in runs, in parts, too little, too much; credit notes matched; bad debts.

A foreign instalment is always paid wholly (see `invoices._credit_of`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kam_connector.sample.customers import Customer
from kam_connector.sample.dice import Dice
from kam_connector.sample.firm import worth
from kam_connector.sample.invoices import is_foreign
from kam_connector.sample.months import add_months, business_day
from kam_connector.sample.papers import BadDebt, Invoice, Payment, Settlement

_LATENESS = {"early": (-9, 1), "punctual": (-2, 4), "slow": (4, 24), "late": (18, 85), "chronic": (55, 175)}
_UNAPPLIED = {"small": 4, "full": 25}
POSTDATER = "huaqing-sy"
_POSTDATED_DAYS = 15
_BAD_DEBT_DAYS = 240


@dataclass(frozen=True, slots=True)
class Money:
    """What came in, what was let go of, and what was matched with what, in order."""

    payments: tuple[Payment, ...]
    bad_debts: tuple[BadDebt, ...]
    settlements: tuple[Settlement, ...]


@dataclass(frozen=True, slots=True)
class _Item:
    """An instalment that is still open; `since`: the day after the last match with it."""

    invoice: Invoice
    position: int
    due: date
    open_minor: int
    since: date

    @property
    def target(self) -> tuple[str, int]:
        return self.invoice.key, self.position


_Paid = tuple[Payment, tuple[_Item, ...]]
_WrittenOff = tuple[BadDebt, tuple[_Item, ...]]


def build_money(size: str, anchor: date, customers: tuple[Customer, ...], invoices: tuple[Invoice, ...]) -> Money:
    """All payments, bad debts and matches."""
    credits, items = _apply_credits(size, invoices)
    paid: list[_Paid] = []
    bad: list[_WrittenOff] = []
    for customer in customers:
        mine = items.get(customer.partner.key, [])
        dice = Dice(size, "money", customer.partner.key)
        if customer.profile.payer == "never":
            bad += _bad_debts(dice, mine, anchor)
        else:
            paid += _payments(dice, customer, mine, anchor)
    return _collect(paid + _advances(size, anchor, customers), bad, credits)


def _apply_credits(size: str, invoices: tuple[Invoice, ...]) -> tuple[list[Settlement], dict[str, list[_Item]]]:
    """Matches of credit notes with their invoices, and what is open of each instalment after them."""
    totals = {invoice.key: invoice.total_minor for invoice in invoices}
    credits = [invoice for invoice in invoices if invoice.kind == "out_refund"]
    matched = {credit.reverses: credit for credit in credits if _is_matched(size, credit, totals)}
    items: dict[str, list[_Item]] = defaultdict(list)
    settlements = []
    for invoice in invoices:
        if invoice.kind != "out_invoice" or invoice.state != "posted":
            continue
        credit = matched.get(invoice.key)
        items[invoice.customer] += _open_items(invoice, credit)
        if credit:
            targets = tuple((invoice.key, i) for i in range(len(invoice.dues)))
            settlements.append(Settlement(credit.day, "credit_note", credit.key, targets))
    return settlements, items


def _is_matched(size: str, credit: Invoice, totals: dict[str, int]) -> bool:
    """Whether somebody matched the credit note with its invoice; every fourth stays open."""
    whole = credit.total_minor == totals[credit.reverses]
    return Dice(size, "match", credit.key).chance(0.75) and (whole or not is_foreign(credit))


def _open_items(invoice: Invoice, credit: Invoice | None) -> list[_Item]:
    """Instalments with what the credit note leaves of them: it clears the earliest first."""
    left = credit.total_minor if credit else 0
    since = (credit.day if credit else invoice.day) + timedelta(days=1)
    items = []
    for position, (due, amount) in enumerate(invoice.dues):
        used = min(left, amount)
        left -= used
        if amount > used:
            items.append(_Item(invoice, position, due, amount - used, since))
    return items


def _payments(dice: Dice, customer: Customer, items: list[_Item], anchor: date) -> list[_Paid]:
    """The customer's payments: what falls on the same day is paid together."""
    runs: dict[tuple[date, str], list[_Item]] = defaultdict(list)
    for item in items:
        if _gave_up(dice, customer, item, anchor):
            continue
        runs[_pay_day(dice, customer, item), item.invoice.company].append(item)
    paid: list[_Paid] = []
    for (day, _), together in sorted(runs.items(), key=lambda run: run[0]):
        if day <= anchor or _is_postdated(customer, day, anchor):
            paid += _pay(dice, day, together, anchor)
    return paid


def _is_postdated(customer: Customer, day: date, anchor: date) -> bool:
    """Whether the payment is entered already though dated after the anchor day (a cheque): one customer's habit."""
    return customer.partner.key == POSTDATER and day <= anchor + timedelta(days=_POSTDATED_DAYS)


def _gave_up(dice: Dice, customer: Customer, item: _Item, anchor: date) -> bool:
    """Customers that left owe most of their last invoices for good."""
    ending = customer.profile.trend == "left" and item.invoice.day > add_months(anchor, -14)
    return ending and dice.chance(0.35)


def _pay_day(dice: Dice, customer: Customer, item: _Item) -> date:
    """When the instalment is paid; larger customers pay on the 10th and 25th only."""
    day = max(item.due + timedelta(days=dice.between(*_LATENESS[customer.profile.payer])), item.since)
    if customer.profile.rank in "AB":
        days = 10 - day.day if day.day <= 10 else 25 - day.day
        day = day + timedelta(days=days) if day.day <= 25 else add_months(day, 1) + timedelta(days=9)
    return business_day(day)


def _pay(dice: Dice, day: date, items: list[_Item], anchor: date) -> list[_Paid]:
    """One payment for these instalments; a single one may be paid in parts, short, or with too much."""
    total = sum(item.open_minor for item in items)
    payment = _payment(items[0], day, total)
    if len(items) > 1 or is_foreign(items[0].invoice) or day > anchor:
        return [(payment, tuple(items))]
    luck = dice.unit()
    if luck < 0.05:
        return _in_parts(dice, payment, items[0], anchor)
    if luck < 0.062 and total > 100_000:
        fee = dice.between(1_500, 6_000)
        payment = replace(payment, amount_minor=total - fee, write_off_minor=fee)
    elif luck < 0.068:
        payment = replace(payment, amount_minor=total + dice.between(50, 400) * 1_000)
    return [(payment, tuple(items))]


def _in_parts(dice: Dice, payment: Payment, item: _Item, anchor: date) -> list[_Paid]:
    """A first part, and the rest three to eight weeks later (if that was before the anchor day)."""
    first = payment.amount_minor * dice.between(30, 70) // 100
    parts: list[_Paid] = [(replace(payment, amount_minor=first), (item,))]
    day = business_day(payment.day + timedelta(days=dice.between(20, 55)))
    if day <= anchor:
        parts.append((replace(payment, day=day, amount_minor=payment.amount_minor - first), (item,)))
    return parts


def _payment(item: _Item, day: date, amount_minor: int, memo: str = "") -> Payment:
    """A payment of the item's customer, without a key yet."""
    invoice = item.invoice
    return Payment("", invoice.company, invoice.customer, day, invoice.currency, amount_minor, 0,
                   memo or invoice.reference)  # fmt: skip


def _bad_debts(dice: Dice, items: list[_Item], anchor: date) -> list[_WrittenOff]:
    """Old debts of those who never pay are written off by a journal entry, one invoice in three."""
    entries: list[_WrittenOff] = []
    for item in items:
        day = business_day(item.due + timedelta(days=_BAD_DEBT_DAYS))
        if day <= anchor and not is_foreign(item.invoice) and dice.chance(0.34):
            debt = BadDebt("", item.invoice.company, item.invoice.customer, day, item.open_minor,
                           f"坏账核销 Bad debt {item.invoice.reference}")  # fmt: skip
            entries.append((debt, (item,)))
    return entries


def _advances(size: str, anchor: date, customers: tuple[Customer, ...]) -> list[_Paid]:
    """Payments that nobody has matched: advances, and money of unknown purpose."""
    dice = Dice(size, "advances")
    buyers = [customer for customer in customers if customer.profile.trend not in ("prospect", "left")]
    paid: list[_Paid] = []
    for _ in range(_UNAPPLIED[size]):
        who = dice.pick(buyers)
        day = business_day(anchor - timedelta(days=dice.between(3, 200)))
        amount = worth(who.profile.size * dice.between(10, 60), who.partner.seller, who.partner.currency)
        payment = Payment("", who.partner.seller, who.partner.key, day, who.partner.currency, amount, 0,
                          dice.pick(("预付款 Advance", "来款待查 Purpose unknown")))  # fmt: skip
        paid.append((payment, ()))
    return paid


def _collect(paid: list[_Paid], bad: list[_WrittenOff], credits: list[Settlement]) -> Money:
    """Papers with keys in order of their days, and the matches of all three kinds in order."""
    paid = sorted(paid, key=lambda pair: (pair[0].day, pair[0].customer, pair[0].memo, pair[0].amount_minor))
    bad = sorted(bad, key=lambda pair: (pair[0].day, pair[0].memo))
    payments = [(replace(p, key=f"P{i:05d}"), items) for i, (p, items) in enumerate(paid, start=1)]
    debts = [(replace(d, key=f"B{i:03d}"), items) for i, (d, items) in enumerate(bad, start=1)]
    settlements = [
        *credits,
        *(Settlement(p.day, "payment", p.key, _targets(items)) for p, items in payments if items),
        *(Settlement(d.day, "bad_debt", d.key, _targets(items)) for d, items in debts),
    ]
    order = sorted(settlements, key=lambda s: (s.day, s.kind, s.source))
    return Money(tuple(p for p, _ in payments), tuple(d for d, _ in debts), tuple(order))


def _targets(items: tuple[_Item, ...]) -> tuple[tuple[str, int], ...]:
    """Instalments by due day: Odoo clears the earliest first."""
    return tuple(item.target for item in sorted(items, key=lambda item: (item.due, item.target)))
