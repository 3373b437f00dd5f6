"""Who the customers are that are asked for money: how they pay, by which clock they work, who leads their salesperson.

Dunning knows debts; what it knows of the customer comes in here, as tables of company and customer. A customer of
whom nothing is known is treated by the terms alone: a new payer, on the clock of UTC, whose salesperson nobody leads.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from kam_connector.policy.receivables import CollectionsPolicy
from kam_connector.rules.decisions import Flags, column_or, ids_of, values_by
from kam_connector.rules.levels import PAIR

NEW = "new"
UTC = "UTC"


def _no_rows(*columns: str) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype="int64" if name.endswith("_id") else object) for name in columns})


@dataclass(frozen=True, slots=True)
class Debtors:
    """What is known of the customers.

    `payers`: company_id, customer_id, payer_class; `zones`: company_id, customer_id, zone (IANA name); `leaders`:
    user_id, manager_id (who leads the salesperson's team); `signals`: `facts.cash_signals` (None: nobody looked).
    """

    payers: pd.DataFrame = field(default_factory=lambda: _no_rows(*PAIR, "payer_class"))
    zones: pd.DataFrame = field(default_factory=lambda: _no_rows(*PAIR, "zone"))
    leaders: pd.DataFrame = field(default_factory=lambda: _no_rows("user_id", "manager_id"))
    signals: pd.DataFrame | None = None


def with_classes(rows: pd.DataFrame, known: Debtors, policy: CollectionsPolicy) -> pd.DataFrame:
    """The rows of company and customer with payer_class and interval_days: so long the customer is left alone."""
    found = _joined(rows, known.payers, "payer_class", NEW)
    dunning = policy.dunning
    days = found["payer_class"].map(dunning.interval_by_class).fillna(dunning.min_interval_days)
    return found.assign(interval_days=days.astype("int64"))


def with_zones(rows: pd.DataFrame, known: Debtors) -> pd.DataFrame:
    """The rows with zone: the clock by which the customer opens."""
    return _joined(rows, known.zones, "zone", UTC)


def with_managers(tasks: pd.DataFrame, known: Debtors, policy: CollectionsPolicy) -> pd.DataFrame:
    """The tasks with manager_id: from the policy's level on whoever leads the salesperson's team; 0 is nobody.

    A leader who is the responsible person himself is not told a second time.
    """
    sellers, managers = (ids_of(known.leaders[name]).tolist() for name in ("user_id", "manager_id"))
    leads, user = dict(zip(sellers, managers, strict=True)), ids_of(tasks["user_id"])
    leader, least = values_by(user, leads, 0), policy.dunning.manager_from_level
    told = (tasks["level"].to_numpy() >= least) & (least > 0) & (leader != user)
    return tasks.assign(manager_id=leader * told)


def are_among(rows: pd.DataFrame, others: pd.DataFrame) -> Flags:
    """Which rows are of a company and customer of the others."""
    own, theirs = (pd.MultiIndex.from_frame(each[PAIR].astype("int64")) for each in (rows, others))
    found: Flags = own.isin(theirs)
    return found


def _joined(rows: pd.DataFrame, known: pd.DataFrame, column: str, default: str) -> pd.DataFrame:
    found = rows.drop(columns=column, errors="ignore").merge(
        known[[*PAIR, column]].drop_duplicates(PAIR), on=PAIR, how="left"
    )
    return found.assign(**{column: column_or(found, column, default)})
