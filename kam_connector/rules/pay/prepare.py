"""Which credits count for a plan: with which base, in which currency, whose, in which period, reversing what.

A loss is no income: with base "margin" a sale below cost earns nothing, while the return of what was sold with a margin
takes that margin back (incentives.md, E11). A down payment is spread over the lines of its order, so that it earns only
what those lines would: 1,500 of an order of 2,000, half of which earns 10 %, brings 75.00, the final invoice the other
25.00 (E15); with down_payment = "final" it brings nothing before the final invoice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd

from kam_connector.findings import Finding
from kam_connector.periods import add_months
from kam_connector.policy.components import Filter
from kam_connector.policy.plans import Plan
from kam_connector.rules.decisions import Days, Flags, Whole, boxed, days_of, ids_of, require_columns
from kam_connector.rules.pay.cash import paying_kinds
from kam_connector.rules.pay.exact import FINE, rate_units, ratio, whole
from kam_connector.rules.pay.given import CREDIT_COLUMNS, CREDIT_DEFAULTS, Given
from kam_connector.rules.pay.shares import parts_of, share_base
from kam_connector.rules.pay.spans import period_at, span_of
from kam_connector.texts import Text

SOURCES = {
    "order": ("order", "event"),
    "invoice": ("invoice", "credit_note", "down_payment", "event"),
    "cash": ("invoice", "credit_note", "down_payment", "event"),
}
NOBODY = Text("Credits without a salesperson ({count}): plan {plan} pays nobody for them.")
NO_RATE = Text("No rate of exchange into {currency} is known for {day}: plan {plan} leaves this credit out.")
NO_CURRENCY = Text("The currency {currency} is not known: plan {plan} pays nothing.")
NO_COST = Text("Credits whose cost is not known have no margin ({count}): plan {plan} pays nothing for them.")
NO_SHARE = Text("The cost of credits is not known ({count}): the gate margin_share of plan {plan} looks at the others.")
ODD_CURRENCY = Text("The currency of this credit is not known: plan {plan} leaves it out.")


@dataclass(frozen=True, slots=True)
class Prepared:
    """The credits of a plan in a stable order, and what is wrong with the others.

    `rows`: the columns of Given.credits with day, stage (number of the plan's period), base_minor and pay_currency,
    units (rate of exchange; None: booked without an amount), factor (tier, 10^-8), home (place of the row that it
    reverses, its own otherwise), family (document of the home), weight (the row's part of its document's net amount,
    document's currency), part (of an event, 10^-12).
    """

    rows: pd.DataFrame
    findings: tuple[Finding, ...]


def prepare(plan: Plan, given: Given) -> Prepared:
    """The credits that the plan pays for, up to `given.as_of`."""
    require_columns(given.credits, CREDIT_COLUMNS, "credits")
    every = given.credits.copy(deep=False)
    for name, value in CREDIT_DEFAULTS.items():
        if name not in every.columns:
            every = every.assign(**{name: pd.Series(value, index=every.index)})
    spread = _spread_down_payments(_with_totals(every), plan)
    rows = spread[_counts(spread, plan, given.as_of)].sort_values(["date", "credit_id", "payee_id"], kind="stable")
    nobody = ids_of(rows["payee_id"]) == 0
    text = Text(NOBODY.template, {"count": int(nobody.sum()), "plan": plan.code})
    findings = [Finding("info", "rules.pay", plan.code, text)] if nobody.any() else []
    rows, uncosted = _with_known_margins(rows[~nobody].reset_index(drop=True), plan)
    rows, excess = _with_shares(rows, plan)
    rows = _with_homes(rows[is_payee(rows, plan)].reset_index(drop=True))
    rows, odd = _with_known_currencies(rows, plan, given)
    rows, lost = _convert(rows, plan, given)
    factors = {tier: rate_units(each) for tier, each in plan.modifiers.tier_factor.items()}
    rows = rows.assign(
        stage=span_of(days_of(rows["day"]), plan.plan.period),
        factor=rows["tier"].map(factors).fillna(rate_units(Decimal(1))).astype("int64"),
    )
    return Prepared(_with_homes(rows.reset_index(drop=True)), (*findings, *uncosted, *excess, *odd, *lost))


def _with_totals(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the total of their document, where it is not known the sum of all its credits, each once."""
    unknown = (rows["document_total_minor"] == 0) & (rows["kind"] != "event")
    if not unknown.any():
        return rows
    once = rows[rows["kind"] != "event"].drop_duplicates("credit_id")
    sums = once.groupby("document_id")["net_minor"].sum()
    found = rows["document_id"].map(sums).fillna(0).astype("int64")
    return rows.assign(document_total_minor=rows["document_total_minor"].mask(unknown, found))


def _with_known_margins(rows: pd.DataFrame, plan: Plan) -> tuple[pd.DataFrame, list[Finding]]:
    """The rows whose margin is known, where the plan pays by it: an unknown cost is never zero."""
    lacking = (rows["margin_minor"].isna() & (rows["kind"] != "event")).to_numpy(dtype=bool)
    if not plan.asks_margin or not lacking.any():
        return rows, []
    count = int(rows.loc[lacking, "credit_id"].nunique())
    if plan.credit.base != "margin":
        text = Text(NO_SHARE.template, {"count": count, "plan": plan.code})
        return rows, [Finding("warning", "rules.pay", plan.code, text)]
    text = Text(NO_COST.template, {"count": count, "plan": plan.code})
    return rows[~lacking].reset_index(drop=True), [Finding("warning", "rules.pay", plan.code, text)]


def _with_shares(rows: pd.DataFrame, plan: Plan) -> tuple[pd.DataFrame, list[Finding]]:
    """The rows of all people with their parts of each credit: weight, base_minor and, where known, booked_minor."""
    weight, excess = share_base(rows, rows["net_minor"].to_numpy(dtype=np.int64), plan)
    base, _ = share_base(rows, _measured(rows, plan), plan)
    rows = rows.assign(weight=weight, base_minor=base, day=days_of(rows["date"]), part=_event_parts(rows, plan))
    if "net_company_minor" in rows.columns:
        booked, _ = share_base(rows, rows["net_company_minor"].to_numpy(dtype=np.int64), plan)
        rows = rows.assign(booked_minor=booked)
    return rows, excess


def _event_parts(rows: pd.DataFrame, plan: Plan) -> Whole:
    """Which part of the bonus of an event each row has, in 10^-12."""
    part = np.full(len(rows), 10**FINE, dtype=np.int64)
    event = (rows["kind"] == "event").to_numpy(dtype=bool)
    if event.any():
        part[event] = parts_of(rows[event], plan)
    return part


def fits(rows: pd.DataFrame, wanted: Filter) -> Flags:
    """Which rows a filter lets through."""
    found = np.ones(len(rows), dtype=bool)
    if wanted.categories:
        found &= rows["category"].isin(wanted.categories).to_numpy(dtype=bool)
    if wanted.tiers:
        found &= rows["tier"].isin(wanted.tiers).to_numpy(dtype=bool)
    if wanted.new_customer_months is not None:
        found &= _is_new(rows, wanted.new_customer_months)
    return found


def _is_new(rows: pd.DataFrame, months: int) -> Flags:
    """Whether the customer's first credit lies less than so many months back; of an unknown first day it does not."""
    first = days_of(rows["first_date"])
    ends = {
        day: np.datetime64(add_months(day.astype(date), months), "D")
        for day in np.unique(first[~np.isnat(first)])
    }  # fmt: skip
    until = np.array([ends.get(day, np.datetime64("NaT", "D")) for day in first], dtype="datetime64[D]")
    return np.asarray(days_of(rows["date"]) < until, dtype=bool)


def _counts(rows: pd.DataFrame, plan: Plan, as_of: date) -> Flags:
    """Which rows are credits of the plan: from its first to its last day, and later what reverses one of them.

    What reverses a credit from before the first day takes back nothing: that was not paid by this plan.
    """
    day = days_of(rows["date"])
    event = (rows["kind"] == "event").to_numpy(dtype=bool)
    of_source = rows["kind"].isin(SOURCES[plan.credit.source]).to_numpy(dtype=bool)
    able = np.asarray(of_source & (event | fits(rows, plan.filter)) & (day <= np.datetime64(as_of, "D")), dtype=bool)
    inside = able & (day >= np.datetime64(plan.valid_from, "D"))
    if plan.plan.valid_to is not None:
        inside &= day <= np.datetime64(plan.plan.valid_to, "D")
    own, origin = ids_of(rows["credit_id"]), ids_of(rows["origin_id"])
    reverses = (origin != 0) & (rows["kind"] != "down_payment").to_numpy(dtype=bool)
    begin = np.datetime64(plan.valid_from, "D")
    older = own[((day < begin) & of_source) | (reverses & (days_of(rows["origin_date"]) < begin))]
    for _ in range(2):  # the reversal of a reversal follows the first original
        older = np.r_[older, own[reverses & np.isin(origin, older)]]
    inside &= ~(reverses & np.isin(own, older))
    for _ in range(2):
        inside |= able & reverses & np.isin(origin, own[inside])
    return inside


def is_payee(rows: pd.DataFrame, plan: Plan) -> Flags:
    """Which rows (login, team, role) are of somebody whom the plan pays."""
    who = plan.payees
    if "*" in who.users:
        return np.ones(len(rows), dtype=bool)
    named = rows["login"].isin(who.users) | rows["team"].isin(who.teams) | rows["role"].isin(who.roles)
    return named.to_numpy(dtype=bool)


def _measured(rows: pd.DataFrame, plan: Plan) -> Whole:
    net = rows["net_minor"].to_numpy(dtype=np.int64)
    if plan.credit.base == "net":
        return net
    margin = rows["margin_minor"].fillna(0).to_numpy(dtype=np.int64)
    if plan.credit.loss == "count":
        return margin
    return np.where(np.sign(margin) == np.sign(net), margin, 0).astype(np.int64)


def _spread_down_payments(rows: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Down payments as parts of their order's lines, or none where only the final invoice counts."""
    advance = (rows["kind"] == "down_payment").to_numpy(dtype=bool)
    if not advance.any():
        return rows
    if plan.cash.down_payment == "final":
        return rows[~advance]
    lines = rows[(rows["deal_id"] != 0) & rows["kind"].isin(["order", "invoice"])]
    kept = "order" if (lines["kind"] == "order").any() else "invoice"
    lines = lines[lines["kind"] == kept][["deal_id", "category", "net_minor"]]
    lines = lines.groupby(["deal_id", "category"], sort=True)["net_minor"].sum().reset_index(name="line_minor")
    whole_deal = lines.groupby("deal_id")["line_minor"].transform("sum")
    lines = lines[whole_deal > 0].assign(deal_minor=whole_deal[whole_deal > 0])
    paid = rows[advance].assign(line=np.flatnonzero(advance))
    known = paid["deal_id"].isin(lines["deal_id"])
    parts = paid[known].drop(columns="category").merge(lines, on="deal_id", how="left")
    amounts = ratio(
        whole(parts["net_minor"].to_numpy(dtype=np.int64)), whole(parts["line_minor"].to_numpy(dtype=np.int64)),
        whole(parts["deal_minor"].to_numpy(dtype=np.int64)),
    )  # fmt: skip
    parts = parts.assign(net_minor=amounts.astype(np.int64))
    return pd.concat([rows[~advance], parts[rows.columns], paid.loc[~known, rows.columns]], ignore_index=True)


def _with_homes(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with home and family: the row of the same payee that a reversal reverses, followed to its own home.

    Who has two roles in the original finds the row of the same role, else his first one.
    """
    own = np.arange(len(rows), dtype=np.int64)
    origin = ids_of(rows["origin_id"])
    pair, role = _places_of(rows, origin, ["payee_id"]), _places_of(rows, origin, ["payee_id", "role"])
    found = np.where(np.isnan(role), pair, role)
    reverses = (origin != 0) & (rows["kind"] != "down_payment").to_numpy() & ~np.isnan(found)
    home = np.where(reverses, np.nan_to_num(found), own).astype(np.int64)
    for _ in range(2):  # the reversal of a reversal belongs to the first original
        home = home[home]
    family = rows["document_id"].to_numpy()[home] if len(rows) else np.zeros(0, dtype=np.int64)
    return rows.assign(home=home, family=family)


def _places_of(rows: pd.DataFrame, origin: Whole, names: list[str]) -> np.ndarray:
    """The place of the first row of each row's origin that agrees with it in these columns; NaN: there is none."""
    keys = pd.MultiIndex.from_frame(rows[["credit_id", *names]])
    first = pd.Series(np.arange(len(rows), dtype=np.int64), index=keys)
    first = first[~first.index.duplicated()]
    wanted = pd.MultiIndex.from_arrays([origin, *(rows[name] for name in names)])
    return first.reindex(wanted).to_numpy(dtype=np.float64)


def knows_currency(plan: Plan, given: Given) -> bool:
    """Whether the currency is known that the plan pays in."""
    return plan.plan.currency in (None, *(currency.code for currency in given.currencies.values()))


def _with_known_currencies(rows: pd.DataFrame, plan: Plan, given: Given) -> tuple[pd.DataFrame, list[Finding]]:
    """The rows whose currencies are known, none where that of the plan is not; a finding for what is left out."""
    if not knows_currency(plan, given):
        text = Text(NO_CURRENCY.template, {"currency": plan.plan.currency or "", "plan": plan.code})
        return rows.iloc[:0], [Finding("error", "rules.pay", plan.code, text)]
    known = np.isin(ids_of(rows["currency_id"]), list(given.currencies))
    text = Text(ODD_CURRENCY.template, {"plan": plan.code})
    odd = rows.loc[~known, "credit_id"].unique().tolist()
    return _with_homes(rows[known].reset_index(drop=True)), [
        Finding("error", "rules.pay", str(each), text) for each in odd
    ]


def _convert(rows: pd.DataFrame, plan: Plan, given: Given) -> tuple[pd.DataFrame, list[Finding]]:
    """The rows with base_minor in the currency that the plan pays in, pay_currency and units; others are findings."""
    ids = {currency.code: number for number, currency in given.currencies.items()}
    own = ids_of(rows["currency_id"])
    company = ids_of(rows["company_id"])
    if plan.plan.currency is not None:
        pay = np.full(len(rows), ids.get(plan.plan.currency, 0), dtype=np.int64)
    else:
        pairs = zip(company.tolist(), own.tolist(), strict=True)
        pay = np.array([given.homes.get(each, money) for each, money in pairs], dtype=np.int64)
    rows, own, booked = _as_booked(rows, own, pay, plan)
    day, unpaid = _rate_days(rows, plan, given)
    base, home = (rows[name].to_numpy(dtype=np.int64) for name in ("base_minor", "home"))
    units = _booked_units(rows, booked, given)
    minor = base.copy()
    foreign = np.flatnonzero((own != pay) & ~unpaid)
    for place in foreign.tolist():
        when = day[home[place]].astype(date)
        rate = given.rates.units(int(company[place]), int(own[place]), int(pay[place]), when)
        units[place] = rate
        if rate is not None:
            shift = given.currencies[int(pay[place])].digits - given.currencies[int(own[place])].digits
            exact = Fraction(int(base[place])) * rate * Fraction(10) ** shift
            minor[place] = int(ratio(exact.numerator, 1, exact.denominator).item())
    lacking = [place for place in foreign.tolist() if units[place] is None]
    kept = ~unpaid
    kept[lacking] = False
    converted = rows.assign(base_minor=minor, pay_currency=pay, units=boxed(units), day=day)
    return converted[kept], [_no_rate(rows, plan, day, place) for place in lacking]


def _as_booked(rows: pd.DataFrame, own: Whole, pay: Whole, plan: Plan) -> tuple[pd.DataFrame, Whole, Flags]:
    """Rows that are booked in the currency of pay with their booked amount: it is not converted a second time.

    The last are those rows. What reverses another is worth what that was booked at: else a change of rate would take
    back more than was paid.
    """
    if "booked_minor" not in rows.columns or plan.credit.base != "net" or plan.cash.rate_date != "invoice":
        return rows, own, np.zeros(len(rows), dtype=bool)
    booked = (ids_of(rows["company_currency_id"]) == pay) & (own != pay)
    base, amount, home = (rows[name].to_numpy(dtype=np.int64) for name in ("base_minor", "booked_minor", "home"))
    like_home = booked & booked[home] & (base[home] != 0)
    size = whole(np.maximum(np.abs(base[home]), 1))
    of_home = ratio(whole(base), whole(amount[home] * np.sign(base[home])), size)
    worth = np.where(like_home, of_home, amount).astype(np.int64)
    amount = np.where(booked, worth, base)
    return rows.assign(base_minor=amount), np.where(booked, pay, own), booked


def _booked_units(rows: pd.DataFrame, booked: Flags, given: Given) -> list[Fraction | None]:
    """One, and of booked rows what the ERP made of a unit: company amount by document amount, of what they reverse.

    None where the document amount is zero.
    """
    units: list[Fraction | None] = [Fraction(1)] * len(rows)
    home = rows["home"].to_numpy(dtype=np.int64)
    places = np.flatnonzero(booked)
    source = np.where(booked[home[places]], home[places], places)
    names = ("currency_id", "company_currency_id", "net_minor", "net_company_minor") if len(places) else ()
    columns = (ids_of(rows[name].iloc[source]).tolist() for name in names)
    for place, money, company, net, worth in zip(places.tolist(), *columns, strict=True):
        shift = given.currencies[money].digits - given.currencies[company].digits
        units[place] = Fraction(worth, net) * Fraction(10) ** shift if net else None
    return units


def _rate_days(rows: pd.DataFrame, plan: Plan, given: Given) -> tuple[Days, Flags]:
    """The day of each row's rate (which is also the day that it counts for), and whether it must wait for cash.

    An event has nothing to wait for.
    """
    day = days_of(rows["date"])
    nothing = np.zeros(len(rows), dtype=bool)
    if plan.cash.rate_date == "invoice" or not len(rows):
        return day, nothing
    if plan.cash.rate_date == "period_end":
        spans, place = np.unique(span_of(day, plan.plan.period), return_inverse=True)
        ends = np.array([np.datetime64(period_at(int(each), plan.plan.period).end, "D") for each in spans])
        return ends[place], nothing
    cash = given.cash[given.cash["kind"].isin(paying_kinds(plan))]
    first = pd.Series(days_of(cash["date"]), index=ids_of(cash["document_id"])).groupby(level=0).min()
    paid = first.reindex(rows["family"]).to_numpy(dtype="datetime64[D]")
    latest = np.maximum(paid, day)
    event = (rows["kind"] == "event").to_numpy(dtype=bool)
    return np.where(np.isnat(paid) | event, day, latest), np.isnat(paid) & ~event


def _no_rate(rows: pd.DataFrame, plan: Plan, day: Days, place: int) -> Finding:
    values = {"currency": plan.plan.currency or "", "day": str(day[place]), "plan": plan.code}
    return Finding("warning", "rules.pay", str(rows["credit_id"].iloc[place]), Text(NO_RATE.template, values))
