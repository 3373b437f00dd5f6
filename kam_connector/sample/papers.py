"""The business papers of the sample company: what happened, in the trade's words.

Keys are texts that stay the same for the same size and anchor; one paper names another by its key. Amounts are in the
paper's own currency, smallest unit. `company` is a company's key, `customer` a commercial partner's, `partner` the
addressed one (a contact of the customer, perhaps).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency with its number of decimals."""

    code: str
    symbol: str
    digits: int


@dataclass(frozen=True, slots=True)
class Company:
    """One of our own firms; `tax_percent` is its sales tax on home deliveries."""

    key: str
    name: str
    currency: str
    country: str
    zone: str
    tax_percent: int
    vat: str


@dataclass(frozen=True, slots=True)
class Rate:
    """From `day` on, one unit of the company's currency buys `micro` millionths of `currency`."""

    company: str
    currency: str
    day: date
    micro: int


@dataclass(frozen=True, slots=True)
class Team:
    """A sales team of one company, led by a person."""

    key: str
    name: str
    company: str
    leader: str


@dataclass(frozen=True, slots=True)
class Person:
    """Someone of ours; `role` is salesperson, director or accountant; `team` is empty for the last two."""

    key: str
    name: str
    login: str
    role: Literal["salesperson", "director", "accountant"]
    team: str
    companies: tuple[str, ...]
    active: bool


@dataclass(frozen=True, slots=True)
class Category:
    """A product category, under `parent` if that is not empty."""

    key: str
    name: str
    parent: str


@dataclass(frozen=True, slots=True)
class Product:
    """What we sell; the list price is in the first company's currency."""

    key: str
    name: str
    category: str
    kind: Literal["consu", "service"]
    price_minor: int
    active: bool


@dataclass(frozen=True, slots=True)
class Term:
    """A payment term: instalments of (percent, days after the invoice); the last takes the rest."""

    key: str
    name: str
    instalments: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Partner:
    """A customer (`is_company`), or a contact of one.

    `parent` is the group's head for a subsidiary and the customer for a contact. `seller` is the company of ours that
    serves it, `bound` the company that the record is restricted to (empty: shared). `term` is what was agreed.
    """

    key: str
    ref: str
    name: str
    is_company: bool
    parent: str
    seller: str
    bound: str
    user: str
    currency: str
    term: str
    country: str
    lang: str
    vat: str
    email: str
    active: bool
    created: date
    function: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an order or invoice; `order_line` is the position in its order, -1 without."""

    product: str
    quantity: int
    price_minor: int
    discount_percent: int
    tax_percent: int
    net_minor: int
    tax_minor: int
    order_line: int = -1


OrderState = Literal["draft", "sent", "sale", "cancel"]
InvoiceState = Literal["draft", "posted", "cancel"]


@dataclass(frozen=True, slots=True)
class Order:
    """A sale order; `placed` is a moment in UTC. State as in Odoo: draft, sent, sale, cancel."""

    key: str
    company: str
    customer: str
    partner: str
    user: str
    team: str
    placed: datetime
    currency: str
    term: str
    state: OrderState
    reference: str
    delivered: bool
    lines: tuple[Line, ...]

    @property
    def valid_until(self) -> date:
        """The last day on which the offer held: 30 days after it was made, as Odoo proposes."""
        return (self.placed + timedelta(days=30)).date()


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice or credit note; `reverses` is the invoice that a credit note belongs to (may be empty).

    `dues` holds the instalments as (due day, amount); a credit note has one. `order` may be empty.
    """

    key: str
    kind: Literal["out_invoice", "out_refund"]
    company: str
    customer: str
    partner: str
    user: str
    team: str
    day: date
    currency: str
    term: str
    state: InvoiceState
    order: str
    reverses: str
    reference: str
    lines: tuple[Line, ...]
    dues: tuple[tuple[date, int], ...]

    @property
    def total_minor(self) -> int:
        """Amount with tax."""
        return sum(line.net_minor + line.tax_minor for line in self.lines)


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that came in; `write_off_minor` is what we let go of with it."""

    key: str
    company: str
    customer: str
    day: date
    currency: str
    amount_minor: int
    write_off_minor: int
    memo: str


@dataclass(frozen=True, slots=True)
class BadDebt:
    """A journal entry that writes off what is left of some instalments."""

    key: str
    company: str
    customer: str
    day: date
    amount_minor: int
    memo: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """A payment, credit note or bad-debt entry is matched with instalments, in the order of the list.

    `targets`: (invoice key, position in its `dues`).
    """

    day: date
    kind: Literal["payment", "credit_note", "bad_debt"]
    source: str
    targets: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Complaint:
    """A customer's complaint; moments are UTC, None while not reached; amounts in company currency."""

    key: str
    company: str
    customer: str
    contact: str
    type: str
    subtype: str
    severity: str
    state: str
    channel: str
    received: datetime
    responded: datetime | None
    resolved: datetime | None
    closed: datetime | None
    order: str
    invoice: str
    claimed_minor: int
    disputed_minor: int
    user: str
    description: str


@dataclass(frozen=True, slots=True)
class Target:
    """What a salesperson is to reach in a month, in the company's currency."""

    key: str
    company: str
    user: str
    team: str
    first: date
    last: date
    kind: Literal["revenue", "collection"]
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Activity:
    """Something a person planned to do with a customer."""

    key: str
    customer: str
    user: str
    summary: str
    deadline: date


@dataclass(frozen=True, slots=True)
class Documents:
    """All papers; tuples in the order in which the loader makes them."""

    size: str
    anchor: date
    currencies: tuple[Currency, ...]
    companies: tuple[Company, ...]
    rates: tuple[Rate, ...]
    teams: tuple[Team, ...]
    people: tuple[Person, ...]
    categories: tuple[Category, ...]
    products: tuple[Product, ...]
    terms: tuple[Term, ...]
    partners: tuple[Partner, ...]
    orders: tuple[Order, ...]
    invoices: tuple[Invoice, ...]
    payments: tuple[Payment, ...]
    bad_debts: tuple[BadDebt, ...]
    settlements: tuple[Settlement, ...]
    complaints: tuple[Complaint, ...]
    targets: tuple[Target, ...]
    activities: tuple[Activity, ...]
