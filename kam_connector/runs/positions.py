"""The receivable position of a company as the mirror shows it now, ready to be frozen or compared with a frozen one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import ibis
import numpy as np
import pandas as pd
from ibis import BaseBackend

from kam_connector.facts import snapshots as facts
from kam_connector.ledger import fingerprint
from kam_connector.policy.receivables import Ageing, Basis
from kam_connector.rules import ageing
from kam_connector.rules.decisions import Decisions, Whole, days_of, ids_of
from kam_connector.rules.snapshots import Position, compare, items_to_look_at
from kam_connector.runs.aged import How, Receivables, age_receivables
from kam_connector.runs.frames import to_frame
from kam_connector.runs.frozen import ITEMS, LATER, MATCHES, ROWS, inputs_of, kept, snapshot_key
from kam_connector.runs.sources import Sources

CONTENT = ("item_id", "customer_id", "due_date", "residual_minor")


@dataclass(frozen=True, slots=True)
class Standing:
    """One company's ageing of a day with all that it rests on; amounts in the company's currency."""

    company_id: int
    as_of: date
    policy: Ageing
    items: pd.DataFrame
    rows: pd.DataFrame
    matches: pd.DataFrame
    later: Whole
    ledger_minor: int

    @property
    def key(self) -> str:
        """The key under which it would be frozen."""
        return snapshot_key(self.company_id, self.policy.basis, self.as_of.isoformat())

    @property
    def position(self) -> Position:
        """What `rules.snapshots.compare` takes."""
        return Position(self.items, self.matches, self.later)

    @property
    def totals(self) -> dict[str, int]:
        """Column to sum: total_minor, the buckets, unapplied_minor and so on."""
        amounts = [column for column in self.rows if str(column).endswith("_minor")]
        return {str(column): int(self.rows[column].sum()) for column in amounts}

    @property
    def total_minor(self) -> int:
        return self.totals["total_minor"]

    @property
    def content(self) -> str:
        """Stands for what an accountant signs: the open items and amounts, how they were aged, the ledger's balance."""
        return content_of(self.items, self.policy, self.ledger_minor)

    def tables(self) -> dict[str, pd.DataFrame]:
        """What is kept of it, by table."""
        later = pd.DataFrame({"item_id": self.later})
        given = {ITEMS: self.items, MATCHES: self.matches, LATER: later, ROWS: self.rows}
        return {name: kept(name, frame) for name, frame in given.items()}


def content_of(items: pd.DataFrame, policy: Ageing, ledger_minor: int) -> str:
    """The same text for the same items, parameters and ledger balance, in whatever order the items stand."""
    columns = {"item_id": ids_of(items["item_id"]), "customer_id": ids_of(items["customer_id"])}
    columns["due_date"] = days_of(items["due_date"]).view(np.int64)
    columns["residual_minor"] = items["residual_minor"].to_numpy(dtype=np.int64)
    figures = pd.DataFrame(columns).sort_values("item_id")
    parameters = policy.model_dump(mode="json", exclude={"valid_from"})
    return fingerprint({"items": inputs_of({ITEMS: figures}), "parameters": parameters, "ledger": ledger_minor})


def read_standings(sources: Sources, as_of: date, company_ids: list[int], basis: Basis | None = None) -> list[Standing]:
    """The ageing of each of these companies at that day, by the policy in force, with all that it rests on."""
    owed = age_receivables(sources, as_of, company_ids, How(basis))
    policy = sources.policy.at(as_of).collections.ageing
    policy = policy.model_copy(update={"basis": basis}) if basis else policy
    matches = to_frame(facts.match_pairs(sources.con, as_of))
    later = to_frame(facts.later_items(sources.con, as_of))
    return [_standing(owed, matches, later, policy, as_of, company) for company in company_ids]


def aged_again(standing: Standing, policy: Ageing) -> Standing:
    """The same items in the buckets of another policy: that of a frozen day."""
    items = ageing.bucket_items(standing.items, policy, standing.as_of)
    rows = ageing.by_customer(items, policy).frame
    return Standing(
        standing.company_id, standing.as_of, policy, items, rows, standing.matches, standing.later,
        standing.ledger_minor,
    )  # fmt: skip


def moved_since(con: BaseBackend, former: Position, standing: Standing) -> Decisions:
    """What moved from a frozen position to the present one (`rules.snapshots.compare`)."""
    present = standing.position
    ids = items_to_look_at(former, present)
    return compare(former, present, _states(con, ids), standing.as_of)


def bucket_totals(totals: Mapping[str, int], policy: Ageing) -> dict[str, int]:
    """Bucket to amount, from not due to the open last one."""
    return {bucket.column: totals.get(f"{bucket.column}_minor", 0) for bucket in policy.columns}


def _standing(
    owed: Receivables, matches: pd.DataFrame, later: pd.DataFrame, policy: Ageing, as_of: date, company: int
) -> Standing:
    items, rows, counted, after, ledger = (
        frame[frame["company_id"] == company] for frame in (owed.items, owed.rows, matches, later, owed.ledger)
    )
    ids = after["item_id"].to_numpy(dtype=np.int64)
    return Standing(company, as_of, policy, items, rows, counted, ids, int(ledger["ledger_minor"].sum()))


def _states(con: BaseBackend, ids: Whole) -> pd.DataFrame:
    states = facts.item_states(con)
    wanted = ibis.memtable(pd.DataFrame({"wanted_id": ids}))
    found: pd.DataFrame = states.semi_join(wanted, states.item_id == wanted.wanted_id).to_pandas()
    return found
