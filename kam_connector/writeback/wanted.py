"""The wanted records in compared form, and the records whose subject is gone from the decisions."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kam_connector.writeback.cells import comparable
from kam_connector.writeback.current import INDEX
from kam_connector.writeback.destinations import Destination
from kam_connector.writeback.plans import Desired


def in_form(desired: Desired, destination: Destination) -> pd.DataFrame:
    """Indexed by company and key, one column a field that the frame has (plus `currency_id` where it has one)."""
    frame = desired.frame
    columns: dict[str, Any] = {
        "company_id": frame["company_id"].astype("int64").to_numpy(),
        "kam_key": frame["kam_key"].astype(object).to_numpy(),
        **{field.name: comparable(frame[field.column], field) for field in destination.fields if field.column in frame},
    }
    if "currency_id" in frame and "currency_id" not in columns:
        columns["currency_id"] = frame["currency_id"].astype("int64").to_numpy()
    return pd.DataFrame(columns).set_index(INDEX)


def lost_subjects(
    desired: Desired, wanted: pd.DataFrame, records: pd.DataFrame, destination: Destination
) -> pd.DataFrame:
    """The emptied form of every record in scope that is no longer wanted (never of those that people made)."""
    if not desired.scope or not destination.emptied or records.empty:
        return wanted.iloc[:0]
    companies = records.index.get_level_values("company_id").isin(desired.companies)
    keys = pd.Series(records.index.get_level_values("kam_key"), dtype=object)
    mine = keys.str.match(desired.scope).to_numpy(dtype=bool)
    made_by_people = keys.str.startswith(f"{destination.model},").to_numpy(dtype=bool)
    lost = records.index[companies & mine & ~made_by_people & ~records.index.isin(wanted.index)]
    columns = {
        name: comparable(pd.Series([value] * len(lost), index=lost, dtype=object), destination.find_field(name))
        for name, value in destination.emptied.items()
    }
    return pd.DataFrame(columns, index=lost)
