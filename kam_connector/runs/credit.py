"""What the rule of credit advice is given: papers on their way to being owed, and how much may be owed at all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd
from ibis import BaseBackend

from kam_connector.facts import exposure as papers
from kam_connector.rules import exposure
from kam_connector.runs.frames import to_frame
from kam_connector.runs.naming import read_currencies


class Committed(NamedTuple):
    """Of some companies: draft invoices, orders that are not invoiced, credit limits, as the rule takes them."""

    drafts: pd.DataFrame
    orders: pd.DataFrame
    limits: pd.DataFrame


def read_committed(con: BaseBackend, as_of: date, zones: Mapping[int, ZoneInfo], own: pd.DataFrame) -> Committed:
    """What customers of these companies (`own`) will owe and may owe; limits, drafts and quantities are today's."""
    tables = (
        papers.draft_invoices(con, as_of),
        papers.uninvoiced_lines(con, as_of, zones),
        papers.credit_limits(con),
    )
    frames = (to_frame(table) for table in tables)
    drafts, lines, limits = (frame[frame["company_id"].isin(own["company_id"])] for frame in frames)
    return Committed(drafts, exposure.value_orders(lines, own, read_currencies(con)), limits)
