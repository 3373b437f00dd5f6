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

from kam_connector.facts.items import count_matches, leave_open, settle
from kam_connector.findings import Finding
from kam_connector.inputs.codes import Codes
from kam_connector.inputs.receivables import Papers, read_papers
from kam_connector.policy import PolicyInForce
from kam_connector.reports import Names
from kam_connector.rules.ageing import PENDING
from kam_connector.runs.frames import to_frame
from kam_connector.texts import Text

_SETTLED = ["item_id", "move_id", "date", "balance_minor", "amount_currency_minor"]


@dataclass(frozen=True, slots=True)
class Trial:
    """What the files hold, the open items as of a day as the rules take them, the balance that they come from, and what
    the codes stand for."""

    papers: Papers
    items: pd.DataFrame
    companies: pd.DataFrame
    ledger: pd.DataFrame
    names: Names
    codes: Mapping[str, Codes]
    findings: tuple[Finding, ...]


def open_papers(items: Path, matches: Path | None, as_of: date, policy: PolicyInForce, lang: str) -> Trial:
    """The two files as of a day. Raises InputError with the place of what cannot be used."""
    papers = read_papers(items, matches)
    dated = papers.items["date"].to_numpy().astype("datetime64[D]") <= np.datetime64(as_of, "D")
    counted = papers.items[papers.items["posted"].to_numpy() & dated]
    booked = counted[counted["kind"] != PENDING]
    registered = counted[counted["kind"] == PENDING]
    still_open = _still_open(booked, papers.matches)
    whole = pd.concat([still_open, registered.assign(residual_minor=registered["balance_minor"])], ignore_index=True)
    balance = booked.groupby("company_id", as_index=False)[["balance_minor"]].sum()
    return Trial(
        papers=papers,
        items=whole,
        companies=papers.companies,
        ledger=balance.rename(columns={"balance_minor": "ledger_minor"}),
        names=_names(papers, policy, lang),
        codes=papers.codes,
        findings=(*papers.findings, *_find_drafts(papers)),
    )


def _still_open(booked: pd.DataFrame, matches: pd.DataFrame) -> pd.DataFrame:
    con = ibis.duckdb.connect()
    try:
        item = con.create_table(
            "item", booked[["item_id", "move_id", "date", "balance_minor", "amount_currency_minor"]]
        )
        match = con.create_table("match", matches)
        found = to_frame(leave_open(item, settle(count_matches(match, item))))
    finally:
        con.disconnect()
    return booked.merge(found[["item_id", "residual_minor", "residual_currency_minor"]], on="item_id")


def _find_drafts(papers: Papers) -> list[Finding]:
    posted = papers.items.set_index("item_id")["posted"]
    ends = papers.matches[["debit_item_id", "credit_item_id"]]
    drafts = ends[~np.logical_and(*(posted.loc[ends[side]].to_numpy() for side in ends))]
    names = papers.codes["item"].names
    return [
        Finding(
            "warning",
            "matches",
            names[debit],
            Text("The match of {debit} with {credit} does not count: one of them is not posted."),
            {"debit": names[debit], "credit": names[credit]},
        )
        for debit, credit in drafts.to_numpy().tolist()
    ]


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
