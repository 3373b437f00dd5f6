"""Who has rated a customer and when: what `kam explain customer` says under figures that rest on a person's word."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from kam_connector.messages import render
from kam_connector.policy.measures import RATINGS, WALLET
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

    def until(self, night: Night) -> date:
        """The last day on which the rating counts by the policy of that night."""
        return self.on + timedelta(days=night.policy.tiers.ratings.valid_days)

    def is_old(self, night: Night) -> bool:
        """Whether nothing of the rating counts any more."""
        return self.until(night) < night.as_of


def said_of(night: Night, customer: int) -> dict[int, Said]:
    """The rating of a customer, by company; a company in which nobody has rated him has none."""
    rows = night.ratings[night.ratings["customer_id"] == customer]
    return {int(row["company_id"]): said_in(row) for row in rows.to_dict("records")}


def tell_said(row: Record, said: Said | None, night: Night, lang: str) -> str:
    """The sentence under a rated figure of `split_scores`: who said so and until when it counts, or why it does not."""
    if said is None:
        return render("rated.nobody", None, lang)
    if row["fact"] in said.facts or said.is_old(night):
        return tell_age(said, night, lang)
    return render("rated.left_out", {"by": said.by, "on": said.on.isoformat()}, lang)


def tell_age(said: Said, night: Night, lang: str) -> str:
    """Who gave the rating on which day, and up to which day it counts or counted."""
    told = {"by": said.by, "on": said.on.isoformat(), "until": said.until(night).isoformat()}
    return render("rated.too_old" if said.is_old(night) else "rated.counts", told, lang)


def said_in(row: Record) -> Said:
    """The rating of a row of `facts.ratings`."""
    given = {name for name in RATINGS if not pd.isna(row[name])}
    if not pd.isna(row["wallet_estimate_minor"]) and row["wallet_estimate_minor"] > 0:
        given.update(WALLET)
    by: str = "?" if pd.isna(row["rated_by"]) else row["rated_by"]
    return Said(int(row["rating_id"]), by, pd.Timestamp(row["rated_on"]).date(), frozenset(given))
