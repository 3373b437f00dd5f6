"""What the scores of a night are made of, read from the mirror."""

from __future__ import annotations

from datetime import date

import pandas as pd
from ibis import Table

from kam_connector.facts import assortment, complaints, margins, newcomers, orders
from kam_connector.rules.orders import value_margins, value_quotations
from kam_connector.rules.trade import Trade
from kam_connector.runs.aged import of_companies
from kam_connector.runs.frames import to_frame
from kam_connector.runs.naming import read_currencies
from kam_connector.runs.sources import Sources


def read_trade(sources: Sources, as_of: date, companies: pd.DataFrame, rhythm: pd.DataFrame) -> Trade:
    """The trade of these `companies` (as `facts.companies`) with their customers, as `rules.trade` takes it.

    `rhythm`: theirs, as `facts.rhythm`.
    """
    con, zones = sources.con, sources.zones
    currencies = read_currencies(con)
    ids = [int(company) for company in companies["company_id"]]

    def own(table: Table) -> pd.DataFrame:
        return of_companies(to_frame(table), ids)

    return Trade(
        margins=value_margins(own(margins.ordered_margins(con, as_of, zones)), companies, currencies),
        quotations=value_quotations(own(orders.open_quotations(con, as_of, zones)), companies, currencies),
        assortment=own(assortment.assortment(con, as_of)),
        rhythm=rhythm,
        starts=own(newcomers.group_starts(con, as_of)),
        complaints=own(complaints.settled_complaints(con, as_of, zones)),
    )
