"""How customers buy, read from the mirror: only where somebody asks for it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import pandas as pd
from ibis import Table

from kam_connector.facts import assortment, traits
from kam_connector.rules.traits import find_traits
from kam_connector.runs.frames import to_frame
from kam_connector.runs.sources import Sources


def read_traits(sources: Sources, as_of: date, companies: Collection[int], customer: int | None = None) -> pd.DataFrame:
    """`find_traits` of all customers of these companies, or of that one only."""
    con, zones = sources.con, sources.zones

    def own(table: Table) -> pd.DataFrame:
        rows = table.filter(table.company_id.isin(list(companies)))
        return to_frame(rows if customer is None else rows.filter(rows.customer_id == customer))

    return find_traits(
        own(assortment.concentration(con, as_of)),
        own(traits.decision_days(con, as_of, zones)),
        own(traits.discounts(con, as_of, zones)),
    )
