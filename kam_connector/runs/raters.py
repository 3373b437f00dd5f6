"""Who has rated a customer and when: what `kam explain customer` says under figures that rest on a person's word."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from kam_connector.messages import render
from kam_connector.policy.measures import RATINGS
from kam_connector.runs.decisions import Night
from kam_connector.runs.papers import Evidence

Record = Mapping[Hashable, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """One person's last rating of a customer in one company: the record, who, on which day, which facts were given."""

    record: int
    by: str
    on: date
    facts: frozenset[str]

    @property
    def evidence(self) -> Evidence:
        """The record that the rating stands on."""
        return Evidence("kam.customer", (self.record,))


def said_of(night: Night, customer: int) -> dict[int, Said]:
    """The rating of a customer, by company; a company in which nobody has rated him has none."""
    rows = night.ratings[night.ratings["customer_id"] == customer]
    return {int(row["company_id"]): _said(row) for row in rows.to_dict("records")}


def tell_said(row: Record, said: Said | None, night: Night, lang: str) -> str:
    """The sentence under a rated figure of `split_scores`: who said so and until when it counts, or why it does not."""
    if said is None:
        return render("rated.nobody", None, lang)
    until = said.on + timedelta(days=night.policy.tiers.ratings.valid_days)
    known = "counts" if row["fact"] in said.facts else "left_out"
    code = "too_old" if until < night.as_of else known
    return render(f"rated.{code}", {"by": said.by, "on": said.on.isoformat(), "until": until.isoformat()}, lang)


def _said(row: Record) -> Said:
    given = {name for name in RATINGS if not pd.isna(row[name])}
    if not pd.isna(row["wallet_estimate_minor"]) and row["wallet_estimate_minor"] > 0:
        given.add("wallet_share")
    by: str = "?" if pd.isna(row["rated_by"]) else row["rated_by"]
    return Said(int(row["rating_id"]), by, pd.Timestamp(row["rated_on"]).date(), frozenset(given))
