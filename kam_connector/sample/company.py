"""The sample company as a whole: `build`, and totals to compare a loaded ERP with."""

from __future__ import annotations

import ast
import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from kam_connector.errors import InputError
from kam_connector.sample import firm
from kam_connector.sample.books import RECEIVABLE, Books, Entry, post_bad_debt, post_invoice, post_payment
from kam_connector.sample.complaints import build_complaints
from kam_connector.sample.customers import Customer, build_customers
from kam_connector.sample.invoices import build_invoices
from kam_connector.sample.matching import Matches
from kam_connector.sample.orders import build_orders
from kam_connector.sample.papers import BadDebt, Documents, Invoice, Payment
from kam_connector.sample.payments import Money, build_money
from kam_connector.sample.tables import build_tables
from kam_connector.sample.targets import build_activities, build_targets

Size = Literal["small", "full"]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SampleCompany:
    """The same company as business papers and as rows of an Odoo 19.

    `tables`: model -> rows as Odoo 19's `read` answers with `load=''` (ids, False for empty, floats for money).
    """

    documents: Documents
    tables: Mapping[str, list[Row]]
    entries: tuple[Entry, ...]

    @property
    def hash(self) -> str:
        """Hash of the papers: the same wherever the same size and anchor are built."""
        return hashlib.sha256(repr(self.documents).encode()).hexdigest()[:16]

    def receivable_balances(self, as_of: date) -> dict[tuple[str, str], int]:
        """Ledger balance of trade receivables by (company key, customer reference) as of a day, smallest units."""
        refs = {partner.key: partner.ref for partner in self.documents.partners}
        sums: dict[tuple[str, str], int] = defaultdict(int)
        for entry in self.entries:
            if entry.state == "posted" and entry.day <= as_of:
                balance = sum(line.balance for line in entry.lines if line.account == RECEIVABLE)
                sums[entry.company, refs[entry.customer]] += balance
        return {key: total for key, total in sums.items() if total}


def build(size: Size = "small", anchor: date = date(2026, 6, 30)) -> SampleCompany:
    """The company of that size whose 24 months end on the anchor day; under 3 s for the full one."""
    if size not in ("small", "full"):
        raise InputError('The sample company has no size "{size}".', next_step="Sizes: small, full.", size=size)
    customers = build_customers(size, anchor)
    orders = build_orders(size, anchor, customers)
    invoices = build_invoices(size, anchor, orders)
    money = build_money(size, anchor, customers, invoices)
    books, matches = _keep_books(anchor, invoices, money)
    documents = Documents(
        size=size, anchor=anchor, currencies=firm.CURRENCIES, companies=firm.COMPANIES,
        rates=firm.build_rates(anchor), teams=firm.TEAMS, people=firm.PEOPLE, categories=firm.CATEGORIES,
        products=firm.PRODUCTS, terms=firm.TERMS,
        partners=tuple(p for c in customers for p in (c.partner, *c.contacts)), orders=orders,
        invoices=invoices, payments=money.payments, bad_debts=money.bad_debts, settlements=money.settlements,
        complaints=build_complaints(size, anchor, customers, books),
        targets=build_targets(size, anchor, books.entries), activities=build_activities(size, anchor, customers),
    )  # fmt: skip
    return SampleCompany(documents, build_tables(documents, books, matches), tuple(books.entries))


def _keep_books(anchor: date, invoices: tuple[Invoice, ...], money: Money) -> tuple[Books, Matches]:
    """All papers posted by day, then all matches by day."""
    books = Books(firm.build_rates(anchor))
    papers: list[Invoice | Payment | BadDebt] = [*invoices, *money.payments, *money.bad_debts]
    for paper in sorted(papers, key=lambda paper: (paper.day, paper.key)):
        if isinstance(paper, Invoice):
            post_invoice(books, paper)
        elif isinstance(paper, Payment):
            post_payment(books, paper)
        else:
            post_bad_debt(books, paper)
    matches = Matches(books, anchor)
    for settlement in money.settlements:
        matches.settle(settlement)
    return books, matches


def loader_hash(company: SampleCompany) -> str:
    """Hash of what a loaded database holds: the papers and the code that loads them (not its layout)."""
    digest = hashlib.sha256(company.hash.encode())
    for path in sorted(Path(__file__).parent.glob("load*.py")):
        digest.update(ast.dump(ast.parse(path.read_bytes())).encode())
    return digest.hexdigest()[:16]


__all__ = ["Customer", "SampleCompany", "Size", "build", "loader_hash"]
