"""What the engine needs for a plan, from the mirror: credits with their payees, what was paid of them, rates."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd

from kam_connector.facts import advances, companies, credits, people, rates
from kam_connector.findings import Finding
from kam_connector.policy import Plan
from kam_connector.rules.decisions import currencies_of, days_of, ids_of, words_of
from kam_connector.rules.pay.given import CASH_COLUMNS, PAID_COLUMNS, Given, no_rows
from kam_connector.rules.pay.rates import Rates
from kam_connector.runs.aged import of_companies
from kam_connector.runs.pay_events import read_events
from kam_connector.runs.pay_orders import read_bills
from kam_connector.runs.pay_targets import read_goals
from kam_connector.runs.sources import Sources
from kam_connector.runs.tier_spans import tiers_by_day

PEOPLE = {"salesperson": "payee_id", "owner": "owner_id", "lead": "manager_id"}
"""The roles of [[split]] that the ERP knows: the document's salesperson, the customer's, and who leads his team."""


def read_given(
    sources: Sources, plan: Plan, as_of: date, company_ids: list[int], paid: pd.DataFrame, first: date
) -> Given:
    """What the engine needs for the plan, of these companies, from the mirror: credits from `first` on."""
    con = sources.con
    firms = companies.companies(con).to_pandas()
    sold, lost = _read_credits(sources, plan, first, as_of, company_ids)
    team = people.salespeople(con).to_pandas()
    rows = _with_people(_by_roles(sold, plan, people.team_leaders(con).to_pandas()), team)
    if plan.modifiers.tier_factor or _names_tiers(plan):
        rows = rows.assign(tier=tiers_by_day(sources.book, rows))
    rows = _with_first_days(rows, credits.first_sales(con).to_pandas(), plan)
    homes = dict(zip(ids_of(firms["company_id"]).tolist(), ids_of(firms["currency_id"]).tolist(), strict=True))
    known = people.accounts(con).to_pandas() if plan.salary else team
    logins = dict(zip(words_of(known["login"]), ids_of(known["user_id"]).tolist(), strict=True))
    cash, bills, odd = _read_cash(sources, plan, sold, as_of)
    money = currencies_of(rates.currencies(con).to_pandas())
    goals = read_goals(con, plan, company_ids, homes)
    settled, found = paid[list(PAID_COLUMNS)], (*lost, *odd)
    rate = _read_rates(sources)
    return Given(rows, as_of, money, homes, cash, settled, rate, logins, bills, found, goals, company_ids, first)


def _read_credits(
    sources: Sources, plan: Plan, first: date, last: date, company_ids: list[int]
) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """The credits of the plan's source; by line where the plan looks at lines, their products or margins."""
    by_line = plan.looks_at_lines or plan.asks_margin
    if plan.credit.source == "order":
        read = credits.order_line_credits if by_line else credits.order_credits
        table = read(sources.con, first, last, sources.zones)
    elif by_line:
        table = credits.line_credits(sources.con, first, last)
    else:
        table = credits.invoice_credits(sources.con, first, last)
    frame = (table if plan.asks_margin or not by_line else table.drop("margin_minor")).to_pandas()
    frame = frame[frame["kind"].isin(["order", "invoice", "credit_note"])]
    found: pd.DataFrame = frame.rename(columns={"move_id": "document_id", "gross_minor": "document_total_minor"})
    if plan.credit.source != "order":
        found = _with_advances(sources, plan, found, last, by_line=by_line)
    events, lost = read_events(sources, plan, first, last, company_ids)
    every = pd.concat([found, *events], ignore_index=True) if events else found
    return of_companies(every.assign(date=days_of(every["date"]).astype("datetime64[s]")), company_ids), lost


def _with_advances(sources: Sources, plan: Plan, found: pd.DataFrame, last: date, *, by_line: bool) -> pd.DataFrame:
    """The invoices' credits without down payments; where these count by the lines of their orders, with both.

    Without lines a down payment that counts in proportion is an invoice like others.
    """
    if plan.cash.down_payment == "proportional" and not by_line:
        return found
    lines: pd.DataFrame = advances.advance_lines(sources.con).to_pandas()
    if lines.empty:
        return found
    own = found["credit_id"].isin(lines["line_id"]).to_numpy(dtype=bool)
    if plan.cash.down_payment == "proportional":
        deals = -ids_of(found["credit_id"].map(lines.set_index("line_id")["order_id"]))
        return pd.concat([
            found.assign(deal_id=np.where(own, deals, 0), kind=found["kind"].mask(own, "down_payment")),
            _ordered_lines(sources, set(deals[own].tolist()), last),
        ], ignore_index=True)  # fmt: skip
    if by_line:
        return found[~own]
    sign = np.where(found["kind"] == "credit_note", -1, 1)
    sums = lines.groupby("move_id")[["amount_minor", "balance_minor"]].sum().reindex(found["document_id"]).fillna(0)
    amount, balance = (sums[name].to_numpy(dtype=np.int64) for name in ("amount_minor", "balance_minor"))
    return found.assign(
        net_minor=found["net_minor"] - sign * amount, net_company_minor=found["net_company_minor"] + balance
    )


def _ordered_lines(sources: Sources, deals: Collection[int], last: date) -> pd.DataFrame:
    """The lines of these orders, by which their down payments are divided; all ids below zero, as no document's is."""
    table = credits.order_line_credits(sources.con, date.min, last, sources.zones)
    lines: pd.DataFrame = table.drop("margin_minor").to_pandas()
    lines = lines.rename(columns={"move_id": "document_id", "gross_minor": "document_total_minor"})
    lines = lines.assign(credit_id=-lines["credit_id"], document_id=-lines["document_id"])
    return lines[lines["document_id"].isin(deals)].assign(deal_id=lambda rows: rows["document_id"])


def _names_tiers(plan: Plan) -> bool:
    return any(
        each.tiers for each in [plan.filter, *(part.filter for part in plan.component if part.filter is not None)]
    )


def _by_roles(sold: pd.DataFrame, plan: Plan, leaders: pd.DataFrame) -> pd.DataFrame:
    """A row a credit and role of the plan's split that somebody has; without a split the salesperson's alone."""
    if not plan.split:
        return sold.assign(role="salesperson")
    boss = dict(zip(ids_of(leaders["user_id"]).tolist(), ids_of(leaders["manager_id"]).tolist(), strict=True))
    sold = sold.assign(manager_id=[boss.get(each, 0) for each in ids_of(sold["payee_id"]).tolist()])
    known = [(line.role, PEOPLE[line.role]) for line in plan.split if line.role in PEOPLE]
    parts = [sold.assign(payee_id=ids_of(sold[column]), role=role) for role, column in known]
    found = pd.concat(parts, ignore_index=True) if parts else sold.iloc[:0].assign(role="")
    return found[found["payee_id"] != 0].reset_index(drop=True)


def _with_first_days(rows: pd.DataFrame, first_sales: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """With the day of the customer's first invoice, or order where orders are what is paid for and one came earlier."""
    keys = ["company_id", "customer_id"]
    rows = rows.merge(first_sales, on=keys, how="left")
    if plan.credit.source != "order":
        return rows
    day = pd.Series(days_of(rows["date"]), index=rows.index)
    ordered = day.groupby([rows[name] for name in keys]).transform("min")
    return rows.assign(first_date=np.fmin(days_of(rows["first_date"]), days_of(ordered)))


def _with_people(rows: pd.DataFrame, team: pd.DataFrame) -> pd.DataFrame:
    """With login and team of each payee."""
    about = team.assign(user=ids_of(team["user_id"])).set_index("user")
    payee = ids_of(rows["payee_id"])
    return rows.assign(
        payee_id=payee, login=words_of(about["login"].reindex(payee)), team=words_of(about["team"].reindex(payee))
    )


def _read_cash(
    sources: Sources, plan: Plan, sold: pd.DataFrame, as_of: date
) -> tuple[pd.DataFrame, pd.DataFrame | None, tuple[Finding, ...]]:
    """What was paid of, or written off from, the documents, and the invoices of orders; not read where nothing of it
    changes pay."""
    needed = plan.credit.source == "cash" or plan.cash.bad_debt == "forfeit" or plan.gate or plan.modifiers.days_to_pay
    if not needed:
        return no_rows(CASH_COLUMNS), None, ()
    if plan.credit.source == "order":
        return read_bills(sources, plan, sold, as_of)
    frame: pd.DataFrame = credits.document_cash(sources.con, as_of).to_pandas()
    return _with_paid_before(frame.rename(columns={"move_id": "document_id"}), sold), None, ()


def _with_paid_before(cash: pd.DataFrame, sold: pd.DataFrame) -> pd.DataFrame:
    """The cash, and that of final invoices which their down payments leave nothing of: paid on their own day."""
    done = sold[(sold["document_total_minor"] == 0) & (sold["kind"] == "invoice") & (sold["net_minor"] != 0)]
    if cash.empty or done.empty:
        return cash
    sums = done.groupby("document_id").agg(date=("date", "first"), amount_minor=("net_minor", "sum")).reset_index()
    return pd.concat([cash, sums[sums["amount_minor"] > 0].assign(kind="cash")], ignore_index=True)


def _read_rates(sources: Sources) -> Rates:
    """All rates that the ERP has, by company and currency."""
    table = rates.all_rates(sources.con).to_pandas()
    columns = (
        ids_of(table["company_id"]).tolist(),
        ids_of(table["currency_id"]).tolist(),
        table["date"],
        table["rate"],
    )
    dated: dict[tuple[int, int], list[tuple[date, Fraction]]] = {}
    for company, currency, day, rate in zip(*columns, strict=True):
        dated.setdefault((company, currency), []).append((pd.Timestamp(day).date(), Fraction(Decimal(str(rate)))))
    return Rates({key: tuple(sorted(found)) for key, found in dated.items()})


def payee_names(team: pd.DataFrame) -> Mapping[int, str]:
    """Logins by user, as a trial shows payees."""
    return dict(zip(ids_of(team["user_id"]).tolist(), words_of(team["login"]), strict=True))
