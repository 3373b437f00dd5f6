"""The ageing in the documents' own currencies: each currency of a company aged and tied out by itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import pandas as pd

from kam_connector.facts import receivables
from kam_connector.money import Currency
from kam_connector.policy.receivables import Ageing
from kam_connector.rules.disputes import mark_disputes
from kam_connector.rules.translation import in_document
from kam_connector.runs.aged import How, Receivables, age_items
from kam_connector.runs.disputed import read_disputed
from kam_connector.runs.frames import to_frame
from kam_connector.runs.sources import Sources

Currencies = Mapping[int, Currency]


def age_documents(
    sources: Sources, as_of: date, company_ids: list[int], how: How, currencies: Currencies
) -> Receivables:
    """The ageing of these companies at that day in the currencies of their documents."""
    con = sources.con
    items = to_frame(receivables.open_items(con, as_of, "document"))
    balance = to_frame(receivables.document_balance(con, as_of))
    items, balance = (table[table["company_id"].isin(company_ids)] for table in (items, balance))
    policy = sources.policy.at(as_of).collections.ageing
    marked = mark_disputes(items.reset_index(drop=True), read_disputed(sources, as_of))
    return age_by_currency(marked, balance, currencies, policy, as_of, how)


def age_by_currency(
    items: pd.DataFrame, balance: pd.DataFrame, currencies: Currencies, policy: Ageing, as_of: date, how: How
) -> Receivables:
    """The ageing of items that are open in their own currency, tied out currency by currency.

    `items`: as `facts.receivables.open_items` has them, with disputed_minor; `balance`: that of `document_balance`.
    """
    counted = in_document(items)
    parts = []
    for number in sorted({*items["currency_id"].tolist(), *balance["currency_id"].tolist()}) or [0]:
        mine = counted[counted["currency_id"] == number].reset_index(drop=True)
        booked = balance[balance["currency_id"] == number]
        own = _as_companies({*mine["company_id"], *booked["company_id"]}, number, currencies)
        parts.append(age_items(mine, booked, own, policy, as_of, how))
    return _together(parts)


def _as_companies(ids: Collection[int], number: int, currencies: Currencies) -> pd.DataFrame:
    """These companies, as if the currency were their own."""
    currency = currencies.get(number, Currency("", 2))
    return pd.DataFrame({
        "company_id": sorted(ids), "currency_id": number, "currency": currency.code, "digits": currency.digits,
    })  # fmt: skip


def _together(parts: Sequence[Receivables]) -> Receivables:
    items, rows, tied, ledger = (
        pd.concat([getattr(part, name) for part in parts], ignore_index=True)
        for name in ("items", "rows", "tie_out", "ledger")
    )
    tied = tied.sort_values(["company_id", "currency_id"], kind="stable", ignore_index=True)
    return Receivables(items, rows, tied, ledger, tuple(found for part in parts for found in part.findings))
