"""Moments in a user's file: with an offset they are what they say, without one what the clocks of a zone showed."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from kam_connector.errors import InputError
from kam_connector.texts import Text

_MOMENT: Final = r"(?:19|2\d)\d\d-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)(Z|[+-]\d\d:?\d\d)?"
_EXPECTED = Text("a moment such as 2025-09-30 17:00 or 2025-09-30T09:00:00Z")


def parse_moments(path: Path, texts: pd.Series, zone: ZoneInfo) -> tuple[pd.Series, np.ndarray]:
    """The moments (UTC) of a column, called by its name, and which of them the clocks of `zone` showed twice.

    Of these the first time is taken. The index of `texts` counts the rows below the header. Raises InputError: no
    moment; an hour that the clocks skipped.
    """
    offset = texts.str.extract(f"^{_MOMENT}$", expand=False)
    wrong = ~texts.str.fullmatch(_MOMENT).to_numpy(dtype=bool)
    bare = offset.isna().to_numpy() & ~wrong
    at = pd.Series(pd.NaT, index=texts.index, dtype="datetime64[us, UTC]")
    at[~bare & ~wrong] = pd.to_datetime(texts[~bare & ~wrong], utc=True, format="ISO8601", errors="coerce")
    shown = pd.to_datetime(texts[bare], format="ISO8601", errors="coerce")
    _refuse(path, texts, wrong | (bare & shown.reindex(texts.index).isna().to_numpy()), _EXPECTED)
    first, second = (_in_zone(shown, zone, is_first=each) for each in (True, False))
    at[bare] = first.dt.tz_convert("UTC")
    _refuse(path, texts, at.isna().to_numpy() & bare, Text("a time that the clocks of {zone} showed: they skipped this"
                                                          " hour", {"zone": zone.key}))  # fmt: skip
    _refuse(path, texts, at.isna().to_numpy(), _EXPECTED)
    twice = np.zeros(len(texts), dtype=bool)
    twice[bare] = (first != second).to_numpy()
    return at, twice


def _in_zone(shown: pd.Series, zone: ZoneInfo, *, is_first: bool) -> pd.Series:
    """The moments at which the clocks showed these times; NaT where they never did."""
    ambiguous = np.full(len(shown), is_first)
    moments: pd.Series = shown.dt.tz_localize(zone, ambiguous=ambiguous, nonexistent="NaT")
    return moments


def _refuse(path: Path, texts: pd.Series, wrong: np.ndarray, expected: Text) -> None:
    if wrong.any():
        place = int(np.argmax(wrong))
        raise InputError(
            "{path}, row {row}, column {column}: {text} cannot be used.",
            next_step="Expected is {expected}.",
            path=path,
            row=int(texts.index[place]) + 2,
            column=str(texts.name),
            text=repr(texts.iloc[place][:60]),
            expected=expected,
        )
