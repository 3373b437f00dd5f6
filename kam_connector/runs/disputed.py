"""What is in dispute, and whose complaints are open; a mirror without complaints is not asked for it.

Complaints come from the addon. Where nobody has any, building the question would take a tenth of a whole ageing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from kam_connector.facts import disputes
from kam_connector.facts.live import live
from kam_connector.rules.pairs import KEYS
from kam_connector.runs.frames import to_frame
from kam_connector.runs.sources import Sources

COLUMNS = ["move_id", "customer_id", "company_id", "disputed_minor"]


def read_disputed(sources: Sources, as_of: date) -> pd.DataFrame:
    """The rows of `facts.disputes.disputed`; none where there is no complaint."""
    if not _has_complaints(sources):
        return pd.DataFrame(columns=COLUMNS, dtype="int64")
    return to_frame(disputes.disputed(sources.con, as_of, sources.zones))


def read_complaining(sources: Sources, as_of: date, severities: Sequence[str]) -> pd.DataFrame:
    """company_id and customer_id of whoever has an open complaint of one of these severities, each once."""
    if not severities or not _has_complaints(sources):
        return pd.DataFrame(columns=KEYS, dtype="int64")
    complaint = disputes.open_complaints(sources.con, as_of, sources.zones)
    return to_frame(complaint.filter(complaint.severity.isin(list(severities))).select(*KEYS).distinct())


def _has_complaints(sources: Sources) -> bool:
    return not to_frame(live(sources.con, "kam_complaint").select("id").limit(1)).empty
