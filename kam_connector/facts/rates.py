"""Exchange rates of a day, by company, as the ERP itself would take them.

The ERP's rate says how many units of a currency one unit of the base is worth, the base being whatever currency has
the rate 1. So one unit of A is rate(B) / rate(A) units of B: with EUR 0.80 and CNY 7.20, 1 EUR = 9 CNY.

A branch has the rates of the company at its root, and none of its own (Odoo 17 and later, which say so in the
company's path; before, a company's parent means nothing for its rates).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.live import live, remembered

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


@remembered
def currencies(con: BaseBackend) -> ir.Table:
    """One row a currency of the ERP. Columns: currency_id, currency (code), digits."""
    return live(con, "res_currency").select(currency_id="id", currency="name", digits="decimal_places")


def all_rates(con: BaseBackend) -> ir.Table:
    """One row a rate and company that it is for: company_id (empty: all companies), currency_id, date, rate (units a
    unit of the base).
    """
    rate = live(con, "res_currency_rate")
    rate = rate.filter(rate.rate > 0, rate.currency_id.notnull(), rate.name.notnull()).rename(owner_id="company_id")
    own = rate.inner_join(_roots(con), "owner_id")
    shared = rate.filter(rate.owner_id.isnull())
    columns = ("currency_id", "rate")
    return own.select("company_id", *columns, date="name").union(
        shared.select(company_id="owner_id", **{name: name for name in columns}, date="name")
    )


def rates_on(con: BaseBackend, day: date) -> ir.Table:
    """One row a company and currency that has any rate: the newest dated on or before `day`.

    Columns: company_id, currency_id, rate (units a unit of the base) and rate_date; both empty where all rates are of
    later days. A company's own rate (a branch's: its root's) goes before one that all companies share, as in the ERP.
    """
    rate = live(con, "res_currency_rate")
    rate = rate.filter(rate.rate > 0, rate.currency_id.notnull()).rename(owner_id="company_id")
    company = _roots(con).rename(root_id="owner_id")
    every = rate.cross_join(company).filter(lambda t: t.owner_id.isnull() | (t.owner_id == t.root_id))
    every = every.mutate(later=every.name > day, shared=every.owner_id.isnull())
    order = [every.later, every.shared, every.name.desc(), every.id.desc()]
    window = ibis.window(group_by=[every.company_id, every.currency_id], order_by=order)
    every = every.mutate(place=ibis.row_number().over(window))
    newest = every.filter(every.place == 0)
    return newest.select(
        "company_id",
        "currency_id",
        rate=newest.later.ifelse(ibis.null(), newest.rate).cast(newest.rate.type()),
        rate_date=newest.later.ifelse(ibis.null(), newest.name).cast("date"),
    )


def _roots(con: BaseBackend) -> ir.Table:
    """company_id, owner_id: whose rates each company has, the first of its path ("1/3/"), without one its own."""
    company = live(con, "res_company")
    first = company.parent_path.split("/")[0].try_cast("int64")
    return company.select(company_id="id", owner_id=ibis.coalesce(first, company.id))
