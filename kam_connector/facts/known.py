"""What is known of a customer from outside, as people wrote it down in the addon: dated, with its source."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.customers import customers
from kam_connector.facts.live import live

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


def known(con: BaseBackend, as_of: date) -> ir.Table:
    """One row a company, customer and kind: the note of the latest day up to `as_of`, of several the one written last.

    Columns: note_id, company_id, customer_id, kind (size, revenue, profit, market_share, company_type, industry_trend,
    competition, policy, industry_risk, market_risk, preference), people_count (of a size), currency (code), digits,
    amount_minor (of revenue and profit, a year, in that currency), share (0 to 1, of a market share), note (text),
    known_on (the day of which it tells), source, valid_until, is_old (that day lies before `as_of`). Requirements S2-6,
    S2-7, S2-9, S2-11, S2-13.
    """
    note = live(con, "kam_customer_note")
    note = note.filter(note.as_of <= as_of)
    customer = customers(con).select("customer_id", partner_key="partner_id")
    joined = note.inner_join(customer, note.partner_id == customer.partner_key)
    currency = live(con, "res_currency").select(currency_key="id", currency="name", digits="decimal_places")
    joined = joined.left_join(currency, joined.currency_id == currency.currency_key)
    newest = ibis.window(
        group_by=["company_id", "customer_id", "kind"], order_by=[joined.as_of.desc(), joined.id.desc()]
    )
    joined = joined.mutate(place=ibis.row_number().over(newest))
    joined = joined.filter(joined.place == 0)
    return joined.select(
        "company_id", "customer_id", "kind", "people_count", "currency", "digits", "amount_minor", "share", "note",
        "source", "valid_until", note_id="id", known_on="as_of",
        is_old=(joined.valid_until < as_of).fill_null(False),
    ).relocate("note_id")  # fmt: skip
