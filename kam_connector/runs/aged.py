"""The ageing of a day as it is looked at: by which clock, gross or net, in whose currency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import pandas as pd

from kam_connector.facts import companies, receivables
from kam_connector.findings import Finding
from kam_connector.policy.receivables import Ageing, Basis
from kam_connector.rules import ageing
from kam_connector.rules.disputes import mark_disputes
from kam_connector.rules.netting import net_oldest_first
from kam_connector.runs.disputed import read_disputed
from kam_connector.runs.frames import to_frame
from kam_connector.runs.sources import Sources

View = Literal["gross", "net"]
Unit = Literal["company", "document", "group"]


@dataclass(frozen=True, slots=True)
class How:
    """How an ageing is looked at: by which clock (None: the policy's), credits where they arose or netted, in whose
    currency; for that of the group its code (None: the policy's) and the day of the rates (None: the day itself)."""

    basis: Basis | None = None
    view: View = "gross"
    currency: Unit = "company"
    to: str | None = None
    rate_date: date | None = None


@dataclass(frozen=True, slots=True)
class Receivables:
    """`items` with bucket, `rows` by customer and salesperson, the tie-out by company, the ledger by account."""

    items: pd.DataFrame
    rows: pd.DataFrame
    tie_out: pd.DataFrame
    ledger: pd.DataFrame
    findings: tuple[Finding, ...]


def age_receivables(sources: Sources, as_of: date, company_ids: list[int], how: How | None = None) -> Receivables:
    """The ageing of these companies at that day, tied out to the ERP's own totals."""
    con = sources.con
    items = of_companies(to_frame(receivables.open_items(con, as_of)), company_ids)
    disputed = of_companies(read_disputed(sources, as_of), company_ids)
    ledger = of_companies(to_frame(receivables.ledger_balance(con, as_of)), company_ids)
    policy = sources.policy.at(as_of).collections.ageing
    own = to_frame(companies.companies(con))
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


def of_companies(frame: pd.DataFrame, company_ids: list[int]) -> pd.DataFrame:
    """The rows of these companies."""
    own = frame["company_id"].isin(company_ids)
    return (frame if own.all() else frame[own]).reset_index(drop=True)
