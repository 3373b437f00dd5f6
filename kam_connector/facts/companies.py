"""Companies with their currency and time zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kam_connector.facts.live import live, remembered, viewed

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


@viewed
def companies(con: BaseBackend) -> ir.Table:
    """One row a company.

    Columns: company_id, name, currency_id, currency (code), digits (of the currency), zone (of its work calendar,
    'UTC' where it has none; a zone in kam.toml goes before it).
    """
    company = live(con, "res_company")
    currency = live(con, "res_currency").select(currency_key="id", currency="name", digits="decimal_places")
    calendar = live(con, "resource_calendar").select(calendar_key="id", zone="tz")
    joined = company.left_join(currency, company.currency_id == currency.currency_key)
    joined = joined.left_join(calendar, joined.resource_calendar_id == calendar.calendar_key)
    return joined.select(
        "name", "currency_id", "currency", "digits", company_id=joined.id, zone=joined.zone.fill_null("UTC")
    ).relocate("company_id")


@remembered
def company_currencies(con: BaseBackend) -> ir.Table:
    """company_id, company_currency_id: what company-currency amounts are counted in."""
    company = live(con, "res_company")
    return company.select(company_id="id", company_currency_id="currency_id")
