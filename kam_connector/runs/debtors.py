"""What dunning is told of the customers beside their debts: payer class, clock, and who leads their salesperson."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo, available_timezones

import pandas as pd
from ibis import BaseBackend

from kam_connector.facts import people
from kam_connector.rules.debtors import Debtors
from kam_connector.rules.levels import PAIR


def find_debtors(
    con: BaseBackend,
    owing: pd.DataFrame,
    customers: pd.DataFrame,
    payers: pd.DataFrame,
    zones: Mapping[int, ZoneInfo],
) -> Debtors:
    """What is known of these customers (company_id, customer_id).

    `customers` from `facts.customers`, `payers` from `rules.payers.decide_payers`, `zones` by company: the clock of a
    customer whose own zone the ERP does not know, or names in a way that nobody knows.
    """
    return Debtors(
        payers=payers[[*PAIR, "payer_class"]],
        zones=_zones(owing[PAIR].drop_duplicates(), customers, zones),
        leaders=people.team_leaders(con).to_pandas(),
    )


def _zones(owing: pd.DataFrame, customers: pd.DataFrame, zones: Mapping[int, ZoneInfo]) -> pd.DataFrame:
    own = customers.loc[customers["partner_id"] == customers["customer_id"], ["customer_id", "zone"]]
    found = owing.merge(own, on="customer_id", how="left")
    company = found["company_id"].map({number: zone.key for number, zone in zones.items()})
    known = found["zone"].isin(available_timezones())
    return found.assign(zone=found["zone"].where(known, company))
