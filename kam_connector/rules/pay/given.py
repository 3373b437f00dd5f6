"""What the engine is given, as tables; whoever reads a file or the mirror brings them into this form."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import pandas as pd

from kam_connector.findings import Finding
from kam_connector.money import Currency
from kam_connector.rules.pay.rates import Rates

CREDIT_COLUMNS = (
    "credit_id", "company_id", "payee_id", "date", "document_id", "kind", "origin_id", "currency_id", "net_minor",
)  # fmt: skip
CREDIT_DEFAULTS: Mapping[str, object] = {
    "login": "", "team": "", "role": "", "share": Decimal(1), "customer_id": 0, "category": "", "tier": "",
    "margin_minor": 0, "document_total_minor": 0, "due_date": None, "first_date": None, "deal_id": 0,
    "origin_date": None,
}  # fmt: skip
CASH_COLUMNS = ("document_id", "date", "kind", "amount_minor")
BILL_COLUMNS = ("bill_id", "family", "document_id", "date", "due_date", "total_minor")
TARGET_COLUMNS = ("company_id", "payee_id", "team", "measure", "period", "currency_id", "amount_minor")
PAID_COLUMNS = ("company_id", "payee_id", "plan", "period", "currency_id", "amount_minor")


def no_rows(columns: tuple[str, ...]) -> pd.DataFrame:
    """An empty table with these columns."""
    return pd.DataFrame({name: pd.Series(dtype="int64") for name in columns})


@dataclass(frozen=True, slots=True)
class Given:
    """All that pay follows from, up to and including `as_of`.

    `credits`: CREDIT_COLUMNS and, where known, those of CREDIT_DEFAULTS: one row a payee of a credit; kind is invoice,
    credit_note, order, down_payment or event; origin_id the credit that it reverses (0: none), for a down payment a
    credit of the order; origin_date the day of the document that it reverses, which tells also where that one is not
    among the credits; deal_id the document of that order. Amounts in smallest units of currency_id; `share` is the
    payee's part. net_company_minor and company_currency_id, where there, are the same credit as it was booked.
    `cash`: CASH_COLUMNS in the document's own currency; kind is cash, credit_note, write_off, exchange or pending;
    note_id, where there, is the document of the credit note that was matched (0: not known).
    `bills`, where the documents are orders: BILL_COLUMNS of their invoices, each with the order as document_id, the
    order's part of its total (credit notes negative, with the bill_id that they reverse as family); cash then has the
    bill_id, too, and a note_id that is one (below zero: of a credit note that is none of the bills). What is owed goes
    by them; without bills an order is owed from its own day on.
    `targets`: TARGET_COLUMNS, what people (payee_id) and teams (by name, payee_id 0) are to reach; one currency a
    company. `paid`: PAID_COLUMNS, what was settled. `currencies` by id; `payees`: their ids by login, for awards and
    salaries; `companies`: those that are paid for now (none named: all); `first`: the day from which on credits were
    read, so that no period before it is computed; `findings`: what was wrong with all this.
    """

    credits: pd.DataFrame
    as_of: date
    currencies: Mapping[int, Currency]
    homes: Mapping[int, int] = field(default_factory=dict)
    cash: pd.DataFrame = field(default_factory=lambda: no_rows(CASH_COLUMNS))
    paid: pd.DataFrame = field(default_factory=lambda: no_rows(PAID_COLUMNS))
    rates: Rates = field(default_factory=Rates)
    payees: Mapping[str, int] = field(default_factory=dict)
    bills: pd.DataFrame | None = None
    findings: tuple[Finding, ...] = ()
    targets: pd.DataFrame = field(default_factory=lambda: no_rows(TARGET_COLUMNS))
    companies: Collection[int] = ()
    first: date = date.min
