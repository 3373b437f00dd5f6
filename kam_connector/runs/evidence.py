"""Which records of the ERP a figure stands on: the invoices, credit notes and orders that were counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

import pandas as pd

from kam_connector.facts.days import twelve_months, year_before
from kam_connector.facts.newcomers import PAUSE_MONTHS
from kam_connector.rules.decisions import days_of
from kam_connector.runs.evidence_trade import FOUND_IN_TRADE
from kam_connector.runs.papers import Evidence, Papers, name_moves, name_orders


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
    return name_moves(papers.invoices[inside & papers.invoices["kind"].isin(list(kinds))])


def _revenue(papers: Papers) -> Evidence:
    return _invoices(papers, [papers.as_of])


def _revenue_before(papers: Papers) -> Evidence:
    return _invoices(papers, [year_before(papers.as_of)])


def _revenue_of_both_years(papers: Papers) -> Evidence:
    return _invoices(papers, [papers.as_of, year_before(papers.as_of)])


def _invoices_only(papers: Papers) -> Evidence:
    return _invoices(papers, [papers.as_of], ["invoice"])


def _first_invoice(papers: Papers) -> Evidence:
    return name_moves(_real_invoices(papers).head(1))


def _last_invoice(papers: Papers) -> Evidence:
    return name_moves(_real_invoices(papers).tail(1))


def _comeback(papers: Papers) -> Evidence:
    """The first invoice after the customer's last pause."""
    invoices = _real_invoices(papers)
    day = pd.to_datetime(invoices["date"])
    return name_moves(invoices[day.shift() + pd.DateOffset(months=PAUSE_MONTHS) < day].tail(1))


def _real_invoices(papers: Papers) -> pd.DataFrame:
    invoices = papers.invoices[papers.invoices["kind"] == "invoice"]
    return invoices.sort_values(["date", "move_id"])


def _orders(papers: Papers) -> Evidence:
    orders = papers.orders[papers.orders["is_confirmed"] & papers.orders["in_12m"]]
    return name_orders(orders)


def _paid(papers: Papers) -> Evidence:
    return name_moves(papers.paid[papers.paid["is_closed"]])


def _paid_late(papers: Papers) -> Evidence:
    closed = papers.paid[papers.paid["is_closed"]]
    return name_moves(closed[closed["paid_on"] > closed["due_date"]])


def _open(papers: Papers) -> Evidence:
    return name_moves(papers.owed)


def _overdue(papers: Papers) -> Evidence:
    owed = papers.owed
    return name_moves(owed[(owed["days_past_due"] > 0) & (owed["residual_minor"] > 0)])


def _doubtful(papers: Papers) -> Evidence:
    return name_moves(papers.owed[papers.owed["doubtful"].astype(bool)])


_FOUND: Mapping[str, Callable[[Papers], Evidence]] = {
    "revenue_12m": _revenue,
    "revenue_prev_12m": _revenue_before,
    "revenue_growth": _revenue_of_both_years,
    "invoices_12m": _invoices_only,
    "orders_12m": _orders,
    "tenure_days": _first_invoice,
    "days_since_invoice": _last_invoice,
    "days_since_reactivation": _comeback,
    "paid_items": _paid,
    "payer_class": _paid,
    "days_late_mean": _paid,
    "days_late_spread": _paid,
    "share_late": _paid_late,
    "receivable_total": _open,
    "overdue": _overdue,
    "overdue_share": _overdue,
    "doubtful_share": _doubtful,
    "revenue_share": _revenue,
    "focus_share": _revenue,
    **FOUND_IN_TRADE,
}
"""Of each figure that a policy may rate, the records that it is made of."""
