"""Facts and policy in, the decisions of a night out: the one place where every rule meets its tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property

import pandas as pd
from ibis import Table

from kam_connector.facts import (
    cash,
    companies,
    complaints,
    customers,
    foreign_cases,
    promises,
    ratings,
    revenue,
    rhythm,
    turnover,
)
from kam_connector.findings import Finding
from kam_connector.periods import months_until
from kam_connector.policy import FocusPolicy, PolicyInForce, TierPolicy
from kam_connector.policy.measures import TRAITS
from kam_connector.policy.segments import segment_names
from kam_connector.rules import ageing, dunning, exposure, measures, payers, tiers, trade
from kam_connector.rules import turnover as measuring
from kam_connector.rules.alerts import find_alerts
from kam_connector.rules.cases import decide_cases
from kam_connector.rules.decisions import Decisions
from kam_connector.rules.expected import expect_payments, next_payments
from kam_connector.rules.focus import add_focus
from kam_connector.rules.payouts import Payouts
from kam_connector.rules.promises import JUDGED_COLUMNS, count_outcomes, decide_promises
from kam_connector.rules.provision import compute_provision
from kam_connector.rules.ratings import add_ratings
from kam_connector.rules.segments import add_segments, decide_segments
from kam_connector.rules.traits import add_traits
from kam_connector.runs import known, known_cases, known_promises
from kam_connector.runs.aged import Receivables, age_receivables, of_companies
from kam_connector.runs.compensation import find_compensation
from kam_connector.runs.credit import read_committed
from kam_connector.runs.deadlines import decide_deadlines
from kam_connector.runs.debtors import find_debtors
from kam_connector.runs.escalated import escalate
from kam_connector.runs.faith import weigh_complaints
from kam_connector.runs.figures import read_trade
from kam_connector.runs.focus import Focus, read_focus
from kam_connector.runs.frames import to_frame
from kam_connector.runs.oddities import find_oddities
from kam_connector.runs.paying import compute_payouts
from kam_connector.runs.reached import measure_targets
from kam_connector.runs.signals import find_signals
from kam_connector.runs.sources import Sources
from kam_connector.runs.taken_in import find_intake
from kam_connector.runs.tier_freezes import find_freezes
from kam_connector.runs.traits import read_traits
from kam_connector.runs.warned import warnings_to_show
from kam_connector.runs.watched import assign_playbooks, watch_customers
from kam_connector.writeback import Decided


class Night:
    """Everything decided about the companies that are reckoned at the same day: each part when it is asked for first.

    A command that reads asks for a part or two; a run asks for all of them (`complete`) before it records anything.
    """

    def __init__(self, sources: Sources, as_of: date, company_ids: list[int]) -> None:
        self.as_of = as_of
        self.policy: PolicyInForce = sources.policy.at(as_of)
        self._sources = sources
        self._ids = company_ids
        self._with_traits: pd.DataFrame | None = None

    def complete(self) -> Night:
        """Itself, with every part decided."""
        for name in _PARTS:
            getattr(self, name)
        return self

    @cached_property
    def companies(self) -> pd.DataFrame:
        """The companies as `facts.companies`."""
        return self._own(companies.companies(self._sources.con))

    @cached_property
    def customers(self) -> pd.DataFrame:
        """The customers of all companies as `facts.customers`."""
        return to_frame(customers.customers(self._sources.con))

    @cached_property
    def receivables(self) -> Receivables:
        """The ageing by the policy's clock."""
        return age_receivables(self._sources, self.as_of, self._ids)

    @cached_property
    def other_clock(self) -> pd.DataFrame:
        """The rows of the same items by the clock that the policy does not decide by."""
        own = self.policy.collections.ageing
        other = own.model_copy(update={"basis": "recognition" if own.basis == "due" else "due"})
        return ageing.by_customer(ageing.bucket_items(self.receivables.items, other, self.as_of), other).frame

    @cached_property
    def oddities(self) -> tuple[Finding, ...]:
        """What a person should look at in the receivables."""
        con, owed = self._sources.con, self.receivables
        return find_oddities(con, self.as_of, self._ids, still_open=owed.items["item_id"], tied=owed.tie_out)

    @cached_property
    def revenue(self) -> pd.DataFrame:
        """What customers bought, as `facts.revenue`."""
        return self._own(revenue.revenue(self._sources.con, self.as_of, self._sources.zones))

    @cached_property
    def payers(self) -> Decisions:
        """Which kind of payer each customer is."""
        return payers.explain_payers(self._classified, self.policy.collections)

    @cached_property
    def _classified(self) -> pd.DataFrame:
        """The same without the words, for whoever asks for the class alone."""
        outcomes = count_outcomes(self.promises.frame, self.as_of)
        policy = self.policy.collections
        return payers.classify_payers(self._history, outcomes, self.receivables.items, policy, self.as_of)

    @cached_property
    def expected(self) -> pd.DataFrame:
        """The open debts with the day on which each will probably be paid."""
        policy = self.policy.collections.payers
        return expect_payments(self.receivables.items, self.payers.frame, policy, self.as_of)

    @cached_property
    def credit(self) -> Decisions:
        """What each customer owes and will owe, and whether to go on delivering on credit."""
        drafts, orders, limits = read_committed(self._sources.con, self.as_of, self._sources.zones, self.companies)
        rated = self.tiers.frame[["company_id", "customer_id", "tier"]]
        given = exposure.Commitments(self.receivables.items, drafts, orders, limits, rated)
        return exposure.advise_credit(given, self.policy.collections, self.companies)

    @cached_property
    def provision(self) -> Decisions:
        """What is probably lost of the debts, by band."""
        policy = self.policy.collections
        return compute_provision(self.receivables.items, policy.provision, policy.valid_from)

    @cached_property
    def alerts(self) -> tuple[Finding, ...]:
        """What exceeds the limits of `[alerts]`; with none the sales are not even asked for."""
        limits = self.policy.collections.alerts
        if limits.overdue_share is None and limits.dso_days is None:
            return ()
        first, last = months_until(self.as_of, limits.months)
        books = measuring.Books(
            self.receivables.items, sales=self._own(turnover.credit_sales(self._sources.con, first, last))
        )
        measured = measuring.measure_turnover(books, self.policy.collections.cost, last, months=limits.months)
        return tuple(find_alerts(measured, limits))

    @cached_property
    def rhythm(self) -> pd.DataFrame:
        """How regularly customers order, as `facts.rhythm`."""
        return self._own(rhythm.rhythm(self._sources.con, self.as_of, self._sources.zones))

    @cached_property
    def figures(self) -> pd.DataFrame:
        """What the customers are measured by, as `measures.complete` takes it."""
        paid = self._paid[self._paid["paid_items"] > 0]
        table = measures.assemble(self.companies, self.revenue, paid, self.receivables.rows)
        read = read_trade(self._sources, self.as_of, self.companies, self.rhythm)
        table = trade.add_trade(table, read, self.policy.tiers.measures.severity_points)
        if self.focus.bought is not None:
            table = add_focus(table, self.focus.bought)
        table = add_ratings(table, self.ratings, self._classified)
        return table[table["customer_id"] > 0].reset_index(drop=True)

    def figures_by(self, policy: TierPolicy | FocusPolicy) -> pd.DataFrame:
        """`figures`, and how customers buy beside them where that policy names one of TRAITS: those are dear."""
        if not TRAITS & policy.facts:
            return self.figures
        if self._with_traits is None:
            self._with_traits = add_traits(self.figures, read_traits(self._sources, self.as_of, self._ids))
        return self._with_traits

    @cached_property
    def focus(self) -> Focus:
        """The goods in the focus and what was bought of them."""
        return read_focus(self._sources.con, self.policy.focus, self.as_of, self._ids)

    @cached_property
    def ratings(self) -> pd.DataFrame:
        """What people have said of the customers, as `facts.ratings`."""
        return self._own(ratings.ratings(self._sources.con, self.as_of))

    @cached_property
    def earlier_tiers(self) -> pd.DataFrame:
        """The tier decisions in force on this day, as `decide_tiers` takes them."""
        return of_companies(known.tiers_on(self._sources.book, self.as_of), self._ids)

    @cached_property
    def tiers(self) -> Decisions:
        """Scores and tiers."""
        return self.tiers_by(self.policy.tiers, self.earlier_tiers)

    def tiers_by(self, policy: TierPolicy, before: pd.DataFrame) -> Decisions:
        """Scores and tiers by that policy, after the decisions `before`."""
        forced = of_companies(known.overrides(self._sources.con), self._ids)
        frozen = find_freezes(self._sources, self.figures, self.as_of, policy.stability)
        return tiers.decide_tiers(self.figures_by(policy), before, policy, self.as_of, forced, frozen)

    @cached_property
    def segments(self) -> Decisions:
        """How to deal with each rated customer; empty where the policy has no segments."""
        return self.segments_by(self.policy.tiers, self.tiers.frame)

    def segments_by(self, policy: TierPolicy, rated: pd.DataFrame) -> Decisions:
        """The segments by that policy, of the customers as `rated`."""
        return decide_segments(rated, self.figures_by(policy), self.earlier_tiers, policy, self.as_of)

    @property
    def rated(self) -> pd.DataFrame:
        """The tier decisions with the segment beside them, as `add_segments` says."""
        return add_segments(self.tiers.frame, self.segments)

    @cached_property
    def warnings(self) -> Decisions:
        """Which customers are in danger of being lost."""
        return watch_customers(self, self._sources, self._ids)

    @cached_property
    def playbooks(self) -> Decisions:
        """What is done about the open warnings, by whom, by when."""
        return assign_playbooks(self, self._sources.con)

    @cached_property
    def promises(self) -> Decisions:
        """What became of the promises that these companies were given, by the cash up to that day."""
        con, policy = self._sources.con, self.policy.collections
        logged = of_companies(known_promises.promises_in_book(con, self._sources.book, self.as_of), self._ids)
        said = known_promises.with_logged(self._own(promises.promises(con, self.as_of, self._sources.zones)), logged)
        if said.empty:  # nobody looks through all payments for promises that nobody made
            return Decisions(pd.DataFrame(columns=JUDGED_COLUMNS))
        also = known_promises.as_table(logged)
        received = self._own(promises.receipts(con, self.as_of, also))
        documents = to_frame(promises.paid_documents(con, self.as_of, also))
        return decide_promises(said, received, documents, policy, self.as_of, self.companies)

    @cached_property
    def tasks(self) -> Decisions:
        """Who is asked to pay what."""
        ranks = {code: place for place, code in enumerate(self.policy.tiers.codes)}
        rated = self.tiers.frame
        ranked = rated[["company_id", "customer_id", "tier"]].assign(tier_rank=rated["tier"].map(ranks))
        con, owed, policy = self._sources.con, self.receivables, self.policy.collections
        before = known.previous_tasks(con, self._sources.book, addon=self._sources.addon)
        owing = find_debtors(con, owed.rows, self.customers, self.payers.frame, self._sources.zones)
        owing = replace(owing, signals=find_signals(self._sources, policy.cash_signals, self.as_of, before))
        return dunning.decide_tasks(
            owed.rows, owed.items, ranked, before, policy, self.as_of, self.companies, self.promises.frame, owing
        )

    @cached_property
    def cases(self) -> Decisions:
        """Debts that are probably lost, for people to decide about."""
        causes, before = (
            of_companies(read(self._sources.con), self._ids)
            for read in (known_cases.closed_causes, known_cases.previous_cases)
        )
        policy = self.policy.collections
        return decide_cases(
            self.receivables.items, self.payers.frame, causes, before, policy, self.as_of, self.companies
        )

    @cached_property
    def payouts(self) -> Payouts:
        """What salespeople have earned in the plans' periods in which the day lies, and what has changed before."""
        return compute_payouts(self._sources, self.as_of, self._ids)

    @cached_property
    def reached(self) -> pd.DataFrame:
        """How far the targets of the running and the last periods are reached, as `measure_targets` says."""
        return measure_targets(self._sources, self.companies, self.as_of)

    @cached_property
    def complaints(self) -> pd.DataFrame:
        """The complaints as `facts.complaints`."""
        return self._own(complaints.complaints(self._sources.con, self.as_of, self._sources.zones))

    @cached_property
    def case_keys(self) -> pd.DataFrame:
        """Under which key each complaint stands, as `facts.foreign_cases.case_keys`."""
        return self._own(foreign_cases.case_keys(self._sources.con))

    @cached_property
    def intake(self) -> Decisions:
        """The tickets and claims that become complaints."""
        return find_intake(self, self._sources, self._ids)

    @cached_property
    def deadlines(self) -> Decisions:
        """By when each complaint must be answered: company by company, each with its own zone and end of the day."""
        return decide_deadlines(self._sources, self.complaints, self.policy, self.as_of)

    @cached_property
    def escalations(self) -> Decisions:
        """Which levels of the ladder the complaints have reached, and who is told of which."""
        return escalate(self, self._sources, self._ids)

    @cached_property
    def compensation(self) -> Decisions:
        """What the complaints are to be made good with, as `find_compensation` says."""
        return find_compensation(self, self._sources)

    @cached_property
    def faith(self) -> Decisions:
        """What speaks for and against the good faith of the complaints, as `weigh_complaints` says."""
        return weigh_complaints(self, self._sources, self._ids)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found wrong on the way, step by step."""
        steps = (
            self.tiers, self.warnings, self.playbooks, self.promises, self.tasks, self.payouts, self.deadlines,
            self.escalations, self.intake, self.compensation, self.faith,
        )  # fmt: skip
        owed = (*self.receivables.findings, *self.oddities)
        return (*owed, *self.alerts, *(found for step in steps for found in step.findings))

    def decided(self) -> Decided:
        """The same as write-back takes it."""
        due = self.policy.collections.ageing
        return Decided(
            as_of=self.as_of,
            companies=self.companies,
            customers=self.customers,
            tiers=self.rated,
            tier_codes=tuple(self.policy.tiers.codes),
            tier_names={tier.name: tier.names.en for tier in self.policy.tiers.tier},
            tier_colors={tier.name: tier.color for tier in self.policy.tiers.tier},
            tier_service={tier.name: dict(tier.service) for tier in self.policy.tiers.tier if tier.service},
            rating_days=self.policy.tiers.ratings.valid_days,
            segment_names={code: names.en for code, names in segment_names(self.policy.tiers.segment).items()},
            revenue=self.revenue,
            ageing=self.receivables.rows,
            tie_out=self.receivables.tie_out,
            basis=due.basis,
            other_ageing=self.other_clock,
            payers=self.payers.frame,
            expected=next_payments(self.expected),
            credit=self.credit.frame,
            provision=self.provision.frame,
            warnings=warnings_to_show(self, self._sources, self._ids),
            playbooks=self.playbooks.frame,
            promises=self.promises.frame,
            tasks=self.tasks.frame,
            cases=self.cases.frame,
            payouts=self.payouts.frame,
            payout_lines=self.payouts.detail,
            paid_periods=self.payouts.computed,
            reached=self.reached,
            deadlines=self.deadlines.frame,
            escalations=self.escalations.frame,
            taken=self.intake.frame,
            compensation=self.compensation.rest,
            faith=self.faith.rest,
            case_keys=self.case_keys,
        )

    @cached_property
    def _paid(self) -> pd.DataFrame:
        """How customers paid within twelve months."""
        return self._own(cash.payment_behaviour(self._sources.con, self.as_of))

    @property
    def _history(self) -> pd.DataFrame:
        """How customers paid within the months that decide the class of payer."""
        months = self.policy.collections.payers.history_months
        if months == 12:
            return self._paid
        return self._own(cash.payment_behaviour(self._sources.con, self.as_of, months))

    def _own(self, table: Table) -> pd.DataFrame:
        return of_companies(to_frame(table), self._ids)


_PARTS = tuple(name for name, part in vars(Night).items() if isinstance(part, cached_property))


def decide(sources: Sources, days: Mapping[int, date]) -> list[Night]:
    """One `Night` a business day, for the companies (by id) whose day it is; the earliest day first."""
    return [
        Night(sources, day, [company for company, own in days.items() if own == day])
        for day in sorted(set(days.values()))
    ]
