"""events.csv: what happened to complaints, and when (CONTRACTS, `kam complaints sla --events`)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from kam_connector.findings import Finding
from kam_connector.inputs.columns import Column
from kam_connector.inputs.csvs import read_csv
from kam_connector.inputs.moments import parse_moments
from kam_connector.texts import Text

_COLUMNS: Final = (
    Column("complaint", required=True, filled=True),
    Column("at", required=True, filled=True),
    Column("tier"),
)


def read_events(path: Path, zone: ZoneInfo, codes: Mapping[str, tuple[str, ...]]) -> tuple[pd.DataFrame, list[Finding]]:
    """The events as `rules.status_log.read_log` takes them, and which of their moments are in doubt.

    `codes` are the values that event, type and severity may have. A moment without an offset is what the clocks of
    `zone` showed; an hour that they showed twice is taken as the first one, and found. Raises InputError: what
    `read_csv` refuses; no moment; an hour that the clocks skipped.
    """
    given = read_csv(path, (*_COLUMNS, *(Column(name, "choice", name == "event", name == "event", allowed)
                                         for name, allowed in codes.items())))  # fmt: skip
    at, twice = parse_moments(path, given["at"], zone)
    rows = [f"{path.name}:{number}" for number in range(2, len(given) + 2)]
    found = [
        Finding("warning", "events", rows[place], _TWICE, {"at": given["at"].iloc[place], "zone": zone.key})
        for place in np.flatnonzero(twice)
    ]
    return given.assign(at=at, record=rows), found


_TWICE = Text("The clocks of {zone} showed {at} twice: the first time is taken. Write the moment with its offset.")
