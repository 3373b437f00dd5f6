"""Whom to look after now: the lists of focus.toml.

A list asks for what a segment asks for (tiers, figures within limits), and besides for segments, relations and focus
markets. Within a definition everything must hold; a figure that is not known meets no condition. Worked figure, with
"large and quiet" = at least 2 % of our revenue and twice the usual gap since the last order: 3 % and 2.5 gaps are on
it, 3 % and 1.9 gaps are not, nor is who ordered once only and has no gap. Requirement S4-99.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from kam_connector.policy.focus import FocusList, FocusPolicy
from kam_connector.policy.values import Label, labels_by_code
from kam_connector.rules.decisions import Flags
from kam_connector.rules.measures import complete
from kam_connector.rules.pairs import KEYS
from kam_connector.rules.segments import hold_all

LISTED = [*KEYS, "list"]


def list_names(policy: FocusPolicy) -> dict[str, Label]:
    """The lists by code, in the order of the policy."""
    return labels_by_code((each.name, each.label) for each in policy.lists)


def decide_lists(
    rated: pd.DataFrame, figures: pd.DataFrame, placed: pd.DataFrame, policy: FocusPolicy, as_of: date
) -> pd.DataFrame:
    """company_id, customer_id, list: a row a customer and list that it is on, lists in the order of the policy.

    `rated` from `segments.add_segments`, `figures` as `measures.complete` takes them, `placed` from
    `focus.place_customers`. Only rated customers: who is not known to `rated` is on no list.
    """
    if not policy.lists:
        return pd.DataFrame(columns=LISTED)
    seen = rated[[*KEYS, "tier", "segment", "score"]].merge(placed, on="customer_id", how="left")
    seen = seen.merge(complete(figures, as_of), on=KEYS, how="left")
    fits = [(each.name, _fits(each, seen)) for each in policy.lists]
    ways = [seen.loc[on, KEYS].assign(list=name) for name, on in fits]
    order = {code: place for place, code in enumerate(list_names(policy))}
    listed = pd.concat(ways, ignore_index=True).drop_duplicates(LISTED)
    return listed.sort_values("list", key=lambda names: names.map(order), kind="stable", ignore_index=True)[LISTED]


def _fits(each: FocusList, seen: pd.DataFrame) -> Flags:
    fits = np.full(len(seen), True)
    for wanted, column in ((each.tiers, "tier"), (each.segments, "segment"), (each.relations, "relation")):
        if wanted:
            fits &= seen[column].isin(wanted).to_numpy()
    if each.market is not None:
        fits &= seen["in_market"].eq(each.market).to_numpy(dtype=bool)
    facts = {condition.fact: seen[condition.fact].to_numpy(dtype=np.float64) for condition in each.when}
    return fits & hold_all(each.when, facts, len(seen))
