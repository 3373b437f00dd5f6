"""events.csv: what happened to complaints, and when (CONTRACTS, `kam complaints sla --events`)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from kam_connector.errors import InputError
from kam_connector.findings import Finding
from kam_connector.inputs.columns import Column
from kam_connector.inputs.csvs import read_csv
from kam_connector.texts import Text

_COLUMNS: Final = (
    Column("complaint", required=True, filled=True),
    Column("at", required=True, filled=True),
    Column("tier"),
)
_MOMENT: Final = r"(?:19|2\d)\d\d-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)(Z|[+-]\d\d:?\d\d)?"


def read_events(path: Path, zone: ZoneInfo, codes: Mapping[str, tuple[str, ...]]) -> tuple[pd.DataFrame, list[Finding]]:
    """The events as `rules.status_log.read_log` takes them, and which of their moments are in doubt.

    `codes` are the values that event, type and severity may have. A moment without an offset is what the clocks of
    `zone` showed; an hour that they showed twice is taken as the first one, and found. Raises InputError: what
    `read_csv` refuses; no moment; an hour that the clocks skipped.
    """
    given = read_csv(path, (*_COLUMNS, *(Column(name, "choice", name == "event", name == "event", allowed)
                                         for name, allowed in codes.items())))  # fmt: skip
    offset = given["at"].str.extract(f"^{_MOMENT}$", expand=False)
    wrong = ~given["at"].str.fullmatch(_MOMENT).to_numpy(dtype=bool)
    bare = offset.isna().to_numpy() & ~wrong
    at = pd.Series(pd.NaT, index=given.index, dtype="datetime64[us, UTC]")
    at[~bare & ~wrong] = pd.to_datetime(given["at"][~bare & ~wrong], utc=True, format="ISO8601", errors="coerce")
    shown = pd.to_datetime(given["at"][bare], format="ISO8601", errors="coerce")
    _refuse(path, given, wrong | (bare & shown.reindex(given.index).isna().to_numpy()), _EXPECTED)
    first, second = (_in_zone(shown, zone, is_first=each) for each in (True, False))
    at[bare] = first.dt.tz_convert("UTC")
    _refuse(path, given, at.isna().to_numpy() & bare, Text("a time that the clocks of {zone} showed: they skipped this"
                                                          " hour", {"zone": zone.key}))  # fmt: skip
    _refuse(path, given, at.isna().to_numpy(), _EXPECTED)
    rows = [f"{path.name}:{number}" for number in range(2, len(given) + 2)]
    twice = np.zeros(len(given), dtype=bool)
    twice[bare] = (first != second).to_numpy()
    found = [
        Finding("warning", "events", rows[place], _TWICE, {"at": given["at"].iloc[place], "zone": zone.key})
        for place in np.flatnonzero(twice)
    ]
    return given.assign(at=at, record=rows), found


_EXPECTED = Text("a moment such as 2025-09-30 17:00 or 2025-09-30T09:00:00Z")
_TWICE = Text("The clocks of {zone} showed {at} twice: the first time is taken. Write the moment with its offset.")


def _in_zone(shown: pd.Series, zone: ZoneInfo, *, is_first: bool) -> pd.Series:
    """The moments at which the clocks showed these times; NaT where they never did."""
    ambiguous = np.full(len(shown), is_first)
    moments: pd.Series = shown.dt.tz_localize(zone, ambiguous=ambiguous, nonexistent="NaT")
    return moments


def _refuse(path: Path, given: pd.DataFrame, wrong: np.ndarray, expected: Text) -> None:
    if wrong.any():
        place = int(np.argmax(wrong))
        raise InputError(
            "{path}, row {row}, column {column}: {text} cannot be used.",
            next_step="Expected is {expected}.",
            path=path,
            row=place + 2,
            column="at",
            text=repr(given["at"].iloc[place][:60]),
            expected=expected,
        )
