"""What customers complain about, how quickly we answered, and which part of an invoice they hold back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from kam_connector.sample.books import Books, Entry
from kam_connector.sample.customers import Customer
from kam_connector.sample.dice import Dice
from kam_connector.sample.invoices import is_foreign
from kam_connector.sample.names import COMPLAINTS
from kam_connector.sample.papers import Complaint, Invoice

COUNTS = {"small": 15, "full": 150}

_TYPES = (("product", "contract", "transport", "service"), (45, 18, 25, 12))
_SEVERITIES = (("low", "medium", "high", "critical"), (30, 42, 21, 7))
_CHANNELS = ("email", "phone", "web", "visit", "chat")
_RESPONSE_HOURS = {"low": (2, 40), "medium": (1, 30), "high": (1, 14), "critical": (1, 7)}
_RESOLUTION_DAYS = {"low": (2, 18), "medium": (2, 15), "high": (1, 12), "critical": (1, 8)}
_OPEN_DAYS = 45
_OPEN_STATES = ("accepted", "classified", "assigned", "investigating", "proposed", "approved", "executing")


def build_complaints(size: str, anchor: date, customers: tuple[Customer, ...], books: Books) -> tuple[Complaint, ...]:
    """All complaints, oldest first; each is about a posted invoice of the last 15 months."""
    dice = Dice(size, "complaints")
    by_key = {customer.partner.key: customer for customer in customers}
    known = [e for e in books.entries if _is_candidate(e, anchor)]
    unpaid = [e for e in known if _open_minor(e) and not is_foreign(_invoice(e))]
    cases: list[_Case] = []
    for number in range(COUNTS[size]):
        entry = dice.pick(unpaid if unpaid and number % 4 == 0 else known)
        cases.append(_Case(entry, by_key[entry.customer], _received(dice, anchor, entry, recent=number % 4 == 0)))
    cases.sort(key=lambda case: (case.received, case.entry.id))
    return tuple(_complaint(size, anchor, number, case) for number, case in enumerate(cases, start=1))


@dataclass(frozen=True, slots=True)
class _Case:
    """A complaint in the making: the invoice's entry, its customer, the moment it came in."""

    entry: Entry
    customer: Customer
    received: datetime


def _is_candidate(entry: Entry, anchor: date) -> bool:
    """Whether customers may still complain about the entry."""
    is_invoice = entry.type == "out_invoice" and entry.state == "posted"
    return is_invoice and 5 <= (anchor - entry.day).days <= 450


def _invoice(entry: Entry) -> Invoice:
    """The paper of an invoice's entry."""
    if not isinstance(entry.paper, Invoice):
        raise TypeError(f"Entry {entry.id} is no invoice.")
    return entry.paper


def _open_minor(entry: Entry) -> int:
    """What is unpaid of an invoice, in company currency."""
    return sum(line.residual for line in entry.receivables)


def _received(dice: Dice, anchor: date, entry: Entry, *, recent: bool) -> datetime:
    """A moment in office hours (UTC) after the invoice; at the latest on the day before the anchor."""
    latest = (anchor - entry.day).days - 1
    days = latest - dice.between(0, min(latest - 1, 20)) if recent else dice.between(1, min(latest, 40))
    return datetime.combine(entry.day + timedelta(days=days), time(dice.between(0, 9), dice.between(0, 59)), UTC)


def _complaint(size: str, anchor: date, number: int, case: _Case) -> Complaint:
    """The complaint with its type, its clock and its money."""
    dice = Dice(size, "complaint", number)
    invoice, customer = _invoice(case.entry), case.customer
    type_, severity = dice.weighted(*_TYPES), dice.weighted(*_SEVERITIES)
    subtype, text = dice.pick(COMPLAINTS[type_])
    state, responded, resolved, closed = _clock(dice, anchor, case.received, severity)
    claimed, disputed = _money(dice, case.entry, is_open=resolved is None and state != "rejected")
    return Complaint(
        key=f"K{case.received.year}-{number:04d}", company=invoice.company, customer=invoice.customer,
        contact=customer.contacts[0].key if customer.contacts else "", type=type_, subtype=subtype,
        severity=severity, state=state, channel=dice.pick(_CHANNELS), received=case.received, responded=responded,
        resolved=resolved, closed=closed, order=invoice.order, invoice=invoice.key, claimed_minor=claimed,
        disputed_minor=disputed, user=customer.partner.user, description=text,
    )  # fmt: skip


def _clock(
    dice: Dice, anchor: date, received: datetime, severity: str
) -> tuple[str, datetime | None, datetime | None, datetime | None]:
    """State and the moments of answer, solution and closing that lie before the end of the anchor day."""
    now = datetime.combine(anchor, time(10), UTC)
    responded = received + timedelta(hours=dice.between(*_RESPONSE_HOURS[severity]), minutes=dice.between(0, 59))
    resolved = responded + timedelta(days=dice.between(*_RESOLUTION_DAYS[severity]), hours=dice.between(0, 6))
    closed = resolved + timedelta(days=dice.between(1, 5))
    if responded > now or (now - received).days < 1:
        return "received", None, None, None
    if dice.chance(0.07):
        return "rejected", responded, None, closed if closed <= now else None
    if resolved > now or ((now - received).days < _OPEN_DAYS and dice.chance(0.6)):
        return dice.pick(_OPEN_STATES), responded, None, None
    if closed > now:
        return "confirmed", responded, resolved, None
    return dice.pick(("closed", "closed", "reviewed")), responded, resolved, closed


def _money(dice: Dice, entry: Entry, *, is_open: bool) -> tuple[int, int]:
    """Claimed and disputed amount: only an open complaint about an unpaid invoice holds money back."""
    total, unpaid = sum(line.balance for line in entry.receivables), _open_minor(entry)
    claimed = total * dice.between(5, 60) // 10_000 * 100 if dice.chance(0.7) else 0
    return claimed, min(claimed, unpaid) if is_open and unpaid > 0 else 0
