"""Which part of the receivables is in dispute; a mirror without complaints is not asked for it.

Complaints come from the addon. Where nobody has any, building the question would take a tenth of a whole ageing.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from kam_connector.facts import disputes
from kam_connector.facts.live import live
from kam_connector.runs.frames import to_frame
from kam_connector.runs.sources import Sources

COLUMNS = ["move_id", "customer_id", "company_id", "disputed_minor"]


def read_disputed(sources: Sources, as_of: date) -> pd.DataFrame:
    """The rows of `facts.disputes.disputed`; none where there is no complaint."""
    if to_frame(live(sources.con, "kam_complaint").select("id").limit(1)).empty:
        return pd.DataFrame(columns=COLUMNS, dtype="int64")
    return to_frame(disputes.disputed(sources.con, as_of, sources.zones))
