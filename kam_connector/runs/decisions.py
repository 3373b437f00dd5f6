"""Facts and policy in, the decisions of a night out: the one place where every rule meets its tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import pandas as pd
from ibis import BaseBackend

from kam_connector.facts import (
    cash,
    cash_signals,
    companies,
    complaints,
    credits,
    customers,
    disputes,
    people,
    promises,
    receivables,
    revenue,
    turnover,
)
from kam_connector.findings import Finding
from kam_connector.ledger import Ledger
from kam_connector.periods import months_until, parse_period, period_of
from kam_connector.policy import Policy, PolicyInForce
from kam_connector.policy.receivables import Ageing, Basis
from kam_connector.rules import ageing, deadlines, dunning, incentives, measures, payers, tiers
from kam_connector.rules import turnover as measuring
from kam_connector.rules.alerts import find_alerts
from kam_connector.rules.cases import decide_cases
from kam_connector.rules.decisions import Decisions
from kam_connector.rules.disputes import mark_disputes
from kam_connector.rules.netting import net_oldest_first
from kam_connector.rules.promises import JUDGED_COLUMNS, count_outcomes, decide_promises
from kam_connector.runs import known, known_cases
from kam_connector.runs.frames import to_frame
from kam_connector.writeback import Decided

View = Literal["gross", "net"]


@dataclass(frozen=True, slots=True)
class Sources:
    """What decisions are made from: the mirror's connection, the book, the policy, the zones by company id.

    `addon`: whether collection tasks are records of the ERP; `now`: the moment by which an open complaint is late.
    """

    con: BaseBackend
    book: Ledger
    policy: Policy
    zones: Mapping[int, ZoneInfo]
    addon: bool
    now: datetime


@dataclass(frozen=True, slots=True)
class How:
    """How an ageing is looked at: by which clock (None: the policy's), credits where they arose or netted."""

    basis: Basis | None = None
    view: View = "gross"


@dataclass(frozen=True, slots=True)
class Receivables:
    """`items` with bucket, `rows` by customer and salesperson, the tie-out by company, the ledger by account."""

    items: pd.DataFrame
    rows: pd.DataFrame
    tie_out: pd.DataFrame
    ledger: pd.DataFrame
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Night:
    """Everything decided about the companies that are reckoned at the same day."""

    as_of: date
    policy: PolicyInForce
    companies: pd.DataFrame
    customers: pd.DataFrame
    receivables: Receivables
    other_clock: pd.DataFrame
    revenue: pd.DataFrame
    payers: Decisions
    alerts: tuple[Finding, ...]
    tiers: Decisions
    promises: Decisions
    tasks: Decisions
    cases: Decisions
    payouts: Decisions
    complaints: pd.DataFrame
    deadlines: Decisions

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found wrong on the way, step by step."""
        steps = (self.tiers, self.promises, self.tasks, self.payouts, self.deadlines)
        return (*self.receivables.findings, *self.alerts, *(found for step in steps for found in step.findings))

    def decided(self) -> Decided:
        """The same as write-back takes it."""
        due = self.policy.collections.ageing
        return Decided(
            as_of=self.as_of,
            companies=self.companies,
            customers=self.customers,
            tiers=self.tiers.frame,
            tier_codes=tuple(self.policy.tiers.codes),
            tier_names={tier.name: tier.names.en for tier in self.policy.tiers.tier},
            tier_colors={tier.name: tier.color for tier in self.policy.tiers.tier},
            revenue=self.revenue,
            ageing=self.receivables.rows,
            tie_out=self.receivables.tie_out,
            basis=due.basis,
            other_ageing=self.other_clock,
            promises=self.promises.frame,
            tasks=self.tasks.frame,
            cases=self.cases.frame,
            payouts=self.payouts.frame,
            payout_lines=self.payouts.detail,
            deadlines=self.deadlines.frame,
        )


def decide(sources: Sources, days: Mapping[int, date]) -> list[Night]:
    """One `Night` a business day, for the companies (by id) whose day it is; the earliest day first."""
    return [
        decide_day(sources, day, [company for company, own in days.items() if own == day])
        for day in sorted(set(days.values()))
    ]


def decide_day(sources: Sources, as_of: date, company_ids: list[int]) -> Night:
    """Everything that follows from the mirror for these companies at that day."""
    con, policy = sources.con, sources.policy.at(as_of)
    own = _of(companies.companies(con).to_pandas(), company_ids)
    owed = age_receivables(sources, as_of, company_ids)
    bought = _of(revenue.revenue(con, as_of, sources.zones).to_pandas(), company_ids)
    paid = _of(cash.payment_behaviour(con, as_of).to_pandas(), company_ids)
    is_year = policy.collections.payers.history_months == 12
    history = paid if is_year else _payment_history(sources, policy, company_ids)
    figures = measures.assemble(own, bought, paid[paid["paid_items"] > 0], owed.rows)
    rated = tiers.decide_tiers(
        figures[figures["customer_id"] > 0].reset_index(drop=True),
        _of(known.previous_tiers(sources.book, as_of), company_ids),
        policy.tiers,
        as_of,
        _of(known.overrides(con), company_ids),
    )
    promised = judge_promises(sources, as_of, company_ids)
    judged = _decide_payers(history, promised, owed, policy)
    complained = _of(complaints.complaints(con, as_of, sources.zones).to_pandas(), company_ids)
    return Night(
        as_of=as_of,
        policy=policy,
        companies=own,
        customers=customers.customers(con).to_pandas(),
        receivables=owed,
        other_clock=_by_other_clock(owed, policy, as_of),
        revenue=bought,
        payers=judged,
        alerts=tuple(_find_alerts(sources, owed, policy, company_ids)),
        tiers=rated,
        promises=promised,
        tasks=_decide_tasks(sources, owed, rated, promised, as_of, own),
        cases=_decide_cases(sources, owed, judged, policy, own),
        payouts=compute_payouts(sources, as_of, company_ids),
        complaints=complained,
        deadlines=_decide_deadlines(sources, complained, rated, policy, as_of, own),
    )


def age_receivables(sources: Sources, as_of: date, company_ids: list[int], how: How | None = None) -> Receivables:
    """The ageing of these companies at that day, tied out to the ERP's own totals."""
    con = sources.con
    items = _of(to_frame(receivables.open_items(con, as_of)), company_ids)
    disputed = _of(disputes.disputed(con, as_of, sources.zones).to_pandas(), company_ids)
    ledger = _of(receivables.ledger_balance(con, as_of).to_pandas(), company_ids)
    policy = sources.policy.at(as_of).collections.ageing
    own = companies.companies(con).to_pandas()
    return age_items(mark_disputes(items, disputed), ledger, own, policy, as_of, how or How())


def age_items(
    items: pd.DataFrame, ledger: pd.DataFrame, own: pd.DataFrame, policy: Ageing, as_of: date, how: How
) -> Receivables:
    """The ageing of open items: `items` as `ageing.bucket_items` takes them, `own` the companies."""
    if how.basis and how.basis != policy.basis:
        policy = policy.model_copy(update={"basis": how.basis})
    items = ageing.bucket_items(items, policy, as_of)
    if how.view == "net":
        items = net_oldest_first(items, policy)
    rows = ageing.by_customer(items, policy)
    tied = ageing.tie_out(rows.frame, ledger, own)
    return Receivables(items, rows.frame, tied.frame, ledger, (*rows.findings, *tied.findings))


def judge_promises(sources: Sources, as_of: date, company_ids: list[int]) -> Decisions:
    """What became of the promises that these companies were given, by the cash up to that day."""
    con, policy = sources.con, sources.policy.at(as_of).collections
    said = _of(promises.promises(con, as_of, sources.zones).to_pandas(), company_ids)
    if said.empty:  # nobody looks through all payments for promises that nobody made
        return Decisions(pd.DataFrame(columns=JUDGED_COLUMNS))
    return decide_promises(
        said,
        _of(promises.receipts(con, as_of).to_pandas(), company_ids),
        promises.paid_documents(con, as_of).to_pandas(),
        policy,
        as_of,
        companies.companies(con).to_pandas(),
    )


def _by_other_clock(owed: Receivables, policy: PolicyInForce, as_of: date) -> pd.DataFrame:
    """The rows of the same items by the clock that the policy does not decide by."""
    own = policy.collections.ageing
    other = own.model_copy(update={"basis": "recognition" if own.basis == "due" else "due"})
    return ageing.by_customer(ageing.bucket_items(owed.items, other, as_of), other).frame


def compute_payouts(sources: Sources, as_of: date, company_ids: list[int], period: str | None = None) -> Decisions:
    """The payouts of `period`, or of the plans' periods in which `as_of` lies."""
    con = sources.con
    first, last = _span(sources.policy, as_of, period)
    earned = _of(credits.invoice_credits(con, first, last).to_pandas(), company_ids)
    return incentives.compute_payouts(
        earned,
        sources.policy.plans_between(first, last),
        as_of,
        companies.companies(con).to_pandas(),
        period,
        _of(known.settled_payouts(con), company_ids),
        people.salespeople(con).to_pandas(),
    )


def _span(policy: Policy, as_of: date, period: str | None) -> tuple[date, date]:
    """First and last day of the credits that can count."""
    if period:
        wanted = parse_period(period)
        return wanted.start, min(wanted.end, as_of)
    year = period_of(as_of, "year")
    kinds = {plan.plan.period for plan in policy.plans_between(as_of, as_of)}
    starts = [period_of(as_of, kind).start for kind in kinds]
    return min(starts, default=year.start), as_of


def _decide_payers(history: pd.DataFrame, promised: Decisions, owed: Receivables, policy: PolicyInForce) -> Decisions:
    outcomes = count_outcomes(promised.frame, policy.day)
    return payers.decide_payers(history, outcomes, owed.items, policy.collections, policy.day)


def _payment_history(sources: Sources, policy: PolicyInForce, company_ids: list[int]) -> pd.DataFrame:
    months = policy.collections.payers.history_months
    return _of(cash.payment_behaviour(sources.con, policy.day, months).to_pandas(), company_ids)


def _find_alerts(
    sources: Sources, owed: Receivables, policy: PolicyInForce, company_ids: list[int]
) -> Iterator[Finding]:
    """What exceeds the limits of `[alerts]`; with none the sales are not even asked for."""
    limits = policy.collections.alerts
    if limits.overdue_share is None and limits.dso_days is None:
        return
    first, last = months_until(policy.day, limits.months)
    sold = _of(turnover.credit_sales(sources.con, first, last).to_pandas(), company_ids)
    books = measuring.Books(owed.items, sales=sold)
    yield from find_alerts(
        measuring.measure_turnover(books, policy.collections.cost, last, months=limits.months), limits
    )


def _decide_tasks(
    sources: Sources, owed: Receivables, rated: Decisions, promised: Decisions, as_of: date, own: pd.DataFrame
) -> Decisions:
    policy = sources.policy.at(as_of)
    ranks = {code: place for place, code in enumerate(policy.tiers.codes)}
    ranked = rated.frame[["company_id", "customer_id"]].assign(tier_rank=rated.frame["tier"].map(ranks))
    before = known.previous_tasks(sources.con, sources.book, addon=sources.addon)
    seen = _find_signals(sources, before, policy, as_of)
    return dunning.decide_tasks(
        owed.rows, owed.items, ranked, before, policy.collections, as_of, own, promised.frame, seen
    )


def _find_signals(sources: Sources, before: pd.DataFrame, policy: PolicyInForce, as_of: date) -> pd.DataFrame | None:
    """What shows, in any company, that customers have money; nobody looks while no task was acted on."""
    if not (before["state"] != "open").any() or not policy.collections.cash_signals.kinds:
        return None
    first = as_of - timedelta(days=policy.collections.cash_signals.days - 1)
    seen: pd.DataFrame = cash_signals.cash_signals(sources.con, first, as_of, sources.zones).to_pandas()
    return seen


def _decide_cases(
    sources: Sources, owed: Receivables, judged: Decisions, policy: PolicyInForce, own: pd.DataFrame
) -> Decisions:
    company_ids = own["company_id"].tolist()
    causes = _of(known_cases.closed_causes(sources.con), company_ids)
    before = _of(known_cases.previous_cases(sources.con), company_ids)
    return decide_cases(owed.items, judged.frame, causes, before, policy.collections, policy.day, own)


def _decide_deadlines(
    sources: Sources, rows: pd.DataFrame, rated: Decisions, policy: PolicyInForce, as_of: date, own: pd.DataFrame
) -> Decisions:
    """The deadlines company by company: each has its own zone, and so its own end of the day."""
    parts = []
    for company in own["company_id"].tolist():
        zone = sources.zones[company]
        end = datetime.combine(as_of + timedelta(days=1), time(), zone).astimezone(UTC)
        mine = rows[rows["company_id"] == company].reset_index(drop=True)
        calendars = {company: policy.complaints.in_zone(zone.key)}
        parts.append(
            deadlines.complaint_deadlines(mine, rated.frame, policy.complaints, calendars, min(end, sources.now))
        )
    frames = [part.frame for part in parts if len(part.frame)] or [part.frame for part in parts[:1]]
    return Decisions(
        pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(),
        tuple(found for part in parts for found in part.findings),
    )


def _of(frame: pd.DataFrame, company_ids: list[int]) -> pd.DataFrame:
    return frame[frame["company_id"].isin(company_ids)].reset_index(drop=True)
