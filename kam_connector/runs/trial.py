"""What-if: the rules tried on files of open items, without ERP, mirror or ledger (CONTRACTS).

The residuals come from the same expressions as those of the mirror (`facts.items`), the ageing from the same rules.
Dated copies of a policy decide as in a night: the version in force on the day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import ibis
import numpy as np
import pandas as pd

from kam_connector.facts.items import Counted, count_matches, leave_open, settle, sum_documents
from kam_connector.facts.odd_matches import judge_matches
from kam_connector.findings import Finding
from kam_connector.inputs.codes import Codes
from kam_connector.inputs.receivables import Papers, read_papers
from kam_connector.policy import PolicyInForce
from kam_connector.reports import Names
from kam_connector.rules.ageing import PENDING
from kam_connector.rules.odd_matches import concern_open_items, tell_odd_matches, tell_undated
from kam_connector.runs.frames import to_frame

_SETTLED = ["item_id", "move_id", "company_id", "currency_id", "date", "balance_minor", "amount_currency_minor"]


@dataclass(frozen=True, slots=True)
class Trial:
    """What the files hold, the open items as of a day as the rules take them, the balance they come from, and what the
    codes stand for.

    `ledger`: company_id, ledger_minor; counted by document also currency_id and across_minor.
    """

    papers: Papers
    items: pd.DataFrame
    companies: pd.DataFrame
    ledger: pd.DataFrame
    names: Names
    codes: Mapping[str, Codes]
    findings: tuple[Finding, ...]


def open_papers(
    items: Path, matches: Path | None, as_of: date, policy: PolicyInForce, lang: str, counted_by: Counted = "company"
) -> Trial:
    """The two files as of a day. Raises InputError with the place of what cannot be used."""
    papers = read_papers(items, matches)
    dated = papers.items["date"].to_numpy().astype("datetime64[D]") <= np.datetime64(as_of, "D")
    counted = papers.items[papers.items["posted"].to_numpy() & dated]
    booked = counted[counted["kind"] != PENDING]
    registered = counted[counted["kind"] == PENDING]
    still_open, ledger = _still_open(booked, papers.matches, counted_by)
    registered = registered.assign(
        residual_minor=registered["balance_minor"], residual_currency_minor=registered["amount_currency_minor"]
    )
    return Trial(
        papers=papers,
        items=pd.concat([still_open, registered], ignore_index=True),
        companies=papers.companies,
        ledger=ledger,
        names=_names(papers, policy, lang),
        codes=papers.codes,
        findings=(*papers.findings, *_find_oddities(papers, still_open, as_of)),
    )


def _still_open(booked: pd.DataFrame, matches: pd.DataFrame, by: Counted) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The open items, and the balance that they must come to."""
    con = ibis.duckdb.connect()
    try:
        item, match = con.create_table("item", booked[_SETTLED]), con.create_table("match", matches)
        counted = count_matches(match, item)
        found = to_frame(leave_open(item, settle(counted), by))
        documents = to_frame(sum_documents(counted, item)) if by == "document" else None
    finally:
        con.disconnect()
    still_open = booked.merge(found[["item_id", "residual_minor", "residual_currency_minor"]], on="item_id")
    balance = booked.groupby("company_id", as_index=False)[["balance_minor"]].sum()
    return still_open, balance.rename(columns={"balance_minor": "ledger_minor"}) if documents is None else documents


def _find_oddities(papers: Papers, still_open: pd.DataFrame, as_of: date) -> list[Finding]:
    """What is odd about the file's matches and items, told with its own names."""
    own = papers.items[["item_id", "move_id", "company_id", "customer_id", "date", "posted"]]
    ends = papers.matches[["debit_item_id", "credit_item_id"]]
    names = papers.codes["item"].names
    con = ibis.duckdb.connect()
    try:
        item = con.create_table("item", own)
        match = con.create_table("match", ends.assign(match_id=np.arange(len(ends)))).mutate(made=ibis.null("date"))
        odd = to_frame(judge_matches(match, item, as_of)).sort_values("match_id")
    finally:
        con.disconnect()
    odd = concern_open_items(odd, still_open["item_id"])
    debit, credit = (odd[f"{side}_item_id"].map(names) for side in ("debit", "credit"))
    bare = papers.items["due_date"].isna() & papers.items["kind"].isin(("invoice", "credit_note"))
    undated = [names[item] for item in papers.items.loc[bare, "item_id"].tolist()]
    told = tell_odd_matches(odd.assign(record=debit, debit=debit, credit=credit), "matches")
    return [*tell_undated(undated, "items"), *told]


def _names(papers: Papers, policy: PolicyInForce, lang: str) -> Names:
    named = {name: codes.names for name, codes in papers.codes.items()}
    return Names(
        companies=named["company"],
        customers=named["customer"],
        people=named["salesperson"],
        teams=named["team"],
        currencies=papers.currencies,
        tiers={tier.name: tier.names.in_language(lang) for tier in policy.tiers.tier},
        steps={code: names.in_language(lang) for code, names in policy.collections.step_names.items()},
    )
