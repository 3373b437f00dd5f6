"""Journal entries of the papers, as Odoo 19 posts them.

An invoice: income and tax against one receivable line an instalment. A payment: outstanding receipts (and what was
written off) against one receivable line. A bad debt: expense against receivable. Lines balance in company currency.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from kam_connector.sample.amounts import divide, to_company
from kam_connector.sample.firm import COMPANIES, COMPANY, DIGITS, TERM
from kam_connector.sample.papers import BadDebt, Invoice, Line, Payment, Rate

RECEIVABLE = "receivable"
RECONCILED = (RECEIVABLE, "bank")


@dataclass(frozen=True, slots=True)
class Account:
    """An account of one company, with Odoo 19's account type."""

    key: str
    code: str
    name: str
    type: str
    non_trade: bool = False


ACCOUNTS = (
    Account(RECEIVABLE, "112200", "应收账款 Account Receivable", "asset_receivable"),
    Account("receivable_other", "122100", "其他应收款 Other receivables", "asset_receivable", non_trade=True),
    Account("bank", "100200", "在途收款 Outstanding Receipts", "asset_current"),
    Account("income", "600100", "主营业务收入 Product Sales", "income"),
    Account("tax", "222100", "应交增值税 Tax Payable", "liability_current"),
    Account("bad_debt", "670100", "坏账损失 Bad debt", "expense"),
    Account("exchange", "660300", "汇兑损益 Exchange difference", "expense"),
)


@dataclass(slots=True)
class Posting:
    """A line of an entry; residuals go down as it is matched. Amounts: company currency, then the line's own."""

    id: int
    entry: Entry
    account: str
    maturity: date | None
    balance: int
    amount_currency: int
    currency: str
    display_type: str
    line: Line | None = None
    label: str = ""
    residual: int = 0
    residual_currency: int = 0
    full: int = 0


@dataclass(slots=True)
class Entry:
    """A journal entry (a move). `paper` is what it was made from, None for an exchange difference."""

    id: int
    name: str
    type: str
    state: str
    company: str
    day: date
    currency: str
    customer: str
    paper: Invoice | Payment | BadDebt | None
    touched: date
    lines: list[Posting] = field(default_factory=list)

    @property
    def receivables(self) -> list[Posting]:
        """Its receivable lines, in order of their instalments."""
        return [line for line in self.lines if line.account == RECEIVABLE]

    @property
    def sign(self) -> int:
        """-1 for a credit note, else 1."""
        return -1 if self.type == "out_refund" else 1


class Books:
    """The entries of both companies while they are being written."""

    def __init__(self, rates: tuple[Rate, ...]) -> None:
        self.entries: list[Entry] = []
        self.by_paper: dict[str, Entry] = {}
        self._lines = 0
        self._numbers: dict[tuple[str, str, int], int] = {}
        self._rates: dict[tuple[str, str], list[Rate]] = {}
        for rate in rates:
            self._rates.setdefault((rate.company, rate.currency), []).append(rate)

    def convert(self, company: str, currency: str, day: date, amount: int) -> int:
        """The amount in company currency at the day's rate."""
        own = COMPANY[company].currency
        if currency == own:
            return amount
        micro = [rate.micro for rate in self._rates[company, currency] if rate.day <= day][-1]
        return to_company(amount, DIGITS[currency], micro, DIGITS[own])

    def open_entry(
        self, paper: Invoice | Payment | BadDebt | None, *, company: str, currency: str, day: date, customer: str,
        type_: str = "entry", state: str = "posted", series: str = "MISC",
    ) -> Entry:  # fmt: skip
        """A new entry without lines, numbered in its series."""
        name = self._number(series, company, day) if state == "posted" else "/"
        entry = Entry(len(self.entries) + 1, name, type_, state, company, day, currency, customer, paper, day)
        self.entries.append(entry)
        if paper is not None:
            self.by_paper[paper.key] = entry
        return entry

    def add(
        self, entry: Entry, account: str, balance: int, amount_currency: int, *,
        display_type: str = "product", maturity: date | None = None, line: Line | None = None, label: str = "",
        currency: str = "",
    ) -> Posting:  # fmt: skip
        """A new line, in the entry's currency unless said; one that can be matched is open with its whole amount."""
        self._lines += 1
        posting = Posting(
            self._lines, entry, account, maturity, balance, amount_currency, currency or entry.currency, display_type,
            line, label,
        )  # fmt: skip
        if account in RECONCILED:
            posting.residual, posting.residual_currency = balance, amount_currency
        entry.lines.append(posting)
        return posting

    def _number(self, series: str, company: str, day: date) -> str:
        """The next number, as "INV/2026/00001" (company 2 has its own journals)."""
        prefix = series if company == COMPANIES[0].key else f"{series[:3]}2"
        key = (prefix, company, day.year)
        self._numbers[key] = self._numbers.get(key, 0) + 1
        return f"{prefix}/{day.year}/{self._numbers[key]:05d}"


def post_invoice(books: Books, invoice: Invoice) -> None:
    """The invoice or credit note is in the books."""
    entry = books.open_entry(
        invoice, company=invoice.company, currency=invoice.currency, day=invoice.day, customer=invoice.customer,
        type_=invoice.kind, state=invoice.state, series="INV" if invoice.kind == "out_invoice" else "RINV",
    )  # fmt: skip
    total = 0
    for line in invoice.lines:
        total += _post_income(books, entry, line)
    tax = sum(line.tax_minor for line in invoice.lines)
    if tax:
        total += _post_amount(books, entry, "tax", tax, "tax")
    _post_instalments(books, entry, invoice, total)


def _post_income(books: Books, entry: Entry, line: Line) -> int:
    """Company amount of one income line."""
    balance = books.convert(entry.company, entry.currency, entry.day, line.net_minor)
    books.add(entry, "income", -entry.sign * balance, -entry.sign * line.net_minor, line=line)
    return balance


def _post_amount(books: Books, entry: Entry, account: str, amount: int, display_type: str) -> int:
    """Company amount of a line that is credited on an invoice."""
    balance = books.convert(entry.company, entry.currency, entry.day, amount)
    books.add(entry, account, -entry.sign * balance, -entry.sign * amount, display_type=display_type)
    return balance


def _post_instalments(books: Books, entry: Entry, invoice: Invoice, total: int) -> None:
    """Receivable lines; in company currency the last takes the rest, too."""
    left, whole = total, invoice.total_minor
    for position, (due, amount) in enumerate(invoice.dues):
        is_last = position == len(invoice.dues) - 1
        part = left if is_last else _share(total, invoice, position, amount, whole)
        left -= part
        books.add(
            entry, RECEIVABLE, entry.sign * part, entry.sign * amount,
            display_type="payment_term", maturity=due, label=invoice.reference,
        )  # fmt: skip


def _share(total: int, invoice: Invoice, position: int, amount: int, whole: int) -> int:
    """Company amount of an instalment: its percentage of the total (its amount, where they are the same)."""
    return amount if total == whole else divide(total * TERM[invoice.term].instalments[position][0], 100)


def post_payment(books: Books, payment: Payment) -> None:
    """The payment is in the books."""
    entry = books.open_entry(
        payment, company=payment.company, currency=payment.currency, day=payment.day, customer=payment.customer,
        series="PBNK",
    )  # fmt: skip
    received = books.convert(payment.company, payment.currency, payment.day, payment.amount_minor)
    books.add(entry, "bank", received, payment.amount_minor, maturity=payment.day, label=payment.memo)
    if payment.write_off_minor:
        books.add(entry, "bad_debt", payment.write_off_minor, payment.write_off_minor, label="Bank charges")
    books.add(
        entry, RECEIVABLE, -received - payment.write_off_minor, -payment.amount_minor - payment.write_off_minor,
        maturity=payment.day, label=payment.memo,
    )  # fmt: skip


def post_bad_debt(books: Books, debt: BadDebt) -> None:
    """The write-off is in the books."""
    currency = COMPANY[debt.company].currency
    entry = books.open_entry(
        debt, company=debt.company, currency=currency, day=debt.day, customer=debt.customer, series="MISC"
    )
    books.add(entry, "bad_debt", debt.amount_minor, debt.amount_minor, label=debt.memo)
    books.add(entry, RECEIVABLE, -debt.amount_minor, -debt.amount_minor, label=debt.memo)
