"""What the rule of early warnings is given, and who works on the playbooks' tasks."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd
from ibis import BaseBackend

from kam_connector.facts import people, rhythm, watched
from kam_connector.facts.live import live
from kam_connector.rules.decisions import Decisions
from kam_connector.rules.newcomers import kinds_of_start
from kam_connector.rules.playbooks import plan_playbooks
from kam_connector.rules.warnings import decide_warnings
from kam_connector.rules.watching import Watched, measure_watched
from kam_connector.runs.aged import of_companies
from kam_connector.runs.frames import to_frame
from kam_connector.runs.known_warnings import previous_warnings

if TYPE_CHECKING:
    from kam_connector.runs.decisions import Night
    from kam_connector.runs.sources import Sources


def watch_customers(night: Night, sources: Sources, company_ids: list[int]) -> Decisions:
    """The early warnings of the night; without rules nothing is measured."""
    policy = night.policy.warnings
    figures = measure_watched(_read(night, sources, company_ids), policy.warnings) if policy.rule else night.tiers.frame
    before = of_companies(previous_warnings(sources.book, night.as_of), company_ids)
    return decide_warnings(figures, before, policy, night.as_of, night.companies)


def assign_playbooks(night: Night, con: BaseBackend) -> Decisions:
    """The tasks of the open warnings, each with whoever does it."""
    sellers = find_sellers(night.customers)
    leaders = to_frame(people.team_leaders(con))
    user = live(con, "res_users")
    users = to_frame(user.filter(user.active.fill_null(True), user.login.notnull()).select("login", user_id="id"))
    return plan_playbooks(night.warnings.frame, night.policy.warnings, sellers, leaders, users)


def find_sellers(customers: pd.DataFrame) -> pd.DataFrame:
    """customer_id and user_id, the customer's own salesperson, of `facts.customers`."""
    return customers.loc[customers["partner_id"] == customers["customer_id"], ["customer_id", "user_id"]]


def _read(night: Night, sources: Sources, company_ids: list[int]) -> Watched:
    con, day, zones, policy = sources.con, night.as_of, sources.zones, night.policy.warnings.warnings
    tables = {
        "season": rhythm.season(con, day),
        "debts": watched.debts(con, day),
        "debts_before": watched.debts(con, day - timedelta(days=policy.overdue_days)),
        "offers": watched.decided_offers(con, day, policy.offer_days, zones),
        "complaints": watched.recent_complaints(con, day, policy.complaint_days, zones),
        "contacts": watched.gone_contacts(con, day, policy.contact_months, zones),
    }
    frames = {name: of_companies(to_frame(table), company_ids) for name, table in tables.items()}
    trade = night.figures.assign(start=kinds_of_start(night.figures, day, policy.start_days))
    return Watched(tiers=night.tiers.frame, rhythm=night.rhythm, credit=night.credit.frame, trade=trade, **frames)
