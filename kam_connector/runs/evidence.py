"""Which records of the ERP a figure stands on: the invoices, credit notes and orders that were counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import pandas as pd
from ibis import BaseBackend

from kam_connector.facts.cash import paid_items
from kam_connector.facts.days import Zones, twelve_months, year_before
from kam_connector.facts.invoices import posted_invoices
from kam_connector.facts.orders import customer_orders
from kam_connector.rules.decisions import days_of
from kam_connector.runs.frames import to_frame


class Evidence(NamedTuple):
    """The records that a figure was counted from: a model of the ERP and ids, in order; none that can be named."""

    model: str = ""
    ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Papers:
    """What one customer has in one company up to a day: invoices and credit notes, orders, paid and open items."""

    as_of: date
    invoices: pd.DataFrame
    orders: pd.DataFrame
    paid: pd.DataFrame
    owed: pd.DataFrame

    def of_company(self, company: int) -> Papers:
        """Those of one company."""
        frames = (self.invoices, self.orders, self.paid, self.owed)
        return Papers(self.as_of, *(frame[frame["company_id"] == company] for frame in frames))


def read_papers(con: BaseBackend, customer: int, as_of: date, zones: Zones, open_items: pd.DataFrame) -> Papers:
    """The papers of a customer in all companies; `open_items` as `ageing.bucket_items` gives them."""
    invoice, order, paid = posted_invoices(con), customer_orders(con, as_of, zones), paid_items(con, as_of)
    return Papers(
        as_of,
        to_frame(invoice.filter(invoice.customer_id == customer, invoice.date <= as_of)),
        to_frame(order.filter(order.customer_id == customer)),
        to_frame(paid.filter(paid.customer_id == customer)),
        open_items[open_items["customer_id"] == customer],
    )


def find_evidence(fact: str, papers: Papers) -> Evidence:
    """The records behind a figure of `policy.measures`; none for one of which it is not known."""
    find = _FOUND.get(fact)
    return find(papers) if find else Evidence()


def _invoices(papers: Papers, years: Iterable[date], kinds: Iterable[str] = ("invoice", "credit_note")) -> Evidence:
    """Those of the twelve months that end with each of these days."""
    days = days_of(papers.invoices["date"])
    spans = [twelve_months(day) for day in years]
    inside = pd.Series(False, index=papers.invoices.index)
    for first, last in spans:
        inside |= (days >= pd.Timestamp(first)) & (days <= pd.Timestamp(last))
    return _moves(papers.invoices[inside & papers.invoices["kind"].isin(list(kinds))])


def _revenue(papers: Papers) -> Evidence:
    return _invoices(papers, [papers.as_of])


def _revenue_before(papers: Papers) -> Evidence:
    return _invoices(papers, [year_before(papers.as_of)])


def _revenue_of_both_years(papers: Papers) -> Evidence:
    return _invoices(papers, [papers.as_of, year_before(papers.as_of)])


def _invoices_only(papers: Papers) -> Evidence:
    return _invoices(papers, [papers.as_of], ["invoice"])


def _first_invoice(papers: Papers) -> Evidence:
    return _moves(_real_invoices(papers).head(1))


def _last_invoice(papers: Papers) -> Evidence:
    return _moves(_real_invoices(papers).tail(1))


def _real_invoices(papers: Papers) -> pd.DataFrame:
    invoices = papers.invoices[papers.invoices["kind"] == "invoice"]
    return invoices.sort_values(["date", "move_id"])


def _orders(papers: Papers) -> Evidence:
    orders = papers.orders[papers.orders["is_confirmed"] & papers.orders["in_12m"]]
    return Evidence("sale.order", tuple(sorted(orders["order_id"].astype(int))))


def _paid(papers: Papers) -> Evidence:
    return _moves(papers.paid[papers.paid["is_closed"]])


def _paid_late(papers: Papers) -> Evidence:
    closed = papers.paid[papers.paid["is_closed"]]
    return _moves(closed[closed["paid_on"] > closed["due_date"]])


def _open(papers: Papers) -> Evidence:
    return _moves(papers.owed)


def _overdue(papers: Papers) -> Evidence:
    owed = papers.owed
    return _moves(owed[(owed["days_past_due"] > 0) & (owed["residual_minor"] > 0)])


def _doubtful(papers: Papers) -> Evidence:
    return _moves(papers.owed[papers.owed["doubtful"].astype(bool)])


def _moves(frame: pd.DataFrame) -> Evidence:
    return Evidence("account.move", tuple(sorted({int(number) for number in frame["move_id"]})))


_FOUND: Mapping[str, Callable[[Papers], Evidence]] = {
    "revenue_12m": _revenue,
    "revenue_prev_12m": _revenue_before,
    "revenue_growth": _revenue_of_both_years,
    "invoices_12m": _invoices_only,
    "orders_12m": _orders,
    "tenure_days": _first_invoice,
    "days_since_invoice": _last_invoice,
    "paid_items": _paid,
    "days_late_mean": _paid,
    "days_late_spread": _paid,
    "share_late": _paid_late,
    "receivable_total": _open,
    "overdue": _overdue,
    "overdue_share": _overdue,
    "doubtful_share": _doubtful,
}
"""Of each figure that a policy may rate, the records that it is made of."""
